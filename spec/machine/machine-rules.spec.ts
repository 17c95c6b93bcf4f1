/**
 * Rules of the machine at their edges, by hand: how a gauge books charges, how far memories and tables grow, which
 * imports match, the bytes of values and of the state digest, the order of a host call.
 */
import { blake2b } from '@noble/hashes/blake2.js';
import { expect } from 'chai';
import { LIMITS_1 } from '../../src/base/limits.js';
import { evaluateConstant } from '../../src/machine/constant-expression.js';
import { FunctionInstance } from '../../src/machine/function-instance.js';
import { Gauge, HOST_CALL_WORDS } from '../../src/machine/gauge.js';
import { Global, isWide, readBits, writeBits } from '../../src/machine/global.js';
import { callHost, type HostFunction } from '../../src/machine/host-function.js';
import type { ExternValue, GuestInstance } from '../../src/machine/instance.js';
import { linkImports } from '../../src/machine/link.js';
import { keepsPages, Memory, PAGE_BYTES } from '../../src/machine/memory.js';
import { type Bits, HostFailure, trapped } from '../../src/machine/outcome.js';
import { stateDigest } from '../../src/machine/state-digest.js';
import { Store } from '../../src/machine/store.js';
import { Table } from '../../src/machine/table.js';
import { valueBytes } from '../../src/machine/value-bytes.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import type { ImportDescription, Module } from '../../src/wasm/module.js';
import { type FunctionType, type TableType, ValueType } from '../../src/wasm/types.js';

const LIMITS = { ...LIMITS_1, stackWords: 100, hostNesting: 2 };

function gaugeOf(fuel: number): Gauge {
  const gauge = new Gauge(LIMITS);
  gauge.reset(fuel);
  return gauge;
}

describe('a gauge', () => {
  it('books a charge to its part, and the remainder to the one that failed', () => {
    const gauge = gaugeOf(100);
    expect(gauge.charge('instantiate', 10)).to.equal(true);
    expect(gauge.charge('host', 20)).to.equal(true);
    expect(gauge.charge('boundary', 30)).to.equal(true);
    expect(gauge.chargeInstructions(5)).to.equal(true);
    expect(gauge.parts).to.deep.equal({ instantiate: 10, guest: 5, host: 20, boundary: 30 });
    expect([gauge.fuelUsed, gauge.fuelLeft, gauge.stop]).to.deep.equal([65, 35, undefined]);
    expect(gauge.charge('host', 36)).to.equal(false);
    expect(gauge.parts).to.deep.equal({ instantiate: 10, guest: 5, host: 55, boundary: 30 });
    expect(gauge.stop).to.deep.equal({ kind: 'exhausted', resource: 'fuel' });
    expect([gauge.fuelUsed, gauge.fuelLeft]).to.deep.equal([100, 0]);
  });

  for (const part of ['instantiate', 'host', 'boundary'] as const) {
    it(`pays exactly what is left to ${part}, and nothing more`, () => {
      const gauge = gaugeOf(7);
      expect(gauge.charge(part, 7)).to.equal(true);
      expect(gauge.charge(part, 0)).to.equal(true);
      expect(gauge.stop).to.equal(undefined);
      expect(gauge.charge(part, 1)).to.equal(false);
      expect(gauge.parts).to.deep.equal({ instantiate: 0, guest: 0, host: 0, boundary: 0, [part]: 7 });
    });
  }

  it('pays instructions exactly, and takes all fuel when they cost more', () => {
    const gauge = gaugeOf(7);
    expect(gauge.chargeInstructions(7)).to.equal(true);
    expect(gauge.chargeInstructions(0)).to.equal(true);
    expect(gauge.chargeInstructions(1)).to.equal(false);
    expect(gauge.stop).to.deep.equal({ kind: 'exhausted', resource: 'fuel' });
    const other = gaugeOf(7);
    expect(other.chargeInstructions(8)).to.equal(false);
    expect([other.fuelLeft, other.parts.guest]).to.deep.equal([0, 7]);
  });

  it('books instructions of a start function to the instantiation', () => {
    const gauge = gaugeOf(100);
    gauge.charge('instantiate', 1);
    gauge.instructionPart = 'instantiate';
    gauge.chargeInstructions(2);
    gauge.charge('host', 4);
    gauge.charge('boundary', 8);
    expect(gauge.parts).to.deep.equal({ instantiate: 3, guest: 0, host: 4, boundary: 8 });
    gauge.endInstantiation();
    gauge.chargeInstructions(16);
    expect(gauge.parts).to.deep.equal({ instantiate: 3, guest: 16, host: 4, boundary: 8 });
    expect(gauge.instructionPart).to.equal('guest');
  });

  it('keeps its first outcome, and is as new after a reset', () => {
    const gauge = gaugeOf(100);
    for (const part of ['instantiate', 'host', 'boundary'] as const) gauge.charge(part, 10);
    gauge.instructionPart = 'instantiate';
    gauge.enterHost();
    gauge.wordsLeftMin = 3;
    gauge.stopWith(trapped('unreachable'));
    gauge.stopWith(trapped('integer-overflow'));
    expect(gauge.stop).to.deep.equal({ kind: 'trapped', code: 'unreachable' });
    gauge.reset(50);
    expect(gauge.parts).to.deep.equal({ instantiate: 0, guest: 0, host: 0, boundary: 0 });
    expect([
      gauge.fuelLimit,
      gauge.fuelLeft,
      gauge.wordsLeft,
      gauge.wordsLeftMin,
      gauge.nestingLeft,
      gauge.stop,
      gauge.instructionPart,
    ]).to.deep.equal([50, 50, 100, 100, 2, undefined, 'guest']);
  });

  it('has words and levels for host calls, and returns them', () => {
    const gauge = gaugeOf(1);
    expect(HOST_CALL_WORDS).to.equal(32);
    expect([gauge.enterHost(), gauge.enterHost(), gauge.wordsLeft, gauge.nestingLeft]).to.deep.equal([
      true,
      true,
      36,
      0,
    ]);
    expect(gauge.enterHost(), 'a third level').to.equal(false);
    expect(gauge.stop).to.deep.equal({ kind: 'exhausted', resource: 'stack' });
    gauge.leaveHost();
    expect([gauge.wordsLeft, gauge.nestingLeft]).to.deep.equal([68, 1]);
    gauge.wordsLeft = 32;
    expect(gauge.enterHost(), 'just enough words').to.equal(true);
    gauge.leaveHost();
    gauge.wordsLeft = 31;
    expect(gauge.enterHost(), 'one word too few').to.equal(false);
  });
});

