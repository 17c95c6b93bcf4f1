/** Bytes of instructions, written by hand and not by the engine's own writers. */
import { ValueType } from '../../src/wasm/types.js';

export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return [...bytes, left];
}

export function signed(value: bigint): number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left < -64n || left > 63n; left >>= 7n) bytes.push(Number(left & 127n) + 128);
  return [...bytes, Number(left & 127n)];
}

/** Little endian. */
export function fixed(bits: bigint, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Number((bits >> BigInt(8 * i)) & 255n));
}

/** `t.const` with the bits of a value; null for a reference type. */
export function constant(type: ValueType, bits: bigint): number[] {
  switch (type) {
    case ValueType.I32:
      return [0x41, ...signed(BigInt.asIntN(32, bits))];
    case ValueType.I64:
      return [0x42, ...signed(BigInt.asIntN(64, bits))];
    case ValueType.F32:
      return [0x43, ...fixed(bits, 4)];
    case ValueType.F64:
      return [0x44, ...fixed(bits, 8)];
    default:
      return [0xd0, type];
  }
}

export const localGet = (index: number): number[] => [0x20, ...unsigned(index)];
export const localSet = (index: number): number[] => [0x21, ...unsigned(index)];
export const globalGet = (index: number): number[] => [0x23, ...unsigned(index)];
export const globalSet = (index: number): number[] => [0x24, ...unsigned(index)];
export const call = (index: number): number[] => [0x10, ...unsigned(index)];
