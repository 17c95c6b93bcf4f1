/** Error messages for misuse of a session, compared whole, and that nothing has happened. SEMANTICS 10. */
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { type HostImport, i32, i64, type LoadedModule, type Value } from '../../src/index.js';
import { openSession, type Session } from '../../src/session/index.js';
import { loadText } from '../engine/load-text.js';
import { mistakeOf } from './mistakes.js';
import { GUEST, nextRow, opened, TIERS } from './session-guest.js';

type Mistake = readonly [work: (session: Session) => unknown, code: string, message: string];

const OUTSIDE = 'are not within a memory of 65536 bytes';

const MISTAKES: readonly Mistake[] = [
  [({ memory }) => memory!.read(65_536, 1), 'out-of-bounds', `1 bytes at 65536 ${OUTSIDE}`],
  [({ memory }) => memory!.read(0.5, 1), 'out-of-bounds', `1 bytes at 0.5 ${OUTSIDE}`],
  [({ memory }) => memory!.read(0, 0.5), 'out-of-bounds', `0.5 bytes at 0 ${OUTSIDE}`],
  [({ memory }) => memory!.read(-1, 1), 'out-of-bounds', `1 bytes at -1 ${OUTSIDE}`],
  [({ memory }) => memory!.read(9, -1), 'out-of-bounds', `-1 bytes at 9 ${OUTSIDE}`],
  [({ memory }) => memory!.get('f64', 65_529), 'out-of-bounds', `8 bytes at 65529 ${OUTSIDE}`],
  [({ memory }) => memory!.writeText(65_534, 'üb'), 'out-of-bounds', `3 bytes at 65534 ${OUTSIDE}`],
  [(s) => s.global('fixed').set(i32(1)), 'immutable-global', "the global 'fixed' cannot change"],
  [(s) => s.global('count').set(i64(1n)), 'argument-type', "argument 1 of the global 'count' must be i32, not i64"],
  [(s) => s.global('memory'), 'unknown-export', "the module does not export a global 'memory'"],
  [(s) => s.global('none'), 'unknown-export', "the module does not export a global 'none'"],
  [(s) => s.table('count'), 'unknown-export', "the module does not export a table 'count'"],
  [(s) => s.table('table').get(-1), 'out-of-bounds', 'element -1 is not within a table of 4'],
  [(s) => s.table('table').get(0.5), 'out-of-bounds', 'element 0.5 is not within a table of 4'],
  [(s) => s.table('table').set(4, null), 'out-of-bounds', 'element 4 is not within a table of 4'],
  [
    (s) => s.table('table').set(0, 'count'),
    'unknown-export',
    "the module does not export a function 'count' for the table",
  ],
  [
    (s) => s.table('table').grow(1, 'none'),
    'unknown-export',
    "the module does not export a function 'none' for the table",
  ],
  [
    (s) => s.table('others').set(0, 'add'),
    'unknown-export',
    "the module does not export a function 'add' for the table",
  ],
  [
    (s) => s.call('add', [], { onFuelBelow: { share: 1, notify: () => undefined } }),
    'argument-count',
    "'add' takes 1 arguments (i32), not 0",
  ],
  [
    (s) => s.call('add', [i32(1)], { onFuelBelow: { share: 1, notify: () => undefined } }),
    'bad-bound',
    'the share of onFuelBelow must be above 0 and below 1, not 1',
  ],
  [
    (s) => s.call('add', [i32(1)], { onFuelBelow: { share: 0.5 } as never }),
    'bad-bound',
    'onFuelBelow has no function notify',
  ],
  [
    (s) => s.call('add', [i32(1)]).resume(1),
    'not-resumable',
    'the call cannot be resumed: it did not end because its fuel was used up',
  ],
  [
    (s) => {
      const cut = s.call('add', [i32(1)], { fuel: 3 });
      s.call('negate', [i32(1)]);
      cut.resume(1);
    },
    'not-resumable',
    'the call cannot be resumed: the session has changed since then',
  ],
  [
    (s) => {
      const call = s.begin('negate', [i32(1)]);
      call.runFor(1000);
      call.runFor(1000);
    },
    'session-over',
    'the call has ended; read its result',
  ],
  [
    (s) => s.begin('negate', [i32(1)]).runFor(-1),
    'fuel-limit',
    'the fuel limit must be an integer from 0 to 9007199254740991, not -1',
  ],
  [
    (s) => {
      s.begin('negate', [i32(1)]);
      s.fork();
    },
    'session-busy',
    'a call of the session is running',
  ],
  [
    (s) => {
      s.close();
      s.close();
      s.call('negate', [i32(1)]);
    },
    'session-over',
    'the session is over: it was closed',
  ],
];

