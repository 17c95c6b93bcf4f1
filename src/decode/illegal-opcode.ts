/**
 * Classifies an opcode outside the accepted language: an instruction of a refused proposal, by its name, or unknown.
 * Specification: index of instructions (3.0) and the proposals' overviews.
 */
import type { ByteReader } from '../base/byte-reader.js';
import { type LoadFaultCode, raise } from '../base/fault.js';
import { OPCODE_INDEX_COUNT, PREFIX_FC, PREFIXED_BASE, ROW_BY_INDEX } from '../wasm/instructions.js';

const REFUSED_OPCODES: Readonly<Record<number, LoadFaultCode>> = {
  6: 'proposal-exception-handling', // try
  7: 'proposal-exception-handling', // catch
  8: 'proposal-exception-handling', // throw
  9: 'proposal-exception-handling', // rethrow
  10: 'proposal-exception-handling', // throw_ref
  24: 'proposal-exception-handling', // delegate
  25: 'proposal-exception-handling', // catch_all
  31: 'proposal-exception-handling', // try_table
  20: 'proposal-function-references', // call_ref
  21: 'proposal-function-references', // return_call_ref
  211: 'proposal-gc', // ref.eq
  212: 'proposal-function-references', // ref.as_non_null
  213: 'proposal-function-references', // br_on_null
  214: 'proposal-function-references', // br_on_non_null
  251: 'proposal-gc', // prefix of garbage collection
  253: 'proposal-simd', // prefix of SIMD
  254: 'proposal-threads', // prefix of atomics
};

/** Raises the fault for an opcode that is not in the instruction table. */
export function raiseIllegalOpcode(opcode: number, offset: number): never {
  raise(REFUSED_OPCODES[opcode] ?? 'illegal-opcode', offset, `0x${opcode.toString(16)}`);
}

/** Reads the opcode index of an instruction of the accepted language. */
export function readLegalOpcode(reader: ByteReader): number {
  const offset = reader.pos;
  const byte = reader.u8();
  if (byte === PREFIX_FC) return readPrefixedOpcode(reader, offset);
  if (ROW_BY_INDEX[byte] === undefined) raiseIllegalOpcode(byte, offset);
  return byte;
}

/** Reads the opcode after the prefix 0xfc, which is at `offset`. */
export function readPrefixedOpcode(reader: ByteReader, offset: number): number {
  const number = reader.u32();
  const index = PREFIXED_BASE + number;
  if (index >= OPCODE_INDEX_COUNT) raise('illegal-opcode', offset, `0xfc ${number}`);
  return index;
}
