/**
 * Hostile modules: each row is one shape at a size n, whose cost must be linear in n. The first two groups could take
 * longer than linear time; the others search for a scan of the operand stack, the control stack or an index space.
 */
import type { ByteWriter } from '../src/base/byte-writer.js';
import { defineLimits, LIMITS_1, type Limits } from '../src/base/limits.js';
import { Opcode } from '../src/wasm/opcode.js';
import { ValueType } from '../src/wasm/types.js';
import { body, constantI32, functionType, i32s, type LocalRun, moduleOf, NOTHING, repeat } from './small-module.js';

export interface HostileModule {
  readonly name: string;
  /** The smaller size; the other is twice as large. */
  readonly size: number;
  readonly limits: Limits;
  build(size: number): Uint8Array;
  /** Whether it is instantiated and its export `run` called, if there is one. */
  readonly isRun?: boolean;
}

/** Limits that allow a shape that the defaults refuse. */
const RAISED = defineLimits('bench', {
  localsSumBase: 1_073_741_824,
  pages: 16_384,
  tableElements: 10_000_000,
  nesting: 1_048_576,
  brTable: 1_048_576,
  bodyBytes: 67_108_864,
});

const BLOCK_EMPTY = [Opcode.Block, 0x40];
const ONE_LOCAL: readonly LocalRun[] = [[1, ValueType.I32]];
const TWO_LOCALS: readonly LocalRun[] = [[2, ValueType.I32]];
const GET_0 = [Opcode.LocalGet, 0];
const SET_0 = [Opcode.LocalSet, 0];
const SET_1 = [Opcode.LocalSet, 1];
const CONST_1 = [Opcode.I32Const, 1];

function oneBody(locals: readonly LocalRun[], write: (code: ByteWriter) => void): Uint8Array {
  return moduleOf({ bodies: [body(locals, write)] });
}

const NAMED: readonly HostileModule[] = [
  {
    name: 'pending reads: n local.get 0, n local.set 1',
    size: 50_000,
    limits: LIMITS_1,
    build: (n) =>
      oneBody(TWO_LOCALS, (code) => {
        repeat(code, n, GET_0);
        repeat(code, n, SET_1);
      }),
  },
  {
    name: 'n functions of 4,000 locals',
    size: 5_000,
    limits: RAISED,
    build: (n) => moduleOf({ bodies: new Array(n).fill(body([[4_000, ValueType.I64]], () => {})) }),
  },
  {
    name: 'a memory that grows page by page to n pages',
    size: 8_192,
    limits: RAISED,
    isRun: true,
    build: (n) => growing(n, [Opcode.MemoryGrow, 0], CONST_1, { memories: [{ min: 0, max: n }] }),
  },
  {
    name: 'n nested blocks',
    size: 8_191,
    limits: LIMITS_1,
    build: (n) => nested(n, BLOCK_EMPTY),
  },
  {
    name: 'n nested blocks, raised record',
    size: 250_000,
    limits: RAISED,
    build: (n) => nested(n, BLOCK_EMPTY),
  },
  {
    name: 'a br_table of n labels',
    size: 16_000,
    limits: LIMITS_1,
    build: (n) => brTable(n, 1),
  },
  {
    name: 'a br_table of n labels to n blocks, raised record',
    size: 200_000,
    limits: RAISED,
    build: (n) => brTable(n, n),
  },
  {
    name: 'n blocks of 128 parameters and results',
    size: 5_000,
    limits: LIMITS_1,
    build: (n) => wide(n, (code) => code.bytes(Uint8Array.of(Opcode.Block, 1, Opcode.End))),
  },
  {
    name: 'n data segments',
    size: 50_000,
    limits: LIMITS_1,
    isRun: true,
    build: (n) =>
      moduleOf({
        memories: [{ min: 1, max: 1 }],
        data: new Array(n).fill(activeData(Uint8Array.of(7))),
      }),
  },
  {
    name: 'n element segments',
    size: 50_000,
    limits: LIMITS_1,
    isRun: true,
    build: (n) =>
      moduleOf({
        bodies: [body([], () => {})],
        tables: [{ type: ValueType.FuncRef, min: 1, max: 1 }],
        elements: new Array(n).fill(activeElement(Uint32Array.of(0))),
      }),
  },
];

