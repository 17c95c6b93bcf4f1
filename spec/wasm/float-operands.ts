/**
 * Floats between bits and JavaScript numbers, as a caller of the operators does it: a NaN is stored canonical.
 */

import type { Width } from './numeric-edges.js';

const view = new DataView(new ArrayBuffer(8));

export function floatOf(bits: bigint, width: Width): number {
  if (width === 32) {
    view.setUint32(0, Number(bits));
    return view.getFloat32(0);
  }
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

/** The number must be one of the format: an f32 operator that forgot to round is told here. */
export function bitsOf(x: number, width: Width): bigint {
  if (width === 32) {
    if (Number.isNaN(x)) return 0x7fc00000n;
    view.setFloat32(0, x);
    if (!Object.is(view.getFloat32(0), x)) throw new Error(`${x} is no f32`);
    return BigInt(view.getUint32(0));
  }
  if (Number.isNaN(x)) return 0x7ff8000000000000n;
  view.setFloat64(0, x);
  return view.getBigUint64(0);
}
