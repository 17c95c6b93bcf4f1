/** Sessions whose host functions and callers break rules, or do allowed but unusual things. SEMANTICS 10. */
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import {
  createEngine,
  HostFailure,
  type HostFunctionImport,
  type HostImport,
  i32,
  type LoadedModule,
  UsageError,
  type Value,
} from '../../src/index.js';
import { decodeSnapshot, encodeSessionReceipt, type Session, type SlicedCall } from '../../src/session/index.js';
import { guestText } from '../boundary/wasm-guest.js';
import { bytesOfText, loadText } from '../engine/load-text.js';
import { bitsOf, GUEST, nextRow, opened, TIERS } from './session-guest.js';

type Run = HostFunctionImport['run'];
type HostCall = Parameters<Run>[0];

function codeOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error instanceof UsageError ? error.code : error;
  }
  return undefined;
}

/** Calls two host functions, one of which calls back; their results are kept in memory and added up. */
const ASKING = `(module
  (import "env" "outer" (func $outer (param i32) (result i32)))
  (import "env" "inner" (func $inner (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "back") (param i32) (result i32) (call $inner (local.get 0)))
  (func $spin (export "spin") (param i32)
    (loop $more (br_if $more (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func (export "run") (param i32) (result i32)
    (local i32)
    (local.set 1 (call $outer (i32.const 1)))
    (i32.store (i32.const 8) (local.get 1))
    (local.set 1 (i32.add (local.get 1) (call $inner (i32.const 8))))
    (call $spin (local.get 0))
    (local.set 1 (i32.add (local.get 1) (call $outer (i32.const 2))))
    (call $spin (local.get 0))
    (local.get 1)))`;

const asking = (outer: Run, inner: Run): HostImport[] =>
  (
    [
      ['outer', outer],
      ['inner', inner],
    ] as const
  ).map(([name, run]) => ({ module: 'env', name, type: { params: ['i32'], results: ['i32'] }, run }));

const wordAt = (call: HostCall, at: number) => new DataView(call.memory!.read(at, 4).buffer).getInt32(0, true);

/** A call that is cut and continued must equal the single call, whatever its host functions do. */
const HOSTS: Readonly<Record<string, () => HostImport[]>> = {
  'keep one list for all results': () => {
    const list: Value[] = [i32(0)];
    let count = 0;
    const run: Run = () => {
      list[0] = i32(++count % 7);
      return list;
    };
    return asking(run, (_, [at]) => [at!]);
  },
  'read the fuel in a function that another one calls back': () =>
    asking(
      (call, [n]) => call.call('back', [n!]) as readonly Value[] | undefined,
      (call) => [i32(call.fuelLeft() & 0xffff)],
    ),
  'read the fuel, and another reads what the guest has made of it': () =>
    asking(
      (call) => [i32(call.fuelLeft() & 0xffff)],
      (call, [at]) => [i32(wordAt(call, bitsOf(at)))],
    ),
};

/** Effects of such a host belong to the call in which they happen: the guest may overwrite them or not. */
const KEEPING: Readonly<Record<string, () => HostImport[]>> = {
  'the memory of its first call': () => {
    let memory: HostCall['memory'];
    const run: Run = (call, [n]) => {
      memory ??= call.memory;
      memory!.write(8, Uint8Array.of(bitsOf(n) + 7));
      return [n!];
    };
    return asking(run, run);
  },
  'its first call, to call the guest': () => {
    let first: HostCall | undefined;
    const outer: Run = (call, [n]) => {
      first ??= call;
      return first.call('back', [n!]) as readonly Value[] | undefined;
    };
    return asking(outer, (call, [n]) => {
      call.memory!.write(8, Uint8Array.of(bitsOf(n) + 7));
      return [n!];
    });
  },
};