describe('mistakes of a caller of sessions', () => {
  const modules = new Map<string, LoadedModule>();
  before(async () => {
    const text = GUEST.replace(/\)$/, '\n  (table (export "others") 1 externref))');
    for (const tier of TIERS) modules.set(tier, await loadText(text, [nextRow()], { tier }));
  });

  for (const [work, code, message] of MISTAKES) {
    it(message, () => {
      for (const tier of TIERS) {
        const session = opened(modules.get(tier)!);
        expect(
          mistakeOf(() => work(session)),
          tier,
        ).to.deep.equal([code, message]);
      }
    });
  }

  it('in the options of an opening', () => {
    const module = modules.get('interpreter')!;
    for (const digestEvery of [-1, 0.5, '2']) {
      expect(mistakeOf(() => openSession(module, { digestEvery: digestEvery as number }))).to.deep.equal([
        'bad-bound',
        `digestEvery must be an integer from 0, not ${digestEvery}`,
      ]);
    }
  });

  it('after a host function failed, or its callback threw', async () => {
    const failing = { ...nextRow(), run: () => expect.fail('broken') } as HostImport;
    for (const tier of TIERS) {
      const session = opened(await loadText(GUEST, [failing], { tier }));
      expect(() => session.call('ask', [i32(1)])).to.throw('broken');
      expect(mistakeOf(() => session.call('add', [i32(1)]))).to.deep.equal([
        'session-over',
        'the session is over: the host failed: host function env.next threw: broken',
      ]);
    }
  });
});

describe('what a session reports to its host', () => {
  for (const tier of TIERS) {
    it(`of itself and of its calls, ${tier}`, async () => {
      const session = opened(await loadText(GUEST, [nextRow()], { tier }), { fuel: 1_000_000 });
      expect(session.tier).to.equal(tier);
      expect([session.global('count').isMutable, session.global('fixed').isMutable]).to.deep.equal([true, false]);
      const { hostCalls, hostCallCount, fuel } = session.call('ask', [i32(3)]);
      expect(hostCallCount).to.equal(2);
      expect(hostCalls.map(({ module, name }) => `${module}.${name}`)).to.deep.equal(['env.next', 'env.next']);
      expect(session.fuelLeft).to.equal(1_000_000 - session.opening.fuel.used - fuel.used);
      expect(session.memory!.byteLength).to.equal(65_536);
      expect(session.memory!.grow(-1)).to.equal(-1);
      expect(session.memory!.grow(0.5)).to.equal(-1);
      expect(session.memory!.grow(1)).to.equal(1);
      expect([session.memory!.pages, session.memory!.byteLength]).to.deep.equal([2, 131_072]);
      expect(opened(await loadText('(module)', [], { tier })).memory).to.equal(undefined);
    });

    it(`of what a table holds, ${tier}`, async () => {
      const session = opened(await loadText(GUEST, [nextRow()], { tier }));
      const table = session.table('table');
      table.set(1, 'spin');
      // Functions are counted from the imported one; `spin` is the last.
      expect([table.get(0), table.get(1), table.get(2), table.length]).to.deep.equal([1, 15, null, 4]);
      expect([table.grow(-1), table.grow(0.5), table.grow(13)]).to.deep.equal([-1, -1, -1]);
      expect([table.grow(1), table.get(4), table.length]).to.deep.equal([4, null, 5]);
      table.set(1, null);
      expect(table.get(1)).to.equal(null);
    });

    it(`of numbers in memory: little endian, a NaN canonical, ${tier}`, async () => {
      const memory = opened(await loadText('(module (memory (export "memory") 1))', [], { tier })).memory!;
      const bytesOf = (length: number) => toHex(memory.read(8, length));
      memory.set('f32', 8, Number.NaN);
      expect(bytesOf(4)).to.equal('0000c07f');
      memory.set('f64', 8, Number.NaN);
      expect(bytesOf(8)).to.equal('000000000000f87f');
      memory.set('f64', 8, -2);
      expect(bytesOf(8)).to.equal('00000000000000c0');
      memory.set('f32', 8, -2);
      expect(bytesOf(4)).to.equal('000000c0');
      memory.set('u64', 8, 2n ** 64n + 0x0102n);
      expect(bytesOf(8)).to.equal('0201000000000000');
      expect([memory.writeText(8, 'üb'), memory.readText(8, 3), memory.readText(9, 2)]).to.deep.equal([
        3,
        'üb',
        undefined,
      ]);
    });

    it(`of a call in parts, ${tier}`, async () => {
      const session = opened(await loadText(GUEST, [nextRow()], { tier }));
      const call = session.begin('spin', [i32(9)], { fuel: 5000 });
      expect([call.fuelLeft, call.fuelUsed, call.result, call.runFor(0)]).to.deep.equal([
        5000,
        0,
        undefined,
        undefined,
      ]);
      expect(call.fuelUsed).to.equal(0);
      const result = call.runFor(5000)!;
      expect(call.result).to.equal(result);
      session.call('spin', [i32(50)], { fuel: 9000 });
      expect([call.fuelLeft, call.fuelUsed]).to.deep.equal([5000 - result.fuel.used, result.fuel.used]);
    });

    it(`in a batch, and after one that threw, ${tier}`, async () => {
      const session = opened(await loadText(GUEST, [nextRow()], { tier }));
      const doubled = (n: number) =>
        (session.call('double', [i32(n)]).outcome as { values: readonly Value[] }).values[0];
      expect(session.batch(() => session.batch(() => doubled(4)))).to.deep.equal(i32(8));
      expect(() => session.batch(() => expect.fail('by intent'))).to.throw('by intent');
      expect(doubled(5)).to.deep.equal(i32(10));
    });
  }
});
