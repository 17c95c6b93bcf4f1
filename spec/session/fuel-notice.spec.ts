/**
 * A host that is notified when little fuel is left: at the same unit in every tier, and nothing else shows it.
 * SEMANTICS 10.
 */
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { HostFailure, type HostFunctionImport, type HostImport, i32, UsageError } from '../../src/index.js';
import { encodeSessionReceipt, type Session, type SessionReceipt } from '../../src/session/index.js';
import { guestText } from '../boundary/wasm-guest.js';
import { loadText } from '../engine/load-text.js';
import { GUEST, nextRow, opened, TIERS } from './session-guest.js';

const CALLS: readonly (readonly [name: string, ...args: number[]])[] = [
  ['add', 5],
  ['sum', 90, 12],
  ['grow', 2],
  ['growTable', 3],
  ['text', 700],
  ['trap', 3],
  ['ask', 3],
  ['deep', 12],
  ['spin', 40],
];

/** Reads the fuel before and after its work, and returns both values. */
const readsFuel = (): HostImport => {
  const row = nextRow() as HostFunctionImport;
  return {
    ...row,
    run: (call, args) => {
      const before = call.fuelLeft();
      if (row.run(call, args) === undefined) return undefined;
      return [i32((before - call.fuelLeft() + call.fuelLeft() * 3) & 0x7fff_ffff)];
    },
  };
};

function shown(session: Session, receipt: SessionReceipt): string[] {
  return [toHex(encodeSessionReceipt(receipt)), toHex(session.stateDigest()), String(session.fuelUsed)];
}

/** State and fuel at each notice, in one tier. */
async function noticesIn(tier: (typeof TIERS)[number]): Promise<string[]> {
  const module = await loadText(GUEST, [readsFuel()], { tier });
  const notices: string[] = [];
  const begun = () => {
    const session = opened(module, { imports: [readsFuel()], fuel: 10_000_000 });
    session.call('add', [i32(3)]);
    return session;
  };
  for (const [name, ...args] of CALLS) {
    const values = args.map(i32);
    const { used } = begun().call(name, values, { fuel: 1_000_000 }).fuel;
    for (const [fuel, share] of [
      [1_000_000, 0.5],
      ...Array.from({ length: 5 }, (_, i) => [used + 7, (i + 0.5) / 5]),
      [used, 0.999_999],
      [used - 1, 0.25],
      [used, 1e-9],
      [Math.ceil(used / 2), 0.5],
    ] as [number, number][]) {
      const single = begun();
      const wanted = shown(single, single.call(name, values, { fuel, digest: true }).receipt);
      const session = begun();
      const notified: string[] = [];
      const onFuelBelow = {
        share,
        notify: (left: number) => notified.push(`${left} ${toHex(session.stateDigest())} ${session.number}`),
      };
      const result = session.call(name, values, { fuel, digest: true, onFuelBelow });
      const where = `${tier}, ${name}, ${share} of ${fuel}`;
      expect(shown(session, result.receipt), where).to.deep.equal(wanted);
      const units = Math.max(1, Math.floor(fuel * share));
      expect(notified.length, where).to.equal(result.fuel.used > fuel - units ? 1 : 0);
      if (notified.length > 0) expect(notified[0], where).to.match(new RegExp(`^${units} `));
      notices.push(`${name} ${share} ${fuel}: ${notified.join()}`);
      // The session continues as if there had been no notice.
      expect(session.call('add', [i32(1)]).receipt).to.deep.equal(single.call('add', [i32(1)]).receipt);
    }
  }
  return notices;
}

