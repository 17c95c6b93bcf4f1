/**
 * Rules of a module outside its bodies, each met exactly and missed by one: indices, counts and orders of sizes,
 * imported and own, and what a constant expression may contain. Where our faults are rules of the language, the host's
 * own WebAssembly also refuses.
 */
import { expect } from 'chai';
import { defineLimits, LIMITS_1, type Limits } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { validate } from '../../src/validate/validate.js';
import { encodeModule } from '../../src/wasm/encode-module.js';
import type { ExternKind } from '../../src/wasm/module.js';
import type { ElementParts, ModuleParts } from '../../src/wasm/module-parts.js';
import { ValueType } from '../../src/wasm/types.js';
import { opcodeBytes, rows, SAMPLE_IMMEDIATES } from '../wasm/sample-module.js';

const [I32, I64, FuncRef, ExternRef] = [ValueType.I32, ValueType.I64, ValueType.FuncRef, ValueType.ExternRef] as const;
const NONE = Uint8Array.of();
const VOID = { params: NONE, results: NONE };
const ZERO = Uint8Array.of(0x41, 0, 0x0b);
const I32_CONSTANT = { type: { type: I32, mutable: false }, init: ZERO };

/** Two of everything that can occur twice: one imported, one own; a memory. */
const BASE: ModuleParts = {
  types: [VOID],
  imports: [
    { module: 'm', name: 'f', description: { kind: 'function', typeIndex: 0 } },
    { module: 'm', name: 't', description: { kind: 'table', type: { type: FuncRef, min: 1, max: 1 } } },
    { module: 'm', name: 'g', description: { kind: 'global', type: { type: I32, mutable: false } } },
  ],
  functions: Uint32Array.of(0),
  tables: [{ type: ExternRef, min: 1, max: undefined }],
  memories: [{ min: 1, max: 1 }],
  globals: [I32_CONSTANT],
  exports: [],
  start: undefined,
  elements: [],
  dataCount: undefined,
  bodies: [Uint8Array.of(0, 0x0b)],
  data: [],
  customs: [],
};

function resultOf(more: Partial<ModuleParts>, limits: Limits = LIMITS_1): string {
  const bytes = encodeModule({ ...BASE, ...more });
  const loaded = validate(decode(bytes, limits), limits);
  if (loaded.ok) return 'valid';
  const { code, offset, detail } = loaded.fault;
  // The fault is at the offset: a module that is cut off there has another fault.
  expect(offset).to.be.within(8, bytes.length);
  return detail === undefined ? code : `${code} ${detail}`;
}

function agreed(more: Partial<ModuleParts>): string {
  const said = resultOf(more);
  const host = WebAssembly.validate(encodeModule({ ...BASE, ...more }) as Uint8Array<ArrayBuffer>);
  expect(host, said).to.equal(said === 'valid');
  return said;
}

describe('an export', () => {
  const COUNTS: Readonly<Record<ExternKind, number>> = { function: 2, table: 2, memory: 1, global: 2 };
  for (const [kind, count] of Object.entries(COUNTS) as [ExternKind, number][]) {
    it(`of a ${kind} must exist, imported ones included`, () => {
      for (let index = 0; index < count; index++)
        expect(agreed({ exports: [{ name: 'x', kind, index }] })).to.equal('valid');
      expect(agreed({ exports: [{ name: 'x', kind, index: count }] })).to.equal(`unknown-${kind} ${count}`);
    });
  }

  it('has a unique name, across all kinds', () => {
    const two = (a: string, b: string) =>
      agreed({
        exports: [
          { name: a, kind: 'function', index: 0 },
          { name: b, kind: 'global', index: 0 },
        ],
      });
    expect(two('a', 'b')).to.equal('valid');
    expect(two('', '')).to.equal('duplicate-export ');
    expect(two('constructor', 'constructor')).to.equal('duplicate-export constructor');
    expect(two('__proto__', 'constructor')).to.equal('valid');
  });

  it('declares its function, so that a body may reference it', () => {
    const refers = (index: number) => [Uint8Array.of(0, 0xd2, index, 0x1a, 0x0b)];
    for (const index of [0, 1]) {
      expect(agreed({ bodies: refers(index) })).to.equal(`undeclared-function-reference ${index}`);
      expect(agreed({ bodies: refers(index), exports: [{ name: 'x', kind: 'function', index }] })).to.equal('valid');
      const init = Uint8Array.of(0xd2, index, 0x0b);
      const globals = [{ type: { type: FuncRef, mutable: false }, init }];
      expect(agreed({ bodies: refers(index), globals })).to.equal('valid');
      expect(agreed({ bodies: refers(1 - index), globals })).to.equal(`undeclared-function-reference ${1 - index}`);
    }
    // A global with that index does not declare the function.
    expect(agreed({ bodies: refers(0), exports: [{ name: 'x', kind: 'global', index: 0 }] })).to.equal(
      'undeclared-function-reference 0',
    );
  });
});