describe('a memory', () => {
  it('grows to its maximum or the cap, whichever is smaller', () => {
    const rows: readonly (readonly [max: number | undefined, cap: number, allowed: number])[] = [
      [3, 9, 3],
      [9, 3, 3],
      [undefined, 4, 4],
      [3, 3, 3],
    ];
    for (const [max, cap, allowed] of rows) {
      const memory = new Memory({ min: 1, max }, cap);
      expect([memory.pagesMax, memory.canGrow(allowed - 1), memory.canGrow(allowed)]).to.deep.equal([
        allowed,
        true,
        false,
      ]);
      expect(memory.declaredMax).to.equal(max);
    }
  });

  it('keeps its bytes when it grows, and new ones are 0', () => {
    const memory = new Memory({ min: 1, max: undefined }, 100);
    memory.bytes[PAGE_BYTES - 1] = 7;
    expect(memory.grow(0)).to.equal(1);
    expect(memory.grow(1)).to.equal(1);
    expect(memory.grow(3)).to.equal(2);
    expect([memory.pages, memory.byteLength, memory.bytes[PAGE_BYTES - 1]]).to.deep.equal([5, 5 * PAGE_BYTES, 7]);
    expect(memory.bytes.subarray(PAGE_BYTES, memory.byteLength).every((byte) => byte === 0)).to.equal(true);
    memory.write(memory.byteLength - 1, Uint8Array.of(9));
    expect(memory.bytes[memory.byteLength - 1]).to.equal(9);
    expect(memory.bytes.length).to.be.at.most(100 * PAGE_BYTES);
  });

  it('is as new after a reset, whether its bytes are kept or released', () => {
    for (const [pages, kept] of [
      [17, true],
      [18, false],
    ] as const) {
      const memory = new Memory({ min: 1, max: pages }, 100);
      memory.grow(pages - 1);
      memory.bytes.fill(1);
      const { bytes } = memory;
      memory.reset(1);
      expect(memory.bytes === bytes, `${pages}`).to.equal(kept);
      expect([memory.pages, memory.byteLength]).to.deep.equal([1, PAGE_BYTES]);
      expect(memory.bytes.length).to.be.at.least(PAGE_BYTES);
      memory.grow(pages - 1);
      expect(memory.bytes.subarray(0, memory.byteLength).every((byte) => byte === 0)).to.equal(true);
    }
    expect(
      [
        [17, 1],
        [18, 1],
        [40, 20],
        [41, 20],
        [36, 20],
        [32, 16],
        [33, 16],
      ].map(([pages, first]) => keepsPages(pages!, first!)),
    ).to.deep.equal([true, false, true, false, true, true, false]);
  });

  it('that the host cannot allocate is a failure of the host', () => {
    const pages = 2 ** 40 / PAGE_BYTES;
    expect(() => new Memory({ min: pages, max: undefined }, pages)).to.throw(
      HostFailure,
      `the host cannot allocate a memory of ${2 ** 40} bytes`,
    );
  });
});

