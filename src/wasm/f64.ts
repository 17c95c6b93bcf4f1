/**
 * f64 arithmetic on JavaScript numbers; `copysign` on bits. Operations that are a single JavaScript operator are in the
 * interpreter's loop.
 *
 * Invariant: a JavaScript number is an IEEE 754 binary64 with one NaN, so `+ - * /`, `Math.sqrt`, `ceil`, `floor`,
 * `trunc` and the comparisons already have WebAssembly's semantics except for the bits of a NaN. The caller writes the
 * canonical NaN when it stores (SEMANTICS section 2). `copysign` keeps every bit of a NaN, so it works on the high
 * half, which has the sign. Source: WebAssembly 2.0, 4.3.3 "Floating-Point Operations" (#floating-point-operations).
 */

const TWO_52 = 4503599627370496;

/** The smaller; NaN if either is NaN; -0 is below +0. ECMAScript defines Math.min the same for two arguments. */
export function min(a: number, b: number): number {
  return Math.min(a, b);
}

/** The greater; NaN if either is NaN; +0 is above -0. */
export function max(a: number, b: number): number {
  return Math.max(a, b);
}

/** Rounds up to an integer; keeps -0, and maps (-1, 0) to -0. */
export function ceil(x: number): number {
  return Math.ceil(x);
}

/** Rounds down to an integer; keeps -0. */
export function floor(x: number): number {
  return Math.floor(x);
}

/** Rounds towards zero; keeps the sign of a zero result. */
export function trunc(x: number): number {
  return Math.trunc(x);
}

/**
 * Rounds to the nearest integer, ties to even; keeps the sign of a zero result. Not Math.round, which rounds ties up.
 */
export function nearest(x: number): number {
  const magnitude = Math.abs(x);
  // From 2^52 on every double is an integer; the negated test is also true for NaN.
  if (!(magnitude < TWO_52)) return x;
  // Between 2^52 and 2^53 the doubles are exactly the integers, so the sum rounds in the default mode: ties to even.
  const rounded = magnitude + TWO_52 - TWO_52;
  return x < 0 || (x === 0 && 1 / x < 0) ? -rounded : rounded;
}

/**
 * `copysign` on the high halves: the magnitude of `aHi`, the sign of `bHi`. The low half is that of the first operand.
 */
export function copysignHi(aHi: number, bHi: number): number {
  return (aHi & 0x7fffffff) | (bHi & -0x80000000);
}
