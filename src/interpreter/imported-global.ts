/** Globals that an instance imports: their cells are another's. */
import { isWide, readBits, writeBits } from '../machine/global.js';
import type { InterpreterInstance } from './instance.js';

export function readGlobal(instance: InterpreterInstance, slots: Int32Array, slot: number, index: number): void {
  const global = instance.globalAt(index);
  writeBits(slots, slot, readBits(global.cells, global.index, global.type.type));
}

export function writeGlobal(instance: InterpreterInstance, slots: Int32Array, slot: number, index: number): void {
  const global = instance.globalAt(index);
  global.cells[global.index] = slots[slot];
  if (isWide(global.type.type)) global.cells[global.index + 1] = slots[slot + 1];
}
