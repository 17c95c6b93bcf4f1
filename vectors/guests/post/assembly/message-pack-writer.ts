// Writes MessagePack with the shortest head for every length, into a buffer of its own that grows by doubling.

import { Span } from './span';

const FIRST_CAPACITY: u32 = 128;

@final
export class Writer {
  private buffer: usize = heap.alloc(FIRST_CAPACITY);
  private capacity: u32 = FIRST_CAPACITY;
  private length: u32 = 0;

  /** What was written. The buffer now belongs to the caller, who frees it. */
  take(): Span {
    return new Span(this.buffer, this.length);
  }

  mapOf(pairs: u32): this {
    return this.head(pairs, 0x80, 15, 0, 0xde, 0xdf);
  }

  arrayOf(elements: u32): this {
    return this.head(elements, 0x90, 15, 0, 0xdc, 0xdd);
  }

  string(text: string): this {
    const bytes = <u32>String.UTF8.byteLength(text);
    this.head(bytes, 0xa0, 31, 0xd9, 0xda, 0xdb);
    this.reserve(bytes);
    String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, this.buffer + this.length);
    this.length += bytes;
    return this;
  }

  binary(bytes: Span): this {
    this.head(bytes.length, 0, -1, 0xc4, 0xc5, 0xc6);
    this.reserve(bytes.length);
    memory.copy(this.buffer + this.length, bytes.at, bytes.length);
    this.length += bytes.length;
    return this;
  }

  unsigned(value: u32): this {
    return this.head(value, 0, 0x7f, 0xcc, 0xcd, 0xce);
  }

  // A value below 2^8, 2^16 or 2^32 behind its tag, or within the tag when it is at most `shortest`. A tag of 0 for 8 bits
  // says that there is no such form (arrays and maps).
  private head(value: u32, shortTag: u8, shortest: i32, tag8: u8, tag16: u8, tag32: u8): this {
    this.reserve(5);
    const at = this.buffer + this.length;
    if (<i64>value <= <i64>shortest) {
      store<u8>(at, shortTag | <u8>value);
      this.length += 1;
    } else if (tag8 != 0 && value <= 0xff) {
      store<u8>(at, tag8);
      store<u8>(at, <u8>value, 1);
      this.length += 2;
    } else if (value <= 0xffff) {
      store<u8>(at, tag16);
      store<u16>(at, bswap<u16>(<u16>value), 1);
      this.length += 3;
    } else {
      store<u8>(at, tag32);
      store<u32>(at, bswap<u32>(value), 1);
      this.length += 5;
    }
    return this;
  }

  private reserve(more: u32): void {
    const needed = this.length + more;
    if (needed <= this.capacity) return;
    while (this.capacity < needed) this.capacity *= 2;
    this.buffer = heap.realloc(this.buffer, this.capacity);
  }
}
