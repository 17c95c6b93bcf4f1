/**
 * Records the lowest address that a guest has written in the part of its memory that it is not expected to touch
 * (`noted-memory.ts`).
 *
 * Invariant: no byte below the global `Lowest` differs from what instantiation left there. A note may be too low, never too high: the
 * address is taken before the store is known not to trap, and wraps where the store traps. What the host writes is noted by
 * `HostMemory.write`.
 */

import { EMPTY_BLOCK } from '../wasm/instruction-reader.js';
import { Opcode } from '../wasm/opcode.js';
import type { CodeWriter } from './code-writer.js';
import { GaugeGlobal, type Layout } from './layout.js';

/** Notes a store to the address in a local plus an offset, if stores are noted. Does not change the operands. */
export function noteStore(writer: CodeWriter, layout: Layout, addressLocal: number, offset = 0): void {
  if (layout.notedBelow === 0) return;
  const lowest = layout.gauge(GaugeGlobal.Lowest);
  const pushAddress = () => {
    writer.localGet(addressLocal);
    if (offset === 0) return;
    writer.i32Const(offset | 0);
    writer.op(Opcode.I32Add);
  };
  pushAddress();
  writer.i32Const(layout.notedBelow);
  writer.op(Opcode.I32LtU);
  writer.u8(Opcode.If);
  writer.u8(EMPTY_BLOCK);
  pushAddress();
  writer.globalGet(lowest);
  pushAddress();
  writer.globalGet(lowest);
  writer.op(Opcode.I32LtU);
  writer.op(Opcode.Select);
  writer.globalSet(lowest);
  writer.u8(Opcode.End);
}

/** Resets the note: nothing was written yet. */
export function resetNotes(writer: CodeWriter, layout: Layout): void {
  if (layout.notedBelow > 0) writer.setGlobal(layout.gauge(GaugeGlobal.Lowest), layout.notedBelow);
}
