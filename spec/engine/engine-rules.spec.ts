/**
 * Rules of the engine at their edges, each met exactly and missed by one: what its caches keep and evict first, where
 * the bytes of a receipt end, what a host function may touch, and the messages for mistakes.
 */
import { expect } from 'chai';
import { defineLimits, LIMITS_1 } from '../../src/base/limits.js';
import { IdleSeats, IdleSeatsOfModule } from '../../src/engine/call/idle-seats.js';
import { KeptSeats } from '../../src/engine/call/kept-seats.js';
import type { Seat } from '../../src/engine/call/seat.js';
import { ExportsByName } from '../../src/engine/imports/exports-by-name.js';
import { checkImports, type HostImport } from '../../src/engine/imports/host-import.js';
import { HostTranscript } from '../../src/engine/imports/host-transcript.js';
import { isOf, type Linkage } from '../../src/engine/imports/linkage.js';
import { bitsOfArguments, isBitsOf, valueOfBits } from '../../src/engine/imports/typed-values.js';
import { type CachedProgram, ProgramCache } from '../../src/engine/load/program-cache.js';
import {
  createEngine,
  decodeReceipt,
  encodeReceipt,
  type HostCall,
  type Receipt,
  UsageError,
  type Value,
} from '../../src/index.js';
import { HostFailure } from '../../src/machine/outcome.js';
import type { Program } from '../../src/machine/program.js';
import { ValueType } from '../../src/wasm/types.js';
import { bytesOfText } from './load-text.js';

const PROGRAM = {} as Program;
const OTHER_PROGRAM = {} as Program;
const linkage = (...constants: number[]) => ({ constants: Uint8Array.from(constants) }) as Linkage;

function seatOf(heldBytes: number, program = PROGRAM, fitting = true, isReusable = true): Seat {
  return { heldBytes, program, isReusable, fits: () => fitting } as unknown as Seat;
}

describe('idle seats', () => {
  it('are kept within their bound, evicting the least recently left first', () => {
    const all = new IdleSeats(100);
    const [one, two] = [new IdleSeatsOfModule(all), new IdleSeatsOfModule(all)];
    const seats = [40, 30, 30].map((bytes) => seatOf(bytes));
    one.leave(seats[0]!);
    two.leave(seats[1]!);
    one.leave(seats[2]!);
    expect([all.count, all.bytes]).to.deep.equal([3, 100]);
    two.leave(seatOf(1));
    expect([all.count, all.bytes, one.seats.length, two.seats.length]).to.deep.equal([3, 61, 1, 2]);
    one.leave(seatOf(100));
    expect([all.count, all.bytes, one.seats.length, two.seats.length]).to.deep.equal([1, 100, 1, 0]);
    one.leave(seatOf(101));
    expect([all.count, all.bytes]).to.deep.equal([1, 100]);
    one.leave(seatOf(1, PROGRAM, true, false));
    expect([all.count, all.bytes]).to.deep.equal([1, 100]);
  });

  it('are taken most recently left first, and keep their order', () => {
    const all = new IdleSeats(100);
    const one = new IdleSeatsOfModule(all);
    const seats = [1, 2, 3, 4].map((bytes) => seatOf(bytes));
    for (const seat of seats) one.leave(seat);
    expect(one.take(PROGRAM, linkage())).to.equal(seats[3]);
    all.remove(one.seats[1]!);
    expect([all.count, all.bytes]).to.deep.equal([2, 4]);
    expect(one.take(PROGRAM, linkage())).to.equal(seats[2]);
    expect(one.take(PROGRAM, linkage())).to.equal(seats[0]);
    expect(one.take(PROGRAM, linkage())).to.equal(undefined);
    expect([all.count, all.bytes]).to.deep.equal([0, 0]);
    one.leave(seats[1]!);
    all.clear();
    expect([all.count, all.bytes, one.seats.length]).to.deep.equal([0, 0, 0]);
  });

  it('of another program are dropped; those that do not fit are kept', () => {
    const all = new IdleSeats(100);
    const one = new IdleSeatsOfModule(all);
    const unfit = seatOf(3, PROGRAM, false);
    one.leave(unfit);
    one.leave(seatOf(2, OTHER_PROGRAM));
    expect(one.take(PROGRAM, linkage(1))).to.equal(undefined);
    expect([all.count, all.bytes]).to.deep.equal([1, 3]);
    expect(one.seats[0]!.seat).to.equal(unfit);
    const other = new IdleSeatsOfModule(all);
    other.leave(seatOf(5));
    one.clear();
    expect([all.count, all.bytes, other.seats.length]).to.deep.equal([1, 5, 1]);
  });
});