describe('a table', () => {
  const typeOf = (min: number, max?: number): TableType => ({ type: ValueType.FuncRef, min, max });

  it('grows to its maximum or the cap, filled with the given handle', () => {
    const table = new Table(typeOf(2, 6), 5);
    table.elements.set([7, 8]);
    expect([table.lengthMax, table.canGrow(3), table.canGrow(4)]).to.deep.equal([5, true, false]);
    expect(new Table(typeOf(0, 3), 5).lengthMax).to.equal(3);
    expect(new Table(typeOf(0), 2 ** 33).lengthMax).to.equal(0xffff_ffff);
    expect(table.grow(1, 9)).to.equal(2);
    expect(table.grow(2, 4)).to.equal(3);
    expect([...table.elements.subarray(0, table.length)]).to.deep.equal([7, 8, 9, 4, 4]);
    expect(table.grow(0, 1)).to.equal(5);
    expect(table.length).to.equal(5);
  });

  it('is as new after a reset, however far it has grown', () => {
    const elements = Int32Array.of(1, 2, 3);
    for (const grown of [0, 1, 5]) {
      const table = new Table(typeOf(3, 9), 9);
      table.grow(grown, 8);
      table.reset(elements);
      expect([table.length, [...table.elements]]).to.deep.equal([3, [1, 2, 3]]);
      expect(table.elements).to.not.equal(elements);
      table.grow(2, 5);
      expect([...table.elements.subarray(0, 5)]).to.deep.equal([1, 2, 3, 5, 5]);
    }
    expect([...elements]).to.deep.equal([1, 2, 3]);
  });
});

describe('imports', () => {
  const I32 = Uint8Array.of(ValueType.I32);
  const type: FunctionType = { params: I32, results: I32 };
  const store = new Store(LIMITS_1, FUEL_1);
  const memory = (min: number, max?: number): ExternValue => ({
    kind: 'memory',
    memory: new Memory({ min, max }, 100),
  });
  const table = (min: number, max?: number, of = ValueType.FuncRef): ExternValue => ({
    kind: 'table',
    table: new Table({ type: of as ValueType.FuncRef, min, max }, 100),
  });
  const global = (mutable: boolean, of = ValueType.I32): ExternValue => ({
    kind: 'global',
    global: new Global({ type: of, mutable }),
  });
  const wantsMemory = (min: number, max?: number) => ({ kind: 'memory', type: { min, max } }) as ImportDescription;
  const wantsTable = (min: number, max?: number) =>
    ({ kind: 'table', type: { type: ValueType.FuncRef, min, max } }) as ImportDescription;
  const wantsGlobal = (mutable: boolean) =>
    ({ kind: 'global', type: { type: ValueType.I32, mutable } }) as ImportDescription;
  const fn = (of: FunctionType): ExternValue => ({
    kind: 'function',
    function: new FunctionInstance(store, of, undefined, 0, undefined),
  });

  const rows: readonly (readonly [ImportDescription, ExternValue, string | undefined])[] = [
    [{ kind: 'function', typeIndex: 0 }, fn({ params: I32, results: I32 }), undefined],
    [
      { kind: 'function', typeIndex: 0 },
      fn({ params: I32, results: Uint8Array.of() }),
      'the module imports (i32) -> (i32), the host provides (i32) -> ()',
    ],
    [{ kind: 'function', typeIndex: 0 }, memory(1), 'the module imports a function, the host provides a memory'],
    [wantsMemory(1), memory(1), undefined],
    [wantsMemory(1), memory(2, 5), undefined],
    [wantsMemory(2), memory(1), 'the module requires at least 2 pages, the host provides 1'],
    [wantsMemory(1, 5), memory(1, 5), undefined],
    [wantsMemory(1, 5), memory(1, 4), undefined],
    [wantsMemory(1, 5), memory(1, 6), "the module requires at most 5 pages, the host's maximum is 6"],
    [wantsMemory(1, 5), memory(1), "the module requires at most 5 pages, the host's maximum is none"],
    [wantsTable(1, 5), table(1, 5), undefined],
    [wantsTable(2), table(1), 'the module requires at least 2 elements, the host provides 1'],
    [wantsTable(1, 5), table(1), "the module requires at most 5 elements, the host's maximum is none"],
    [wantsTable(1), table(1, undefined, ValueType.ExternRef), 'the module requires a table of funcref'],
    [wantsGlobal(true), global(true), undefined],
    [wantsGlobal(true), global(false), 'the module requires a mutable i32'],
    [wantsGlobal(false), global(true), 'the module requires an immutable i32'],
    [wantsGlobal(false), global(false, ValueType.I64), 'the module requires an immutable i32'],
  ];
  for (const [description, value, mismatch] of rows) {
    it(mismatch ?? `match: ${description.kind}`, () => {
      const module = {
        types: [type],
        imports: [{ module: 'm', name: 'n', description, offset: 9 }],
      } as unknown as Module;
      const linked = linkImports(module, (from, name) => (from === 'm' && name === 'n' ? value : undefined));
      if (mismatch === undefined) expect(linked).to.deep.equal({ ok: true, value: [value] });
      else
        expect(linked)
          .to.deep.include({ ok: false })
          .and.deep.nested.include({
            'fault.code': 'incompatible-import',
            'fault.offset': 9,
            'fault.detail': `m.n: ${mismatch}`,
          });
      const missing = linkImports(module, () => undefined);
      expect(missing).to.deep.nested.include({
        ok: false,
        'fault.code': 'unknown-import',
        'fault.detail': 'm.n',
        'fault.offset': 9,
      });
    });
  }
});

