/**
 * Memory accesses that the loop cannot decide with 32-bit integers: addresses or offsets from 2^31 on, and those that are out
 * of bounds. Exact on doubles: an address and an offset are below 2^33 together.
 */
import type { InterpreterInstance } from './instance.js';
import { Op } from './op.js';
import { ACCESSES, type Access } from './ops.js';

/** Does the access at `pc` if it is in bounds; false if it is not. */
export function far(instance: InterpreterInstance, slots: Int32Array, fp: number, pc: number): boolean {
  const { words } = instance.program.code;
  // If an access is marked as far, its own words follow that opcode.
  const start = words[pc] === Op.MemoryAccessFar ? pc + 1 : pc;
  const access = ACCESSES.get(words[start]);
  if (access === undefined) throw new Error(`internal opcode ${words[start]} does not access memory`);
  const at = start + 1;
  const { d, a, b, imm, value, offset, address } = access.words;
  // The loop does every access at a constant address that is in bounds: they are all near.
  if (address !== undefined) return false;
  const word = (n: number | undefined): number => words[at + n! - 1];
  let base = slots[fp + word(a)];
  if (imm !== undefined) base = (base + word(imm)) | 0;
  else if (b !== undefined && !access.store) base = (base + slots[fp + word(b)]) | 0;
  const from = (base >>> 0) + (word(offset) >>> 0);
  if (from + access.bytes > instance.memory!.byteLength) return false;
  const { view } = instance;
  if (!access.store) load(view, slots, fp + word(d), from, access);
  else if (value !== undefined) store(view, from, access, word(value), 0);
  else store(view, from, access, slots[fp + word(b)], slots[fp + word(b) + 1]);
  return true;
}

function load(view: DataView, slots: Int32Array, d: number, at: number, { bytes, signed, wide }: Access): void {
  const low =
    bytes === 1
      ? signed
        ? view.getInt8(at)
        : view.getUint8(at)
      : bytes === 2
        ? signed
          ? view.getInt16(at, true)
          : view.getUint16(at, true)
        : view.getInt32(at, true);
  slots[d] = low;
  if (wide) slots[d + 1] = bytes === 8 ? view.getInt32(at + 4, true) : signed ? low >> 31 : 0;
}

function store(view: DataView, at: number, { bytes }: Access, low: number, high: number): void {
  if (bytes === 1) view.setInt8(at, low);
  else if (bytes === 2) view.setInt16(at, low, true);
  else view.setInt32(at, low, true);
  if (bytes === 8) view.setInt32(at + 4, high, true);
}
