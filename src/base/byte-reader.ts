/**
 * Reads a module's bytes: fixed bytes, LEB128, names. Every read is bounds-checked against `end`; a failure raises a
 * malformed fault at the offset of the item (of the missing byte, for an unexpected end).
 * Specification, binary format: values (integers, names).
 */
import { raise } from './fault.js';
import { decodeUtf8 } from './utf8.js';

export class ByteReader {
  /** High half of the last 64-bit integer read. */
  high = 0;

  /**
   * @param bytes the whole module, so that offsets are relative to it
   * @param pos offset of the next byte
   * @param end offset after the last byte that may be read
   */
  constructor(
    readonly bytes: Uint8Array,
    public pos = 0,
    public end: number = bytes.length,
  ) {}

  get atEnd(): boolean {
    return this.pos >= this.end;
  }

  u8(): number {
    if (this.pos >= this.end) raise('unexpected-end', this.pos);
    return this.bytes[this.pos++];
  }

  /** Unsigned LEB128 of 32 bits, as an unsigned number. */
  u32(): number {
    const first = this.pos < this.end ? this.bytes[this.pos] : 0x80;
    if (first < 0x80) {
      this.pos++;
      return first;
    }
    return this.#u32Long();
  }

  #u32Long(): number {
    const start = this.pos;
    let result = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      result |= (byte & 0x7f) << shift;
      if (shift === 28) {
        if (byte & 0x80) raise('integer-too-long', start);
        if (byte > 0x0f) raise('integer-too-large', start);
      }
      if (byte < 0x80) break;
    }
    return result >>> 0;
  }

  /** Signed LEB128 of 32 bits, as a signed number. */
  s32(): number {
    const start = this.pos;
    let result = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      result |= (byte & 0x7f) << shift;
      if (shift === 28) {
        if (byte & 0x80) raise('integer-too-long', start);
        const unused = byte & 0x78;
        if (unused !== 0 && unused !== 0x78) raise('integer-too-large', start);
        return result;
      }
      if (byte < 0x80) return (result << (25 - shift)) >> (25 - shift);
    }
    return result;
  }

  /** Signed LEB128 of 33 bits (block types): exact as a number. */
  s33(): number {
    const start = this.pos;
    let result = 0;
    let scale = 1;
    for (let count = 1; ; count++) {
      const byte = this.u8();
      if (count === 5) {
        if (byte & 0x80) raise('integer-too-long', start);
        const unused = byte & 0x70;
        if (unused !== 0 && unused !== 0x70) raise('integer-too-large', start);
      }
      result += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return byte & 0x40 ? result - scale : result;
    }
  }

  /** Signed LEB128 of 64 bits: returns the low half and leaves the high half in `high`, both signed. */
  s64(): number {
    const start = this.pos;
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      const bits = byte & 0x7f;
      if (shift === 63) {
        if (byte & 0x80) raise('integer-too-long', start);
        if (bits !== 0 && bits !== 0x7f) raise('integer-too-large', start);
      }
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) {
        if (shift < 63 && byte & 0x40) {
          const width = shift + 7;
          if (width < 32) {
            low |= -1 << width;
            high = -1;
          } else if (width === 32) high = -1;
          else high |= -1 << (width - 32);
        }
        this.high = high;
        return low;
      }
    }
  }

  /** Skips `length` bytes and returns the offset of the first. */
  skip(length: number): number {
    const start = this.pos;
    if (length > this.end - start) raise('unexpected-end', this.end);
    this.pos = start + length;
    return start;
  }

  /** Four bytes, little endian, as a signed number. */
  fixed32(): number {
    const at = this.skip(4);
    const b = this.bytes;
    return b[at] | (b[at + 1] << 8) | (b[at + 2] << 16) | (b[at + 3] << 24);
  }

  /** A name: length, then UTF-8. */
  name(): string {
    const length = this.u32();
    const start = this.skip(length);
    const text = decodeUtf8(this.bytes.subarray(start, start + length));
    if (text === undefined) raise('invalid-utf8', start);
    return text;
  }
}
