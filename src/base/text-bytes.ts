/**
 * Canonical bytes as in receipts and inputs: a text is its length in UTF-8 bytes (four bytes, little endian) and those
 * bytes; an integer is eight bytes, little endian. Self-delimiting, so a sequence can be read back in only one way.
 * docs/SEMANTICS.md, section 8.
 */
import { utf8 } from './hash.js';
import { slabBytes } from './slab.js';

export class TextBytes {
  #bytes: Uint8Array;
  #length = 0;

  /** @param bytes expected size; the buffer grows if needed */
  constructor(bytes = 512) {
    this.#bytes = slabBytes(bytes);
  }

  /** Number of bytes written. */
  get length(): number {
    return this.#length;
  }

  /** Discards what was written. */
  clear(): void {
    this.#length = 0;
  }

  byte(value: number): void {
    // Reserves first, because that may replace the buffer.
    const at = this.#reserve(1);
    this.#bytes[at] = value;
  }

  u32(value: number): void {
    const at = this.#reserve(4);
    for (let i = 0; i < 4; i++) this.#bytes[at + i] = value >>> (8 * i);
  }

  /** An integer from 0 to 2^53 - 1 as eight bytes. */
  u53(value: number): void {
    this.u32(value % 0x1_0000_0000);
    this.u32(Math.floor(value / 0x1_0000_0000));
  }

  text(value: string): void {
    if (this.#ascii(value)) return;
    const bytes = utf8(value);
    this.u32(bytes.length);
    this.raw(bytes);
  }

  /** Writes a text if it is ASCII, as names are: for short texts, calling an encoder takes longer than encoding. */
  #ascii(value: string): boolean {
    const { length } = value;
    const start = this.#reserve(4 + length);
    const bytes = this.#bytes;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code >= 0x80) {
        this.#length = start;
        return false;
      }
      bytes[start + 4 + i] = code;
    }
    for (let i = 0; i < 4; i++) bytes[start + i] = length >>> (8 * i);
    return true;
  }

  raw(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** What was written, valid until the next write. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    return at;
  }
}
