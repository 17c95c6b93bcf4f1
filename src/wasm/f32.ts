/**
 * f32 arithmetic on JavaScript numbers that hold an f32 exactly, `copysign` on bits.
 *
 * Invariant: operands are f32 values, and so is every result. `+ - * /` and the square root, which the interpreter's loop has, are
 * computed in binary64 and then rounded by Math.fround. The two roundings are one: a format of precision p' >= 2p + 2 rounds innocuously before precision p for these
 * five operations (S. A. Figueroa, "When is double rounding innocuous?", ACM SIGNUM Newsletter 30(3), 1995), and here 53 >= 2 x 24 + 2.
 * That is said of normal results; the subnormal ones: a sum or difference is then exact; a product is always exact in binary64 (48 bits, no
 * underflow); a square root is never subnormal; a quotient rounds to fewer than 24 bits, so a point where rounding turns is an m of at most 24 bits, and
 * a / b, unless equal to m, differs from it by |a - m b| / (m b) > 2^-49 of itself, which a rounding by 2^-53 does not cross.
 * The bits of a NaN are the caller's affair when it stores (SEMANTICS section 2).
 * Source: WebAssembly 2.0, 4.3.3 "Floating-Point Operations" (#floating-point-operations).
 */

// Rounding to an integer, the smaller and the greater of f32 values are f32 values: binary64 gives them exactly.
export { ceil, floor, max, min, nearest, trunc } from './f64.js';

/** `copysign` on the bits: the magnitude of `a`, the sign of `b`. */
export function copysignBits(a: number, b: number): number {
  return (a & 0x7fffffff) | (b & -0x80000000);
}