describe('a start function', () => {
  it('exists, and takes and returns nothing', () => {
    const types = [VOID, { params: Uint8Array.of(I32), results: NONE }, { params: NONE, results: Uint8Array.of(I32) }];
    const bodies = [0, 1, 2].map(() => Uint8Array.of(0, 0, 0x0b));
    const starting = (start: number) => agreed({ types, functions: Uint32Array.of(0, 1, 2), bodies, start });
    const outcomes = [0, 1, 2, 3, 4].map(starting);
    expect(outcomes).to.deep.equal([
      'valid',
      'valid',
      'bad-start-function 2',
      'bad-start-function 3',
      'unknown-function 4',
    ]);
  });
});

describe('a type index', () => {
  it('exists, for imports and for defined functions', () => {
    expect(agreed({ functions: Uint32Array.of(1) })).to.equal('unknown-type 1');
    const second = { functions: Uint32Array.of(0, 1), bodies: [BASE.bodies[0]!, BASE.bodies[0]!] };
    expect(agreed(second)).to.equal('unknown-type 1');
    const imports = (typeIndex: number) => [
      ...BASE.imports,
      { module: 'm', name: 'h', description: { kind: 'function' as const, typeIndex } },
    ];
    expect(agreed({ imports: imports(0) })).to.equal('valid');
    expect(agreed({ imports: imports(1) })).to.equal('unknown-type 1');
  });
});

describe('sizes', () => {
  const imported = (description: (typeof BASE.imports)[number]['description']) => ({
    imports: [...BASE.imports, { module: 'm', name: 'x', description }],
  });
  const tables = (min: number, max?: number): readonly Partial<ModuleParts>[] => [
    { tables: [{ type: FuncRef, min, max }] },
    {
      tables: [
        { type: FuncRef, min: 0, max: 0 },
        { type: ExternRef, min, max },
      ],
    },
    imported({ kind: 'table', type: { type: ExternRef, min, max } }),
  ];
  const memories = (min: number, max?: number): readonly Partial<ModuleParts>[] => [
    { memories: [{ min, max }] },
    { memories: [], ...imported({ kind: 'memory', type: { min, max } }) },
  ];

  it('of a table: at most the maximum, in total at most the limit', () => {
    for (const one of [...tables(0, 0), ...tables(3, 3), ...tables(2, 3)]) expect(agreed(one)).to.equal('valid');
    for (const one of [...tables(1, 0), ...tables(4, 3)]) expect(agreed(one)).to.match(/^limits-order \d > \d$/);
    const limits = defineLimits('spec', { tableElements: 10 });
    // One element belongs to the imported table.
    for (const one of tables(9).slice(0, 2)) expect(resultOf(one, limits)).to.equal('valid');
    for (const one of tables(10).slice(0, 2))
      expect(resultOf(one, limits)).to.equal('limit-table-elements 11, the limit is 10');
    // The module's own table also has one.
    expect(resultOf(tables(8)[2]!, limits)).to.equal('valid');
    expect(resultOf(tables(9)[2]!, limits)).to.equal('limit-table-elements 11, the limit is 10');
  });

  it('of a memory: at most the maximum, the limit, and what the specification allows', () => {
    const limits = defineLimits('spec', { pages: 5 });
    const rows: readonly (readonly [number, number | undefined, string])[] = [
      [0, 0, 'valid'],
      [5, undefined, 'valid'],
      [5, 5, 'valid'],
      [5, 65_536, 'valid'],
      [6, undefined, 'limit-pages 6, the limit is 5'],
      [6, 5, 'limits-order 6 > 5'],
      [1, 0, 'limits-order 1 > 0'],
      [65_536, undefined, 'limit-pages 65536, the limit is 5'],
      [65_537, undefined, 'memory-size 65537 pages'],
      [0, 65_537, 'memory-size 65537 pages'],
      [70_000, 3, 'memory-size 70000 pages'],
      [6, 70_000, 'limit-pages 6, the limit is 5'],
    ];
    for (const [min, max, expected] of rows)
      for (const one of memories(min, max)) {
        expect(resultOf(one, limits), `${min} to ${max}`).to.equal(expected);
        const isOfLanguage = !expected.startsWith('limit-pages');
        if (isOfLanguage) agreed(one);
      }
  });
});

