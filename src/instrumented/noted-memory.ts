/**
 * Which part of its memory a module is expected not to touch: a Rust zome has a megabyte of stack at the start of its memory, in front of
 * all data, and uses the last kilobytes of it. Whether it does is noted (`store-notes.ts`), so an instance is made new by zeroing the rest.
 */
import { ByteReader } from '../base/byte-reader.js';
import type { Module } from '../wasm/module.js';
import { Opcode } from '../wasm/opcode.js';
import { ValueType } from '../wasm/types.js';

/** Stack that is zeroed without a look. */
const STACK_BYTES = 65_536;

/** A part that is shorter takes less time to zero than its notes. */
const NOTED_BYTES_MIN = 7 * 65_536;

/**
 * Stores below this address are noted: the first value of the stack pointer, which compilers keep in the first global, less the stack that
 * is zeroed without a look. 0 for a module that has no such part.
 */
export function notedBelow({
  bytes,
  memories,
  importedMemories,
  globals,
  importedGlobals,
  globalDefinitions,
}: Module): number {
  if (importedMemories > 0 || memories.length === 0 || globalDefinitions.length === 0) return 0;
  const { type, mutable } = globals[importedGlobals];
  const { init } = globalDefinitions[0];
  if (type !== ValueType.I32 || !mutable || bytes[init.start] !== Opcode.I32Const) return 0;
  const reader = new ByteReader(bytes, init.start + 1);
  const stackPointer = reader.s32();
  // What comes after the constant may make another number of it: a guess that is wrong costs time alone.
  const below = stackPointer - STACK_BYTES;
  return below >= NOTED_BYTES_MIN && stackPointer <= memories[0].min * 65_536 ? below : 0;
}