for (const tier of TIERS) {
  describe(`session, badly behaved hosts, ${tier}`, () => {
    for (const [what, hosts] of Object.entries(HOSTS)) {
      it(`a sliced call whose host functions ${what} continues as the single call`, async () => {
        const module = await loadText(ASKING, hosts(), { tier });
        const shown = (session: Session, receipt: Parameters<typeof encodeSessionReceipt>[0]) => [
          toHex(encodeSessionReceipt(receipt)),
          toHex(session.stateDigest()),
        ];
        const single = opened(module, { imports: hosts() });
        const whole = single.call('run', [i32(40)], { fuel: 50_000 });
        expect(whole.outcome.kind).to.equal('returned');
        const wanted = shown(single, whole.receipt);
        const { used } = whole.fuel;
        for (let first = 0; first < used; first += Math.ceil(used / 23)) {
          const session = opened(module, { imports: hosts() });
          const cut = session.call('run', [i32(40)], { fuel: first });
          const result = cut.resume(50_000 - first);
          expect(shown(session, result.receipt), `${first} of ${used}`).to.deep.equal(wanted);
        }
      });
    }

    for (const [what, hosts] of Object.entries(KEEPING)) {
      it(`a session is rebuilt from a host that keeps ${what}`, async () => {
        const module = await loadText(ASKING, hosts(), { tier });
        const session = opened(module, { imports: hosts() });
        session.call('run', [i32(3)]);
        const wanted = toHex(session.stateDigest());
        session.call('spin', [i32(50)], { fuel: 100 }).resume(10_000);
        expect(toHex(session.stateDigest())).to.equal(wanted);
      });
    }

    it('bytes recorded after a function has returned are a host failure', async () => {
      let first: HostCall | undefined;
      const run: Run = (call, [n]) => {
        if (first !== undefined) first.record(Uint8Array.of(1), Uint8Array.of(2));
        first ??= call;
        return [n!];
      };
      const session = opened(await loadText(ASKING, asking(run, run), { tier }));
      expect(() => session.call('run', [i32(3)])).to.throw(HostFailure, 'after it had returned');
    });

    it('a sliced call whose host failed, or that was closed, does not continue', async () => {
      let fails = true;
      const row = {
        ...nextRow(),
        run: () => {
          if (fails) throw new Error('broken');
          return [i32(1)];
        },
      } as HostImport;
      const module = await loadText(GUEST, [row], { tier });
      const session = opened(module);
      const call = session.begin('ask', [i32(1)]);
      expect(() => call.runFor(100_000)).to.throw(HostFailure, 'broken');
      fails = false;
      expect(codeOf(() => call.runFor(100_000))).to.equal('session-over');
      expect(call.result).to.equal(undefined);
      const closed = opened(module);
      const under = closed.begin('spin', [i32(1000)]);
      under.runFor(100);
      closed.close();
      expect(codeOf(() => under.runFor(100_000))).to.equal('session-over');
    });

    it('a host function cannot run slices of its own call', async () => {
      let call: SlicedCall | undefined;
      const seen: unknown[] = [];
      const row = {
        ...nextRow(),
        run: () => {
          seen.push(codeOf(() => call!.runFor(100_000)));
          return [i32(1)];
        },
      } as HostImport;
      const module = await loadText(GUEST, [row], { tier });
      const single = opened(module).call('ask', [i32(1)], { fuel: 5_000 });
      seen.length = 0;
      call = opened(module).begin('ask', [i32(1)], { fuel: 5_000 });
      while (call.runFor(50) === undefined);
      expect(seen).to.deep.equal(['session-busy', 'session-busy']);
      expect(call.result!.receipt).to.deep.equal(single.receipt);
    });

    it('any error of an output check ends the session: its call has no receipt', async () => {
      const echo = await loadText(guestText({}), [], { tier });
      const name = echo
        .describe()
        .exports.find(({ kind, name }) => kind === 'function' && !name.startsWith('__'))!.name;
      for (const thrown of [new UsageError('session-busy', 'busy'), new HostFailure('failed'), new Error('wrong')]) {
        const session = opened(echo);
        const isDecodable = () => {
          throw thrown;
        };
        expect(() => session.callBytes(name, Uint8Array.of(0xc4, 1, 7), { isDecodable })).to.throw(thrown.message);
        expect(
          codeOf(() => session.callBytes(name, Uint8Array.of(0xc4, 1, 7))),
          thrown.name,
        ).to.equal('session-over');
      }
    });

    it('a refused call changes nothing: the one before it can still be resumed', async () => {
      const session = opened(await loadText(GUEST, [nextRow()], { tier }));
      const cut = session.call('spin', [i32(50)], { fuel: 300 });
      expect(codeOf(() => session.call('nothing'))).to.equal('unknown-export');
      expect(codeOf(() => session.call('add', []))).to.equal('argument-count');
      expect(codeOf(() => session.call('add', [i32(1)], { fuel: -1 }))).to.equal('fuel-limit');
      expect(codeOf(() => session.callBytes('nothing', new Uint8Array(0)))).to.equal('unknown-export');
      expect(cut.resume(100_000).outcome.kind).to.equal('returned');
    });

    it('later calls begin with the state of an opening whose host returned more than is kept', async () => {
      const text = `(module
        (import "env" "next" (func $next (param i32) (result i32)))
        (global $n (mut i32) (i32.const 0))
        (func $start (local i32)
          (loop $more
            (drop (call $next (local.get 0)))
            (br_if $more (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 50)))))
        (start $start)
        (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
        (func (export "spin") (param i32) (loop $more
          (global.set $n (i32.add (global.get $n) (i32.const 1)))
          (br_if $more (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))`;
      const made = await createEngine({ tier, hostAnswerBytes: 5_000 }).load(bytesOfText(text), {
        imports: [{ ...nextRow(), run: (_: HostCall, [n]: readonly Value[]) => [n!] } as HostImport],
      });
      if (!made.ok) throw new Error(made.fault.code);
      const session = opened(made.module);
      expect(session.call('spin', [i32(100)], { fuel: 200 }).resume(100_000).outcome.kind).to.equal('returned');
    });

    it('globals have the bits that were set, a NaN its own', async () => {
      const module = await loadText(GUEST, [nextRow()], { tier });
      const session = opened(module);
      for (const bits of [0x7fa0_0001, 0xffc0_1234, 0x8000_0000, 0]) {
        session.global('half').set({ type: 'f32', bits });
        expect(session.global('half').get()).to.deep.equal({ type: 'f32', bits });
        const from = session.snapshot();
        expect(opened(module, { from }).global('half').get()).to.deep.equal({ type: 'f32', bits });
      }
    });

    it('sessions that reuse instances of others equal new ones', async () => {
      const module: LoadedModule = await loadText(GUEST, [nextRow()], { tier });
      const first = opened(module);
      first.call('add', [i32(5)]);
      first.memory!.write(70, Uint8Array.of(1, 2));
      const from = first.snapshot();
      const spoilt: ((session: Session) => unknown)[] = [
        (session) => session.call('grow', [i32(2)]),
        (session) => session.call('growTable', [i32(2)]),
        (session) => session.call('drop'),
        (session) => session.call('hold'),
        (session) => session.call('spin', [i32(5_000)], { fuel: 400 }),
        (session) => session.call('deep', [i32(1_000_000)]),
        (session) => session.call('place', [i32(1)]),
        (session) => session.global('half').set({ type: 'f32', bits: 0x7fa0_0001 }),
        (session) => session.memory!.grow(1),
      ];
      const shown = (session: Session) =>
        [
          session.opening,
          session.call('text', [i32(0)], { digest: true }).receipt,
          session.call('place', [i32(0)], { digest: true }).receipt,
          session.call('ask', [i32(3)], { digest: true }).receipt,
          session.call('grow', [i32(1)], { digest: true }).receipt,
        ].map((receipt) => toHex(encodeSessionReceipt(receipt)));
      const decoded = decodeSnapshot(from.bytes);
      if (!decoded.ok) throw new Error(decoded.fault.code);
      const wanted = shown(opened(module, { from: decoded.snapshot }));
      for (const [i, spoil] of spoilt.entries()) {
        const session = opened(module, { from });
        spoil(session);
        session.close();
        const after = opened(module, { from });
        expect(shown(after), `${i}`).to.deep.equal(wanted);
        after.close();
      }
    });
  });
}

describe('session, the objects it returns', () => {
  it('are copies', async () => {
    const module = await loadText(GUEST, [nextRow()]);
    const session = opened(module);
    session.snapshot().module.fill(0);
    expect(toHex(session.call('add', [i32(1)]).receipt.module)).to.equal(module.hash);
  });

  it('hostile bytes of a snapshot are refused before they allocate a million tables', async () => {
    const { bytes } = opened(await loadText('(module)')).snapshot();
    // After the number of globals: tables without elements.
    const at = 4 + 16 + 4 + 7 + 64 + 8 + 4;
    const hostile = new Uint8Array(at + 4 + 4 * 200_000 + 8);
    hostile.set(bytes.subarray(0, at));
    new DataView(hostile.buffer).setUint32(at, 200_000, true);
    expect(decodeSnapshot(hostile)).to.deep.equal({
      ok: false,
      fault: { code: 'integer-too-large', offset: at },
    });
  });
});
