/** Stores many short byte strings in few buffers: each separate buffer costs the host 200 bytes. */
import { sameBytes } from '../base/same-bytes.js';

const SLAB_BYTES = 65_536;

export class ByteSlab {
  #slab = new Uint8Array(0);
  #used = 0;
  /** The last stored bytes: neighbours are often equal. */
  #last = this.#slab;

  /** A copy; the previous one if the bytes are equal. Must not be written to. */
  keep(bytes: Uint8Array): Uint8Array {
    if (bytes.length > SLAB_BYTES) return bytes.slice();
    if (sameBytes(bytes, this.#last)) return this.#last;
    if (this.#used + bytes.length > this.#slab.length) {
      this.#slab = new Uint8Array(SLAB_BYTES);
      this.#used = 0;
    }
    this.#slab.set(bytes, this.#used);
    this.#used += bytes.length;
    this.#last = this.#slab.subarray(this.#used - bytes.length, this.#used);
    return this.#last;
  }
}
