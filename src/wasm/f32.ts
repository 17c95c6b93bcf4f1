/**
 * f32 arithmetic on JavaScript numbers that are exact f32 values; `copysign` on bits.
 *
 * Invariant: operands are f32 values, and so is every result. `+ - * /` and the square root, which are in the
 * interpreter's loop, are computed in binary64 and then rounded by Math.fround. The two roundings equal one: for these
 * five operations, rounding to a precision p' >= 2p + 2 before rounding to precision p is innocuous (S. A. Figueroa,
 * "When is double rounding innocuous?", ACM SIGNUM Newsletter 30(3), 1995), and here 53 >= 2 x 24 + 2. This covers
 * normal results. For subnormal ones: a sum or difference is exact; a product is always exact in binary64 (48 bits, no
 * underflow); a square root is never subnormal; a quotient rounds to fewer than 24 bits, so a rounding boundary is an m
 * of at most 24 bits, and a / b, unless equal to m, differs from it by a relative |a - m b| / (m b) > 2^-49, which a
 * rounding by 2^-53 does not cross. The caller handles the bits of a NaN when it stores (SEMANTICS section 2). Source:
 * WebAssembly 2.0, 4.3.3 "Floating-Point Operations" (#floating-point-operations).
 */

// Rounding f32 values to an integer, and their minimum and maximum, give f32 values, so binary64 is exact.
export { ceil, floor, max, min, nearest, trunc } from './f64.js';

/** `copysign` on the bits: the magnitude of `a`, the sign of `b`. */
export function copysignBits(a: number, b: number): number {
  return (a & 0x7fffffff) | (b & -0x80000000);
}
