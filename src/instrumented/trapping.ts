/** Traps whose cause is noted before the code traps, where the host's message would not show it. docs/SEMANTICS.md, section 7. */

import { EMPTY_BLOCK } from '../wasm/instruction-reader.js';
import { Opcode } from '../wasm/opcode.js';
import type { CodeWriter } from './code-writer.js';
import { GaugeGlobal, type Layout, type Trapping } from './layout.js';

export function noteTrapping(writer: CodeWriter, layout: Layout, reason: Trapping): void {
  writer.setGlobal(layout.gauge(GaugeGlobal.Trapping), reason);
}

/** Traps for a reason if the condition on the stack holds. */
export function trapForIf(writer: CodeWriter, layout: Layout, reason: Trapping): void {
  writer.u8(Opcode.If);
  writer.u8(EMPTY_BLOCK);
  noteTrapping(writer, layout, reason);
  writer.u8(Opcode.Unreachable);
  writer.u8(Opcode.End);
}
