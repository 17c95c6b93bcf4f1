/**
 * Floats from bits to JavaScript numbers.
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
