// Reads values whose shape the host answers for (ops, answers of host functions) as serde would: keys in any order,
// unknown keys passed over; a wrong kind, a missing or a repeated key is an error. The framing must have been checked. After
// the first thing that does not fit, `broken` is set and every further read gives something empty, so the caller asks once.

import { ANY_DHT, ANY_LINKABLE, Hash, HashKind, HashKinds, hashIn, only } from './hash';
import { Kind, Reader } from './message-pack-reader';
import { Span } from './span';

@final
export class Wire {
  broken: bool;
  private reader: Reader;

  /** `isFramed`: whether the bytes are one well-formed value. */
  constructor(
    public source: Span,
    isFramed: bool = true,
  ) {
    this.broken = !isFramed;
    this.reader = new Reader(source);
  }

  break(): void {
    this.broken = true;
  }

  private next(kind: Kind): bool {
    if (!this.broken && this.reader.kind() == kind) return true;
    this.broken = true;
    return false;
  }

  map(): u32 {
    return this.next(Kind.Map) ? this.reader.enter() : 0;
  }

  list(): u32 {
    return this.next(Kind.Array) ? this.reader.enter() : 0;
  }

  /** An array that must have so many elements. */
  tuple(elements: u32): void {
    if (this.list() != elements) this.broken = true;
  }

  text(): Span {
    return this.next(Kind.String) ? this.reader.readBytes() : new Span(0, 0);
  }

  bytes(): Span {
    return this.next(Kind.Binary) ? this.reader.readBytes() : new Span(0, 0);
  }

  /** A binary that must have so many bytes. */
  bytesOf(length: u32): Span {
    const bytes = this.bytes();
    if (bytes.length != length) this.broken = true;
    return bytes;
  }

  hash(kinds: HashKinds): Hash {
    const hash = hashIn(this.bytes(), kinds);
    if (hash !== null) return hash;
    this.broken = true;
    return Hash.none();
  }

  agent(): Hash {
    return this.hash(only(HashKind.Agent));
  }

  action(): Hash {
    return this.hash(only(HashKind.Action));
  }

  entry(): Hash {
    return this.hash(only(HashKind.Entry));
  }

  dna(): Hash {
    return this.hash(only(HashKind.Dna));
  }

  dht(): Hash {
    return this.hash(ANY_DHT);
  }

  linkable(): Hash {
    return this.hash(ANY_LINKABLE);
  }

  integer(): i64 {
    if (!this.next(Kind.Integer)) return 0;
    if (this.reader.isAboveSigned()) this.broken = true;
    return this.reader.readInteger();
  }

  /** An integer from 0 to `most`. */
  unsigned(most: u32): u32 {
    const value = this.integer();
    if (value >= 0 && value <= <i64>most) return <u32>value;
    this.broken = true;
    return 0;
  }

  boolean(): bool {
    return this.next(Kind.Boolean) ? this.reader.readBoolean() : false;
  }

  /** Steps over nil if that is what comes. */
  nil(): bool {
    if (this.broken || this.reader.kind() != Kind.Nil) return false;
    this.reader.skip();
    return true;
  }

  skip(): void {
    if (!this.broken) this.reader.skip();
  }

  value(): Span {
    return this.broken ? new Span(0, 0) : this.reader.readValue();
  }

  /** The name of an externally tagged variant that has a value, which comes next. */
  variant(): Span {
    if (this.map() != 1) this.broken = true;
    return this.text();
  }

  /** Whether an externally tagged variant comes that has no value. */
  isUnit(): bool {
    return !this.broken && this.reader.kind() == Kind.String;
  }

  /** The text at the key of the map that comes next, without stepping into it. */
  peekText(key: string): Span {
    const start = this.reader.at;
    let found = new Span(0, 0);
    for (let left = this.map(); left > 0 && !this.broken; left--) {
      if (this.text().is(key)) {
        found = this.text();
        break;
      }
      this.skip();
    }
    if (!this.broken) this.reader.at = start;
    return found;
  }
}

/** Walks the keys of a struct: the value of the field that `next` names is what the wire reads next. */
@final
export class StructFields {
  private left: u32;
  private seen: u32 = 0;
  private expected: i32 = 0;

  /** `optional`: bit i is set when the field i may be missing. */
  constructor(
    private wire: Wire,
    private names: StaticArray<string>,
    private optional: u32 = 0,
  ) {
    this.left = wire.map();
  }

  /** The index of the next field, or -1 after the last. */
  next(): i32 {
    while (this.left > 0 && !this.wire.broken) {
      this.left--;
      const field = this.fieldNamed(this.wire.text());
      if (field < 0) {
        this.wire.skip();
        continue;
      }
      if ((this.seen >> field) & 1) this.wire.break();
      this.seen |= 1 << field;
      return field;
    }
    const all: u32 = (1 << this.names.length) - 1;
    if ((this.seen | this.optional) != all) this.wire.break();
    return -1;
  }

  // Most writers keep the order of declaration, so the name after the last one is tried first.
  private fieldNamed(name: Span): i32 {
    const count = this.names.length;
    for (let i = 0; i < count; i++) {
      let field = this.expected + i;
      if (field >= count) field -= count;
      if (!name.is(unchecked(this.names[field]))) continue;
      this.expected = field + 1 == count ? 0 : field + 1;
      return field;
    }
    return -1;
  }
}
