/**
 * Floats in the text format, exactly: hexadecimal with a binary exponent, `inf`, `nan` (canonical), `nan:0x...`.
 * Source: WebAssembly 2.0, text format, floating-point.
 */

interface Format {
  readonly fractionBits: number;
  readonly exponentMax: number;
  readonly bias: number;
}

const F32: Format = { fractionBits: 23, exponentMax: 0xff, bias: 127 };
const F64: Format = { fractionBits: 52, exponentMax: 0x7ff, bias: 1023 };

/** @param bits unsigned */
export function floatText(bits: bigint, width: 32 | 64): string {
  const { fractionBits, exponentMax, bias } = width === 32 ? F32 : F64;
  const sign = bits >> BigInt(width - 1) === 0n ? '' : '-';
  const exponent = Number(bits >> BigInt(fractionBits)) & exponentMax;
  const fraction = BigInt.asUintN(fractionBits, bits);
  if (exponent === exponentMax) {
    if (fraction === 0n) return `${sign}inf`;
    const isCanonical = fraction === 1n << BigInt(fractionBits - 1);
    return isCanonical ? `${sign}nan` : `${sign}nan:0x${fraction.toString(16)}`;
  }
  const digits = hexDigits(fraction, fractionBits);
  if (exponent === 0) return fraction === 0n ? `${sign}0` : `${sign}0x0${digits}p${1 - bias}`;
  const power = exponent - bias;
  return `${sign}0x1${digits}p${power < 0 ? '' : '+'}${power}`;
}

/** The fraction after its point, without trailing zeros. */
function hexDigits(fraction: bigint, fractionBits: number): string {
  if (fraction === 0n) return '';
  const nibbles = Math.ceil(fractionBits / 4);
  const aligned = fraction << BigInt(nibbles * 4 - fractionBits);
  return `.${aligned.toString(16).padStart(nibbles, '0').replace(/0+$/, '')}`;
}
