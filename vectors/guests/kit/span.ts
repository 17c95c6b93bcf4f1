// A run of bytes in memory that somebody else owns: the input, an answer of the host, static memory. It is good until the
// call ends.

@final
export class Span {
  constructor(
    public at: usize,
    public length: u32,
  ) {}

  get end(): usize {
    return this.at + this.length;
  }

  equals(other: Span): bool {
    return this.length == other.length && memory.compare(this.at, other.at, this.length) == 0;
  }

  /** Whether the bytes are this text, which must be ASCII. */
  is(text: string): bool {
    if (<u32>text.length != this.length) return false;
    for (let i: u32 = 0; i < this.length; i++) {
      if (<u32>load<u8>(this.at + i) != <u32>load<u16>(changetype<usize>(text) + (<usize>i << 1))) return false;
    }
    return true;
  }

  /** The bytes as text; they must be UTF-8, see `isUtf8`. */
  toString(): string {
    return String.UTF8.decodeUnsafe(this.at, this.length);
  }
}

/** The bytes of the text in UTF-8. */
export function utf8Of(text: string): Span {
  const bytes = <u32>String.UTF8.byteLength(text);
  const at = heap.alloc(bytes);
  String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, at);
  return new Span(at, bytes);
}
