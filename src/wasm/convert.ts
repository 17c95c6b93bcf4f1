/**
 * Conversions between integers and floats, except those that are a single JavaScript operator: these are in the
 * interpreter's loop.
 *
 * Invariant: floats are JavaScript numbers (an f32 exactly), i32 are signed 32-bit integers, i64 are two signed halves,
 * written to `S[d]` and `S[d + 1]` (little-endian, see i64.ts). Every conversion rounds once. A `trunc` is called only
 * if its `inRange` is true. An f32 is also an f64 of the same value, so a conversion from a float is one function for
 * both. Source: WebAssembly 2.0, 4.3.4 "Conversions" (#conversions).
 */

const TWO_31 = 2147483648;
const TWO_32 = 4294967296;
const TWO_53 = 9007199254740992;
const TWO_63 = TWO_31 * TWO_32;
const TWO_64 = TWO_32 * TWO_32;
const PER_TWO_32 = 1 / TWO_32;

// Range of `trunc`. Each is false for NaN too: a caller that traps tests `x !== x` first, because NaN is
// invalid-conversion-to-integer and everything else out of range is integer-overflow.

/** trunc(x) lies in [-2^31, 2^31). */
function inRangeI32S(x: number): boolean {
  return x > -TWO_31 - 1 && x < TWO_31;
}

/** trunc(x) lies in [0, 2^32). */
function inRangeI32U(x: number): boolean {
  return x > -1 && x < TWO_32;
}

/** trunc(x) lies in [-2^63, 2^63). No double lies between -2^63 - 1 and -2^63. */
export function inRangeI64S(x: number): boolean {
  return x >= -TWO_63 && x < TWO_63;
}

/** trunc(x) lies in [0, 2^64). */
export function inRangeI64U(x: number): boolean {
  return x > -1 && x < TWO_64;
}

/** Truncation of a number in range. */
export function truncF64ToI64S(S: Int32Array, d: number, x: number): void {
  // ToInt32 truncates and is exact modulo 2^32 at any magnitude; the high half is the floor of the truncated number
  // divided by 2^32.
  S[d] = x | 0;
  S[d + 1] = Math.floor(Math.trunc(x) * PER_TWO_32) | 0;
}

/** Truncation of a number in range. */
export function truncF64ToI64U(S: Int32Array, d: number, x: number): void {
  S[d] = x | 0;
  S[d + 1] = (x * PER_TWO_32) | 0;
}

/** Saturating truncation; NaN gives 0. */
export function truncSatF64ToI32S(x: number): number {
  if (inRangeI32S(x)) return x | 0;
  return x > 0 ? 0x7fffffff : x < 0 ? -0x80000000 : 0;
}

/** Saturating truncation; NaN gives 0. */
export function truncSatF64ToI32U(x: number): number {
  if (inRangeI32U(x)) return x | 0;
  return x > 0 ? -1 : 0;
}

/** Saturating truncation; NaN gives 0. */
export function truncSatF64ToI64S(S: Int32Array, d: number, x: number): void {
  if (inRangeI64S(x)) {
    truncF64ToI64S(S, d, x);
    return;
  }
  S[d] = x > 0 ? -1 : 0;
  S[d + 1] = x > 0 ? 0x7fffffff : x < 0 ? -0x80000000 : 0;
}

/** Saturating truncation; NaN gives 0. */
export function truncSatF64ToI64U(S: Int32Array, d: number, x: number): void {
  if (inRangeI64U(x)) {
    truncF64ToI64U(S, d, x);
    return;
  }
  const half = x > 0 ? -1 : 0;
  S[d] = half;
  S[d + 1] = half;
}

/** The product is exact, so the sum rounds only once. */
export function convertI64SToF64(lo: number, hi: number): number {
  return hi * TWO_32 + (lo >>> 0);
}

/** The product is exact, so the sum rounds only once. */
export function convertI64UToF64(lo: number, hi: number): number {
  return (hi >>> 0) * TWO_32 + (lo >>> 0);
}

/**
 * The low half of an integer of at least 2^53 in magnitude, rounded to odd at 2^11: the low eleven bits are cleared,
 * and bit 11 is set if any of them was.
 *
 * The integer then fits a double exactly, whatever its sign. An f32 of that magnitude has its last place at 2^30 or
 * higher, so its rounding boundaries are multiples of 2^29, which are even multiples of 2^11: an odd multiple is on the
 * same side of each boundary as the integer that it replaces.
 */
function loRoundedToOdd(lo: number): number {
  return ((lo & ~0x7ff) | ((lo & 0x7ff) === 0 ? 0 : 0x800)) >>> 0;
}

/** Rounds once: through a double that is exact or rounded to odd. */
export function convertI64SToF32(lo: number, hi: number): number {
  const x = hi * TWO_32 + (lo >>> 0);
  if (x < TWO_53 && x > -TWO_53) return Math.fround(x);
  return Math.fround(hi * TWO_32 + loRoundedToOdd(lo));
}

/** Rounds once: through a double that is exact or rounded to odd. */
export function convertI64UToF32(lo: number, hi: number): number {
  const x = (hi >>> 0) * TWO_32 + (lo >>> 0);
  if (x < TWO_53) return Math.fround(x);
  return Math.fround((hi >>> 0) * TWO_32 + loRoundedToOdd(lo));
}
