/**
 * i64 as two 32-bit halves, without BigInt and without allocation: division and bit counts. The rest is in the
 * interpreter's loop.
 *
 * Invariant: every half that is passed or returned is a signed 32-bit integer; a result is written to `S[d]` (low half)
 * and `S[d + 1]` (high half). Operands are passed by value, so a result may overwrite the slots of its operands. This
 * order of the halves, with the `Float64Array` view over the same buffer, is the byte order of a little-endian host. All
 * hosts of the major JavaScript engines are little-endian; the engine checks it at start.
 * Source: WebAssembly 2.0, 4.3.2 "Integer Operations" (#integer-operations).
 *
 * Why division by doubles is exact
 * --------------------------------
 * 1. *Small operands.* Let a, b be integers, 0 <= a < 2^53, 0 < b < 2^53, a = q b + r, 0 <= r < b, and m = q + 1. The double
 *    quotient fl(a / b) is at least q, because q is a double and rounding is monotone. It stays below m unless the distance
 *    from a / b to m, which is (b - r) / b, is at most half the gap between m and the double before it. With 2^e < m <= 2^(e+1) that
 *    half gap is 2^(e-53) < m 2^-53. But (b - r) / b >= m 2^-53, since m b = a + (b - r) <= 2^53 - 1 + (b - r) <= (b - r) 2^53.
 *    So floor(fl(a / b)) = q; and a - q b is exact, because q b <= a < 2^53. Signs are symmetric with truncation.
 * 2. *Other operands.* Let A, B be the doubles nearest to a, b < 2^64, and x = fl(fl(A / B) (1 - 2^-50)). Four roundings of relative
 *    error at most u = 2^-53 give x <= (a / b) (1 + u)^3 (1 - 8u) / (1 - u) < a / b, and x >= (a / b) (1 - 2^-49). Let q1 = floor(x).
 *    Then q1 <= q, so r1 = a - q1 b is not negative and its value modulo 2^64 is its value; and
 *    r1 < a 2^-49 + b <= b + 2^15. If r1 and b are below 2^53, case 1 divides r1 by b. Otherwise b > 2^53 - 2^15 - 1, hence r1 < 2 b, and
 *    one comparison shows whether the rest of the quotient is 0 or 1.
 */

import { ctz as ctz32, popcnt as popcnt32 } from './i32.js';

const TWO_32 = 4294967296;
const TWO_53 = 9007199254740992;
const PER_TWO_32 = 1 / TWO_32;
/** 1 - 2^-50: moves an estimated quotient below the true one. */
const BELOW_ONE = 1 - 1 / 1125899906842624;

/** High 32 bits of the unsigned 64-bit product of two halves. */
function mulHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  // Each sum is at most (2^16 - 1)^2 + 2^16 - 1 < 2^32, so nothing is lost modulo 2^32.
  const middle = (Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16)) | 0;
  const cross = (Math.imul(a0, b1) + (middle & 0xffff)) | 0;
  return (Math.imul(a1, b1) + (middle >>> 16) + (cross >>> 16)) | 0;
}

/** Sum modulo 2^64. */
function add(S: Int32Array, d: number, aLo: number, aHi: number, bLo: number, bHi: number): void {
  const lo = (aLo + bLo) | 0;
  S[d] = lo;
  S[d + 1] = (aHi + bHi + (lo >>> 0 < aLo >>> 0 ? 1 : 0)) | 0;
}

/** Difference modulo 2^64. */
function sub(S: Int32Array, d: number, aLo: number, aHi: number, bLo: number, bHi: number): void {
  S[d] = (aLo - bLo) | 0;
  S[d + 1] = (aHi - bHi - (aLo >>> 0 < bLo >>> 0 ? 1 : 0)) | 0;
}

/** Writes an integer below 2^53 in magnitude. */
function writeInteger(S: Int32Array, d: number, x: number): void {
  S[d] = x | 0;
  S[d + 1] = Math.floor(x * PER_TWO_32) | 0;
}

/** Case 2 above: unsigned quotient or remainder of any two 64-bit integers with a nonzero divisor. */
function divideWide(
  S: Int32Array,
  d: number,
  aLo: number,
  aHi: number,
  bLo: number,
  bHi: number,
  wantsRemainder: boolean,
): void {
  const b = (bHi >>> 0) * TWO_32 + (bLo >>> 0);
  const estimate = (((aHi >>> 0) * TWO_32 + (aLo >>> 0)) / b) * BELOW_ONE;
  const q1Lo = estimate | 0;
  const q1Hi = (estimate * PER_TWO_32) | 0;
  const productLo = Math.imul(q1Lo, bLo);
  const productHi = (mulHigh(q1Lo, bLo) + Math.imul(q1Lo, bHi) + Math.imul(q1Hi, bLo)) | 0;
  const rLo = (aLo - productLo) | 0;
  const rHi = (aHi - productHi - (aLo >>> 0 < productLo >>> 0 ? 1 : 0)) | 0;
  const r = (rHi >>> 0) * TWO_32 + (rLo >>> 0);
  if (r < TWO_53 && b < TWO_53) {
    const q2 = Math.floor(r / b);
    if (wantsRemainder) writeInteger(S, d, r - q2 * b);
    else add(S, d, q1Lo, q1Hi, q2 | 0, (q2 * PER_TWO_32) | 0);
    return;
  }
  const fitsOnceMore = geU(rLo, rHi, bLo, bHi);
  if (!wantsRemainder) add(S, d, q1Lo, q1Hi, fitsOnceMore ? 1 : 0, 0);
  else if (fitsOnceMore) sub(S, d, rLo, rHi, bLo, bHi);
  else {
    S[d] = rLo;
    S[d + 1] = rHi;
  }
}

