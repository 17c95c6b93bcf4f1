/**
 * The types of the instruction table, compiled into flat arrays by opcode index for the loop that validates bodies. A
 * row `operands -> results` needs no code; any other row names its typing rule.
 */
import { type Immediates, type InstructionRow, OPCODE_INDEX_COUNT, ROW_BY_INDEX } from '../wasm/instructions.js';
import { ValueType } from '../wasm/types.js';

/** How an instruction is typed. */
export const enum Rule {
  /** There is no such instruction. */
  Illegal,
  /** One operand, one result, no immediates. */
  Unary,
  /** Two operands of one type, one result, no immediates. */
  Binary,
  /** By its operands and results; no immediates. */
  Plain,
  /** One operand, one result, a memory argument. */
  Load,
  /** Two operands, a memory argument. */
  Store,
  /** A constant of 32 bits, by far the most frequent one. */
  I32Const,
  /** By its operands and results; immediates do not change them. */
  WithImmediates,
  Unreachable,
  Block,
  Loop,
  If,
  Else,
  End,
  Br,
  BrIf,
  BrTable,
  Return,
  Call,
  CallIndirect,
  ReturnCall,
  ReturnCallIndirect,
  Drop,
  Select,
  SelectT,
  LocalGet,
  LocalSet,
  LocalTee,
  GlobalGet,
  GlobalSet,
  TableGet,
  TableSet,
  TableGrow,
  TableFill,
  RefNull,
  RefIsNull,
}

const RULES_BY_NAME: Readonly<Record<string, Rule>> = {
  unreachable: Rule.Unreachable,
  block: Rule.Block,
  loop: Rule.Loop,
  if: Rule.If,
  else: Rule.Else,
  end: Rule.End,
  br: Rule.Br,
  br_if: Rule.BrIf,
  br_table: Rule.BrTable,
  return: Rule.Return,
  call: Rule.Call,
  call_indirect: Rule.CallIndirect,
  return_call: Rule.ReturnCall,
  return_call_indirect: Rule.ReturnCallIndirect,
  drop: Rule.Drop,
  select: Rule.Select,
  select_t: Rule.SelectT,
  'local.get': Rule.LocalGet,
  'local.set': Rule.LocalSet,
  'local.tee': Rule.LocalTee,
  'global.get': Rule.GlobalGet,
  'global.set': Rule.GlobalSet,
  'table.get': Rule.TableGet,
  'table.set': Rule.TableSet,
  'table.grow': Rule.TableGrow,
  'table.fill': Rule.TableFill,
  'ref.null': Rule.RefNull,
  'ref.is_null': Rule.RefIsNull,
};

/** The immediates of `WithImmediates` instructions. */
export const enum Immediate {
  Memarg,
  Memory,
  I32,
  I64,
  F32,
  F64,
  Function,
  Table,
  DataMemory,
  Data,
  MemoryMemory,
  ElementTable,
  Element,
  TableTable,
}

const IMMEDIATE_BY_NAME: { readonly [I in Immediates]?: Immediate } = {
  memarg: Immediate.Memarg,
  memory: Immediate.Memory,
  i32: Immediate.I32,
  i64: Immediate.I64,
  f32: Immediate.F32,
  f64: Immediate.F64,
  function: Immediate.Function,
  table: Immediate.Table,
  'data memory': Immediate.DataMemory,
  data: Immediate.Data,
  'memory memory': Immediate.MemoryMemory,
  'element table': Immediate.ElementTable,
  element: Immediate.Element,
  'table table': Immediate.TableTable,
};

const TYPE_BY_NAME: Readonly<Record<string, ValueType>> = {
  i32: ValueType.I32,
  i64: ValueType.I64,
  f32: ValueType.F32,
  f64: ValueType.F64,
  funcref: ValueType.FuncRef,
  externref: ValueType.ExternRef,
};

/** The greatest number of operands in a row `operands -> results`. */
export const OPERANDS_MAX = 3;

export interface TypingTable {
  readonly rules: Uint8Array;
  readonly operandCounts: Uint8Array;
  /** `OPERANDS_MAX` entries for each opcode index, the deepest operand first. */
  readonly operands: Uint8Array;
  /** The one result, or 0. */
  readonly results: Uint8Array;
  readonly immediates: Uint8Array;
  /** Logarithm to base 2 of the number of bytes that a load or store accesses. */
  readonly alignmentsMax: Uint8Array;
}

export const TYPING: TypingTable = (() => {
  const table = {
    rules: new Uint8Array(OPCODE_INDEX_COUNT),
    operandCounts: new Uint8Array(OPCODE_INDEX_COUNT),
    operands: new Uint8Array(OPCODE_INDEX_COUNT * OPERANDS_MAX),
    results: new Uint8Array(OPCODE_INDEX_COUNT),
    immediates: new Uint8Array(OPCODE_INDEX_COUNT),
    alignmentsMax: new Uint8Array(OPCODE_INDEX_COUNT),
  };
  ROW_BY_INDEX.forEach((row, index) => {
    if (row !== undefined) compileRow(row, index, table);
  });
  return table;
})();

function compileRow(row: InstructionRow, index: number, table: TypingTable): void {
  if (!row.type.includes('->')) {
    table.rules[index] = known(RULES_BY_NAME[row.type], row);
    return;
  }
  const [operands, results] = row.type.split('->').map((side) => typesOf(side, row)) as [number[], number[]];
  if (operands.length > OPERANDS_MAX || results.length > 1) known(undefined, row);
  table.operandCounts[index] = operands.length;
  table.operands.set(operands, index * OPERANDS_MAX);
  table.results[index] = results[0] ?? 0;
  table.rules[index] = ruleOf(row, operands, results);
  if (row.immediates !== 'none') table.immediates[index] = known(IMMEDIATE_BY_NAME[row.immediates], row);
  // Of a power of two; `Math.log2` is only as exact as its host.
  if (row.immediates === 'memarg') table.alignmentsMax[index] = 31 - Math.clz32(row.bytes);
}

/** The rule of a row `operands -> results`: the most frequent forms have their own. */
function ruleOf({ immediates }: InstructionRow, operands: readonly number[], results: readonly number[]): Rule {
  if (results.length === 1) {
    if (immediates === 'none' && operands.length === 1) return Rule.Unary;
    if (immediates === 'none' && operands.length === 2 && operands[0] === operands[1]) return Rule.Binary;
    if (immediates === 'memarg') return Rule.Load;
    if (immediates === 'i32') return Rule.I32Const;
  } else if (immediates === 'memarg') return Rule.Store;
  return immediates === 'none' ? Rule.Plain : Rule.WithImmediates;
}

function typesOf(side: string, row: InstructionRow): number[] {
  return side
    .split(' ')
    .filter((name) => name !== '')
    .map((name) => known(TYPE_BY_NAME[name], row));
}

function known<T>(value: T | undefined, row: InstructionRow): T {
  if (value === undefined) throw new Error(`the validator cannot type the row '${row.name}'`);
  return value;
}