describe('values', () => {
  it('have canonical bytes: type, then bits little endian', () => {
    const types = Uint8Array.of(
      ValueType.I32,
      ValueType.I64,
      ValueType.F32,
      ValueType.F64,
      ValueType.FuncRef,
      ValueType.ExternRef,
    );
    const values: readonly Bits[] = [0x01020304, 0x1112131415161718n, -1, -2n, 0, 0];
    expect(Buffer.from(valueBytes(types, values)).toString('hex')).to.equal(
      '7f04030201' + '7e1817161514131211' + '7dffffffff' + '7cfeffffffffffffff' + '70' + '6f',
    );
    expect(valueBytes(Uint8Array.of(), [])).to.have.length(0);
    for (const type of [ValueType.FuncRef, ValueType.ExternRef]) {
      expect(() => valueBytes(Uint8Array.of(type), [1])).to.throw(
        TypeError,
        'a reference other than null has no canonical bytes',
      );
    }
  });

  it('are kept in two halves, unsigned when they are wide', () => {
    const slots = new Int32Array(4);
    writeBits(slots, 1, -2n);
    expect([...slots]).to.deep.equal([0, -2, -1, 0]);
    expect(readBits(slots, 1, ValueType.I64)).to.equal(0xffff_ffff_ffff_fffen);
    expect(readBits(slots, 1, ValueType.F64)).to.equal(0xffff_ffff_ffff_fffen);
    expect(readBits(slots, 1, ValueType.I32)).to.equal(-2);
    writeBits(slots, 0, 5);
    expect([...slots]).to.deep.equal([5, -2, -1, 0]);
    writeBits(slots, 2, 0x8000_0001_7fff_ffffn);
    expect(readBits(slots, 2, ValueType.I64)).to.equal(0x8000_0001_7fff_ffffn);
    const wide = [
      ValueType.I32,
      ValueType.I64,
      ValueType.F32,
      ValueType.F64,
      ValueType.FuncRef,
      ValueType.ExternRef,
    ].map(isWide);
    expect(wide).to.deep.equal([false, true, false, true, false, false]);
    const global = new Global({ type: ValueType.I64, mutable: true }, slots, 1);
    global.bits = 3n;
    expect([...slots]).to.deep.equal([5, 3, 0, -0x7fff_ffff]);
    expect(global.bits).to.equal(3n);
  });
});

