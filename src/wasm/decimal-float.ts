/**
 * Converts decimal text to the bits of a float with a single rounding, to nearest with ties to even.
 *
 * Invariant: the result comes from exact integer arithmetic. ECMAScript lets an engine ignore digits after the
 * twentieth when it reads a number, and an f32 read by way of a double would be rounded twice; both could differ
 * between hosts or from the specification. Source: WebAssembly 2.0, 6.3.2 "Floating-Point" of the text format
 * (#text-float).
 */

/** A binary interchange format: significant bits and the exponent of the last place of a subnormal. */
interface FloatFormat {
  readonly significantBits: number;
  readonly lowestPlace: number;
  readonly infinityBits: bigint;
}

export const F32_FORMAT: FloatFormat = { significantBits: 24, lowestPlace: -149, infinityBits: 0x7f800000n };
export const F64_FORMAT: FloatFormat = { significantBits: 53, lowestPlace: -1074, infinityBits: 0x7ff0000000000000n };

/** A value of at least 10^309 is above every finite double. */
const POINT_MAX = 309;
/** A value below 10^-324 is less than half of the smallest double, 2^-1075 = 2.47 x 10^-324. */
const POINT_MIN = -324;

const DECIMAL = /^(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** Number of bits of a positive integer. */
function bitLength(x: bigint): number {
  const hex = x.toString(16);
  return 4 * hex.length - (Math.clz32(Number.parseInt(hex.charAt(0), 16)) - 28);
}

/**
 * Bits of the float nearest to `numerator / denominator`, both positive; `infinityBits` or more if it is out of range.
 */
function roundRatio(numerator: bigint, denominator: bigint, format: FloatFormat): bigint {
  // The ratio is between 2^(k - 1) and 2^(k + 1), where k is the difference of the lengths.
  const k = bitLength(numerator) - bitLength(denominator);
  const reachesK = k >= 0 ? numerator >= denominator << BigInt(k) : numerator << BigInt(-k) >= denominator;
  const place = Math.max((reachesK ? k : k - 1) - format.significantBits + 1, format.lowestPlace);
  const n = place < 0 ? numerator << BigInt(-place) : numerator;
  const d = place < 0 ? denominator : denominator << BigInt(place);
  const floor = n / d;
  const twiceRest = 2n * (n - floor * d);
  const roundsUp = twiceRest > d || (twiceRest === d && (floor & 1n) === 1n);
  // The leading bit of a normal significand adds one to the exponent field, and so does a carry from rounding.
  const exponentField = BigInt(place - format.lowestPlace) << BigInt(format.significantBits - 1);
  return exponentField + floor + (roundsUp ? 1n : 0n);
}

/**
 * Bits of the float nearest to an unsigned decimal such as `1`, `0.1`, `1.5e-3`.
 *
 * `undefined` if the text is not a decimal; `'out-of-range'` if it rounds to infinity. Below the smallest subnormal it
 * rounds to zero. The cost is at most quadratic in the length of the text, which the caller bounds.
 */
export function decimalFloatBits(text: string, format: FloatFormat): bigint | 'out-of-range' | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const fraction = match[2] ?? '';
  const digits = ((match[1] ?? '') + fraction).replace(/^0+/, '');
  if (digits === '') return 0n;
  const exponent = Number(match[3] ?? '0') - fraction.length;
  // The value is at least 10^(point - 1) and less than 10^point; a value far out of range is reported before any power
  // is computed.
  const point = digits.length + exponent;
  if (point - 1 >= POINT_MAX) return 'out-of-range';
  if (point <= POINT_MIN) return 0n;
  const power = 10n ** BigInt(Math.abs(exponent));
  const bits =
    exponent < 0 ? roundRatio(BigInt(digits), power, format) : roundRatio(BigInt(digits) * power, 1n, format);
  return bits >= format.infinityBits ? 'out-of-range' : bits;
}
