/**
 * Modules of sequences of pieces. A sequence is a function: operands for the sequence, then its pieces directly after
 * one another, then the remaining values go into globals, which an exported function returns. So a wrong index, a byte
 * read twice or a lost value is visible in results, fuel, memory or tables.
 */

import type { Bits } from '../../src/machine/outcome.js';
import { encodeModule } from '../../src/wasm/encode-module.js';
import type { ElementParts } from '../../src/wasm/module-parts.js';
import { type FunctionType, ValueType } from '../../src/wasm/types.js';
import { call, constant, globalGet, globalSet, localGet, localSet, unsigned } from './code.js';
import { givesInteger, LOCALS_MAX, type Naming, NUMBERS, type Piece, TABLES_MAX, TYPES_MAX, typeAt } from './pieces.js';

/**
 * Where an operand comes from: a parameter, a small constant, a slot that an instruction has filled, or a constant with
 * these bits.
 */
export type Source = 'local' | 'constant' | 'slot' | bigint;

export interface Sequence {
  readonly pieces: readonly Piece[];
  /** Sources of the operands that the pieces pop, from the deepest; the last applies to all others. */
  readonly sources: readonly Source[];
  /** Additional operands at the bottom of the stack. */
  readonly below: number;
}

const NONE = new Uint8Array(0);
const NOTHING: FunctionType = { params: NONE, results: NONE };
const INTEGER: FunctionType = { params: NONE, results: Uint8Array.of(ValueType.I32) };
const EMPTY = Uint8Array.of(0x41, 0, 0x0b);
/** The maximum number of results that a sequence leaves. */
const SINKS = 8;
/** Value of a constant operand, by type. */
const CONSTANTS: Readonly<Record<number, bigint>> = {
  [ValueType.I32]: 3n,
  [ValueType.I64]: 5n,
  [ValueType.F32]: 0x40e0_0000n,
  [ValueType.F64]: 0x4022_0000_0000_0000n,
};
/** An instruction that leaves its operand in a slot and does not change small values. */
const UNARY: Readonly<Record<number, number>> = {
  [ValueType.I32]: 0xc1,
  [ValueType.I64]: 0xc4,
  [ValueType.F32]: 0x8b,
  [ValueType.F64]: 0x99,
};

/** Values that calls pass, by the type of the parameter. */
const ARGUMENTS: readonly (readonly Bits[])[] = [
  [2, 9n, 0x4060_0000, 0x4010_0000_0000_0000n],
  [-1, 0x8000_0000_0000_0000n, 0x7fa0_0001, 0x8000_0000_0000_0000n],
  [-0x8000_0000, 0x8000_0000n, -0x0080_0000, 0x7ff0_0000_0000_0001n],
];

/** The types that a sequence pops and pushes; undefined if the pieces do not fit together. */
export function typeSequence(
  pieces: readonly Piece[],
): { readonly taken: readonly ValueType[]; readonly left: readonly ValueType[] } | undefined {
  const taken: ValueType[] = [];
  const stack: ValueType[] = [];
  let isDead = false;
  for (const { operands, results, ends } of pieces) {
    for (let i = operands.length - 1; i >= 0; i--) {
      const top = stack.pop();
      if (top === undefined && !isDead) taken.unshift(operands[i]!);
      if (top !== undefined && top !== operands[i]) return undefined;
    }
    stack.push(...results);
    if (ends) {
      isDead = true;
      stack.length = 0;
    }
  }
  return stack.length > SINKS ? undefined : { taken, left: stack };
}

/** The parameter of a type: the types of parameters rotate like those of all locals. */
function parameter(type: ValueType, { turn }: Naming): number {
  return (NUMBERS.indexOf(type) - turn + 4) % 4;
}

function operand(type: ValueType, source: Source, naming: Naming): readonly number[] {
  if (typeof source === 'bigint' && NUMBERS.includes(type)) return constant(type, source);
  if (type === ValueType.FuncRef) return source === 'constant' ? [0xd0, type] : [0xd2, ...unsigned(naming.index)];
  if (type === ValueType.ExternRef) return [0xd0, type];
  if (source === 'constant') return constant(type, CONSTANTS[type]!);
  const get = localGet(parameter(type, naming));
  return source === 'local' ? get : [...get, UNARY[type]!];
}

/** Globals after those that pieces name, one for each possible result of each type. */
function sink(size: number, type: ValueType, at: number): number {
  const number = NUMBERS.includes(type) ? NUMBERS.indexOf(type) : 0;
  return size + number * SINKS + at;
}

const CONSTANT_OF: Readonly<Record<number, readonly number[]>> = Object.fromEntries(
  NUMBERS.map((type) => [type, constant(type, 0n)]),
);

export class SequenceModule {
  readonly bytes: Uint8Array;
  /** Function indices of the exports, one for each sequence. */
  readonly exports: readonly number[];
  /** Arguments of the calls of each. */
  readonly calls: readonly (readonly Bits[])[];
  readonly #naming: Naming;
  /** Size of each index space without a lower limit. */
  readonly #size: number;