describe('a constant expression', () => {
  const evaluate = (...bytes: number[]) =>
    evaluateConstant(
      { bytes: Uint8Array.of(0xff, ...bytes, 0x0b) } as unknown as Module,
      { start: 1, end: bytes.length + 2 },
      {
        globalBits: (index) => 100 + index,
        functionHandle: (index) => 1_000 + index,
      },
    );
  const rows: readonly (readonly [string, readonly number[], Bits])[] = [
    ['i32.const', [0x41, 0x7f], -1],
    ['i64.const', [0x42, 0x7e], 0xffff_ffff_ffff_fffen],
    ['f32.const', [0x43, 1, 2, 3, 0x84], 0x84030201 | 0],
    ['f64.const', [0x44, 1, 2, 3, 0x84, 5, 6, 7, 0x88], 0x8807060584030201n],
    ['global.get', [0x23, 3], 103],
    ['ref.null', [0xd0, 0x70], 0],
    ['ref.func', [0xd2, 4], 1_004],
    ['i32.add', [0x41, 5, 0x41, 3, 0x6a], 8],
    ['i32.add that wraps', [0x41, 0xff, 0xff, 0xff, 0xff, 0x07, 0x41, 1, 0x6a], -0x8000_0000],
    ['i32.sub', [0x41, 5, 0x41, 3, 0x6b], 2],
    ['i32.mul', [0x41, 5, 0x41, 3, 0x6c], 15],
    ['i64.add', [0x42, 5, 0x42, 3, 0x7c], 8n],
    ['i64.sub below 0', [0x42, 3, 0x42, 5, 0x7d], 0xffff_ffff_ffff_fffen],
    ['i64.mul', [0x42, 5, 0x42, 3, 0x7e], 15n],
    ['nested', [0x41, 2, 0x41, 9, 0x41, 4, 0x6b, 0x6c], 10],
  ];
  for (const [name, bytes, expected] of rows) it(name, () => expect(evaluate(...bytes)).to.equal(expected));

  it('throws on an instruction that is never valid there', () =>
    expect(() => evaluate(0x41, 1, 0x41, 1, 0x71)).to.throw('opcode 113 in a valid constant expression'));
});

it('the state digest is BLAKE2b-256 over the layout of its page, including each part', () => {
  const state = {
    memory: [
      { at: 1, bytes: Uint8Array.of(1, 2, 3) },
      { at: 5, bytes: Uint8Array.of(4) },
    ],
    pages: 1,
    globals: Int32Array.of(-1, 2, 3, -4),
    tables: [Uint32Array.of(5, 0xffff_ffff), Uint32Array.of()],
    droppedData: Uint8Array.of(1, 0),
    droppedElements: Uint8Array.of(0, 1, 1),
  };
  const words = (...values: number[]) => [...new Uint8Array(Int32Array.from(values).buffer)];
  const layout = [
    ...words(1),
    ...[0, 1, 2, 3, 0, 4],
    ...new Uint8Array(65_536 - 6),
    ...words(2, -1, 2, 3, -4),
    ...words(2),
    ...words(2, 5, -1),
    ...words(0),
    1,
    0,
    0,
    1,
    1,
  ];
  expect(stateDigest(state)).to.deep.equal(blake2b(Uint8Array.from(layout), { dkLen: 32 }));
});

describe('a store', () => {
  it('has one id for each type, and a handle for each function and host value', () => {
    const store = new Store(LIMITS_1, FUEL_1);
    const type = (...params: number[]): FunctionType => ({ params: Uint8Array.from(params), results: Uint8Array.of() });
    const one = type(ValueType.I32);
    const ids = [one, type(ValueType.I32), type(ValueType.I64), type(), one].map((each) => store.typeId(each));
    expect([ids[0] === ids[1], ids[0] === ids[4], new Set(ids).size]).to.deep.equal([true, true, 3]);
    const functions = [one, one].map((each) => new FunctionInstance(store, each, undefined, 0, undefined));
    expect(functions.map(({ handle, typeId }) => [handle, typeId])).to.deep.equal([
      [1, ids[0]],
      [2, ids[0]],
    ]);
    expect(store.functions).to.deep.equal(functions);
    expect([
      store.addExternal('a'),
      store.addExternal('b'),
      store.external(1),
      store.external(2),
      store.external(0),
    ]).to.deep.equal([1, 2, 'a', 'b', undefined]);
    const { log } = store;
    store.beginCall(77);
    expect([store.gauge.fuelLeft, store.log === log]).to.deep.equal([77, false]);
  });
});