function activeData(bytes: Uint8Array) {
  return { mode: 'active', memoryIndex: 0, offsetExpression: constantI32(0), bytes } as const;
}

function activeElement(functions: Uint32Array) {
  return {
    mode: 'active',
    type: ValueType.FuncRef,
    tableIndex: 0,
    offsetExpression: constantI32(0),
    functions,
    expressions: undefined,
  } as const;
}

/** Grows something by one, n times: `loop (grow 1) drop, n times`. */
function growing(
  n: number,
  grow: readonly number[],
  operands: readonly number[],
  parts: Parameters<typeof moduleOf>[0],
): Uint8Array {
  const run = body(ONE_LOCAL, (code) => {
    repeat(code, 1, [Opcode.Loop, 0x40, ...operands, ...grow, Opcode.Drop]);
    repeat(code, 1, [...GET_0, ...CONST_1, Opcode.I32Add, Opcode.LocalTee, 0, Opcode.I32Const]);
    code.s32(n);
    repeat(code, 1, [Opcode.I32LtU, Opcode.BrIf, 0, Opcode.End]);
  });
  return moduleOf({ bodies: [run], exports: [{ name: 'run', kind: 'function', index: 0 }], ...parts });
}

function nested(n: number, opening: readonly number[], inside: readonly number[] = []): Uint8Array {
  return oneBody(ONE_LOCAL, (code) => {
    repeat(code, n, opening);
    repeat(code, 1, inside);
    repeat(code, n, [Opcode.End]);
  });
}

/** `n` labels that cycle through `depth` blocks. */
function brTable(n: number, depth: number): Uint8Array {
  return oneBody(ONE_LOCAL, (code) => {
    repeat(code, depth, BLOCK_EMPTY);
    repeat(code, 1, [...GET_0, Opcode.BrTable]);
    code.u32(n);
    for (let i = 0; i <= n; i++) code.u32(i % depth);
    repeat(code, depth, [Opcode.End]);
  });
}

/** A body with 128 operands on the stack, and n times a piece of code that takes and returns 128 (type 1). */
function wide(n: number, write: (code: ByteWriter) => void): Uint8Array {
  const types = [NOTHING, functionType(i32s(128), i32s(128))];
  const bodies = [
    body(ONE_LOCAL, (code) => {
      repeat(code, 128, GET_0);
      for (let i = 0; i < n; i++) write(code);
      repeat(code, 128, [Opcode.Drop]);
    }),
    body([], (code) => {
      for (let i = 0; i < 128; i++) code.bytes(Uint8Array.of(Opcode.LocalGet, ...(i < 128 ? leb(i) : [])));
    }),
  ];
  return moduleOf({ types, bodies, functions: Uint32Array.of(0, 1) });
}

function leb(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, value >> 7];
}

/** Events that occur n times while n operands are on the stack. */
const EVENTS: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ['block', [...BLOCK_EMPTY, Opcode.End]],
  ['loop', [Opcode.Loop, 0x40, Opcode.End]],
  ['if', [...GET_0, Opcode.If, 0x40, Opcode.End]],
  ['if with else', [...GET_0, Opcode.If, 0x40, Opcode.Else, Opcode.End]],
  ['br_if out', [...GET_0, Opcode.BrIf, 0]],
  ['block left by br_if', [...BLOCK_EMPTY, ...GET_0, Opcode.BrIf, 0, Opcode.End]],
  ['call', [Opcode.Call, 0]],
  ['local.set of the local that waits', [...CONST_1, ...SET_0]],
  ['local.get and local.set of it', [...GET_0, ...CONST_1, ...SET_0, Opcode.Drop]],
  ['local.tee of it', [...CONST_1, Opcode.LocalTee, 0, Opcode.Drop]],
  ['dead block', [...BLOCK_EMPTY, Opcode.Unreachable, Opcode.End]],
];

