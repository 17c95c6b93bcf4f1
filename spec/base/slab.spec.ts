/** Pieces of a shared buffer are as good as arrays of their own. */
import { expect } from 'chai';
import fc from 'fast-check';
import { slabBytes, slabCopy } from '../../src/base/slab.js';

describe('bytes of a slab', () => {
  it('are zero and belong to one piece only', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 1_500 }), { maxLength: 60 });
    fc.assert(
      fc.property(lengths, (chosen) => {
        const pieces = chosen.map((length, i) => {
          const bytes = slabBytes(length);
          expect(bytes.length).to.equal(length);
          expect(bytes.every((byte) => byte === 0)).to.equal(true);
          return bytes.fill(i + 1);
        });
        for (const [i, bytes] of pieces.entries()) expect(bytes.every((byte) => byte === i + 1)).to.equal(true);
      }),
    );
  });

  it('keep no more than 8 kB in use, and long ones only themselves', () => {
    for (const length of [0, 1, 1_024]) expect(slabBytes(length).buffer.byteLength, `${length}`).to.equal(8_192);
    expect(slabBytes(1_025).buffer.byteLength).to.equal(1_025);
  });

  it('are a copy', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const copy = slabCopy(bytes);
    bytes[0] = 9;
    expect([...copy]).to.deep.equal([1, 2, 3]);
  });
});