describe('seats kept by a caller that inspects earlier calls', () => {
  const LIMITS = LIMITS_1;
  const seat = (program: Program, fitting = true, isReusable = true) =>
    ({ program, isReusable, fits: () => fitting, store: { limits: LIMITS } }) as unknown as Seat;

  it('are one for each program, taken once, if imports and limits fit', () => {
    const kept = new KeptSeats();
    expect(kept.take(PROGRAM, linkage(), LIMITS)).to.equal(undefined);
    const [one, other, later] = [seat(PROGRAM), seat(OTHER_PROGRAM), seat(PROGRAM)];
    kept.leave(one);
    kept.leave(other);
    kept.leave(later);
    expect(kept.take(PROGRAM, linkage(), LIMITS)).to.equal(later);
    expect(kept.take(PROGRAM, linkage(), LIMITS)).to.equal(undefined);
    expect(kept.take(OTHER_PROGRAM, linkage(), LIMITS)).to.equal(other);
    kept.leave(seat(PROGRAM, false));
    expect(kept.take(PROGRAM, linkage(), LIMITS)).to.equal(undefined);
    kept.leave(one);
    expect(kept.take(PROGRAM, linkage(), defineLimits('spec-others', {}))).to.equal(undefined);
    // An instance that did not fit was discarded.
    expect(kept.take(PROGRAM, linkage(), LIMITS)).to.equal(undefined);
    kept.leave(seat(PROGRAM, true, false));
    expect(kept.take(PROGRAM, linkage(), LIMITS)).to.equal(undefined);
  });
});

