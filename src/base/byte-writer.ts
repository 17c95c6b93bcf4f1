/**
 * Writes bytes in the binary format of modules: fixed bytes, LEB128 in its shortest form, names, sized parts. The
 * counterpart of the byte reader. Specification, binary format: values.
 */
import { utf8 } from './hash.js';

/** Minimum number of bytes for which a native copy, with the view it needs, is faster than a loop. */
const NATIVE_COPY_MIN = 12;

export class ByteWriter {
  #buffer: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(capacityBytes = 1024) {
    this.#buffer = new Uint8Array(capacityBytes);
  }

  /** Number of bytes written. */
  get length(): number {
    return this.#length;
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }

  /** Makes room for `count` more bytes. */
  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed > this.#buffer.length) this.#grow(needed);
  }

  /**
   * For a caller that writes directly: the buffer, with room for `count` bytes from `length` on. `advance` sets how
   * many were written.
   */
  room(count: number): Uint8Array {
    this.#reserve(count);
    return this.#buffer;
  }

  advance(count: number): void {
    this.#length += count;
  }

  u8(byte: number): void {
    if (this.#length === this.#buffer.length) this.#grow(this.#length + 1);
    this.#buffer[this.#length++] = byte;
  }

  bytes(bytes: ArrayLike<number>): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A part of other bytes, `end` exclusive. */
  range(source: Uint8Array, start: number, end: number): void {
    const count = end - start;
    this.#reserve(count);
    const buffer = this.#buffer;
    let at = this.#length;
    // A native copy has a fixed cost, and most parts are a few bytes long.
    if (count >= NATIVE_COPY_MIN) buffer.set(source.subarray(start, end), at);
    else for (let from = start; from < end; from++) buffer[at++] = source[from];
    this.#length += count;
  }

  /** Discards what was written; views returned by `finish` are overwritten. */
  clear(): void {
    this.#length = 0;
  }

  /** Unsigned LEB128 of 32 bits; a signed number is written as its bits. */
  u32(value: number): void {
    let rest = value >>> 0;
    if (rest < 0x80) {
      this.u8(rest);
      return;
    }
    this.#reserve(5);
    while (rest >= 0x80) {
      this.#buffer[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buffer[this.#length++] = rest;
  }

  /** Signed LEB128 of 32 bits. */
  s32(value: number): void {
    this.#reserve(5);
    let rest = value | 0;
    while (rest < -0x40 || rest >= 0x40) {
      this.#buffer[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>= 7;
    }
    this.#buffer[this.#length++] = rest & 0x7f;
  }

  /** Signed LEB128 of 64 bits, from two halves. */
  s64(low: number, high: number): void {
    this.#reserve(10);
    let restLow = low | 0;
    let restHigh = high | 0;
    while (restHigh !== restLow >> 31 || restLow < -0x40 || restLow >= 0x40) {
      this.#buffer[this.#length++] = (restLow & 0x7f) | 0x80;
      restLow = (restLow >>> 7) | (restHigh << 25);
      restHigh >>= 7;
    }
    this.#buffer[this.#length++] = restLow & 0x7f;
  }

  /** The same, from a bigint. */
  s64OfBigInt(value: bigint): void {
    this.s64(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
  }

  /** Fixed bytes around a signed 64-bit LEB128 integer from 0 to 2^53 - 1. */
  around(before: Uint8Array, value: number, after: Uint8Array): void {
    this.#reserve(before.length + 10 + after.length);
    const buffer = this.#buffer;
    buffer.set(before, this.#length);
    this.#length += before.length;
    if (value < 0x40) buffer[this.#length++] = value;
    else if (value < 0x2000) {
      buffer[this.#length++] = (value & 0x7f) | 0x80;
      buffer[this.#length++] = value >> 7;
    } else this.s64(value | 0, Math.floor(value / 0x1_0000_0000));
    buffer.set(after, this.#length);
    this.#length += after.length;
  }

  /** Four bytes, little endian. */
  fixed32(value: number): void {
    this.#reserve(4);
    for (let shift = 0; shift < 32; shift += 8) this.#buffer[this.#length++] = (value >>> shift) & 0xff;
  }

  /** Eight bytes, little endian. */
  fixed64(bits: bigint): void {
    this.fixed32(Number(BigInt.asUintN(32, bits)));
    this.fixed32(Number(BigInt.asUintN(32, bits >> 32n)));
  }

  /** A name: its length in bytes, then UTF-8. */
  name(text: string): void {
    const bytes = utf8(text);
    this.u32(bytes.length);
    this.bytes(bytes);
  }

  /** A section: its id, its size, its contents. */
  section(id: number, write: (contents: ByteWriter) => void): void {
    const contents = new ByteWriter();
    write(contents);
    this.u8(id);
    this.u32(contents.length);
    this.bytes(contents.finish());
  }

  /** A view of what was written: nothing may be written after it. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(0, this.#length);
  }
}
