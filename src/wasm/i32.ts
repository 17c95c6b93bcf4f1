/**
 * i32: the operations that are not a single JavaScript expression.
 *
 * Invariant: operands and results are signed 32-bit integers (the value of `x | 0`); no state, no allocation. Source:
 * WebAssembly 2.0, 4.3.2 "Integer Operations" (#integer-operations).
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