describe('programs that are kept', () => {
  const cached = (bytes: Uint8Array) => {
    const all = new IdleSeats(100);
    const idle = new IdleSeatsOfModule(all);
    idle.leave(seatOf(1));
    return { programs: { metered: { module: { bytes } } }, idle, hash: bytes } as unknown as CachedProgram;
  };
  const bytesOf = (length: number, last = 0) => new Uint8Array(length).fill(last, length - 1);

  it('stay within their bound, evicted least recently used first with their idle seats', () => {
    const cache = new ProgramCache(30);
    const [a, b, c] = [cached(bytesOf(10)), cached(bytesOf(11)), cached(bytesOf(9))];
    cache.put('a', a);
    cache.put('b', b);
    cache.put('c', c);
    expect([cache.count, cache.bytes]).to.deep.equal([3, 30]);
    expect(cache.take('a')).to.equal(a);
    expect(cache.take('x')).to.equal(undefined);
    cache.put('d', cached(bytesOf(1)));
    expect([cache.count, cache.bytes]).to.deep.equal([3, 20]);
    expect(cache.take('b')).to.equal(undefined);
    expect(b.idle.seats).to.have.length(0);
    expect(a.idle.seats).to.have.length(1);
    cache.put('too large', cached(bytesOf(31)));
    expect(cache.count).to.equal(3);
    cache.put('a', cached(bytesOf(10)));
    expect([cache.count, cache.bytes, cache.take('a')]).to.deep.equal([3, 20, a]);
    cache.put('whole', cached(bytesOf(30)));
    expect([cache.count, cache.bytes]).to.deep.equal([1, 30]);
    cache.clear();
    expect([cache.count, cache.bytes, cache.takeSame(bytesOf(30))]).to.deep.equal([0, 0, undefined]);
  });

  it('are found by equal bytes, by the most recently used of a length', () => {
    const cache = new ProgramCache(1_000);
    for (const length of [1, 7, 8, 9, 16, 17]) {
      const own = cached(bytesOf(length));
      cache.put(`${length}`, own);
      expect(cache.takeSame(bytesOf(length)), `${length}`).to.equal(own);
      for (let at = 0; at < length; at++) {
        expect(cache.takeSame(bytesOf(length).fill(1, at, at + 1)), `${length}, byte ${at}`).to.equal(undefined);
      }
    }
    expect(cache.takeSame(bytesOf(5))).to.equal(undefined);
    const [first, second] = [cached(bytesOf(24, 1)), cached(bytesOf(24, 2))];
    cache.put('first', first);
    cache.put('second', second);
    expect(cache.takeSame(bytesOf(24, 1))).to.equal(undefined);
    cache.take('first');
    expect(cache.takeSame(bytesOf(24, 1))).to.equal(first);
    // Not aligned to a word of its buffer, so not looked up.
    expect(cache.takeSame(new Uint8Array(32).subarray(4, 12))).to.equal(undefined);
    expect(cache.takeSame(new Uint8Array(32).subarray(8, 16))).to.not.equal(undefined);
  });

  it('keep the newest of a length when an older one is evicted', () => {
    const cache = new ProgramCache(20);
    cache.put('a', cached(bytesOf(10, 1)));
    const b = cached(bytesOf(10, 2));
    cache.put('b', b);
    cache.put('c', cached(bytesOf(9)));
    expect(cache.take('a')).to.equal(undefined);
    expect(cache.takeSame(bytesOf(10, 2))).to.equal(b);
  });
});

describe('exports by name', () => {
  const count = 30;
  const functions = Array.from({ length: count }, (_, n) => `(func (export "f${n}") (result i32) (i32.const ${n}))`);

  it('are found, both the first few and all the others; unknown names are not', async () => {
    const loaded = await createEngine({ tier: 'interpreter' }).load(bytesOfText(`(module ${functions.join('')})`));
    if (!loaded.ok) throw new Error(loaded.fault.code);
    const { module } = loaded.module.metered;
    for (const [from, step] of [
      [0, 1],
      [count - 1, -1],
    ] as const) {
      let tables = 0;
      const counted = Object.create(module, {
        exports: {
          get: () => {
            tables += 1;
            return module.exports;
          },
        },
      });
      const byName = new ExportsByName(counted);
      for (let n = 0; n < count; n++) {
        const name = `f${from + n * step}`;
        expect(byName.get(name), name).to.deep.include({ name, kind: 'function', index: from + n * step });
        expect(byName.get(name)).to.equal(byName.get(name));
        expect(tables, `after ${n + 1}`).to.equal(n < 8 ? 0 : 1);
      }
      expect(byName.get('none')).to.equal(undefined);
      expect(new ExportsByName(module).get('none')).to.equal(undefined);
    }
  });
});

