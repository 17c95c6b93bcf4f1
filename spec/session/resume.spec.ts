/** A call that used up its fuel continues with more, and slices are not visible. SEMANTICS 10. */
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { type HostImport, i32, type LoadedModule, UsageError } from '../../src/index.js';
import { encodeSessionReceipt, type Session } from '../../src/session/index.js';
import { loadText } from '../engine/load-text.js';
import { GUEST, nextRow, opened, TIERS } from './session-guest.js';

const CALLS: readonly (readonly [name: string, ...args: number[]])[] = [
  ['add', 5],
  ['sum', 90, 12],
  ['grow', 2],
  ['apply', 0, 4],
  ['place', 1],
  ['growTable', 3],
  ['text', 700],
  ['trap', 3],
  ['ask', 3],
  ['deep', 12],
  ['spin', 9],
];

/** Total fuel of every call. */
const WHOLE = 60_000;

/** The visible results of a session after a call: receipt, state, fuel. */
function shown(session: Session, receipt: Parameters<typeof encodeSessionReceipt>[0]): string[] {
  const bytes = toHex(encodeSessionReceipt(receipt));
  return [bytes, toHex(session.stateDigest()), String(session.fuelUsed), String(session.number)];
}

for (const tier of TIERS) {
  describe(`resume, ${tier}`, () => {
    let module: LoadedModule;
    before(async () => {
      module = await loadText(GUEST, [nextRow()], { tier });
    });

    const begun = () => {
      const calls: number[] = [];
      const session = opened(module, { imports: [nextRow(calls)], fuel: 10_000_000 });
      session.call('ask', [i32(1)]);
      session.memory!.write(95, Uint8Array.of(1, 2, 3));
      return { session, calls };
    };

    for (const [name, ...args] of CALLS) {
      it(`${name}: at units of it, then once more, it equals the single call`, () => {
        const values = args.map(i32);
        const single = begun();
        const whole = single.session.call(name, values, { fuel: WHOLE, digest: true });
        const wanted = shown(single.session, whole.receipt);
        const { used } = whole.fuel;
        // `npm run sessions` tries every unit.
        const step = (tier === 'interpreter' ? 1 : 5) * Math.ceil(used / 60);
        for (let first = 0; first < used; first += step) {
          const { session, calls } = begun();
          const cut = session.call(name, values, { fuel: first, digest: true });
          expect(cut.outcome, `${first}`).to.deep.equal({ kind: 'exhausted', resource: 'fuel' });
          const second = cut.resume(Math.min(3, WHOLE - first));
          const result =
            second.outcome.kind === 'exhausted' ? second.resume(WHOLE - Math.min(first + 3, WHOLE)) : second;
          if (result.fuel.limit !== WHOLE) continue;
          expect(shown(session, result.receipt), `${first} of ${used}`).to.deep.equal(wanted);
          // Host results that were returned are not requested again, unless the function was cut short.
          expect(new Set(calls)).to.deep.equal(new Set(single.calls));
          expect(calls.length - single.calls.length).to.be.within(0, 2);
        }
      });
    }

    it('repeats a host function that read the fuel, and no other', () => {
      const seen: string[] = [];
      const row = (sees: boolean): HostImport =>
        ({
          ...nextRow(),
          run: (call: { fuelLeft(): number }) => {
            seen.push(sees ? 'sees' : 'does not');
            return [i32(sees ? call.fuelLeft() : 3)];
          },
        }) as HostImport;
      for (const sees of [true, false]) {
        const single = opened(module, { imports: [row(sees)] });
        const whole = single.call('ask', [i32(1)], { fuel: 5_000 });
        const wanted = shown(single, whole.receipt);
        seen.length = 0;
        const session = opened(module, { imports: [row(sees)] });
        const cut = session.call('ask', [i32(1)], { fuel: whole.fuel.used - 1 });
        expect(shown(session, cut.resume(5_000 - whole.fuel.used + 1).receipt)).to.deep.equal(wanted);
        // The fuel was used up at the price of the second call.
        expect(seen).to.have.length(sees ? 3 : 2);
      }
    });

    it('refuses a call that is no longer the last one, or did not run out of fuel', () => {
      const { session } = begun();
      const codeOf = (work: () => unknown) => {
        try {
          work();
        } catch (error) {
          return (error as UsageError).code;
        }
        return undefined;
      };
      const done = session.call('add', [i32(1)]);
      expect(codeOf(() => done.resume(1))).to.equal('not-resumable');
      const written = session.call('spin', [i32(100)], { fuel: 50 });
      session.memory!.write(0, Uint8Array.of(1));
      expect(codeOf(() => written.resume(1))).to.equal('not-resumable');
      const passed = session.call('spin', [i32(100)], { fuel: 50 });
      session.call('add', [i32(1)]);
      expect(codeOf(() => passed.resume(1))).to.equal('not-resumable');
      const resumed = session.call('spin', [i32(100)], { fuel: 50 });
      resumed.resume(1);
      expect(codeOf(() => resumed.resume(1))).to.equal('not-resumable');
    });

    it('uses no more fuel than the session has left', () => {
      const budget = opened(module).fuelUsed + 5_000;
      const session = opened(module, { fuel: budget });
      const cut = session.call('spin', [i32(1_000_000)], { fuel: 100 }).resume(1_000_000);
      expect(cut.outcome.kind).to.equal('exhausted');
      expect([session.fuelUsed, session.fuelLeft]).to.deep.equal([budget, 0]);
    });
  });

  describe(`slices, ${tier}`, () => {
    let module: LoadedModule;
    before(async () => {
      module = await loadText(GUEST, [nextRow()], { tier });
    });

    it('have no observable effect, at any size', () => {
      for (const [name, ...args] of [...CALLS, ['spin', 3_000] as const, ['deep', 1_000_000] as const]) {
        const values = args.map(i32);
        const single = opened(module, { imports: [nextRow()] });
        const wanted = shown(single, single.call(name, values, { fuel: 50_000 }).receipt);
        for (const slice of [1, 13, 1000, 49_999]) {
          const session = opened(module, { imports: [nextRow()] });
          const call = session.begin(name, values, { fuel: 50_000 });
          expect(() => session.call('add', [i32(1)])).to.throw(UsageError, 'is running');
          let slices = 1;
          while (call.runFor(slice) === undefined) slices++;
          expect(shown(session, call.result!.receipt), `${name} ${slice}`).to.deep.equal(wanted);
          if (name === 'spin') expect(slices).to.be.at.least(Math.floor(call.fuelUsed / (slice + 40)));
          session.call('add', [i32(1)]);
        }
      }
    });

    it('stop on time: no slice is more than a block ahead', () => {
      const session = opened(module);
      const call = session.begin('spin', [i32(1_000_000_000)]);
      for (let slices = 1; slices <= 200; slices++) {
        expect(call.runFor(1000)).to.equal(undefined);
        expect(call.fuelUsed).to.be.within(slices * 1000, slices * 1000 + 40);
      }
    });

    it('a sliced call that used up its fuel continues with more', () => {
      const single = opened(module);
      const wanted = shown(single, single.call('spin', [i32(500)], { fuel: 100_000 }).receipt);
      const session = opened(module);
      const call = session.begin('spin', [i32(500)], { fuel: 700 });
      while (call.runFor(100) === undefined);
      expect(shown(session, call.result!.resume(99_300).receipt)).to.deep.equal(wanted);
    });
  });
}