describe('a low-fuel notice', () => {
  it('is given at the same unit in every tier, and has no observable effect', async () => {
    const [interpreter, instrumented] = [await noticesIn('interpreter'), await noticesIn('instrumented')];
    expect(instrumented).to.deep.equal(interpreter);
    expect(interpreter.filter((line) => line.endsWith(': ')).length).to.be.within(9, 60);
  });

  for (const tier of TIERS) {
    describe(tier, () => {
      it('is given at the same place of a sliced call, and does not change the slices', async () => {
        const module = await loadText(GUEST, [readsFuel()], { tier });
        for (const [name, ...args] of [...CALLS, ['spin', 900] as const]) {
          const values = args.map(i32);
          const single = opened(module);
          const wanted = shown(single, single.call(name, values, { fuel: 20_000 }).receipt);
          for (const slice of [7, 500, 30_000]) {
            const session = opened(module);
            const notified: number[] = [];
            const onFuelBelow = { share: 0.97, notify: () => notified.push(call.fuelUsed) };
            const call = session.begin(name, values, { fuel: 20_000, onFuelBelow });
            let parts = 0;
            do {
              parts++;
              if (slice === 7 && name === 'spin') expect(call.fuelUsed).to.be.at.most(7 * parts + 40);
            } while (call.runFor(slice) === undefined);
            expect(shown(session, call.result!.receipt), `${name} ${slice}`).to.deep.equal(wanted);
            expect(notified.length).to.equal(call.fuelUsed > 600 ? 1 : 0);
          }
        }
      });

      it('is given once: neither for a resumed call nor on a second run', async () => {
        const session = opened(await loadText(GUEST, [nextRow()], { tier }));
        const notified: number[] = [];
        const onFuelBelow = { share: 0.5, notify: (left: number) => notified.push(left) };
        const cut = session.call('spin', [i32(200)], { fuel: 1_000, onFuelBelow });
        expect(cut.outcome.kind).to.equal('exhausted');
        expect(cut.resume(100).resume(100_000).outcome.kind).to.equal('returned');
        session.call('spin', [i32(200)], { fuel: 100_000 });
        session.call('spin', [i32(200)], { fuel: 1_000 }).resume(100_000);
        expect(notified).to.deep.equal([500]);
      });

      it('is given in a byte call, for charges of either side', async () => {
        const echo = await loadText(guestText({}), [], { tier });
        const name = echo
          .describe()
          .exports.find(({ kind, name }) => kind === 'function' && !name.startsWith('__'))!.name;
        const payload = Uint8Array.of(0xc4, 1, 7);
        const single = opened(echo).callBytes(name, payload, { fuel: 100_000 });
        const { used } = single.fuel;
        for (let left = 1; left < used; left += Math.ceil(used / 40)) {
          const notified: number[] = [];
          const share = (100_000 - used + left) / 100_000;
          const onFuelBelow = { share, notify: (units: number) => notified.push(units) };
          const session = opened(echo);
          expect(session.callBytes(name, payload, { fuel: 100_000, onFuelBelow }).receipt).to.deep.equal(
            single.receipt,
          );
          expect(notified).to.have.length(1);
        }
      });

      it('that throws is a host failure, and so is one that uses the session', async () => {
        const module = await loadText(GUEST, [nextRow()], { tier });
        for (const [message, notify] of [
          ['onFuelBelow threw: too expensive', () => expect.fail('too expensive')],
          ['a call of the session is running', (session: Session) => session.call('add', [i32(1)])],
        ] as const) {
          const session = opened(module);
          const onFuelBelow = { share: 0.5, notify: () => void notify(session) };
          expect(() => session.call('spin', [i32(200)], { fuel: 1_000, onFuelBelow })).to.throw(HostFailure, message);
          expect(() => session.call('add', [i32(1)])).to.throw(UsageError, 'the session is over');
        }
      });

      it('has a share between 0 and 1', async () => {
        const session = opened(await loadText(GUEST, [nextRow()], { tier }));
        for (const share of [0, 1, -1, Number.NaN, 2]) {
          const onFuelBelow = { share, notify: () => undefined };
          expect(() => session.call('add', [i32(1)], { onFuelBelow })).to.throw(UsageError, 'above 0 and below 1');
        }
        const onFuelBelow = { share: 0.5, notify: () => expect.fail('there is none') };
        expect(session.call('add', [i32(1)], { fuel: 0, onFuelBelow }).outcome.kind).to.equal('exhausted');
      });
    });
  }
});
