/** Types of the language, as the binary format writes them. Specification: structure and binary format of types. */

/** A value type by its code in the binary format. */
export const enum ValueType {
  I32 = 0x7f,
  I64 = 0x7e,
  F32 = 0x7d,
  F64 = 0x7c,
  FuncRef = 0x70,
  ExternRef = 0x6f,
}

export type ReferenceType = ValueType.FuncRef | ValueType.ExternRef;

/** A function type: the codes of its parameters and results. */
export interface FunctionType {
  readonly params: Uint8Array;
  readonly results: Uint8Array;
}

/** Minimum and maximum, in pages or elements; the maximum is undefined if none is declared. */
export interface SizeLimits {
  readonly min: number;
  readonly max: number | undefined;
}

export interface TableType extends SizeLimits {
  readonly type: ReferenceType;
}

export interface GlobalType {
  readonly type: ValueType;
  readonly mutable: boolean;
}

const NAMES: Readonly<Record<number, string>> = {
  [ValueType.I32]: 'i32',
  [ValueType.I64]: 'i64',
  [ValueType.F32]: 'f32',
  [ValueType.F64]: 'f64',
  [ValueType.FuncRef]: 'funcref',
  [ValueType.ExternRef]: 'externref',
};

/** The name of a value type in the text format. */
export function valueTypeName(type: ValueType): string {
  return NAMES[type] ?? `0x${(type as number).toString(16)}`;
}

export function isReferenceType(type: number): type is ReferenceType {
  return type === ValueType.FuncRef || type === ValueType.ExternRef;
}

/** `(i32, i64) -> (f32)`: unique for each type, so it also serves as a key. */
export function functionTypeText(type: FunctionType): string {
  const names = (types: Uint8Array) => Array.from(types, valueTypeName).join(', ');
  return `(${names(type.params)}) -> (${names(type.results)})`;
}
