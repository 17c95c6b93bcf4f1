/**
 * Instructions with a requested immediate, and the operands they pop and push: the pieces from which sequences are
 * built. Everything that an instruction names has the same index, as far as that index exists.
 */
import { INSTRUCTIONS, type InstructionRow } from '../../src/wasm/instructions.js';
import { ValueType } from '../../src/wasm/types.js';
import { constant, unsigned } from './code.js';

const { I32, I64, F32, F64, FuncRef, ExternRef } = {
  I32: ValueType.I32,
  I64: ValueType.I64,
  F32: ValueType.F32,
  F64: ValueType.F64,
  FuncRef: ValueType.FuncRef,
  ExternRef: ValueType.ExternRef,
} as const;

export const NUMBERS: readonly ValueType[] = [I32, I64, F32, F64];
const TYPES: Readonly<Record<string, ValueType>> = {
  i32: I32,
  i64: I64,
  f32: F32,
  f64: F64,
  funcref: FuncRef,
  externref: ExternRef,
};

export interface Piece {
  /** Name of the instruction, with a suffix that makes it unique. */
  readonly name: string;
  readonly code: readonly number[];
  readonly operands: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** The code after it is dead. */
  readonly ends: boolean;
  /** Number of blocks without parameters and results that must enclose it. */
  readonly labels: number;
}

/** The indices that the pieces use, and how many items a module may have. */
export interface Naming {
  readonly index: number;
  /** Rotates the types of locals, globals and functions, so that each index has each type in one of four. */
  readonly turn: number;
}

/** The limits of the engine, less what a sequence needs for itself. */
export const TABLES_MAX = 98;
export const LOCALS_MAX = 4_000;
/** With more types than this the rewriter leaves the module to the interpreter. */
export const TYPES_MAX = 3_900;
export const LABELS_MAX = 16_380;

/** The type for an index and a turn. */
export function typeAt(index: number, turn: number): ValueType {
  return NUMBERS[(index + turn) % NUMBERS.length]!;
}

/** A function with an even sum returns an integer, one with an odd sum nothing. */
export function givesInteger(index: number, turn: number): boolean {
  return (index + turn) % 2 === 0;
}

function plain(name: string, code: readonly number[], type: string, ends = false, labels = 0): Piece {
  const [operands, results] = type
    .split('->')
    .map((side) => side.split(' ').flatMap((word) => (word === '' ? [] : [TYPES[word]!]))) as [
    ValueType[],
    ValueType[],
  ];
  return { name, code, operands, results, ends, labels };
}

function opcodeBytes(opcode: number): number[] {
  return opcode < 0x100 ? [opcode] : [0xfc, opcode & 0xff];
}

/** Immediates of the rows whose type is given by operands and results. */
function immediatesOf({ name, immediates }: InstructionRow, index: number): readonly number[] {
  const tables = unsigned(Math.min(index, TABLES_MAX));
  const named = unsigned(index);
  switch (immediates) {
    case 'none':
      return [];
    case 'memarg':
      return [0, ...named];
    case 'memory':
      return [0];
    case 'memory memory':
      return [0, 0];
    case 'i32':
      return constant(I32, BigInt(index)).slice(1);
    case 'i64':
      return constant(I64, BigInt(index)).slice(1);
    // Each byte may be mistaken for an opcode.
    case 'f32':
      return Array<number>(4).fill(index % 256);
    case 'f64':
      return Array<number>(8).fill(index % 256);
    case 'data memory':
      return [...named, 0];
    case 'data':
    case 'element':
      return named;
    case 'table':
      return tables;
    case 'element table':
      return [...named, ...tables];
    case 'table table':
      return [...tables, ...tables];
    default:
      throw new Error(`no immediates for ${name}`);
  }
}