describe('a set of imports', () => {
  const constant = (module: string, name: string, bits = 1): HostImport => ({
    module,
    name,
    value: { type: 'i32', bits },
  });

  it('is recognised as that of a linkage, row by row', () => {
    const rows = [constant('a', 'b'), constant('a', 'c')];
    const made = { imports: rows } as unknown as Linkage;
    expect(isOf(made, [...rows])).to.equal(true);
    expect(isOf(made, rows.slice(0, 1))).to.equal(false);
    expect(isOf(made, [...rows, rows[0]!])).to.equal(false);
    expect(isOf(made, [rows[1]!, rows[0]!])).to.equal(false);
    expect(isOf(made, [rows[0]!, constant('a', 'c')])).to.equal(false);
  });

  const run = () => [];
  const type = { params: [], results: [] };
  const refused: readonly (readonly [readonly unknown[], string])[] = [
    [[constant('a', 'b'), constant('a', 'b')], 'the import a.b is given twice'],
    [
      [{ module: 'a', name: 'b', value: { type: 'i32', bits: 2 ** 32 } }],
      'the bits of the constant a.b do not fit its type i32',
    ],
    [
      [{ module: 'a', name: 'b', value: { type: 'funcref', ref: {} } }],
      'the bits of the constant a.b do not fit its type funcref',
    ],
    [[{ module: 'a', name: 'b', type }], 'the import a.b has neither run (a function) nor value (a constant)'],
    [
      [{ module: 'a', name: 'b', type: { params: ['i31'], results: [] }, run }],
      'the type of import a.b names an unknown value type: i31',
    ],
    [
      [{ module: 'a', name: 'b', type: { params: [], results: ['v128'] }, run }],
      'the type of import a.b names an unknown value type: v128',
    ],
    ...[0, 1_000_001, 1.5, -1, Number.NaN].map(
      (cost) =>
        [
          [{ module: 'a', name: 'b', type, run, cost }],
          `the cost of a.b must be an integer from 1 to 1000000, not ${cost}`,
        ] as const,
    ),
  ];
  for (const [rows, message] of refused) {
    it(message, () => {
      expect(() => checkImports(rows as HostImport[]))
        .to.throw(UsageError, message)
        .with.property('code', 'bad-import');
    });
  }

  it('may have names that look alike, costs at their bounds, and null', () => {
    checkImports([constant('a.b', 'c'), constant('a', 'b.c')]);
    for (const cost of [1, 1_000_000])
      checkImports([{ module: 'a', name: 'b', type: { params: [], results: [] }, run, cost }]);
    checkImports([{ module: 'a', name: 'b', value: { type: 'externref', ref: null } }]);
  });
});

describe('the transcript of host functions in an attempt', () => {
  const bytes = (...of: number[]) => Uint8Array.from(of);

  it('is replayed by position, name and input, as far as it was answered', () => {
    const first = new HostTranscript(1_000_000);
    for (const [name, input] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ] as const) {
      const { replay } = first.begin('m', name, bytes(input));
      expect(replay).to.equal(false);
      if (name !== 'c') first.ended([], false);
    }
    const second = first.again();
    expect(second.begin('m', 'a', bytes(1)).replay).to.equal(true);
    expect(second.begin('m', 'b', bytes(2)).replay).to.equal(true);
    // The call was cut short, so the host runs it again, and every later one.
    expect(second.begin('m', 'c', bytes(3)).replay).to.equal(false);
    expect(second.begin('m', 'd', bytes(4)).replay).to.equal(false);
    expect(second.again().begin('m', 'a', bytes(1)).replay).to.equal(true);
  });

  for (const [what, module, name, input] of [
    ['another module', 'x', 'a', 1],
    ['another name', 'm', 'x', 1],
    ['another input', 'm', 'a', 9],
  ] as const) {
    it(`is not replayed for ${what}, nor after it`, () => {
      const first = new HostTranscript(1_000_000);
      for (const one of ['a', 'a', 'a']) {
        first.begin('m', one, bytes(1));
        first.ended([], false);
      }
      const second = first.again();
      expect(second.begin(module, name, bytes(input)).replay).to.equal(false);
      expect(second.begin('m', 'a', bytes(1)).replay).to.equal(false);
    });
  }
});

