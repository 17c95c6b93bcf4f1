// Reads MessagePack in two steps: `isWellFormed` checks the framing of one whole value first, without recursion, so that
// afterwards a Reader can walk it and ask only about types, never about bounds.

import { Span } from './span';

export const enum Kind {
  Nil,
  Boolean,
  Integer,
  Float,
  String,
  Binary,
  Array,
  Map,
  Extension,
}

export function kindName(kind: Kind): string {
  switch (kind) {
    case Kind.Nil:
      return 'nil';
    case Kind.Boolean:
      return 'bool';
    case Kind.Integer:
      return 'int';
    case Kind.Float:
      return 'float';
    case Kind.String:
      return 'str';
    case Kind.Binary:
      return 'bin';
    case Kind.Array:
      return 'array';
    case Kind.Map:
      return 'map';
    default:
      return 'ext';
  }
}

const NEVER_USED: u8 = 0xc1;

// By the first byte, from 0xc0 on: the kind; the bytes of first byte and length field (for an extension, with its type
// byte); the bytes of a number behind its first byte. Rows: c0.., c4.., c8.., and so on.
// prettier-ignore
const KINDS = memory.data<u8>([
  0, 0, 1, 1,  5, 5, 5, 8,  8, 8, 3, 3,  2, 2, 2, 2,  2, 2, 2, 2,  8, 8, 8, 8,  8, 4, 4, 4,  6, 6, 7, 7,
  2, 2, 2, 2,  2, 2, 2, 2,  2, 2, 2, 2,  2, 2, 2, 2,  2, 2, 2, 2,  2, 2, 2, 2,  2, 2, 2, 2,  2, 2, 2, 2,
]);
// prettier-ignore
const HEAD_BYTES = memory.data<u8>([
  1, 1, 1, 1,  2, 3, 5, 3,  4, 6, 1, 1,  1, 1, 1, 1,  1, 1, 1, 1,  2, 2, 2, 2,  2, 2, 3, 5,  3, 5, 3, 5,
  1, 1, 1, 1,  1, 1, 1, 1,  1, 1, 1, 1,  1, 1, 1, 1,  1, 1, 1, 1,  1, 1, 1, 1,  1, 1, 1, 1,  1, 1, 1, 1,
]);
// prettier-ignore
const NUMBER_BYTES = memory.data<u8>([
  0, 0, 0, 0,  0, 0, 0, 0,  0, 0, 4, 8,  1, 2, 4, 8,  1, 2, 4, 8,  0, 0, 0, 0,  0, 0, 0, 0,  0, 0, 0, 0,
  0, 0, 0, 0,  0, 0, 0, 0,  0, 0, 0, 0,  0, 0, 0, 0,  0, 0, 0, 0,  0, 0, 0, 0,  0, 0, 0, 0,  0, 0, 0, 0,
]);

/** Whether the bytes are exactly one value: nothing cut off, nothing behind it. */
export function isWellFormed(bytes: Span): bool {
  const reader = new Reader(bytes);
  let pending: u64 = 1;
  while (pending > 0) {
    if (!reader.hasHead()) return false;
    pending += reader.children() - 1;
    const whole = <u64>reader.headBytes() + <u64>reader.contentBytes();
    if (whole > reader.bytesLeft) return false;
    // Each value yet to come takes a byte or more, so this keeps `pending` small and ends early.
    if (pending > reader.bytesLeft - whole) return false;
    reader.at += <usize>whole;
  }
  return reader.bytesLeft == 0;
}

@final
export class Reader {
  at: usize;
  end: usize;

  constructor(bytes: Span) {
    this.at = bytes.at;
    this.end = bytes.end;
  }

  get bytesLeft(): u64 {
    return <u64>(this.end - this.at);
  }

  private get first(): u8 {
    return load<u8>(this.at);
  }

  /** Whether the next value's first byte and its length field are there. */
  hasHead(): bool {
    if (this.at >= this.end || this.first == NEVER_USED) return false;
    return <u64>this.headBytes() <= this.bytesLeft;
  }

  kind(): Kind {
    const first = this.first;
    if (first < 0x80) return Kind.Integer;
    if (first < 0x90) return Kind.Map;
    if (first < 0xa0) return Kind.Array;
    if (first < 0xc0) return Kind.String;
    return <Kind>load<u8>(KINDS + <usize>first - 0xc0);
  }

  /** Bytes of the next value's first byte and length field (for an extension, with its type byte). */
  headBytes(): u32 {
    const first = this.first;
    return first < 0xc0 ? 1 : load<u8>(HEAD_BYTES + <usize>first - 0xc0);
  }