/** All pieces with these indices. */
export function piecesOf({ index, turn }: Naming): readonly Piece[] {
  const named = unsigned(index);
  const table = unsigned(Math.min(index, TABLES_MAX));
  const label = Math.min(index, LABELS_MAX);
  const typeIndex = unsigned(Math.min(index, TYPES_MAX));
  const pieces: Piece[] = [];
  const add = (...row: Parameters<typeof plain>) => pieces.push(plain(...row));
  const typed = (INSTRUCTIONS as readonly InstructionRow[]).filter(
    ({ type, immediates }) => type.includes('->') && !['function', 'heap type', 'label', 'local'].includes(immediates),
  );
  for (const row of typed) {
    if (/ref\.|table\.(?:get|set|grow|size|fill)|^(?:nop|drop|select)/.test(row.name)) continue;
    add(row.name, [...opcodeBytes(row.opcode), ...immediatesOf(row, index)], row.type);
  }
  for (let at = index; at < index + 4; at++) {
    const type = typeAt(at, turn);
    const word = Object.keys(TYPES).find((key) => TYPES[key] === type)!;
    const local = unsigned(Math.min(at, LOCALS_MAX + ((at - LOCALS_MAX) % 4)));
    const global = unsigned(at);
    add(`local.get ${word}`, [0x20, ...local], `-> ${word}`);
    add(`local.set ${word}`, [0x21, ...local], `${word} ->`);
    add(`local.tee ${word}`, [0x22, ...local], `${word} -> ${word}`);
    add(`global.get ${word}`, [0x23, ...global], `-> ${word}`);
    add(`global.set ${word}`, [0x24, ...global], `${word} ->`);
    add(`select ${word}`, [0x1b], `${word} ${word} i32 -> ${word}`);
    add(`select_t ${word}`, [0x1c, 1, type], `${word} ${word} i32 -> ${word}`);
    add(`drop ${word}`, [0x1a], `${word} ->`);
  }
  for (const [word, type] of [
    ['funcref', FuncRef],
    ['externref', ExternRef],
  ] as const) {
    add(`ref.null ${word}`, [0xd0, type], `-> ${word}`);
    add(`ref.is_null ${word}`, [0xd1], `${word} -> i32`);
    add(`select_t ${word}`, [0x1c, 1, type], `${word} ${word} i32 -> ${word}`);
    add(`drop ${word}`, [0x1a], `${word} ->`);
  }
  const called = givesInteger(index, turn);
  add('nop', [0x01], '->');
  add('ref.func', [0xd2, ...named], '-> funcref');
  add('table.get', [0x25, ...table], 'i32 -> funcref');
  add('table.set', [0x26, ...table], 'i32 funcref ->');
  add('table.grow', [0xfc, 0x0f, ...table], 'funcref i32 -> i32');
  add('table.size', [0xfc, 0x10, ...table], '-> i32');
  add('table.fill', [0xfc, 0x11, ...table], 'i32 funcref i32 ->');
  add('call', [0x10, ...named], called ? '-> i32' : '->');
  const indirectGives = givesInteger(Math.min(index, TYPES_MAX), turn);
  add('call_indirect', [0x11, ...typeIndex, ...table], indirectGives ? 'i32 -> i32' : 'i32 ->');
  add('block', [0x02, 0x40, 0x0b], '->');
  add(
    'block by index',
    [0x02, ...blockIndex(index), ...(indirectGives ? [0x41, 1] : []), 0x0b],
    indirectGives ? '-> i32' : '->',
  );
  const opened = [...blockIndex(index), ...(indirectGives ? [0x41, 1] : [])];
  const closed = indirectGives ? [0x05, 0x41, 2, 0x0b] : [0x0b];
  add('loop by index', [0x03, ...opened, 0x0b], indirectGives ? '-> i32' : '->');
  add('if by index', [0x04, ...opened, ...closed], indirectGives ? 'i32 -> i32' : 'i32 ->');
  add('loop', [0x03, 0x40, 0x0b], '->');
  add('if', [0x04, 0x40, 0x0b], 'i32 ->');
  add('if else', [0x04, 0x7f, 0x41, 33, 0x05, 0x41, 34, 0x0b], 'i32 -> i32');
  add('block of a float', [0x02, 0x7c, ...constant(F64, 0x4024_0000_0000_0000n), 0x9f, 0x0b], '-> f64');
  add('br_if', [0x0d, ...unsigned(label)], 'i32 ->', false, label + 1);
  add('br', [0x0c, ...unsigned(label)], '->', true, label + 1);
  const targets = Math.min(index, 32_000);
  const labels = Array.from({ length: targets }, (_, i) => unsigned(i % (Math.min(label, 60) + 1))).flat();
  add('br_table', [0x0e, ...unsigned(targets), ...labels, ...unsigned(label)], 'i32 ->', true, label + 1);
  add('return', [0x0f], '->', true);
  add('unreachable', [0x00], '->', true);
  if (!called) add('return_call', [0x12, ...named], '->', true);
  if (!indirectGives) add('return_call_indirect', [0x13, ...typeIndex, ...table], 'i32 ->', true);
  return pieces;
}

/** A block's type index is signed. */
function blockIndex(index: number): number[] {
  const value = Math.min(index, TYPES_MAX);
  return value < 64 ? [value] : constant(I32, BigInt(value)).slice(1);
}
