/** The hash on the host's WebAssembly is correct: compared with ours in JavaScript and with @noble/hashes. */
import { blake2b } from '@noble/hashes/blake2.js';
import { expect } from 'chai';
import fc from 'fast-check';
import { hash, toHex } from '../../src/base/hash.js';
import { hostHash, hostMac } from '../../src/instrumented/host-hash.js';

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