  constructor(naming: Naming, sequences: readonly Sequence[]) {
    this.#naming = naming;
    const size = naming.index + 4;
    this.#size = size;
    const { turn } = naming;
    const params = Uint8Array.from(NUMBERS, (_, i) => typeAt(i, turn));
    this.calls = ARGUMENTS.map((values) => Array.from(params, (type) => values[NUMBERS.indexOf(type)]!));
    const types: FunctionType[] = Array.from({ length: Math.min(size, TYPES_MAX + 4) }, (_, i) =>
      givesInteger(i, turn) ? INTEGER : NOTHING,
    );
    const givesAt = (i: number) => (givesInteger(i, turn) ? 0 : 1);
    // Types 0 and 1, one of each.
    const integerType = givesInteger(0, turn) ? 0 : 1;
    const functions = Array.from({ length: size }, (_, i) => (givesAt(i) === 0 ? integerType : 1 - integerType));
    const bodies: Uint8Array[] = Array.from({ length: size }, (_, i) =>
      Uint8Array.of(0, ...(givesAt(i) === 0 ? constant(ValueType.I32, BigInt(i)) : []), 0x0b),
    );
    const inner = types.push({ params, results: NONE }) - 1;
    const outerTypes = new Map<string, number>();
    const typeIndex = (results: readonly ValueType[]): number => {
      const key = results.join();
      const known = outerTypes.get(key) ?? types.push({ params, results: Uint8Array.from(results) }) - 1;
      outerTypes.set(key, known);
      return known;
    };
    const exports: { name: string; kind: 'function'; index: number }[] = [];
    for (const sequence of sequences) {
      const typed = typeSequence(sequence.pieces);
      if (typed === undefined) throw new Error(`${sequence.pieces.map(({ name }) => name).join(', ')} do not fit`);
      bodies.push(this.#body(sequence, typed.taken, typed.left));
      const index = functions.push(inner) - 1;
      const results = typed.left.map((type) => (NUMBERS.includes(type) ? type : ValueType.I32));
      const outer = typeIndex(results);
      bodies.push(
        Uint8Array.of(
          0,
          ...NUMBERS.flatMap((_, i) => localGet(i)),
          ...call(index),
          ...typed.left.flatMap((type, at) => globalGet(sink(size, type, at))),
          0x0b,
        ),
      );
      exports.push({ name: `f${exports.length}`, kind: 'function', index: functions.push(outer) - 1 });
    }
    this.exports = exports.map(({ index }) => index);
    const globalTypes = [
      ...Array.from({ length: size }, (_, i) => typeAt(i, turn)),
      ...NUMBERS.flatMap((type) => Array<ValueType>(SINKS).fill(type)),
    ];
    const tables = Math.min(naming.index, TABLES_MAX) + 1;
    const functionList = (first: number): Uint32Array =>
      Uint32Array.of(first % size, (first + 1) % size, (first + 2) % size);
    const passive = (first: number): ElementParts => ({
      mode: 'passive',
      type: ValueType.FuncRef,
      tableIndex: 0,
      offsetExpression: undefined,
      functions: functionList(first),
      expressions: undefined,
    });
    this.bytes = encodeModule({
      types,
      imports: [],
      functions: Uint32Array.from(functions),
      tables: Array.from({ length: tables }, () => ({ type: ValueType.FuncRef, min: 6, max: 20 })),
      memories: [{ min: 1, max: 4 }],
      globals: globalTypes.map((type, i) => ({
        type: { type, mutable: true },
        init: Uint8Array.of(
          ...(i < size && type === ValueType.I32 ? constant(type, BigInt(i)) : CONSTANT_OF[type]!),
          0x0b,
        ),
      })),
      exports: [{ name: 'memory', kind: 'memory', index: 0 }, ...exports],
      start: undefined,
      elements: [
        ...Array.from({ length: size }, (_, i) => passive(i)),
        ...Array.from({ length: Math.min(tables, 3) }, (_, i) => ({
          ...passive(i),
          mode: 'active' as const,
          tableIndex: tables - 1 - i,
          offsetExpression: Uint8Array.of(0x41, 1, 0x0b),
        })),
      ],
      dataCount: size + 2,
      bodies,
      data: [
        ...Array.from({ length: size }, (_, i) => ({
          mode: 'passive' as const,
          memoryIndex: 0,
          offsetExpression: undefined,
          bytes: Uint8Array.of(i, i >> 8, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
        })),
        ...[EMPTY, Uint8Array.of(0x41, 0x80, 0xfe, 3, 0x0b)].map((offsetExpression) => ({
          mode: 'active' as const,
          memoryIndex: 0,
          offsetExpression,
          bytes: Uint8Array.from({ length: 256 }, (_, i) => (i * 37 + 11) % 256),
        })),
      ],
      customs: [],
    });
  }

  #body({ pieces, sources, below }: Sequence, taken: readonly ValueType[], left: readonly ValueType[]): Uint8Array {
    const naming = this.#naming;
    const { turn } = naming;
    const first = Math.min(naming.index, LOCALS_MAX);
    const locals = Array.from({ length: first }, (_, i) => typeAt(i + 4, turn));
    const code: number[] = [];
    // The globals that pieces name hold the values of the parameters.
    for (let at = Math.max(first, 4); at < first + 4; at++) {
      code.push(...localGet(parameter(typeAt(at, turn), naming)), ...localSet(at));
    }
    const labels = Math.max(0, ...pieces.map((piece) => piece.labels));
    for (let left = below; left > 0; left--) code.push(...constant(ValueType.I32, BigInt(left)));
    for (let left = labels; left > 0; left--) code.push(0x02, 0x40);
    taken.forEach((type, at) => {
      code.push(...operand(type, sources[at] ?? sources[sources.length - 1]!, naming));
    });
    for (const piece of pieces) code.push(...piece.code);
    for (let at = left.length - 1; at >= 0; at--) {
      if (!NUMBERS.includes(left[at]!)) code.push(0xd1);
      code.push(...globalSet(sink(this.#size, left[at]!, at)));
    }
    for (let left = labels; left > 0; left--) code.push(0x0b);
    for (let left = below; left > 0; left--) code.push(0x1a);
    const runs = locals.flatMap((type) => [1, type]);
    return Uint8Array.from([...unsigned(locals.length), ...runs, ...code, 0x0b]);
  }
}
