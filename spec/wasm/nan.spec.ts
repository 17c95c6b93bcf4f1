import { expect } from 'chai';
import * as nan from '../../src/wasm/nan.js';
import { hiHalf, loHalf } from '../../src/wasm/value.js';

type Kind = 'none' | 'signalling' | 'arithmetic' | 'canonical';

const F32: readonly (readonly [number, Kind])[] = [
  [0, 'none'],
  [0x7f7fffff, 'none'],
  [0x7f800000, 'none'],
  [0xff800000, 'none'],
  [0x7f800001, 'signalling'],
  [0x7fbfffff, 'signalling'],
  [0xffa00000, 'signalling'],
  [0x7fc00000, 'canonical'],
  [0xffc00000, 'canonical'],
  [0x7fc00001, 'arithmetic'],
  [0x7fe00000, 'arithmetic'],
  [0xffffffff, 'arithmetic'],
];

const F64: readonly (readonly [bigint, Kind])[] = [
  [0n, 'none'],
  [0x7fefffffffffffffn, 'none'],
  [0x7ff0000000000000n, 'none'],
  [0xfff0000000000000n, 'none'],
  [0x7ff0000000000001n, 'signalling'],
  [0x7ff0000080000000n, 'signalling'],
  [0xfff7ffffffffffffn, 'signalling'],
  [0x7ff8000000000000n, 'canonical'],
  [0xfff8000000000000n, 'canonical'],
  [0x7ff8000000000001n, 'arithmetic'],
  [0x7ffc000000000000n, 'arithmetic'],
  [0xffffffffffffffffn, 'arithmetic'],
];

function kindOf(isNan: boolean, isArithmetic: boolean, isCanonical: boolean): string {
  const kinds = [isNan ? 'nan' : '', isArithmetic ? 'arithmetic' : '', isCanonical ? 'canonical' : ''];
  return kinds.filter((kind) => kind !== '').join(' ');
}

/** Every canonical NaN is arithmetic, every arithmetic one a NaN. */
const IMPLIED: Readonly<Record<Kind, string>> = {
  none: '',
  signalling: 'nan',
  arithmetic: 'nan arithmetic',
  canonical: 'nan arithmetic canonical',
};

describe('wasm/nan', () => {
  for (const [bits, kind] of F32) {
    it(`f32 0x${bits.toString(16)} is ${kind}`, () => {
      // A caller stores the bits signed.
      const signed = bits | 0;
      const actual = kindOf(nan.isNanF32(signed), nan.isArithmeticNanF32(signed), nan.isCanonicalNanF32(signed));
      expect(actual).to.equal(IMPLIED[kind]);
    });
  }
  for (const [bits, kind] of F64) {
    it(`f64 0x${bits.toString(16)} is ${kind}`, () => {
      const [lo, hi] = [loHalf(bits), hiHalf(bits)];
      const actual = kindOf(nan.isNanF64(lo, hi), nan.isArithmeticNanF64(lo, hi), nan.isCanonicalNanF64(lo, hi));
      expect(actual).to.equal(IMPLIED[kind]);
    });
  }
  it('the canonical bits are positive and canonical', () => {
    expect(nan.F32_CANONICAL_NAN_BITS).to.equal(0x7fc00000);
    expect([nan.F64_CANONICAL_NAN_LO, nan.F64_CANONICAL_NAN_HI]).to.deep.equal([0, 0x7ff80000]);
  });
});