  /** Bytes behind the head that belong to the value itself; its children not counted. */
  contentBytes(): u32 {
    switch (this.kind()) {
      case Kind.Integer:
      case Kind.Float:
        return this.numberBytes();
      case Kind.String:
      case Kind.Binary:
      case Kind.Extension:
        return this.length();
      default:
        return 0;
    }
  }

  /** Values inside the next value: elements, or keys and values. */
  children(): u64 {
    const kind = this.kind();
    if (kind == Kind.Array) return this.length();
    if (kind == Kind.Map) return 2 * <u64>this.length();
    return 0;
  }

  /** The number of bytes, elements or pairs that the head of a string, binary, extension, array or map states. */
  length(): u32 {
    const first = this.first;
    if (first < 0xa0) return first & 0x0f; // fixmap, fixarray
    if (first < 0xc0) return first & 0x1f; // fixstr
    switch (first) {
      case 0xc4:
      case 0xc7:
      case 0xd9:
        return load<u8>(this.at, 1);
      case 0xc5:
      case 0xc8:
      case 0xda:
      case 0xdc:
      case 0xde:
        return bswap<u16>(load<u16>(this.at, 1));
      case 0xc6:
      case 0xc9:
      case 0xdb:
      case 0xdd:
      case 0xdf:
        return bswap<u32>(load<u32>(this.at, 1));
      default:
        return 1 << (first - 0xd4); // fixext 1, 2, 4, 8, 16
    }
  }

  private numberBytes(): u32 {
    const first = this.first;
    return first < 0xc0 ? 0 : load<u8>(NUMBER_BYTES + <usize>first - 0xc0);
  }

  /** The bytes of the next string or binary; steps over it. */
  readBytes(): Span {
    const span = new Span(this.at + this.headBytes(), this.length());
    this.at = span.end;
    return span;
  }

  /** Steps over the head of an array or map and returns its length. */
  enter(): u32 {
    const length = this.length();
    this.at += this.headBytes();
    return length;
  }

  /** The next integer, which must be one; an unsigned value above the signed range reads as the greatest i64. */
  readInteger(): i64 {
    const first = this.first;
    const value = this.integerAfter(first);
    this.at += 1 + this.numberBytes();
    return value;
  }

  /** Whether the next value is an integer above the signed range. */
  isAboveSigned(): bool {
    return this.first == 0xcf && <i64>bswap<u64>(load<u64>(this.at, 1)) < 0;
  }

  /** The next integer as an unsigned one: it must not be negative. */
  readUnsigned(): u64 {
    if (!this.isAboveSigned()) return <u64>this.readInteger();
    this.at += 9;
    return bswap<u64>(load<u64>(this.at - 8));
  }

  /** The next float, which must be one; a single becomes a double. */
  readFloat(): f64 {
    const single = this.first == 0xca;
    const at = this.at + 1;
    this.at = at + (single ? 4 : 8);
    if (single) return <f64>reinterpret<f32>(bswap<u32>(load<u32>(at)));
    return reinterpret<f64>(bswap<u64>(load<u64>(at)));
  }

  /** The next boolean, which must be one. */
  readBoolean(): bool {
    this.at += 1;
    return load<u8>(this.at - 1) == 0xc3;
  }

  /** The bytes of the next value, head and children included; steps over it. */
  readValue(): Span {
    const start = this.at;
    this.skip();
    return new Span(start, <u32>(this.at - start));
  }

  private integerAfter(first: u8): i64 {
    switch (first) {
      case 0xcc:
        return load<u8>(this.at, 1);
      case 0xcd:
        return bswap<u16>(load<u16>(this.at, 1));
      case 0xce:
        return bswap<u32>(load<u32>(this.at, 1));
      case 0xcf: {
        const value = bswap<u64>(load<u64>(this.at, 1));
        return value > <u64>i64.MAX_VALUE ? i64.MAX_VALUE : <i64>value;
      }
      case 0xd0:
        return load<i8>(this.at, 1);
      case 0xd1:
        return <i16>bswap<u16>(load<u16>(this.at, 1));
      case 0xd2:
        return <i32>bswap<u32>(load<u32>(this.at, 1));
      case 0xd3:
        return <i64>bswap<u64>(load<u64>(this.at, 1));
      default:
        return <i8>first; // the fixints, both signs
    }
  }

  /** Steps over one whole value, children included. */
  skip(): void {
    let pending: u64 = 1;
    while (pending > 0) {
      pending += this.children() - 1;
      this.at += this.headBytes() + this.contentBytes();
    }
  }
}
