/**
 * A global: two 32-bit halves in a cell array, so that no float ever holds its bits. An instance's own globals share
 * one array; the object is the view that linking and the host use. Specification: global instances.
 */
import { type GlobalType, ValueType } from '../wasm/types.js';
import type { Bits } from './outcome.js';

export class Global {
  /** @param index of the low half in `cells` */
  constructor(
    readonly type: GlobalType,
    readonly cells: Int32Array = new Int32Array(2),
    readonly index = 0,
  ) {}

  get bits(): Bits {
    return readBits(this.cells, this.index, this.type.type);
  }

  set bits(bits: Bits) {
    writeBits(this.cells, this.index, bits);
  }
}

/** Whether a value of the type fills both halves of its slot. */
export function isWide(type: ValueType): boolean {
  return type === ValueType.I64 || type === ValueType.F64;
}

/** The bits of a slot: unsigned 64 bits as a bigint for i64 and f64, else a signed number. */
export function readBits(slots: Int32Array, index: number, type: ValueType): Bits {
  if (!isWide(type)) return slots[index];
  return (BigInt(slots[index + 1] >>> 0) << 32n) | BigInt(slots[index] >>> 0);
}

export function writeBits(slots: Int32Array, index: number, bits: Bits): void {
  if (typeof bits === 'number') {
    slots[index] = bits;
    return;
  }
  slots[index] = Number(BigInt.asIntN(32, bits));
  slots[index + 1] = Number(BigInt.asIntN(32, bits >> 32n));
}
