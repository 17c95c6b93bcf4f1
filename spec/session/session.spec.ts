/**
 * A session keeps its instance from call to call, and records what happened in receipts that are the same in every
 * tier. SEMANTICS 10.
 */
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import {
  createEngine,
  defineLimits,
  HostFailure,
  type HostImport,
  i32,
  i64,
  type LoadedModule,
  UsageError,
} from '../../src/index.js';
import {
  checkSessionReceipts,
  decodeSessionReceipt,
  encodeSessionReceipt,
  openSession,
  type Session,
  type SessionReceipt,
  sessionReceiptHash,
} from '../../src/session/index.js';
import { guestText } from '../boundary/wasm-guest.js';
import { bytesOfText, loadText } from '../engine/load-text.js';
import { GUEST, nextRow, opened, TIERS } from './session-guest.js';

/** The same steps in every tier: their results, and the receipts. */
function story(session: Session): { readonly seen: unknown[]; readonly receipts: SessionReceipt[] } {
  const receipts = [session.opening];
  const seen: unknown[] = [];
  const call = (name: string, ...args: number[]) => {
    const result = session.call(name, args.map(i32), { fuel: 100_000, digest: name.length === 4 });
    seen.push([name, result.outcome, result.fuel.used, session.memory!.pages, toHex(session.stateDigest())]);
    receipts.push(result.receipt);
  };
  call('add', 5);
  call('add', 6);
  session.memory!.write(1000, Uint8Array.of(1, 2, 3));
  session.memory!.set('f64', 2000, Number.NaN);
  session.global('count').set(i32(100));
  session.global('wide').set(i64(-5n));
  call('sum', 1000, 5);
  call('trap', 77);
  call('add', 1);
  call('grow', 3);
  call('grow', 100);
  expect(session.memory!.grow(2)).to.equal(4);
  expect(session.memory!.grow(3)).to.equal(-1);
  session.memory!.writeText(5 * 65_536, 'ünïcode');
  call('sum', 5 * 65_536, 10);
  call('place', 1);
  call('apply', 1, 3);
  call('apply', 3, 3);
  session.table('table').set(3, 'negate');
  expect(session.table('table').grow(2, 'double')).to.equal(4);
  call('apply', 3, 4);
  call('apply', 5, 4);
  call('growTable', 3);
  call('hold');
  call('text', 3000);
  call('drop');
  call('text', 3000);
  call('place', 0);
  call('ask', 3);
  call('deep', 100);
  call('deep', 1_000_000);
  call('spin', 1_000_000);
  call('add', 1);
  return { seen, receipts };
}

