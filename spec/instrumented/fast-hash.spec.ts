/** The hash is the same, whichever implementation computes it and whenever it changes to another. */
import { blake2b } from '@noble/hashes/blake2.js';
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { fastHash, laterFastHash } from '../../src/instrumented/fast-hash.js';
import { withoutWebAssembly } from '../without-webassembly.js';

const DIGESTS = [1, 16, 32, 64];

function expectBlake2b(hash: (message: Uint8Array) => Uint8Array, digestBytes: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const message = new Uint8Array(i).map((_, at) => (at * 31 + i) & 0xff);
    expect(toHex(hash(message)), `${i} bytes`).to.equal(toHex(blake2b(message, { dkLen: digestBytes })));
  }
}

describe('the fast hash', () => {
  for (const digestBytes of DIGESTS) {
    it(`is BLAKE2b with a digest of ${digestBytes} bytes`, () => {
      expectBlake2b(fastHash(digestBytes), digestBytes, 300);
      expectBlake2b(laterFastHash(digestBytes), digestBytes, 300);
    });

    it(`is the same without WebAssembly, with a digest of ${digestBytes} bytes`, () => {
      withoutWebAssembly(() => {
        expectBlake2b(fastHash(digestBytes), digestBytes, 300);
        expectBlake2b(laterFastHash(digestBytes), digestBytes, 300);
      });
    });
  }

  it('compiles for the host once it pays', () => {
    const own = WebAssembly.Module;
    let compiled = 0;
    WebAssembly.Module = class extends own {
      constructor(...args: ConstructorParameters<typeof own>) {
        super(...args);
        compiled += 1;
      }
    };
    try {
      const hash = laterFastHash();
      expectBlake2b(hash, 32, 249);
      expect(compiled).to.equal(0);
      expectBlake2b(hash, 32, 2);
      expect(compiled).to.equal(1);
    } finally {
      WebAssembly.Module = own;
    }
  });
});
