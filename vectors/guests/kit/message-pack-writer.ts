// Writes MessagePack with the shortest head for every length, into a buffer of its own that grows by doubling.

import { Hash } from './hash';
import { Span } from './span';

const FIRST_CAPACITY: u32 = 128;

@final
export class Writer {
  private buffer: usize = heap.alloc(FIRST_CAPACITY);
  private capacity: u32 = FIRST_CAPACITY;
  private length: u32 = 0;

  /** What was written. */
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
    return this.head(bytes.length, 0, -1, 0xc4, 0xc5, 0xc6).value(bytes);
  }

  /** A value that is MessagePack already. */
  value(bytes: Span): this {
    this.reserve(bytes.length);
    memory.copy(this.buffer + this.length, bytes.at, bytes.length);
    this.length += bytes.length;
    return this;
  }

  hash(hash: Hash): this {
    return this.binary(hash.bytes);
  }

  nil(): this {
    return this.byte(0xc0);
  }

  boolean(value: bool): this {
    return this.byte(value ? 0xc3 : 0xc2);
  }

  unsigned(value: u64): this {
    if (value <= 0xffff_ffff) return this.head(<u32>value, 0, 0x7f, 0xcc, 0xcd, 0xce);
    return this.byte(0xcf).eight(value);
  }

  integer(value: i64): this {
    if (value >= 0) return this.unsigned(<u64>value);
    if (value >= -32) return this.byte(<u8>value);
    if (value >= <i64>i8.MIN_VALUE) return this.byte(0xd0).byte(<u8>value);
    if (value < <i64>i32.MIN_VALUE) return this.byte(0xd3).eight(<u64>value);
    const short = value >= <i64>i16.MIN_VALUE;
    this.byte(short ? 0xd1 : 0xd2);
    this.reserve(4);
    const at = this.buffer + this.length;
    if (short) store<u16>(at, bswap<u16>(<u16>value));
    else store<u32>(at, bswap<u32>(<u32>value));
    this.length += short ? 2 : 4;
    return this;
  }

  float(value: f64): this {
    return this.byte(0xcb).eight(reinterpret<u64>(value));
  }

  private byte(value: u8): this {
    this.reserve(1);
    store<u8>(this.buffer + this.length, value);
    this.length += 1;
    return this;
  }

  private eight(value: u64): this {
    this.reserve(8);
    store<u64>(this.buffer + this.length, bswap<u64>(value));
    this.length += 8;
    return this;
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