for (const tier of TIERS) {
  describe(`session, ${tier}`, () => {
    let module: LoadedModule;
    const load = async (imports: readonly HostImport[] = [nextRow()]) => loadText(GUEST, imports, { tier });
    before(async () => {
      module = await load();
    });

    it('returns receipts with bytes of their own', async () => {
      const results = (isSpoilt: boolean) => {
        const session = opened(module, { digestEvery: 2 });
        const hashes: string[] = [];
        const add = (receipt: SessionReceipt) => {
          hashes.push(toHex(sessionReceiptHash(receipt)));
          if (!isSpoilt) return;
          for (const value of Object.values(receipt)) if (value instanceof Uint8Array) value.fill(0);
        };
        add(session.opening);
        for (const n of [1, 2, 3]) add(session.call('add', [i32(n)]).receipt);
        const cut = session.call('spin', [i32(1_000_000)], { fuel: 20_000 });
        add(cut.receipt);
        add(cut.resume(100_000_000).receipt);
        add(session.call('add', [i32(4)]).receipt);
        return hashes;
      };
      expect(results(true)).to.deep.equal(results(false));
    });

    it('keeps memory, globals and tables; its receipts form a chain that can be verified', async () => {
      const { seen, receipts } = story(opened(await load(), { digestEvery: 3 }));
      const reference = story(opened(await loadText(GUEST, [nextRow()], { tier: 'interpreter' }), { digestEvery: 3 }));
      expect(seen).to.deep.equal(reference.seen);
      expect(receipts).to.deep.equal(reference.receipts);
      expect(checkSessionReceipts(receipts)).to.equal(undefined);
      const kinds = new Set(
        receipts.map(({ outcome }) =>
          'code' in outcome ? outcome.code : 'resource' in outcome ? outcome.resource : outcome.kind,
        ),
      );
      expect([...kinds]).to.include.members([
        'returned',
        'unreachable',
        'uninitialized-element',
        'stack',
        'fuel',
        'out-of-bounds-memory-access',
        'out-of-bounds-table-access',
      ]);
      for (const receipt of receipts) {
        const decoded = decodeSessionReceipt(encodeSessionReceipt(receipt));
        expect(decoded).to.deep.equal({ ok: true, receipt });
      }
    });

    it('returns what the host reads: numbers, text, globals, elements', () => {
      const session = opened(module);
      const memory = session.memory!;
      for (const [type, value] of [
        ['u8', 250],
        ['i8', -6],
        ['u16', 65_000],
        ['i16', -3],
        ['u32', 4_000_000_000],
        ['i32', -4],
        ['f32', 1.5],
        ['f64', -1e300],
      ] as const) {
        memory.set(type, 40, value);
        expect(memory.get(type, 40), type).to.equal(value);
      }
      memory.set('i64', 40, -7n);
      expect([memory.get('i64', 40), memory.get('u64', 40)]).to.deep.equal([-7n, 2n ** 64n - 7n]);
      expect(memory.readText(16, 6)).to.equal('active');
      memory.set('u8', 16, 0xff);
      expect(memory.readText(16, 6)).to.equal(undefined);
      expect(session.global('fixed').get()).to.deep.equal(i32(7));
      expect(session.table('table').get(0)).to.equal(1);
      expect(session.table('table').get(1)).to.equal(null);
      session.call('hold');
      expect(session.global('held').get()).to.equal(undefined);
    });

    it('refuses impossible operations before any effect', () => {
      const session = opened(module);
      const memory = session.memory!;
      const codeOf = (work: () => unknown) => {
        try {
          work();
        } catch (error) {
          return error instanceof UsageError ? error.code : error;
        }
        return undefined;
      };
      const digest = toHex(session.stateDigest());
      expect(codeOf(() => memory.read(65_536, 1))).to.equal('out-of-bounds');
      expect(codeOf(() => memory.write(65_530, new Uint8Array(7)))).to.equal('out-of-bounds');
      expect(codeOf(() => memory.get('f64', -1))).to.equal('out-of-bounds');
      expect(codeOf(() => session.global('fixed').set(i32(1)))).to.equal('immutable-global');
      expect(codeOf(() => session.global('count').set(i64(1n)))).to.equal('argument-type');
      expect(codeOf(() => session.global('memory'))).to.equal('unknown-export');
      expect(codeOf(() => session.table('table').set(4, null))).to.equal('out-of-bounds');
      expect(codeOf(() => session.table('table').set(0, 'nothing'))).to.equal('unknown-export');
      expect(codeOf(() => session.call('nothing'))).to.equal('unknown-export');
      expect(codeOf(() => session.call('add', []))).to.equal('argument-count');
      expect(codeOf(() => session.call('add', [i32(1)], { fuel: -1 }))).to.equal('fuel-limit');
      expect(toHex(session.stateDigest())).to.equal(digest);
      expect(session.number).to.equal(0);
      session.close();
      expect(codeOf(() => session.call('add', [i32(1)]))).to.equal('session-over');
      expect(codeOf(() => memory.read(0, 1))).to.equal('session-over');
    });

    it('never uses more fuel than its total', () => {
      const opening = opened(module).opening.fuel.used;
      const budget = opening + 5_000;
      const session = opened(module, { fuel: budget });
      const used = session.call('spin', [i32(10)]).fuel.used;
      expect(session.fuelUsed).to.equal(opening + used);
      const last = session.call('spin', [i32(100_000)], { digest: true });
      expect(last.outcome).to.deep.equal({ kind: 'exhausted', resource: 'fuel' });
      expect(last.receipt.fuel.limit).to.equal(budget - opening - used);
      expect(last.receipt.stateDigest, 'a digest that cannot be paid').to.equal(undefined);
      expect(session.fuelLeft).to.equal(0);
      expect(session.call('add', [i32(1)]).fuel.used).to.equal(0);
    });

    it('an opening that traps or runs out of fuel has a receipt and no session', async () => {
      const trapping = await loadText('(module (memory 1) (func $s unreachable) (start $s))', [], { tier });
      const opening = openSession(trapping);
      if (opening.ok || opening.fault !== undefined) throw new Error('it opens');
      expect(opening.outcome).to.deep.equal({ kind: 'trapped', code: 'unreachable' });
      expect(opening.receipt.pages).to.equal(1);
      const poor = openSession(module, { fuel: 10 });
      expect(poor.ok === false && poor.fault === undefined && poor.receipt.fuel).to.deep.include({
        limit: 10,
        used: 10,
      });
    });

    it('a host failure ends it; a host function cannot use the session during a call', async () => {
      const seen: unknown[] = [];
      let session: Session | undefined;
      const row: HostImport = {
        ...nextRow(),
        run: () => {
          try {
            session!.memory!.write(0, Uint8Array.of(1));
          } catch (error) {
            seen.push((error as UsageError).code);
          }
          throw new Error('broken');
        },
      } as HostImport;
      session = opened(await load([row]));
      session.call('add', [i32(1)]);
      expect(() => session.call('ask', [i32(1)])).to.throw(HostFailure, 'broken');
      expect(seen).to.deep.equal(['session-busy']);
      expect(() => session.call('add', [i32(1)])).to.throw(UsageError, 'the session is over');
    });

    it('passes its context to each call', async () => {
      const seen: unknown[] = [];
      const row = { ...nextRow(), run: (call: { context: unknown }) => [i32(seen.push(call.context))] } as HostImport;
      const session = opened(await load([row]), { context: 'session' });
      session.call('ask', [i32(1)]);
      session.call('ask', [i32(1)], { context: 'call' });
      expect(seen).to.deep.equal(['session', 'session', 'call', 'call']);
    });

    it('makes byte calls, whose payload may change afterwards', async () => {
      const echo = await loadText(guestText({}), [], { tier });
      const session = opened(echo);
      const payload = Uint8Array.of(0xc4, 1, 7);
      const names = echo
        .describe()
        .exports.filter(({ kind }) => kind === 'function')
        .map(({ name }) => name);
      const name = names.find((each) => !each.startsWith('__'))!;
      const first = session.callBytes(name, payload);
      const single = echo.callBytes(name, payload);
      payload.fill(0);
      expect(first.outcome).to.deep.equal(single.outcome);
      expect(toHex(first.receipt.input)).to.equal(toHex(single.receipt.input));
      expect(first.fuel.parts.boundary).to.equal(single.receipt.fuel.parts.boundary);
    });

    it('a batch throws what its callback throws; what a call throws in it is as outside', () => {
      const session = opened(module);
      const mine = new RangeError('of the user');
      const work = () => {
        session.call('add', [i32(1)]);
        throw mine;
      };
      const thrown = (act: () => unknown): unknown => {
        try {
          return act();
        } catch (error) {
          return error;
        }
      };
      expect(thrown(() => session.batch(work))).to.equal(mine);
      // As if the stack ended in the middle of a call.
      const args = new Proxy([i32(1)], {
        get: () => {
          throw mine;
        },
      });
      for (const act of [
        () => session.call('add', args),
        () => session.batch(() => session.call('add', args)),
        () => session.batch(() => session.begin('add', args)),
      ]) {
        const failure = thrown(act);
        expect(failure).to.be.instanceOf(HostFailure);
        expect((failure as HostFailure).cause).to.equal(mine);
      }
      expect(session.batch(() => session.call('add', [i32(1)])).outcome).to.deep.equal({
        kind: 'returned',
        values: [i32(2)],
      });
    });

    it('a fork diverges from its point, and returns the receipts of its original', () => {
      const session = opened(module);
      session.call('add', [i32(5)]);
      session.memory!.write(500, Uint8Array.of(9));
      const fork = session.fork();
      const steps = (each: Session) => [
        sessionReceiptHash(each.call('sum', [i32(500), i32(2)]).receipt),
        sessionReceiptHash(each.call('grow', [i32(1)]).receipt),
        sessionReceiptHash(each.call('add', [i32(5)], { digest: true }).receipt),
      ];
      const forked = steps(fork);
      expect(session.global('count').get()).to.deep.equal(i32(5));
      expect(steps(session)).to.deep.equal(forked);
    });
  });
}

describe('session, where the host cannot finish a call', () => {
  const DEEP = defineLimits('spec-deep', { stackWords: 1_048_576 });

  it('the interpreter continues with the state, and its receipts are its own', async () => {
    const receiptsIn = async (tier: (typeof TIERS)[number]) => {
      const calls: number[] = [];
      const loaded = await createEngine({ tier, limits: DEEP }).load(bytesOfText(GUEST), { imports: [nextRow(calls)] });
      if (!loaded.ok) throw new Error(loaded.fault.code);
      const session = opened(loaded.module);
      const receipts = ['add', 'ask', 'deep', 'add', 'ask', 'deep', 'deep', 'deep', 'ask'].map((name, i) => {
        session.memory!.set('u32', 600 + 4 * i, i);
        return session.call(name, [i32(name === 'deep' ? 60_000 : i)], { digest: true }).receipt;
      });
      return { receipts, calls, reruns: session.reruns };
    };
    const reference = await receiptsIn('interpreter');
    const instrumented = await receiptsIn('instrumented');
    expect(instrumented.reruns).to.equal(3);
    expect(instrumented.receipts).to.deep.equal(reference.receipts);
    expect(instrumented.calls).to.deep.equal(reference.calls);
  });
});
