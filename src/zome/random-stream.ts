/**
 * Pseudorandom bytes from a seed: block n is the BLAKE2b-512 of the seed and n.
 *
 * Invariant: a stream is the same on every machine. It is for trying out zomes; never use it for secrets.
 */
import { Blake2b, DIGEST_BYTES_MAX } from '../base/blake2b.js';

export class RandomStream {
  readonly #seed: Uint8Array;
  #taken = 0n;

  constructor(seed: Uint8Array) {
    this.#seed = seed.slice();
  }

  /** The next bytes. A request begins with a new block. */
  take(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += DIGEST_BYTES_MAX) bytes.set(this.#block().subarray(0, length - at), at);
    return bytes;
  }

  #block(): Uint8Array {
    const count = new Uint8Array(8);
    new DataView(count.buffer).setBigUint64(0, this.#taken, true);
    this.#taken += 1n;
    return new Blake2b(DIGEST_BYTES_MAX).update(this.#seed).update(count).digest();
  }
}
