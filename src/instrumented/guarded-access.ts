/**
 * The guarded form's code around memory: an instance that is used again may have more pages than its guest knows of, so every
 * access is checked against the size that the guest knows, which a global holds in bytes. `memory.size` and `memory.grow` go by
 * it, too. A memory of 65,536 pages, whose size no i32 holds, has no guarded form. docs/SEMANTICS.md, section 5.
 */
import { PAGE_BYTES } from '../machine/memory.js';
import { EMPTY_BLOCK } from '../wasm/instruction-reader.js';
import { Opcode } from '../wasm/opcode.js';
import { ValueType } from '../wasm/types.js';
import type { CodeWriter } from './code-writer.js';
import { type Layout, Trapping } from './layout.js';
import { trapForIf } from './trapping.js';

/** The state that holds the size which the guest knows, in bytes. */
export const MEMORY_BYTES = 'memory bytes';
export const GUARDED_PAGES_MAX = 65_535;

/** A page has 2^16 bytes. */
const PAGE_BITS = 16;

/** Traps unless the address on the stack, which is taken, has `bytes` bytes behind it. */
export function checkAccess(writer: CodeWriter, layout: Layout, bytes: number): void {
  const size = layout.state(MEMORY_BYTES);
  if (bytes <= layout.metered.module.memories[0].min * PAGE_BYTES) {
    writer.globalGet(size);
    writer.i32Const(bytes | 0);
    writer.op(Opcode.I32Sub);
    writer.op(Opcode.I32GtU);
  } else {
    writer.op(Opcode.I64ExtendI32U);
    writer.i64Const(bytes);
    writer.op(Opcode.I64Add);
    writer.globalGet(size);
    writer.op(Opcode.I64ExtendI32U);
    writer.op(Opcode.I64GtU);
  }
  trapForIf(writer, layout, Trapping.MemoryAccess);
}

/** Traps unless the range of the address and length in two locals lies in memory. */
export function checkRange(writer: CodeWriter, layout: Layout, addressLocal: number, lengthLocal: number): void {
  for (const local of [addressLocal, lengthLocal]) {
    writer.localGet(local);
    writer.op(Opcode.I64ExtendI32U);
  }
  writer.op(Opcode.I64Add);
  writer.globalGet(layout.state(MEMORY_BYTES));
  writer.op(Opcode.I64ExtendI32U);
  writer.op(Opcode.I64GtU);
  trapForIf(writer, layout, Trapping.MemoryAccess);
}

/** Pushes the pages that the guest knows. */
export function pushPages(writer: CodeWriter, layout: Layout): void {
  writer.globalGet(layout.state(MEMORY_BYTES));
  writer.i32Const(PAGE_BITS);
  writer.op(Opcode.I32ShrU);
}

/** Grows by the pages in a local, as far as the memory has not got them yet; pushes the former size, -1 if the host refuses. */
export function growGuarded(writer: CodeWriter, layout: Layout, deltaLocal: number): void {
  const size = layout.state(MEMORY_BYTES);
  const pushMissing = (comparison: Opcode) => {
    pushPages(writer, layout);
    writer.localGet(deltaLocal);
    writer.op(Opcode.I32Add);
    writer.op1(Opcode.MemorySize, 0);
    writer.op(comparison);
  };
  writer.u8(Opcode.Block);
  writer.u8(ValueType.I32);
  pushMissing(Opcode.I32GtU);
  writer.u8(Opcode.If);
  writer.u8(EMPTY_BLOCK);
  pushMissing(Opcode.I32Sub);
  writer.op1(Opcode.MemoryGrow, 0);
  writer.i32Const(-1);
  writer.op(Opcode.I32Eq);
  writer.u8(Opcode.If);
  writer.u8(EMPTY_BLOCK);
  writer.i32Const(-1);
  writer.op1(Opcode.Br, 2);
  writer.u8(Opcode.End);
  writer.u8(Opcode.End);
  pushPages(writer, layout);
  writer.globalGet(size);
  writer.localGet(deltaLocal);
  writer.i32Const(PAGE_BITS);
  writer.op(Opcode.I32Shl);
  writer.op(Opcode.I32Add);
  writer.globalSet(size);
  writer.u8(Opcode.End);
}