/** Operands on the stack: how they are pushed. */
const WAITING: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ['reads', GET_0],
  ['constants', CONST_1],
  ['sums', [...GET_0, ...CONST_1, Opcode.I32Add]],
];

const WAITING_OPERANDS: readonly HostileModule[] = WAITING.flatMap(([waiting, push]) =>
  EVENTS.map(([event, bytes]) => ({
    name: `n waiting ${waiting}, then n times ${event}`,
    size: 25_000,
    limits: LIMITS_1,
    build: (n: number) =>
      oneBody(ONE_LOCAL, (code) => {
        repeat(code, n, push);
        repeat(code, n, bytes);
        repeat(code, n, [Opcode.Drop]);
      }),
  })),
);

/** Many locals, each with a pending read, and a change of control flow for each. */
const MANY_LOCALS: HostileModule = {
  name: 'n times: a read of each of 100 locals, a block, 100 drops',
  size: 1_000,
  limits: LIMITS_1,
  build: (n) =>
    oneBody([[100, ValueType.I32]], (code) => {
      for (let i = 0; i < n; i++) {
        for (let local = 0; local < 100; local++) repeat(code, 1, [Opcode.LocalGet, local]);
        repeat(code, 1, [...BLOCK_EMPTY, Opcode.End]);
        repeat(code, 100, [Opcode.Drop]);
      }
    }),
};

const NESTED: readonly HostileModule[] = [
  ['loops', [Opcode.Loop, 0x40], []],
  ['ifs', [...GET_0, Opcode.If, 0x40], []],
  ['blocks with a result', [Opcode.Block, ValueType.I32], [...CONST_1]],
  ['blocks with a br_if out of each', [...BLOCK_EMPTY, ...GET_0, Opcode.BrIf, 0], []],
  ['blocks under waiting reads', [...GET_0, Opcode.Drop, ...BLOCK_EMPTY], []],
  ['dead blocks', [...BLOCK_EMPTY], [Opcode.Unreachable]],
].map(([name, opening, inside]) => ({
  name: `n nested ${name as string}, raised record`,
  size: 100_000,
  limits: RAISED,
  build: (n: number) =>
    name === 'blocks with a result'
      ? resultBlocks(n)
      : nested(n, opening as readonly number[], inside as readonly number[]),
}));

function resultBlocks(n: number): Uint8Array {
  return oneBody(ONE_LOCAL, (code) => {
    repeat(code, n, [Opcode.Block, ValueType.I32]);
    repeat(code, 1, CONST_1);
    repeat(code, n, [Opcode.End]);
    repeat(code, 1, [Opcode.Drop]);
  });
}

