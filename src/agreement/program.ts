/**
 * A module as a plain data program, before it is assembled: the generator makes it and the shrinker reduces it.
 *
 * Functions, globals, tables, segments, locals and labels have ids that never change, so anything can be removed
 * without renumbering; `repair` (repair-program.ts) replaces references to removed items with defaults. A body is a
 * stack program written as a tree: the operands of a node are nodes whose results, in order, are on the stack before
 * it; a node's `results` are what it and its operands leave there.
 */
import type { InstructionName } from '../wasm/instructions.js';
import { ValueType } from '../wasm/types.js';
import type { Value } from '../wasm/value.js';

export type TypeList = readonly ValueType[];

export interface Signature {
  readonly params: TypeList;
  readonly results: TypeList;
}

/** `param` is not an instruction: it means the parameters of a block, on the stack at the beginning of its body. */
export type NodeName = InstructionName | 'param';

export interface Node {
  readonly name: NodeName;
  readonly operands: readonly Node[];
  /**
   * The types that the node and its operands leave. A node after which nothing runs (`br`, `unreachable`) may claim
   * any.
   */
  readonly results: TypeList;
  /** The first immediate: label, function, local, global, table, segment; offset of a memarg. */
  readonly first: number;
  /** The second one: table, source table, alignment of a memarg. */
  readonly second: number;
  /** Unsigned bits of a constant. */
  readonly bits: number | bigint;
  /** Labels of a `br_table`, the default last. */
  readonly labels: readonly number[];
  /** Of a block, or the type that an indirect call expects. */
  readonly signature: Signature;
  readonly body: readonly Node[];
  /** The `else` arm. */
  readonly otherwise: readonly Node[] | undefined;
}

export interface Local {
  readonly id: number;
  readonly type: ValueType;
}

/** The label of a function's body. */
export const FUNCTION_LABEL = 0;

export interface FunctionDefinition {
  readonly id: number;
  readonly params: readonly Local[];
  readonly locals: readonly Local[];
  readonly results: TypeList;
  readonly body: readonly Node[];
  readonly exported: boolean;
  /** Never guarded, because it cannot be part of a cycle. */
  readonly unguarded: boolean;
}

/** One of the fixed set of functions that a runner provides (host-functions.ts). */
export interface ImportedFunction {
  readonly id: number;
  readonly name: string;
  readonly signature: Signature;
}

export interface ImportedGlobal {
  readonly id: number;
  readonly name: string;
  readonly type: ValueType;
}

/** A constant expression: nodes with one result. */
export type Constant = Node;

export interface GlobalItem {
  readonly id: number;
  readonly type: ValueType;
  readonly mutable: boolean;
  readonly init: Constant;
}

export interface MemoryItem {
  readonly pagesMin: number;
  readonly pagesMax: number | undefined;
}

export interface TableItem {
  readonly id: number;
  readonly type: ValueType.FuncRef | ValueType.ExternRef;
  readonly min: number;
  readonly max: number | undefined;
}

export interface DataItem {
  readonly id: number;
  /** Undefined for a passive segment. */
  readonly offset: Constant | undefined;
  readonly bytes: readonly number[];
}

export interface ElementItem {
  readonly id: number;
  readonly mode: 'active' | 'passive' | 'declarative';
  readonly type: ValueType.FuncRef | ValueType.ExternRef;
  readonly table: number;
  readonly offset: Constant | undefined;
  /** Function ids; undefined means a null reference. */
  readonly items: readonly (number | undefined)[];
  /** Written as constant expressions even if indices would be possible. */
  readonly asExpressions: boolean;
}

export interface ProgramCall {
  readonly function: number;
  readonly args: readonly Value[];
}

/**
 * Makes every run end without fuel: a hidden global that is decremented by each entry of a function that calls, and by
 * each iteration of a loop that is branched to. At 0 the function returns zeros, or traps.
 */
export interface Guard {
  readonly budget: number;
  readonly atZero: 'return' | 'trap';
}

/**
 * Items before the program's own ones in the assembled module, and encodings in its bodies, so that immediates are
 * large or unusual: an index may be the byte of an opcode, or take two bytes. They affect only fuel and depth.
 */
