/** The hash on the host's WebAssembly is correct: compared with ours in JavaScript and with @noble/hashes. */
import { blake2b } from '@noble/hashes/blake2.js';
import { expect } from 'chai';
import fc from 'fast-check';
import { Blake2b } from '../../src/base/blake2b.js';
import { type Hash, hash, hasher, toHex } from '../../src/base/hash.js';
import { hostDigest, hostHash, hostMac } from '../../src/instrumented/host-hash.js';

const onHost = hostHash();

/** Lengths around a block, a chunk of 511 blocks, and two chunks. */
const EDGES = [0, 128, 256, 65_408, 2 * 65_408]
  .flatMap((edge) => [-1, 0, 1].map((by) => edge + by))
  .filter((n) => n >= 0);

describe('the hash in the host engine', () => {
  it('is available', () => {
    expect(onHost).to.not.equal(hash);
  });

  it('is BLAKE2b-256 at every edge', () => {
    for (const length of EDGES) {
      const message = new Uint8Array(length).map((_, at) => (at * 31 + length) & 0xff);
      expect(toHex(onHost(message)), `${length}`).to.equal(toHex(blake2b(message, { dkLen: 32 })));
    }
  });

  it('is BLAKE2b-256 for any bytes, regardless of earlier inputs', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 1000 }), { maxLength: 5 }), (messages) => {
        for (const message of messages) {
          expect(toHex(onHost(message))).to.equal(toHex(hash(message)));
        }
      }),
    );
  });

  it('is keyed BLAKE2b-256 for any key and bytes, and at every edge', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.uint8Array({ maxLength: 1000 }),
        (key, message) => {
          const mac = hostMac(key);
          for (const length of [message.length, 0, 128, 65_408]) {
            const part = new Uint8Array(length).map((_, at) => message[at] ?? at & 0xff);
            expect(toHex(mac(part)), `${length}`).to.equal(toHex(blake2b(part, { dkLen: 32, key })));
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  const KEY = Uint8Array.of(1, 2, 3);
  const INCREMENTAL: Readonly<Record<string, readonly [Hash, { readonly dkLen: number; readonly key?: Uint8Array }]>> =
    {
      'BLAKE2b-256': [onHost, { dkLen: 32 }],
      'a digest of 16 bytes': [hostDigest(16), { dkLen: 16 }],
      'keyed BLAKE2b-256': [hostMac(KEY), { dkLen: 32, key: KEY }],
    };
  /** Pieces around a block, and around the most that the kernel takes at once. */
  const PIECES = [0, 1, 127, 128, 129, 255, 256, 257, 65_279, 65_280, 65_281, 65_408, 65_409, 140_000];

  for (const [name, [ofHost, options]] of Object.entries(INCREMENTAL)) {
    it(`is ${name} of bytes in pieces, while others use its memory`, () => {
      expect(hasher(ofHost)).to.not.be.instanceOf(Blake2b);
      fc.assert(
        fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 4 }), (lengths) => {
          const pieces = lengths.map((length, i) => new Uint8Array(length).map((_, at) => (at * 13 + i) & 0xff));
          const hashing = hasher(ofHost);
          for (const piece of pieces) {
            hashing.update(piece);
            hasher(ofHost).update(new Uint8Array(300).fill(9));
            ofHost(Uint8Array.of(255));
          }
          expect(toHex(hashing.digest())).to.equal(toHex(blake2b(Buffer.concat(pieces), options)));
        }),
        { numRuns: 40, examples: PIECES.map((length): [number[]] => [[length, 128]]) },
      );
    });
  }

  it('accepts views, and returns digests that are not overwritten later', () => {
    const bytes = new Uint8Array(1000).map((_, at) => at & 0xff);
    const digest = onHost(bytes.subarray(100, 300));
    expect(toHex(digest)).to.equal(toHex(hash(bytes.slice(100, 300))));
    expect(toHex(onHost(Buffer.from(bytes.buffer, 100, 200)))).to.equal(toHex(digest));
    const before = toHex(digest);
    onHost(bytes);
    expect(toHex(digest)).to.equal(before);
  });
});