describe('a call of a host function', () => {
  const type: FunctionType = { params: Uint8Array.of(ValueType.I32), results: Uint8Array.of(ValueType.I64) };
  const caller = {} as GuestInstance;
  const target = (run: HostFunction['run'], more: Partial<HostFunction> = {}): HostFunction => ({
    module: 'm',
    name: 'f',
    type,
    run,
    ...more,
  });
  const begun = (fuel = 10_000) => {
    const store = new Store(LIMITS, FUEL_1);
    store.beginCall(fuel);
    return store;
  };
  const { base } = FUEL_1.rates.hostCall;

  it('is charged, runs, is logged, and returns its words', () => {
    const store = begun();
    const seen: unknown[] = [];
    const results = callHost(
      store,
      caller,
      target((context, args) => {
        seen.push(
          context.caller === caller,
          context.store === store,
          args,
          context.fuelLeft(),
          context.charge(7),
          context.fuelLeft(),
        );
        return [9n];
      }),
      [5],
    );
    expect(results).to.deep.equal([9n]);
    expect(seen).to.deep.equal([true, true, [5], 10_000 - base, true, 9_993 - base]);
    expect(store.gauge.parts).to.deep.equal({ instantiate: 0, guest: 0, host: base + 7, boundary: 0 });
    expect([store.gauge.wordsLeft, store.gauge.nestingLeft]).to.deep.equal([100, 2]);
    const hash = (types: readonly number[], bits: readonly Bits[]) =>
      blake2b(valueBytes(Uint8Array.from(types), bits), { dkLen: 32 });
    expect(store.log.kept).to.deep.equal([
      { module: 'm', name: 'f', inputHash: hash([ValueType.I32], [5]), outputHash: hash([ValueType.I64], [9n]) },
    ]);
    callHost(
      store,
      caller,
      target(() => [9n], { baseFuel: 3 }),
      [5],
    );
    expect(store.gauge.parts.host).to.equal(base + 10);
    callHost(
      store,
      caller,
      target(() => [9n], { logsItself: true }),
      [5],
    );
    expect(store.log.count).to.equal(2);
  });

  it('does not run if its charge or its words are not covered', () => {
    for (const spoil of [
      (store: Store) => store.beginCall(base - 1),
      (store: Store) => {
        store.gauge.wordsLeft = 31;
      },
    ]) {
      const store = begun();
      spoil(store);
      expect(
        callHost(
          store,
          caller,
          target(() => expect.fail('it ran')),
          [5],
        ),
      ).to.equal(undefined);
      expect(store.gauge.stop!.kind).to.equal('exhausted');
      expect(store.log.count).to.equal(0);
    }
    const just = begun(base);
    expect(
      callHost(
        just,
        caller,
        target(() => [1n]),
        [5],
      ),
    ).to.deep.equal([1n]);
  });

  it('ends the call with a returned outcome, logged without output, and with none returned after an outcome', () => {
    const store = begun();
    const stop = { kind: 'short-circuited', payload: Uint8Array.of(1) } as const;
    expect(
      callHost(
        store,
        caller,
        target(() => stop),
        [5],
      ),
    ).to.equal(undefined);
    expect(store.gauge.stop).to.equal(stop);
    expect(store.log.kept[0]!.outputHash).to.deep.equal(blake2b(new Uint8Array(0), { dkLen: 32 }));
    const spent = begun();
    const after = callHost(
      spent,
      caller,
      target((context) => {
        expect(context.charge(50_000)).to.equal(false);
        return [1n];
      }),
      [5],
    );
    expect([after, spent.gauge.stop]).to.deep.equal([undefined, { kind: 'exhausted', resource: 'fuel' }]);
  });

  for (const [results, message] of [
    [[], 'host function m.f returned 0 results, its type has 1'],
    [[1n, 2n], 'host function m.f returned 2 results, its type has 1'],
    [[1], 'host function m.f returned a number as result 0, not a bigint'],
  ] as const) {
    it(message, () =>
      expect(() =>
        callHost(
          begun(),
          caller,
          target(() => results),
          [5],
        ),
      ).to.throw(HostFailure, message),
    );
  }
  for (const [code, wrong, wanted] of [
    [ValueType.I32, 1n, 'number'],
    [ValueType.F32, 1n, 'number'],
    [ValueType.F64, 1, 'bigint'],
  ] as const) {
    it(`a result of ${code} must be a ${wanted}`, () => {
      const one = target(() => [wrong], { type: { params: Uint8Array.of(), results: Uint8Array.of(code) } });
      expect(() => callHost(begun(), caller, one, [])).to.throw(HostFailure, `not a ${wanted}`);
    });
  }
});