describe('values', () => {
  const good: readonly Value[] = [
    { type: 'i32', bits: 0 },
    { type: 'i32', bits: 0xffff_ffff },
    { type: 'f32', bits: 0xffff_ffff },
    { type: 'i64', bits: 0n },
    { type: 'i64', bits: (1n << 64n) - 1n },
    { type: 'f64', bits: (1n << 64n) - 1n },
  ];
  const bad: readonly unknown[] = [
    { type: 'i32', bits: -1 },
    { type: 'i32', bits: 2 ** 32 },
    { type: 'i32', bits: 0.5 },
    { type: 'i32', bits: 1n },
    { type: 'f32', bits: 2 ** 32 },
    { type: 'f32', bits: '1' },
    { type: 'i64', bits: -1n },
    { type: 'i64', bits: 1n << 64n },
    { type: 'i64', bits: 1 },
    { type: 'f64', bits: 1n << 64n },
    { type: 'funcref', ref: null },
  ];

  it('have unsigned bits of the width of their type', () => {
    for (const value of good) expect(isBitsOf(value), String(value.type)).to.equal(true);
    for (const value of bad) expect(isBitsOf(value as Value), (value as Value).type).to.equal(false);
  });

  it('are made from signed and unsigned bits of the machine', () => {
    expect(valueOfBits(ValueType.I32, -1)).to.deep.equal({ type: 'i32', bits: 0xffff_ffff });
    expect(valueOfBits(ValueType.F32, -1)).to.deep.equal({ type: 'f32', bits: 0xffff_ffff });
    expect(valueOfBits(ValueType.I64, -1n)).to.deep.equal({ type: 'i64', bits: (1n << 64n) - 1n });
    expect(valueOfBits(ValueType.F64, -1n)).to.deep.equal({ type: 'f64', bits: (1n << 64n) - 1n });
    expect(valueOfBits(ValueType.FuncRef, 0)).to.deep.equal({ type: 'funcref', ref: null });
    expect(valueOfBits(ValueType.ExternRef, 0)).to.deep.equal({ type: 'externref', ref: null });
  });

  const I32 = Uint8Array.of(ValueType.I32);
  const mistakes: readonly (readonly [Uint8Array, readonly unknown[], string, string])[] = [
    [Uint8Array.of(ValueType.I32, ValueType.F64), [], 'argument-count', 'f takes 2 arguments (i32, f64), not 0'],
    [I32, [{ type: 'i64', bits: 1n }], 'argument-type', 'argument 1 of f must be i32, not i64'],
    [I32, [undefined], 'argument-type', 'argument 1 of f must be i32, not undefined'],
    [
      I32,
      [{ type: 'i32', bits: -1 }],
      'argument-type',
      'argument 1 of f does not have the bits of an i32; make it with i32()',
    ],
    [
      Uint8Array.of(ValueType.FuncRef),
      [{ type: 'funcref', ref: {} }],
      'argument-reference',
      'argument 1 of f is a reference; only null can be passed',
    ],
  ];
  for (const [params, args, code, message] of mistakes) {
    it(message, () => {
      expect(() => bitsOfArguments('f', params, args as Value[]))
        .to.throw(UsageError, message)
        .with.property('code', code);
    });
  }
});

const filled = (byte: number) => new Uint8Array(32).fill(byte);

const RECEIPT: Receipt = {
  profile: 'assay-1',
  schedule: filled(1),
  limits: filled(2),
  hosts: filled(7),
  module: filled(3),
  export: 'run',
  input: filled(4),
  fuel: { limit: 100, used: 10, parts: { instantiate: 1, guest: 2, host: 3, boundary: 4 } },
  outcome: { kind: 'returned' },
  output: filled(5),
  pages: 65_536,
  hostCalls: filled(6),
};