describe('a segment', () => {
  const element = (more: Partial<ElementParts>): Partial<ModuleParts> => ({
    elements: [
      {
        mode: 'active',
        type: FuncRef,
        tableIndex: 0,
        offsetExpression: ZERO,
        functions: Uint32Array.of(0, 1),
        expressions: undefined,
        ...more,
      },
    ],
  });
  const expressions = (...all: readonly (readonly number[])[]) => ({
    functions: undefined,
    expressions: all.map((code) => Uint8Array.of(...code, 0x0b)),
  });
  const REF = [0xd2, 1];
  const NULL = [0xd0, FuncRef];
  const rows: readonly (readonly [string, Partial<ElementParts>, string])[] = [
    ['of functions', {}, 'valid'],
    ['of an unknown function', { functions: Uint32Array.of(1, 2) }, 'unknown-function 2'],
    ['without functions', { functions: NONE as never }, 'valid'],
    ['of an unknown table', { tableIndex: 2 }, 'unknown-table 2'],
    ['of a table of another type', { tableIndex: 1 }, 'type-mismatch segment and table differ'],
    ['of expressions', expressions(REF, NULL), 'valid'],
    [
      'of expressions of another type',
      expressions(REF, [0xd0, ExternRef]),
      'type-mismatch expected funcref, found externref',
    ],
    ['of an expression that is not constant', expressions(REF, [0x23, 0]), 'type-mismatch expected funcref, found i32'],
    ['of an unknown function in an expression', expressions(NULL, [0xd2, 2]), 'unknown-function 2'],
    ['of externref for its table', { ...expressions([0xd0, ExternRef]), type: ExternRef, tableIndex: 1 }, 'valid'],
    [
      'of externref for another table',
      { ...expressions([0xd0, ExternRef]), type: ExternRef, tableIndex: 0 },
      'type-mismatch segment and table differ',
    ],
    ['at an i64', { offsetExpression: Uint8Array.of(0x42, 0, 0x0b) }, 'type-mismatch expected i32, found i64'],
    ['at a global', { offsetExpression: Uint8Array.of(0x23, 0, 0x0b) }, 'valid'],
    ['at an unknown global', { offsetExpression: Uint8Array.of(0x23, 2, 0x0b) }, 'unknown-global 2'],
    ['passive', { mode: 'passive', offsetExpression: undefined }, 'valid'],
    [
      'passive, of an unknown function',
      { mode: 'passive', offsetExpression: undefined, functions: Uint32Array.of(2) },
      'unknown-function 2',
    ],
    ['declarative', { mode: 'declarative', offsetExpression: undefined }, 'valid'],
    [
      'declarative, of an unknown function',
      { mode: 'declarative', offsetExpression: undefined, functions: Uint32Array.of(0, 9) },
      'unknown-function 9',
    ],
  ];
  for (const [what, more, expected] of rows) {
    it(`of elements ${what}: ${expected}`, () => {
      expect(agreed(element(more))).to.equal(expected);
    });
  }

  it('of elements declares its functions, in any mode', () => {
    for (const mode of ['active', 'passive', 'declarative'] as const) {
      const own = mode === 'active' ? {} : { mode, offsetExpression: undefined };
      for (const index of [0, 1]) {
        const bodies = [Uint8Array.of(0, 0xd2, index, 0x1a, 0x0b)];
        for (const [declared, expected] of [
          [index, 'valid'],
          [1 - index, `undeclared-function-reference ${index}`],
        ] as const) {
          const functions = { ...own, functions: Uint32Array.of(declared) };
          expect(agreed({ bodies, ...element(functions) })).to.equal(expected);
          expect(agreed({ bodies, ...element({ ...own, ...expressions([0xd2, declared]) }) })).to.equal(expected);
        }
      }
    }
  });

  it('of data is for memory 0, at an i32', () => {
    const data = (memoryIndex: number, code: readonly number[]): Partial<ModuleParts> => ({
      data: [
        { mode: 'passive', memoryIndex: 0, offsetExpression: undefined, bytes: NONE },
        { mode: 'active', memoryIndex, offsetExpression: Uint8Array.of(...code, 0x0b), bytes: NONE },
      ],
    });
    expect(agreed(data(0, [0x41, 0]))).to.equal('valid');
    expect(agreed(data(0, [0x42, 0]))).to.equal('type-mismatch expected i32, found i64');
    expect(agreed(data(1, [0x41, 0]))).to.equal('unknown-memory');
    expect(agreed({ ...data(0, [0x41, 0]), memories: [] })).to.equal('unknown-memory');
    const passive = { data: data(0, []).data!.slice(0, 1), memories: [] };
    expect(agreed(passive)).to.equal('valid');
  });
});

