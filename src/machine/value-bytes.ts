/**
 * The canonical bytes of a list of values: type byte, then the bits little endian (4 bytes for i32 and f32, 8 for i64
 * and f64). A reference has no bits; only null crosses (docs/SEMANTICS.md, section 8).
 */
import { isReferenceType } from '../wasm/types.js';
import { isWide } from './global.js';
import type { Bits } from './outcome.js';

/** @throws TypeError for a reference other than null, which cannot stand in a receipt */
export function valueBytes(types: Uint8Array, values: readonly Bits[]): Uint8Array {
  let length = 0;
  for (const type of types) length += isReferenceType(type) ? 1 : isWide(type) ? 9 : 5;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  types.forEach((type, i) => {
    view.setUint8(at, type);
    if (isReferenceType(type)) {
      if (values[i] !== 0) throw new TypeError('a reference other than null has no canonical bytes');
      at += 1;
    } else if (isWide(type)) {
      view.setBigUint64(at + 1, BigInt.asUintN(64, values[i] as bigint), true);
      at += 9;
    } else {
      view.setInt32(at + 1, values[i] as number, true);
      at += 5;
    }
  });
  return bytes;
}
