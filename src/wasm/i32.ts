/**
 * i32: the integer operators that plain JavaScript does not spell in one operator.
 *
 * Invariant: operands and results are signed 32-bit integers (the value of `x | 0`); no state, no allocation.
 * Source: WebAssembly 2.0, 4.3.2 "Integer Operations" (#integer-operations).
 */

/** Number of trailing zero bits, 32 for zero. */
export function ctz(x: number): number {
  return x === 0 ? 32 : 31 - Math.clz32(x & -x);
}

/** Number of one bits. */
export function popcnt(x: number): number {
  const pairs = x - ((x >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  const bytes = (nibbles + (nibbles >>> 4)) & 0x0f0f0f0f;
  return Math.imul(bytes, 0x01010101) >>> 24;
}

/** Rotate left by `n` modulo 32 (JavaScript masks a shift count to its low five bits). */
export function rotl(x: number, n: number): number {
  return (x << n) | (x >>> -n);
}

/** Rotate right by `n` modulo 32. */
export function rotr(x: number, n: number): number {
  return (x >>> n) | (x << -n);
}

/** Signed quotient, truncated. The caller has excluded `b = 0` and `-2^31 / -1`, which trap. */
export function divS(a: number, b: number): number {
  // A double quotient of integers below 2^53 truncates to the exact one: proof in i64.ts.
  return (a / b) | 0;
}

/** Unsigned quotient. The caller has excluded `b = 0`, which traps. */
export function divU(a: number, b: number): number {
  return ((a >>> 0) / (b >>> 0)) | 0;
}

/** Signed remainder with the dividend's sign; `-2^31 % -1` is 0. The caller has excluded `b = 0`, which traps. */
export function remS(a: number, b: number): number {
  return (a % b) | 0;
}

/** Unsigned remainder. The caller has excluded `b = 0`, which traps. */
export function remU(a: number, b: number): number {
  return ((a >>> 0) % (b >>> 0)) | 0;
}