describe('a constant expression', () => {
  const global = (code: readonly number[], type: ValueType = I32) => ({
    globals: [I32_CONSTANT, { type: { type, mutable: true }, init: Uint8Array.of(...code, 0x0b) }],
  });
  const CONSTANT = new Set([
    'i32.const',
    'i64.const',
    'f32.const',
    'f64.const',
    'ref.null',
    'ref.func',
    'global.get',
    'end',
  ]);
  const EXTENDED = /^i(?:32|64)\.(?:add|sub|mul)$/;

  it('has constants, globals, references and sums, and no other instruction', () => {
    for (const row of rows) {
      const said = resultOf(global([...opcodeBytes(row), ...SAMPLE_IMMEDIATES[row.immediates]]));
      const isConstant = CONSTANT.has(row.name) || EXTENDED.test(row.name);
      expect(said.startsWith('constant-expression-required'), row.name).to.equal(!isConstant);
    }
  });

  it('adds, subtracts and multiplies integers', () => {
    for (const [type, constant, first] of [
      [I32, [0x41, 1], 0x6a],
      [I64, [0x42, 1], 0x7c],
    ] as const)
      for (const opcode of [first, first + 1, first + 2]) {
        expect(resultOf(global([...constant, ...constant, opcode], type))).to.equal('valid');
        expect(resultOf(global([...constant, opcode], type))).to.match(/^type-mismatch /);
        expect(resultOf(global([...constant, ...constant, opcode], type === I32 ? I64 : I32))).to.match(
          /^type-mismatch /,
        );
      }
  });

  it('is one value, and refers only to earlier immutable globals', () => {
    expect(agreed(global([0x41, 0, 0x41, 0]))).to.match(/^type-mismatch /);
    expect(agreed(global([]))).to.match(/^type-mismatch /);
    expect(agreed(global([0x23, 0]))).to.equal('valid');
    expect(resultOf(global([0x23, 1]))).to.equal('valid');
    expect(agreed(global([0x23, 2]))).to.equal('unknown-global 2');
    const changing = { type: { type: I32, mutable: true }, init: ZERO };
    expect(agreed({ globals: [changing, { ...changing, init: Uint8Array.of(0x23, 1, 0x0b) }] })).to.equal(
      'constant-expression-required global 1 is mutable',
    );
    expect(
      agreed({
        globals: [],
        data: [{ mode: 'active', memoryIndex: 0, offsetExpression: Uint8Array.of(0x23, 0, 0x0b), bytes: NONE }],
      }),
    ).to.equal('valid');
  });
});

/** The details of a type fault beyond its code. */
describe('a body', () => {
  const VALUE = { params: NONE, results: Uint8Array.of(I32) };
  const rows: readonly (readonly [body: readonly number[], detail: string])[] = [
    [[0x41, 0, 0x04, I32, 0x41, 0, 0x0b, 0x1a], 'an if without else has other results than parameters'],
    [[0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 0x0e, 0, 1], 'the tables differ'],
    [
      [0x02, I32, 0x02, 0x40, 0x41, 0, 0x41, 0, 0x0e, 1, 0, 1, 0x0b, 0x41, 0, 0x0b, 0x1a],
      'the labels carry different numbers of values',
    ],
    [[0x41, 0, 0x11, 0, 1], 'the table is not of funcref'],
    [[0x12, 2], 'the callee returns other types'],
    [[0xd0, FuncRef, 0xd0, FuncRef, 0x41, 0, 0x1b, 0x1a], 'select of references needs a type'],
  ];
  for (const [body, detail] of rows)
    it(`is refused: ${detail}`, () => {
      const bodies = [Uint8Array.of(0, ...body, 0x0b), Uint8Array.of(0, 0x41, 0, 0x0b)];
      const parts = { types: [VOID, VALUE], functions: Uint32Array.of(0, 1), bodies };
      expect(agreed(parts)).to.equal(`type-mismatch ${detail}`);
    });
});
