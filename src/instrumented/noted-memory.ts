/**
 * Which part of its memory a module is expected not to touch: a Rust zome has a megabyte of stack at the start of its memory, in front of
 * all data, and uses the last kilobytes of it. Whether it does is noted (`store-notes.ts`), so an instance is made new by zeroing the rest.
 */
import { ByteReader } from '../base/byte-reader.js';
import type { ByteRange, Module } from '../wasm/module.js';
import { Opcode } from '../wasm/opcode.js';
import { ValueType } from '../wasm/types.js';

/** Stack that is zeroed without a look. */
const STACK_BYTES = 65_536;

/** A part that is shorter takes less time to zero than its notes. */
const NOTED_BYTES_MIN = 7 * 65_536;

/**
 * Stores below this address are noted: the first value of the stack pointer, which compilers keep in the first global, less the stack that
 * is zeroed without a look. 0 for a module that has no such part: also for one that has no data behind its stack, where a loop over a
 * large array in front of it would note every store.
 */
export function notedBelow(module: Module): number {
  const { memories, importedMemories, globals, importedGlobals, globalDefinitions } = module;
  if (importedMemories > 0 || memories.length === 0 || globalDefinitions.length === 0) return 0;
  const { type, mutable } = globals[importedGlobals];
  const stackPointer = mutable && type === ValueType.I32 ? constantAt(module, globalDefinitions[0].init) : undefined;
  if (stackPointer === undefined || stackPointer > memories[0].min * 65_536) return 0;
  const below = stackPointer - STACK_BYTES;
  return below >= NOTED_BYTES_MIN && hasDataBehind(module, stackPointer) ? below : 0;
}

/** Whether data begins at an address or behind it. */
function hasDataBehind(module: Module, address: number): boolean {
  return module.data.some(({ mode, offsetExpression }) => {
    const offset =
      mode === 'active' && offsetExpression !== undefined ? constantAt(module, offsetExpression) : undefined;
    return offset !== undefined && offset >= address;
  });
}

/** What an expression begins with, if that is a constant. What comes behind may make another number of it: a wrong guess costs time alone. */
function constantAt({ bytes }: Module, { start }: ByteRange): number | undefined {
  return bytes[start] === Opcode.I32Const ? new ByteReader(bytes, start + 1).s32() : undefined;
}
