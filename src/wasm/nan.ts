/**
 * NaN by its bits.
 *
 * Invariant: the canonical NaN of a result is positive (SEMANTICS section 2); the predicates accept either sign, as the
 * specification does. Bits are signed 32-bit integers, an f64 as its two halves. Source: WebAssembly 2.0, 2.2.3
 * "Floating-Point" (#floating-point): payloads, canonical NaN, arithmetic NaN.
 */

export const F32_CANONICAL_NAN_BITS = 0x7fc00000;
export const F64_CANONICAL_NAN_LO = 0;
export const F64_CANONICAL_NAN_HI = 0x7ff80000;

/** Exponent all ones and a nonzero payload. */
export function isNanF32(bits: number): boolean {
  return (bits & 0x7fffffff) > 0x7f800000;
}

/** Only the most significant bit of the payload is set. */
export function isCanonicalNanF32(bits: number): boolean {
  return (bits & 0x7fffffff) === F32_CANONICAL_NAN_BITS;
}

/** The most significant bit of the payload is set: a quiet NaN. */
export function isArithmeticNanF32(bits: number): boolean {
  return (bits & 0x7fc00000) === 0x7fc00000;
}

/** Exponent all ones and a nonzero payload. */
export function isNanF64(lo: number, hi: number): boolean {
  const magnitudeHi = hi & 0x7fffffff;
  return magnitudeHi > 0x7ff00000 || (magnitudeHi === 0x7ff00000 && lo !== 0);
}

/** Only the most significant bit of the payload is set. */
export function isCanonicalNanF64(lo: number, hi: number): boolean {
  return (hi & 0x7fffffff) === F64_CANONICAL_NAN_HI && lo === F64_CANONICAL_NAN_LO;
}

/** The most significant bit of the payload is set: a quiet NaN. The low half may be anything. */
export function isArithmeticNanF64(_lo: number, hi: number): boolean {
  return (hi & 0x7ff80000) === 0x7ff80000;
}
