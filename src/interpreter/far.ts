/**
 * Memory accesses that the loop's check on 32-bit integers cannot decide: addresses or offsets from 2^31 on, and those
 * that are out of bounds. Exact on doubles: an address and an offset are below 2^33 together.
 */
import type { InterpreterInstance } from './instance.js';
import { Op } from './op.js';

/** Does the access at `pc` if it is in bounds; false if it is not. */
export function far(instance: InterpreterInstance, slots: Int32Array, fp: number, pc: number): boolean {
  const { words } = instance.program.code;
  const op: Op = words[pc];
  const x = words[pc + 1];
  const y = words[pc + 2];
  const z = words[pc + 3];
  switch (op) {
    case Op.MemoryAccessFar:
      return access(instance, slots, fp, y, z, words[pc + 4], x);
    case Op.I32LoadIndexed:
      return access(instance, slots, fp, x, z, words[pc + 4], Op.I32Load, slots[fp + y]);
    case Op.I32Load8UIndexed:
      return access(instance, slots, fp, x, z, words[pc + 4], Op.I32Load8U, slots[fp + y]);
    case Op.I64LoadIndexed:
      return access(instance, slots, fp, x, z, words[pc + 4], Op.I64Load, slots[fp + y]);
    case Op.I32LoadAbs:
    case Op.I32Load8UAbs:
    case Op.I64LoadAbs:
    case Op.I32StoreAbs:
    case Op.I64StoreAbs:
      // The loop takes every access in bounds: the address is known to be near.
      return false;
    case Op.I32LoadSum:
      return access(instance, slots, fp, x, y, words[pc + 4], Op.I32Load, z);
    case Op.I32Load8USum:
      return access(instance, slots, fp, x, y, words[pc + 4], Op.I32Load8U, z);
    case Op.I64LoadSum:
      return access(instance, slots, fp, x, y, words[pc + 4], Op.I64Load, z);
    case Op.I32StoreSum:
      return access(instance, slots, fp, x, z, words[pc + 4], Op.I32Store, y);
    case Op.I32Store8Sum:
      return access(instance, slots, fp, x, z, words[pc + 4], Op.I32Store8, y);
    case Op.I32Store8ImmSum:
      return access(instance, slots, fp, x, z, words[pc + 4], Op.I32Store8Imm, y);
    case Op.I64StoreSum:
      return access(instance, slots, fp, x, z, words[pc + 4], Op.I64Store, y);
    default:
      return access(instance, slots, fp, x, y, z, op);
  }
}

function sizeOf(op: Op): number {
  switch (op) {
    case Op.I32Load8S:
    case Op.I32Load8U:
    case Op.I64Load8S:
    case Op.I64Load8U:
    case Op.I32Store8:
    case Op.I32Store8Imm:
      return 1;
    case Op.I32Load16S:
    case Op.I32Load16U:
    case Op.I64Load16S:
    case Op.I64Load16U:
    case Op.I32Store16:
      return 2;
    case Op.I64Load:
    case Op.I64Store:
      return 8;
    default:
      return 4;
  }
}

/**
 * The two words after the opcode are slot of the result and of the address for a load, of the address and of the value
 * (or the value itself) for a store. `added` is a second part of the address.
 */
function access(
  instance: InterpreterInstance,
  slots: Int32Array,
  fp: number,
  x: number,
  y: number,
  offset: number,
  op: Op,
  added = 0,
): boolean {
  const { view } = instance;
  const isStore = op >= Op.I32Store && op <= Op.I32Store8Imm;
  const base = (slots[fp + (isStore ? x : y)] + added) | 0;
  const at = (base >>> 0) + (offset >>> 0);
  if (at + sizeOf(op) > instance.memory!.byteLength) return false;
  const d = fp + x;
  const value = fp + y;
  switch (op) {
    case Op.I32Load:
      slots[d] = view.getInt32(at, true);
      return true;
    case Op.I32Load8S:
      slots[d] = view.getInt8(at);
      return true;
    case Op.I32Load8U:
      slots[d] = view.getUint8(at);
      return true;
    case Op.I32Load16S:
      slots[d] = view.getInt16(at, true);
      return true;
    case Op.I32Load16U:
      slots[d] = view.getUint16(at, true);
      return true;
    case Op.I64Load:
      return pair(slots, d, view.getInt32(at, true), view.getInt32(at + 4, true));
    case Op.I64Load8S:
      return pair(slots, d, view.getInt8(at), view.getInt8(at) >> 31);
    case Op.I64Load8U:
      return pair(slots, d, view.getUint8(at), 0);
    case Op.I64Load16S:
      return pair(slots, d, view.getInt16(at, true), view.getInt16(at, true) >> 31);
    case Op.I64Load16U:
      return pair(slots, d, view.getUint16(at, true), 0);
    case Op.I64Load32S:
      return pair(slots, d, view.getInt32(at, true), view.getInt32(at, true) >> 31);
    case Op.I64Load32U:
      return pair(slots, d, view.getInt32(at, true), 0);
    case Op.I32Store:
      view.setInt32(at, slots[value], true);
      return true;
    case Op.I32Store8:
      view.setInt8(at, slots[value]);
      return true;
    case Op.I32Store16:
      view.setInt16(at, slots[value], true);
      return true;
    case Op.I64Store:
      view.setInt32(at, slots[value], true);
      view.setInt32(at + 4, slots[value + 1], true);
      return true;
    case Op.I32StoreImm:
      view.setInt32(at, y, true);
      return true;
    case Op.I32Store8Imm:
      view.setInt8(at, y);
      return true;
    default:
      throw new Error(`internal opcode ${op} does not access memory`);
  }
}

function pair(slots: Int32Array, d: number, low: number, high: number): true {
  slots[d] = low;
  slots[d + 1] = high;
  return true;
}