/** Negates the integer at `d` in place, modulo 2^64. */
function negate(S: Int32Array, d: number): void {
  const lo = S[d];
  S[d] = -lo;
  S[d + 1] = ~S[d + 1] + (lo === 0 ? 1 : 0);
}

/** `divideWide` of the magnitudes, then the sign. The magnitude of -2^63 is 2^63 as an unsigned integer. */
function divideWideSigned(
  S: Int32Array,
  d: number,
  aLo: number,
  aHi: number,
  bLo: number,
  bHi: number,
  wantsRemainder: boolean,
): void {
  const aNegative = aHi < 0;
  const bNegative = bHi < 0;
  const magnitudeALo = aNegative ? -aLo | 0 : aLo;
  const magnitudeAHi = aNegative ? (~aHi + (aLo === 0 ? 1 : 0)) | 0 : aHi;
  const magnitudeBLo = bNegative ? -bLo | 0 : bLo;
  const magnitudeBHi = bNegative ? (~bHi + (bLo === 0 ? 1 : 0)) | 0 : bHi;
  divideWide(S, d, magnitudeALo, magnitudeAHi, magnitudeBLo, magnitudeBHi, wantsRemainder);
  if (wantsRemainder ? aNegative : aNegative !== bNegative) negate(S, d);
}

/** Signed quotient, truncated. The caller has excluded a zero divisor and `-2^63 / -1`, which trap. */
export function divS(S: Int32Array, d: number, aLo: number, aHi: number, bLo: number, bHi: number): void {
  const a = aHi * TWO_32 + (aLo >>> 0);
  const b = bHi * TWO_32 + (bLo >>> 0);
  // A sum that rounds is at least 2^53 in magnitude and stays so, so the test on the doubles is equivalent to the test
  // on the integers.
  if (a < TWO_53 && a > -TWO_53 && b < TWO_53 && b > -TWO_53) writeInteger(S, d, Math.trunc(a / b));
  else divideWideSigned(S, d, aLo, aHi, bLo, bHi, false);
}

/** Unsigned quotient. The caller has excluded a zero divisor, which traps. */
export function divU(S: Int32Array, d: number, aLo: number, aHi: number, bLo: number, bHi: number): void {
  const a = (aHi >>> 0) * TWO_32 + (aLo >>> 0);
  const b = (bHi >>> 0) * TWO_32 + (bLo >>> 0);
  if (a < TWO_53 && b < TWO_53) writeInteger(S, d, Math.floor(a / b));
  else divideWide(S, d, aLo, aHi, bLo, bHi, false);
}

/** Signed remainder with the dividend's sign; `-2^63 % -1` is 0. The caller has excluded a zero divisor, which traps. */
export function remS(S: Int32Array, d: number, aLo: number, aHi: number, bLo: number, bHi: number): void {
  const a = aHi * TWO_32 + (aLo >>> 0);
  const b = bHi * TWO_32 + (bLo >>> 0);
  if (a < TWO_53 && a > -TWO_53 && b < TWO_53 && b > -TWO_53) writeInteger(S, d, a - Math.trunc(a / b) * b);
  else divideWideSigned(S, d, aLo, aHi, bLo, bHi, true);
}

/** Unsigned remainder. The caller has excluded a zero divisor, which traps. */
export function remU(S: Int32Array, d: number, aLo: number, aHi: number, bLo: number, bHi: number): void {
  const a = (aHi >>> 0) * TWO_32 + (aLo >>> 0);
  const b = (bHi >>> 0) * TWO_32 + (bLo >>> 0);
  if (a < TWO_53 && b < TWO_53) writeInteger(S, d, a - Math.floor(a / b) * b);
  else divideWide(S, d, aLo, aHi, bLo, bHi, true);
}

/** Number of leading zero bits, 64 for zero. */
export function clz(lo: number, hi: number): number {
  return hi === 0 ? 32 + Math.clz32(lo) : Math.clz32(hi);
}

/** Number of trailing zero bits, 64 for zero. */
export function ctz(lo: number, hi: number): number {
  return lo === 0 ? 32 + ctz32(hi) : ctz32(lo);
}

/** Number of one bits. */
export function popcnt(lo: number, hi: number): number {
  return popcnt32(lo) + popcnt32(hi);
}

/** a >= b, unsigned. */
function geU(aLo: number, aHi: number, bLo: number, bHi: number): boolean {
  return aHi >>> 0 > bHi >>> 0 || (aHi === bHi && aLo >>> 0 >= bLo >>> 0);
}
