/**
 * The canonical bytes of a list of values: type byte, then the bits little endian (4 bytes for i32 and f32, 8 for i64
 * and f64). A reference has no bits; only null crosses (docs/SEMANTICS.md, section 8).
 */
import { isReferenceType } from '../wasm/types.js';
import { isWide } from './global.js';
import type { Bits } from './outcome.js';

/** @throws TypeError for a reference other than null, which cannot be in a receipt */
export function valueBytes(types: Uint8Array, values: readonly Bits[]): Uint8Array {
  let length = 0;
  for (const type of types) length += isReferenceType(type) ? 1 : isWide(type) ? 9 : 5;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (let i = 0; i < types.length; i++) {
    const type = types[i];
    bytes[at++] = type;
    if (isReferenceType(type)) {
      if (values[i] !== 0) throw new TypeError('a reference other than null has no canonical bytes');
    } else if (isWide(type)) {
      const bits = values[i] as bigint;
      at = writeWord(bytes, at, Number(BigInt.asIntN(32, bits)));
      at = writeWord(bytes, at, Number(BigInt.asIntN(32, bits >> 32n)));
    } else at = writeWord(bytes, at, values[i] as number);
  }
  return bytes;
}

/** 32 bits, little endian; returns where they end. */
function writeWord(bytes: Uint8Array, at: number, word: number): number {
  for (let i = 0; i < 4; i++) bytes[at + i] = word >>> (8 * i);
  return at + 4;
}
