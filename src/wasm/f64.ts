/**
 * f64 arithmetic on JavaScript numbers, `copysign` on bits; the interpreter's loop has what is one operator of JavaScript.
 *
 * Invariant: a JavaScript number is an IEEE 754 binary64 with one NaN, so `+ - * /`, `Math.sqrt`, `ceil`, `floor`, `trunc` and the
 * comparisons already mean what WebAssembly says except for the bits of a NaN. Those the caller writes canonical when
 * it stores (SEMANTICS section 2). `copysign` keeps every bit of a NaN, so it acts on the high half, which holds the sign.
 * Source: WebAssembly 2.0, 4.3.3 "Floating-Point Operations" (#floating-point-operations).
 */

const TWO_52 = 4503599627370496;

/** The smaller; NaN if either is NaN; -0 is below +0. ECMAScript's Math.min says the same for two arguments. */
export function min(a: number, b: number): number {
  return Math.min(a, b);
}

/** The greater; NaN if either is NaN; +0 is above -0. */
export function max(a: number, b: number): number {
  return Math.max(a, b);
}

/** Rounds up to an integer; keeps -0, and (-1, 0) goes to -0. */
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

/** Rounds to the nearest integer, ties to even; keeps the sign of a zero result. Not Math.round, which takes ties upwards. */
export function nearest(x: number): number {
  const magnitude = Math.abs(x);
  // From 2^52 on every double is an integer; the negated test also sends NaN this way.
  if (!(magnitude < TWO_52)) return x;
  // Between 2^52 and 2^53 doubles are exactly the integers, so the sum rounds as the default rounding does: ties to even.
  const rounded = magnitude + TWO_52 - TWO_52;
  return x < 0 || (x === 0 && 1 / x < 0) ? -rounded : rounded;
}

/** `copysign` on the high halves: the magnitude of `aHi`, the sign of `bHi`. The low half is that of the first operand. */
export function copysignHi(aHi: number, bHi: number): number {
  return (aHi & 0x7fffffff) | (bHi & -0x80000000);
}