describe('the bytes of a receipt', () => {
  const bytes = encodeReceipt(RECEIPT);
  const text = (value: string): readonly number[] => [4, value.length];
  /** Lengths of the pieces that are read whole, in order. A piece that is cut off is truncated at its start. */
  const pieces = [
    ...text('assay-receipt-2'),
    ...text('assay-1'),
    32,
    32,
    32,
    32,
    ...text('run'),
    32,
    8,
    1,
    ...text(''),
    32,
    8,
    8,
    8,
    8,
    8,
    4,
    32,
  ];

  it('are truncated within a field, at the offset where the field begins', () => {
    expect(pieces.reduce((sum, piece) => sum + piece)).to.equal(bytes.length);
    let start = 0;
    for (const piece of pieces) {
      for (let cut = start; cut < start + piece; cut++) {
        const expected = { ok: false, fault: { code: 'truncated', offset: start } };
        expect(decodeReceipt(bytes.subarray(0, cut)), `cut at ${cut}`).to.deep.equal(expected);
      }
      start += piece;
    }
    expect(decodeReceipt(bytes)).to.deep.equal({ ok: true, receipt: RECEIPT });
    const behind = { code: 'trailing-bytes', offset: bytes.length };
    expect(decodeReceipt(Uint8Array.of(...bytes, 0))).to.deep.equal({ ok: false, fault: behind });
  });

  it('may be anywhere in a buffer, and are copied out of it', () => {
    const around = new Uint8Array(bytes.length + 20);
    around.set(bytes, 7);
    const read = decodeReceipt(around.subarray(7, 7 + bytes.length));
    around.fill(0);
    expect(read).to.deep.equal({ ok: true, receipt: RECEIPT });
  });

  const pagesAt = bytes.length - 36;
  const fuelAt = pagesAt - 40;
  const changes: readonly (readonly [string, Partial<Receipt>, string, number])[] = [
    ['one page too many', { pages: 65_537 }, 'integer-too-large', pagesAt],
    ['used more than its limit', { fuel: { ...RECEIPT.fuel, limit: 9 } }, 'fuel-sum', fuelAt],
    ['used one unit more than its parts', { fuel: { ...RECEIPT.fuel, used: 11 } }, 'fuel-sum', fuelAt],
    ['used one unit less than its parts', { fuel: { ...RECEIPT.fuel, used: 9 } }, 'fuel-sum', fuelAt],
  ];
  for (const [what, change, code, offset] of changes) {
    it(`are refused: ${what}`, () => {
      expect(decodeReceipt(encodeReceipt({ ...RECEIPT, ...change }))).to.deep.equal({
        ok: false,
        fault: { code, offset },
      });
    });
  }

  it('may state that all fuel was used, up to 2^53 - 1 units', () => {
    const max = Number.MAX_SAFE_INTEGER;
    const parts = { instantiate: max, guest: 0, host: 0, boundary: 0 };
    for (const fuel of [
      { ...RECEIPT.fuel, limit: 10 },
      { limit: max, used: max, parts },
    ]) {
      expect(decodeReceipt(encodeReceipt({ ...RECEIPT, fuel }))).to.deep.equal({
        ok: true,
        receipt: { ...RECEIPT, fuel },
      });
    }
    const large = encodeReceipt({ ...RECEIPT, fuel: { limit: max, used: max, parts } });
    large[fuelAt + 6] = 0x20;
    expect(decodeReceipt(large)).to.deep.equal({ ok: false, fault: { code: 'integer-too-large', offset: fuelAt } });
  });
});