export interface Shift {
  readonly types: number;
  readonly functions: number;
  readonly globals: number;
  /** The limit is a hundred tables. */
  readonly tables: number;
  readonly data: number;
  readonly elements: number;
  /** Declared before a function's own locals. */
  readonly locals: number;
  /** Blocks around each body. */
  readonly labels: number;
  /** Operands below each body. */
  readonly operands: number;
  /** Additional labels in each `br_table`. */
  readonly targets: number;
  /** The offset of an access that has none. */
  readonly offset: number;
  /** Additional bytes of integers in bodies, as far as they are allowed. */
  readonly longIntegers: number;
}

export const NO_SHIFT: Shift = Object.freeze({
  types: 0,
  functions: 0,
  globals: 0,
  tables: 0,
  data: 0,
  elements: 0,
  locals: 0,
  labels: 0,
  operands: 0,
  targets: 0,
  offset: 0,
  longIntegers: 0,
});

export interface Program {
  readonly importedFunctions: readonly ImportedFunction[];
  readonly importedGlobals: readonly ImportedGlobal[];
  readonly functions: readonly FunctionDefinition[];
  readonly memory: MemoryItem | undefined;
  readonly tables: readonly TableItem[];
  readonly globals: readonly GlobalItem[];
  readonly data: readonly DataItem[];
  readonly elements: readonly ElementItem[];
  readonly start: number | undefined;
  /** Undefined if only fuel ends a run. */
  readonly guard: Guard | undefined;
  /** Written although no instruction needs it. */
  readonly dataCount: boolean;
  readonly shift: Shift;
  readonly calls: readonly ProgramCall[];
}

export const NO_TYPES: TypeList = Object.freeze([]);
export const NO_NODES: readonly Node[] = Object.freeze([]);
const NO_LABELS: readonly number[] = Object.freeze([]);
export const NO_SIGNATURE: Signature = Object.freeze({ params: NO_TYPES, results: NO_TYPES });

export function node(name: NodeName, operands: readonly Node[], results: TypeList, first = 0, second = 0): Node {
  return {
    name,
    operands,
    results,
    first,
    second,
    bits: 0,
    labels: NO_LABELS,
    signature: NO_SIGNATURE,
    body: NO_NODES,
    otherwise: undefined,
  };
}

const LISTS_OF_ONE: ReadonlyMap<ValueType, TypeList> = new Map(
  [ValueType.I32, ValueType.I64, ValueType.F32, ValueType.F64, ValueType.FuncRef, ValueType.ExternRef].map((type) => [
    type,
    Object.freeze([type]),
  ]),
);

/** The list of one type; always the same object. */
export function one(type: ValueType): TypeList {
  return LISTS_OF_ONE.get(type)!;
}

/** A constant by its bits; for a reference type the null reference. */
export function constant(type: ValueType, bits: number | bigint): Node {
  return { ...node(CONSTANT_NAMES[type], NO_NODES, one(type)), bits };
}

const CONSTANT_NAMES: Readonly<Record<ValueType, InstructionName>> = {
  [ValueType.I32]: 'i32.const',
  [ValueType.I64]: 'i64.const',
  [ValueType.F32]: 'f32.const',
  [ValueType.F64]: 'f64.const',
  [ValueType.FuncRef]: 'ref.null',
  [ValueType.ExternRef]: 'ref.null',
};

const ZEROS: ReadonlyMap<ValueType, Node> = new Map(
  [...LISTS_OF_ONE.keys()].map((type) => [
    type,
    Object.freeze(constant(type, type === ValueType.I64 || type === ValueType.F64 ? 0n : 0)),
  ]),
);

/** The default of a type: zero or null. */
export function zero(type: ValueType): Node {
  return ZEROS.get(type)!;
}

export function zeros(types: TypeList): readonly Node[] {
  return types.length === 0 ? NO_NODES : types.map(zero);
}

export function sameTypes(left: TypeList, right: TypeList): boolean {
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

/** Number of instructions that the nodes become, without `end` and `else`. */
export function countInstructions(nodes: readonly Node[]): number {
  let count = 0;
  for (const one of nodes) {
    if (one.name !== 'param') count++;
    count += countInstructions(one.operands) + countInstructions(one.body);
    if (one.otherwise !== undefined) count += countInstructions(one.otherwise);
  }
  return count;
}

/** Number of instructions of all bodies. */
export function programSize(program: Program): number {
  return program.functions.reduce((sum, { body }) => sum + countInstructions(body), 0);
}
