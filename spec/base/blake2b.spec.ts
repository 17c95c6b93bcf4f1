/** BLAKE2b against its specification's example and against `@noble/hashes`, a second implementation of it. */

import { blake2b } from '@noble/hashes/blake2.js';
import { expect } from 'chai';
import fc from 'fast-check';
import { BLOCK_BYTES, Blake2b, DIGEST_BYTES_MAX } from '../../src/base/blake2b.js';
import { hash, toHex, utf8 } from '../../src/base/hash.js';

/** A length around the borders of blocks, or any other up to a few blocks. */
const length = fc.oneof(
  fc.integer({ min: 0, max: 5 * BLOCK_BYTES }),
  fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: -1, max: 1 })).map(([n, d]) => Math.max(n * 128 + d, 0)),
);
const message = length.chain((n) => fc.uint8Array({ minLength: n, maxLength: n }));

describe('BLAKE2b', () => {
  it('matches RFC 7693, appendix A', () => {
    expect(toHex(new Blake2b(64).update(utf8('abc')).digest())).to.equal(
      'ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1' +
        '7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923',
    );
  });

  it('agrees with the oracle for every length of the digest, with and without a key', () => {
    fc.assert(
      fc.property(
        message,
        fc.integer({ min: 1, max: DIGEST_BYTES_MAX }),
        fc.uint8Array({ maxLength: DIGEST_BYTES_MAX }),
        (bytes, digestBytes, key) => {
          const wanted = blake2b(bytes, key.length === 0 ? { dkLen: digestBytes } : { dkLen: digestBytes, key });
          expect(toHex(new Blake2b(digestBytes, key).update(bytes).digest())).to.equal(toHex(wanted));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('does not depend on how the message is split', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), (parts) => {
        const whole = Uint8Array.from(parts.flatMap((part) => [...part]));
        const cut = new Blake2b(32);
        for (const part of parts) cut.update(part);
        expect(toHex(cut.digest())).to.equal(toHex(hash(whole)));
        expect(toHex(hash(whole))).to.equal(toHex(blake2b(whole, { dkLen: 32 })));
      }),
    );
  });

  it('reads no byte outside its message, and does not change the message', () => {
    fc.assert(
      fc.property(message, fc.nat(9), (bytes, offset) => {
        const around = new Uint8Array(bytes.length + 20).fill(0xa5);
        around.set(bytes, offset);
        expect(hash(around.subarray(offset, offset + bytes.length))).to.deep.equal(hash(bytes));
        expect(around.subarray(offset, offset + bytes.length)).to.deep.equal(bytes);
      }),
    );
  });

  it('agrees with the oracle on a megabyte', () => {
    const bytes = Uint8Array.from({ length: 1_048_583 }, (_, i) => (i * 2_654_435_761) >>> 13);
    expect(toHex(hash(bytes))).to.equal(toHex(blake2b(bytes, { dkLen: 32 })));
  });

  it('accepts the longest key and digest', () => {
    const key = Uint8Array.from({ length: 64 }, (_, i) => i);
    const wanted = blake2b(key, { dkLen: 64, key });
    expect(toHex(new Blake2b(64, key).update(key).digest())).to.equal(toHex(wanted));
  });

  it('refuses unsupported lengths', () => {
    expect(() => new Blake2b(0)).to.throw(RangeError);
    expect(() => new Blake2b(65)).to.throw(RangeError);
    expect(() => new Blake2b(32, new Uint8Array(65))).to.throw(RangeError);
  });
});
