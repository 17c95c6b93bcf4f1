/** Encodings of points of edwards25519, compared with the arithmetic of `@noble/curves`. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { expect } from 'chai';
import fc from 'fast-check';
import { fromHex } from '../../src/base/hash.js';
import { isOfUsefulOrder } from '../../src/zome/curve-encoding.js';

const { Point } = ed25519;
const TORSION = Point.fromBytes(fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'), false);

function withSign(encoding: Uint8Array): Uint8Array {
  const other = encoding.slice();
  other[31]! |= 0x80;
  return other;
}

describe('encodings of curve points', () => {
  it('finds the eight points of small order, with either sign', () => {
    let point = TORSION;
    for (let i = 0; i < 8; i++, point = point.add(TORSION)) {
      expect(point.isSmallOrder()).to.equal(true);
      expect([isOfUsefulOrder(point.toBytes()), isOfUsefulOrder(withSign(point.toBytes()))]).to.deep.equal([
        false,
        false,
      ]);
    }
  });

  it('finds coordinates of the prime or more, and none below', () => {
    const prime = fromHex(`ed${'ff'.repeat(30)}7f`);
    for (const add of [0, 1, 2, 18]) {
      const y = prime.slice();
      y[0]! += add;
      expect([isOfUsefulOrder(y), isOfUsefulOrder(withSign(y))]).to.deep.equal([false, false]);
    }
    // Two below the prime, because one below has small order.
    for (const [at, byte] of [
      [0, 0xeb],
      [1, 0xfe],
      [30, 0xfe],
      [31, 0x7e],
    ] as const) {
      const y = prime.slice();
      y[at] = byte;
      expect(isOfUsefulOrder(y), String(at)).to.equal(true);
    }
  });

  it('accepts every other point, and does not modify the encoding', () => {
    const scalars = fc.bigInt({ min: 1n, max: Point.Fn.ORDER - 1n });
    fc.assert(
      fc.property(scalars, fc.boolean(), (scalar, isMixed) => {
        const point = isMixed ? Point.BASE.multiply(scalar).add(TORSION) : Point.BASE.multiply(scalar);
        const encoding = point.toBytes();
        expect(isOfUsefulOrder(encoding)).to.equal(true);
        expect(encoding).to.deep.equal(point.toBytes());
      }),
      { numRuns: 20 },
    );
  });
});
