import { expect } from 'chai';
import fc from 'fast-check';
import { decimalFloatBits, F32_FORMAT, F64_FORMAT } from '../../src/wasm/decimal-float.js';
import { fraction, nearestBits, ONE_SCALED, scaledValue } from './exact-float.js';
import { floatOf } from './float-operands.js';
import type { Width } from './numeric-edges.js';

const FORMAT = { 32: F32_FORMAT, 64: F64_FORMAT } as const;
const INFINITY_BITS = { 32: 0x7f800000n, 64: 0x7ff0000000000000n } as const;
const WIDTHS: readonly Width[] = [32, 64];

/** The text's value as a fraction, rounded by definition. */
function exactBits(digits: bigint, exponent: number, width: Width): bigint | 'out-of-range' {
  const power = 10n ** BigInt(Math.abs(exponent));
  const bits = nearestBits(exponent < 0 ? fraction(digits, power) : fraction(digits * power, 1n), width);
  return bits === INFINITY_BITS[width] ? 'out-of-range' : bits;
}

/** The exact decimal of a scaled number: x / 2^1075 = x 5^1075 / 10^1075. */
function exactDecimal(scaled: bigint): string {
  return `${scaled * 5n ** 1075n}e-1075`;
}

const TEXTS: readonly (readonly [string, bigint | 'out-of-range' | undefined, bigint | 'out-of-range' | undefined])[] =
  [
    ['0', 0n, 0n],
    ['0.000e99999', 0n, 0n],
    ['1', 0x3f800000n, 0x3ff0000000000000n],
    ['1.', 0x3f800000n, 0x3ff0000000000000n],
    ['1.5e0', 0x3fc00000n, 0x3ff8000000000000n],
    ['0.1', 0x3dcccccdn, 0x3fb999999999999an],
    ['0015E-1', 0x3fc00000n, 0x3ff8000000000000n],
    // Above a tie of f32 by less than a double can represent: computed as a double it would be 0x3f800000.
    ['1.00000005960464477539062500000000000000000001', 0x3f800001n, 0x3ff0000010000000n],
    ['1.000000059604644775390625', 0x3f800000n, 0x3ff0000010000000n],
    ['3.4028234663852886e38', 0x7f7fffffn, 0x47efffffe0000000n],
    // The tie between the greatest f32 and infinity is 3.40282356779733661...e38, and the double nearest to both of these texts.
    ['3.4028235677973366e38', 0x7f7fffffn, 0x47effffff0000000n],
    ['3.4028235677973367e38', 'out-of-range', 0x47effffff0000000n],
    ['1.7976931348623157e308', 'out-of-range', 0x7fefffffffffffffn],
    ['1.7976931348623159e308', 'out-of-range', 'out-of-range'],
    ['1e309', 'out-of-range', 'out-of-range'],
    ['1e99999999999999999999', 'out-of-range', 'out-of-range'],
    ['1e-99999999999999999999', 0n, 0n],
    ['5e-324', 0n, 1n],
    ['2.5e-324', 0n, 1n],
    ['2.4e-324', 0n, 0n],
    ['1e-45', 1n, 0x3696d601ad376ab9n],
    ['', undefined, undefined],
    ['.5', undefined, undefined],
    ['-1', undefined, undefined],
    ['1e', undefined, undefined],
    ['1 ', undefined, undefined],
    ['1_0', undefined, undefined],
  ];

describe('wasm/decimal-float', () => {
  for (const [text, f32Bits, f64Bits] of TEXTS) {
    it(`reads ${JSON.stringify(text)}`, () => {
      expect(decimalFloatBits(text, F32_FORMAT), 'f32').to.equal(f32Bits);
      expect(decimalFloatBits(text, F64_FORMAT), 'f64').to.equal(f64Bits);
    });
  }

  for (const width of WIDTHS) {
    it(`rounds any decimal to f${width} as defined`, () => {
      const digits = fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 5n }), fc.bigInt({ min: 0n, max: 10n ** 40n }));
      const exponent = width === 32 ? fc.integer({ min: -90, max: 40 }) : fc.integer({ min: -370, max: 310 });
      const property = fc.property(digits, exponent, (d, e) => {
        expect(decimalFloatBits(`${d}e${e}`, FORMAT[width])).to.equal(exactBits(d, e, width));
      });
      fc.assert(property, { numRuns: 2000 });
    });

    it(`rounds the decimals at and near the midpoints of f${width}`, () => {
      const property = fc.property(fc.bigInt({ min: 0n, max: INFINITY_BITS[width] - 2n }), (below) => {
        const [lower, upper] = [scaledValue(below, width), scaledValue(below + 1n, width)];
        const middle = (lower + upper) / 2n;
        const even = (below & 1n) === 0n ? below : below + 1n;
        const digits = middle * 5n ** 1075n;
        expect(decimalFloatBits(exactDecimal(lower), FORMAT[width]), 'the float itself').to.equal(below);
        expect(decimalFloatBits(`${digits}e-1075`, FORMAT[width]), 'the midpoint').to.equal(even);
        expect(decimalFloatBits(`${digits - 1n}e-1075`, FORMAT[width]), 'just below').to.equal(below);
        expect(decimalFloatBits(`${digits + 1n}e-1075`, FORMAT[width]), 'just above').to.equal(below + 1n);
      });
      fc.assert(property, { numRuns: 500 });
    });
  }

  it('reads back every double that the host prints', () => {
    const property = fc.property(fc.bigInt({ min: 0n, max: INFINITY_BITS[64] - 1n }), (bits) => {
      expect(decimalFloatBits(String(floatOf(bits, 64)).replace('e+', 'e'), F64_FORMAT)).to.equal(bits);
    });
    fc.assert(property, { numRuns: 3000 });
  });

  it('one divided by the fraction that scales every float is a power of two', () => {
    expect(decimalFloatBits(exactDecimal(ONE_SCALED), F64_FORMAT)).to.equal(0x3ff0000000000000n);
  });
});