describe('the memory visible to a host function', () => {
  const TEXT = `(module (import "env" "f" (func $f)) (memory (export "memory") 1) (func (export "run") (call $f)))`;

  /** The error that `act` threw; the call fails because of it. */
  async function thrown(act: (call: HostCall) => void): Promise<string | undefined> {
    const imports: HostImport[] = [
      {
        module: 'env',
        name: 'f',
        type: { params: [], results: [] },
        run: (call) => {
          act(call);
          return [];
        },
      },
    ];
    const loaded = await createEngine({ tier: 'interpreter' }).load(bytesOfText(TEXT), { imports });
    if (!loaded.ok) throw new Error(loaded.fault.code);
    try {
      loaded.module.call('run', []);
      return undefined;
    } catch (error) {
      expect(error).to.be.instanceOf(HostFailure);
      return `${(error as Error).message} ${((error as Error).cause as Error | undefined)?.message ?? ''}`;
    }
  }

  const PAGE = 65_536;
  for (const [offset, length, isInside] of [
    [0, PAGE, true],
    [PAGE, 0, true],
    [PAGE - 1, 1, true],
    [0, 0, true],
    [PAGE, 1, false],
    [PAGE + 1, 0, false],
    [1, PAGE, false],
    [-1, 1, false],
    [0, -1, false],
    [0.5, 1, false],
    [0, 0.5, false],
  ] as const) {
    it(`${isInside ? 'reads' : 'refuses'} ${length} bytes at ${offset}`, async () => {
      const message = await thrown((call) => void call.memory!.read(offset, length));
      if (isInside) expect(message).to.equal(undefined);
      else expect(message).to.contain(`${length} bytes at ${offset} are not within a memory of 65536 bytes`);
    });
  }

  it('is written only within its bounds, and reads return a copy', async () => {
    expect(await thrown((call) => call.memory!.write(PAGE - 2, Uint8Array.of(1, 2)))).to.equal(undefined);
    expect(await thrown((call) => call.memory!.write(PAGE - 1, Uint8Array.of(1, 2)))).to.contain('2 bytes at 65535');
    const act = (call: HostCall) => {
      const read = call.memory!.read(8, 2);
      read.fill(7);
      expect([...call.memory!.read(8, 2), call.memory!.byteLength]).to.deep.equal([0, 0, PAGE]);
    };
    expect(await thrown(act)).to.equal(undefined);
  });

  for (const units of [-1, 0.5, 2 ** 53, Number.NaN]) {
    it(`cannot be charged ${units}`, async () => {
      const message = `a host function charged ${units}; a charge is an integer from 0 to 2^53 - 1`;
      expect(await thrown((call) => void call.charge(units))).to.contain(message);
    });
  }
  it('can be charged zero', async () => {
    expect(await thrown((call) => expect(call.charge(0)).to.equal(true))).to.equal(undefined);
  });
});

describe('an engine', () => {
  it('reports which bound or tier is invalid', () => {
    for (const [options, code, message] of [
      [{ moduleCacheBytes: -1 }, 'bad-bound', 'moduleCacheBytes must be an integer from 0, not -1'],
      [{ idleInstanceBytes: 0.5 }, 'bad-bound', 'idleInstanceBytes must be an integer from 0, not 0.5'],
      [{ tier: 'fast' as 'auto' }, 'unknown-tier', "unknown tier 'fast'; use one of auto, interpreter, instrumented"],
    ] as const) {
      expect(() => createEngine(options))
        .to.throw(UsageError, message)
        .with.property('code', code);
    }
  });

  it('keeps nothing with bounds of 0, what fits otherwise, and releases it on demand', async () => {
    const bytes = bytesOfText('(module (func (export "f")))');
    const heldBy = async (options: object) => {
      const engine = createEngine({ tier: 'interpreter', ...options });
      const loaded = await engine.load(bytes);
      if (loaded.ok) loaded.module.call('f', []);
      const before = engine.held();
      engine.release();
      expect(engine.held()).to.deep.equal({ modules: 0, moduleBytes: 0, idleInstances: 0, idleInstanceBytes: 0 });
      return [before.modules, before.moduleBytes, before.idleInstances];
    };
    expect(await heldBy({})).to.deep.equal([1, bytes.length, 1]);
    expect(await heldBy({ moduleCacheBytes: bytes.length })).to.deep.equal([1, bytes.length, 1]);
    expect(await heldBy({ moduleCacheBytes: bytes.length - 1 })).to.deep.equal([0, 0, 1]);
    expect(await heldBy({ idleInstanceBytes: 0 })).to.deep.equal([1, bytes.length, 0]);
    expect(LIMITS_1.moduleBytes).to.equal(64 * 1024 * 1024);
  });
});
