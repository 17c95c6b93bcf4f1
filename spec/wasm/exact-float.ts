/**
 * The first oracle: correct rounding by definition. The bits of positive floats have the same order as their values, so
 * a binary search over the bits with exact integer comparisons finds the float nearest to any number that can be
 * compared with a fraction.
 */

import type { Width } from './numeric-edges.js';

/** Every float, and every midpoint between two floats, is an integer over 2^1075. */
const SCALE = 1075n;

/** The magnitude of a finite float (or of infinity, as if the exponents continued), times 2^1075. */
function scaledMagnitude(bits: bigint, width: Width): bigint {
  const fractionBits = width === 32 ? 23n : 52n;
  const lowestPlace = width === 32 ? -149n : -1074n;
  const fraction = bits & ((1n << fractionBits) - 1n);
  const exponent = bits >> fractionBits;
  const significand = exponent === 0n ? fraction : fraction | (1n << fractionBits);
  return significand << (SCALE + lowestPlace + (exponent === 0n ? 0n : exponent - 1n));
}

/** `isAtLeast(y)`: whether the number is at least y / 2^1075; `isExactly` likewise. The number is not negative. */
interface ExactNumber {
  isAtLeast(scaled: bigint): boolean;
  isExactly(scaled: bigint): boolean;
}

/** A fraction of integers, numerator >= 0, denominator > 0. */
export function fraction(numerator: bigint, denominator: bigint): ExactNumber {
  const scaledNumerator = numerator << SCALE;
  return {
    isAtLeast: (scaled) => scaledNumerator >= scaled * denominator,
    isExactly: (scaled) => scaledNumerator === scaled * denominator,
  };
}

/** The square root of a fraction. */
export function squareRoot(numerator: bigint, denominator: bigint): ExactNumber {
  const scaledNumerator = numerator << (2n * SCALE);
  return {
    isAtLeast: (scaled) => scaledNumerator >= scaled * scaled * denominator,
    isExactly: (scaled) => scaledNumerator === scaled * scaled * denominator,
  };
}

/** Bits of the nearest float, ties to even; of infinity if the number rounds to it. */
export function nearestBits(x: ExactNumber, width: Width): bigint {
  let below = 0n;
  let above = width === 32 ? 0x7f800000n : 0x7ff0000000000000n;
  if (x.isAtLeast(scaledMagnitude(above, width))) return above;
  while (above - below > 1n) {
    const middle = (below + above) >> 1n;
    if (x.isAtLeast(scaledMagnitude(middle, width))) below = middle;
    else above = middle;
  }
  const midpoint = (scaledMagnitude(below, width) + scaledMagnitude(above, width)) / 2n;
  if (x.isExactly(midpoint)) return (below & 1n) === 0n ? below : above;
  return x.isAtLeast(midpoint) ? above : below;
}

/** A finite float as a signed integer over 2^1075. */
export function scaledValue(bits: bigint, width: Width): bigint {
  const signBit = 1n << BigInt(width - 1);
  const magnitude = scaledMagnitude(bits & (signBit - 1n), width);
  return (bits & signBit) === 0n ? magnitude : -magnitude;
}

export function isFiniteBits(bits: bigint, width: Width): boolean {
  const infinity = width === 32 ? 0x7f800000n : 0x7ff0000000000000n;
  return (bits & infinity) !== infinity;
}

export function isNanBits(bits: bigint, width: Width): boolean {
  const infinity = width === 32 ? 0x7f800000n : 0x7ff0000000000000n;
  return (bits & ((1n << BigInt(width - 1)) - 1n)) > infinity;
}

export const ONE_SCALED = 1n << SCALE;
