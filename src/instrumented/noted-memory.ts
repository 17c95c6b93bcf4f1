/**
 * The part of its memory that a module is expected not to touch: a Rust zome has a megabyte of stack at the start of
 * its memory, before all data, and uses only the last kilobytes of it. Stores into this part are noted
 * (`store-notes.ts`), so an instance can be reset by zeroing only the rest.
 */
import { ByteReader } from '../base/byte-reader.js';
import type { ByteRange, Module } from '../wasm/module.js';
import { Opcode } from '../wasm/opcode.js';
import { ValueType } from '../wasm/types.js';

/** How much of the stack is always zeroed. */
const STACK_BYTES = 65_536;

/** Zeroing a shorter part takes less time than noting stores. */
const NOTED_BYTES_MIN = 7 * 65_536;

/**
 * Stores below this address are noted: the initial value of the stack pointer, which compilers keep in the first
 * global, minus the stack that is always zeroed. 0 for a module without such a part. That includes modules without data
 * above the stack, because there a loop over a large array below it would note every store.
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

/** Whether data begins at or above an address. */
function hasDataBehind(module: Module, address: number): boolean {
  return module.data.some(({ mode, offsetExpression }) => {
    const offset =
      mode === 'active' && offsetExpression !== undefined ? constantAt(module, offsetExpression) : undefined;
    return offset !== undefined && offset >= address;
  });
}

/**
 * The first value of an expression, if it is a constant. Later operators may change it, but a wrong guess costs only
 * time.
 */
function constantAt({ bytes }: Module, { start }: ByteRange): number | undefined {
  return bytes[start] === Opcode.I32Const ? new ByteReader(bytes, start + 1).s32() : undefined;
}
