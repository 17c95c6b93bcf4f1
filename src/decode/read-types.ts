/**
 * Reads types: value, reference and block types, limits, table, memory, global and function types. A code that only a
 * refused proposal defines is refused with the proposal's name. Specification, binary format: types.
 */
import type { ByteReader } from '../base/byte-reader.js';
import { type LoadFaultCode, raise } from '../base/fault.js';
import type { Limits } from '../base/limits.js';
import type { FunctionType, GlobalType, ReferenceType, SizeLimits, TableType } from '../wasm/types.js';
import { isReferenceType, ValueType } from '../wasm/types.js';

/** The block type without parameters and results, as the 33-bit integer of 0x40. */
export const EMPTY_BLOCK_TYPE = -64;

const IS_VALUE_TYPE: Uint8Array = (() => {
  const flags = new Uint8Array(256);
  for (const code of [
    ValueType.I32,
    ValueType.I64,
    ValueType.F32,
    ValueType.F64,
    ValueType.FuncRef,
    ValueType.ExternRef,
  ])
    flags[code] = 1;
  return flags;
})();

/** The meaning of type codes in the proposals that the profile refuses. */
const REFUSED_TYPES: Readonly<Record<number, LoadFaultCode>> = {
  123: 'proposal-simd', // v128
  100: 'proposal-function-references', // (ref ...)
  99: 'proposal-function-references', // (ref null ...)
  110: 'proposal-gc', // anyref
  109: 'proposal-gc', // eqref
  108: 'proposal-gc', // i31ref
  107: 'proposal-gc', // structref
  106: 'proposal-gc', // arrayref
  113: 'proposal-gc', // nullref
  114: 'proposal-gc', // nullexternref
  115: 'proposal-gc', // nullfuncref
  105: 'proposal-exception-handling', // exnref
  116: 'proposal-exception-handling', // nullexnref
};

/** Type forms of garbage collection: array, struct, sub, final sub, recursive group. */
const GC_FORMS: readonly number[] = [0x5e, 0x5f, 0x50, 0x4f, 0x4e];

const FUNCTION_FORM = 0x60;

/** Precedes a table with an initial value in a table section. */
const TABLE_WITH_INITIAL_VALUE = 0x40;

const NO_TYPES = new Uint8Array(0);

/** One shared list for each single type. */
const SINGLE_TYPES: readonly Uint8Array[] = Array.from({ length: 256 }, (_, code) =>
  IS_VALUE_TYPE[code] === 1 ? Uint8Array.of(code) : NO_TYPES,
);

/** The list of one type; for the low byte of a block type, the list of its results. */
export function singleType(code: number): Uint8Array {
  return SINGLE_TYPES[code & 0xff];
}

/** Reads a value type; raises `code` for a byte that is not one in any proposal. */
export function readValueType(
  reader: ByteReader,
  code: 'bad-value-type' | 'bad-block-type' = 'bad-value-type',
): ValueType {
  const offset = reader.pos;
  const byte = reader.u8();
  if (IS_VALUE_TYPE[byte] === 0) raise(REFUSED_TYPES[byte] ?? code, offset, `0x${byte.toString(16)}`);
  return byte;
}

export function readReferenceType(reader: ByteReader): ReferenceType {
  const offset = reader.pos;
  const byte = reader.u8();
  if (!isReferenceType(byte)) {
    const refused = byte === ValueType.I32 || byte === 0x7b ? undefined : REFUSED_TYPES[byte];
    raise(refused ?? 'bad-reference-type', offset, `0x${byte.toString(16)}`);
  }
  return byte;
}

/** The immediate of `ref.null`; a type index belongs to typed function references. */
export function readHeapType(reader: ByteReader): ReferenceType {
  const offset = reader.pos;
  const byte = offset < reader.end ? reader.bytes[offset] : 0x40;
  if (byte < 0x40 || byte >= 0x80) {
    if (reader.s33() < 0) raise('bad-reference-type', offset);
    raise('proposal-function-references', offset);
  }
  return readReferenceType(reader);
}

/** A type index, or a negative number: `EMPTY_BLOCK_TYPE`, or the code of the one result minus 0x80. */
export function readBlockType(reader: ByteReader): number {
  const offset = reader.pos;
  const byte = offset < reader.end ? reader.bytes[offset] : 0;
  if (byte === 0x40) {
    reader.pos++;
    return EMPTY_BLOCK_TYPE;
  }
  if ((byte & 0xc0) === 0x40) return readValueType(reader, 'bad-block-type') - 0x80;
  const index = reader.s33();
  if (index < 0) raise('bad-block-type', offset);
  return index;
}

function readTypeList(reader: ByteReader, lengthMax: number, code: 'limit-params' | 'limit-results'): Uint8Array {
  const offset = reader.pos;
  const length = reader.u32();
  if (length > lengthMax) raise(code, offset, `${length}, the limit is ${lengthMax}`);
  if (length === 0) return NO_TYPES;
  const start = reader.pos;
  for (let i = 0; i < length; i++) readValueType(reader);
  return length === 1 ? singleType(reader.bytes[start]) : reader.bytes.subarray(start, start + length);
}

export function readFunctionType(reader: ByteReader, limits: Limits): FunctionType {
  const offset = reader.pos;
  const form = reader.u8();
  if (form !== FUNCTION_FORM) raise(GC_FORMS.includes(form) ? 'proposal-gc' : 'bad-type-form', offset);
  const params = readTypeList(reader, limits.params, 'limit-params');
  const results = readTypeList(reader, limits.results, 'limit-results');
  return { params, results };
}

const enum LimitsFlag {
  Maximum = 1,
  Shared = 2,
  Index64 = 4,
  PageSize = 8,
}

function readSizeLimits(reader: ByteReader, flagMax: number): SizeLimits {
  const offset = reader.pos;
  const flag = reader.u8();
  if (flag > LimitsFlag.Maximum) {
    if (flag > flagMax) raise('bad-limits-flag', offset, `0x${flag.toString(16)}`);
    if (flag & LimitsFlag.PageSize) raise('proposal-custom-page-sizes', offset);
    raise(flag & LimitsFlag.Index64 ? 'proposal-memory64' : 'proposal-threads', offset);
  }
  const min = reader.u32();
  return { min, max: flag === LimitsFlag.Maximum ? reader.u32() : undefined };
}

export function readMemoryType(reader: ByteReader): SizeLimits {
  return readSizeLimits(reader, LimitsFlag.Maximum | LimitsFlag.Shared | LimitsFlag.Index64 | LimitsFlag.PageSize);
}

export function readTableType(reader: ByteReader): TableType {
  if (reader.pos < reader.end && reader.bytes[reader.pos] === TABLE_WITH_INITIAL_VALUE)
    raise('proposal-function-references', reader.pos, 'a table with an initial value');
  const type = readReferenceType(reader);
  const { min, max } = readSizeLimits(reader, LimitsFlag.Maximum | LimitsFlag.Shared | LimitsFlag.Index64);
  return { type, min, max };
}

export function readGlobalType(reader: ByteReader): GlobalType {
  const type = readValueType(reader);
  const offset = reader.pos;
  const mutability = reader.u8();
  if (mutability > 1) raise('bad-mutability', offset, `0x${mutability.toString(16)}`);
  return { type, mutable: mutability === 1 };
}