const CODE: readonly HostileModule[] = [
  {
    name: 'n br_if to the outermost of 1,000 blocks',
    size: 50_000,
    limits: LIMITS_1,
    build: (n) =>
      oneBody(ONE_LOCAL, (code) => {
        repeat(code, 1_000, BLOCK_EMPTY);
        repeat(code, n, [...GET_0, Opcode.BrIf, ...leb(999)]);
        repeat(code, 1_000, [Opcode.End]);
      }),
  },
  {
    name: 'n calls of 128 parameters and results',
    size: 5_000,
    limits: LIMITS_1,
    build: (n) => wide(n, (code) => code.bytes(Uint8Array.of(Opcode.Call, 1))),
  },
  {
    name: 'n loops of 128 parameters and results',
    size: 5_000,
    limits: LIMITS_1,
    build: (n) => wide(n, (code) => code.bytes(Uint8Array.of(Opcode.Loop, 1, Opcode.End))),
  },
  {
    name: 'n blocks of 128 results left by br_if',
    size: 5_000,
    limits: LIMITS_1,
    build: (n) => wide(n, (code) => code.bytes(Uint8Array.of(Opcode.Block, 1, ...GET_0, Opcode.BrIf, 0, Opcode.End))),
  },
  {
    name: 'n dead instructions',
    size: 500_000,
    limits: RAISED,
    build: (n) =>
      oneBody([], (code) => {
        repeat(code, 1, [Opcode.Unreachable]);
        repeat(code, n, [Opcode.I32Add]);
        repeat(code, 1, [Opcode.Drop]);
      }),
  },
  {
    name: 'n different f64 constants',
    size: 50_000,
    limits: LIMITS_1,
    build: (n) =>
      oneBody([], (code) => {
        for (let i = 0; i < n; i++) {
          code.u8(Opcode.F64Const);
          code.fixed32(i);
          code.fixed32(0x3ff0_0000);
          code.u8(Opcode.Drop);
        }
      }),
  },
  {
    name: 'a table that grows one by one to n elements',
    size: 500_000,
    limits: RAISED,
    isRun: true,
    build: (n) =>
      growing(n, [0xfc, 15, 0], [Opcode.RefNull, ValueType.FuncRef, ...CONST_1], {
        tables: [{ type: ValueType.FuncRef, min: 0, max: n }],
      }),
  },
];

const INDEX_SPACES: readonly HostileModule[] = [
  {
    name: 'n functions of nothing',
    size: 50_000,
    limits: LIMITS_1,
    build: (n) => moduleOf({ bodies: new Array(n).fill(body([], () => {})) }),
  },
  {
    name: 'n imports',
    size: 50_000,
    limits: LIMITS_1,
    isRun: true,
    build: (n) =>
      moduleOf({
        imports: Array.from({ length: n }, (_, i) => ({
          module: 'host',
          name: `f${i}`,
          description: { kind: 'function', typeIndex: 0 },
        })),
      }),
  },
  {
    name: 'n exports',
    size: 50_000,
    limits: LIMITS_1,
    isRun: true,
    build: (n) =>
      moduleOf({
        bodies: [body([], () => {})],
        exports: Array.from({ length: n }, (_, i) => ({ name: `f${i}`, kind: 'function', index: 0 })),
      }),
  },
  {
    name: 'n types of 16 parameters',
    size: 30_000,
    limits: LIMITS_1,
    isRun: true,
    build: (n) =>
      moduleOf({
        types: Array.from({ length: n }, (_, i) =>
          functionType(
            Array.from({ length: 16 }, (_unused, bit) => ((i >> bit) & 1 ? ValueType.I32 : ValueType.I64)),
            [],
          ),
        ),
      }),
  },
  {
    name: 'n globals',
    size: 50_000,
    limits: LIMITS_1,
    isRun: true,
    build: (n) =>
      moduleOf({ globals: new Array(n).fill({ type: { type: ValueType.I32, mutable: true }, init: constantI32(7) }) }),
  },
  {
    name: 'one element segment of n functions',
    size: 400_000,
    limits: RAISED,
    isRun: true,
    build: (n) =>
      moduleOf({
        bodies: [body([], () => {})],
        tables: [{ type: ValueType.FuncRef, min: n, max: n }],
        elements: [activeElement(new Uint32Array(n))],
      }),
  },
  {
    name: 'n custom sections of nothing',
    size: 500_000,
    limits: LIMITS_1,
    build: (n) => moduleOf({ customs: new Array(n).fill({ name: '', bytes: new Uint8Array(0), after: 0 }) }),
  },
];

export const HOSTILE_MODULES: readonly HostileModule[] = [
  ...NAMED,
  ...WAITING_OPERANDS,
  MANY_LOCALS,
  ...NESTED,
  ...CODE,
  ...INDEX_SPACES,
];
