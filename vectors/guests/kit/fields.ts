// The fields of a zome's own content: a MessagePack map with exactly the keys that the zome names, in any order. Whatever
// does not fit makes the call Invalid (see fault.ts), with a reason that begins with the field's name, and the reader
// gives something empty, so a zome can read all its fields and then state its rules.

import { refuse } from './fault';
import { HASH_BYTES, Hash, HashKind, hashIn, kindMeaning, only } from './hash';
import { Kind, Reader, isWellFormed, kindName } from './message-pack-reader';
import { Span } from './span';
import { NOT_UTF8, countCodePoints, isUtf8 } from './utf-8';
import { ValidationResult } from './validation-result';

const FIELD_NAME_BYTES: u32 = 40;
const EMPTY = memory.data<u8>([0x80]); // a map of no fields: what is read where nothing could be

@final
export class Fields {
  private places: StaticArray<usize>; // where each value begins, 0 where it is missing
  private end: usize;
  /** What was refused first. */
  fault: string | null = null;

  constructor(
    content: Span,
    private names: StaticArray<string>,
  ) {
    this.places = new StaticArray<usize>(names.length);
    this.end = content.end;
    if (!isWellFormed(content)) this.refuse('malformed MessagePack');
    else this.locate(new Reader(content));
  }

  private locate(reader: Reader): void {
    if (reader.kind() != Kind.Map) return this.refuse('expected a map, got ' + kindName(reader.kind()));
    const pairs = reader.enter();
    for (let i: u32 = 0; i < pairs; i++) {
      if (reader.kind() != Kind.String) return this.refuse('expected a field name, got ' + kindName(reader.kind()));
      const name = reader.readBytes();
      if (name.length > FIELD_NAME_BYTES || !isUtf8(name)) {
        return this.refuse('a field name is too long or not valid UTF-8');
      }
      const field = this.fieldNamed(name);
      if (field < 0) return this.refuse(name.toString() + ': unknown field');
      if (this.places[field] != 0) return this.refuse(name.toString() + ': given twice');
      this.places[field] = reader.at;
      reader.skip();
    }
  }

  private fieldNamed(name: Span): i32 {
    for (let i = 0; i < this.names.length; i++) if (name.is(this.names[i])) return i;
    return -1;
  }

  private refuse(reason: string): void {
    if (this.fault === null) this.fault = reason;
    refuse(reason);
  }

  /** Valid, or Invalid with what was refused first. */
  get verdict(): ValidationResult {
    const reason = this.fault;
    return reason === null ? ValidationResult.valid() : ValidationResult.invalid(reason);
  }

  /** Whether nothing has been refused so far. */
  get isGood(): bool {
    return this.fault === null;
  }

  /** The call is Invalid because of this field. */
  refuseField(name: string, reason: string): void {
    this.refuse(name + ': ' + reason);
  }

  has(name: string): bool {
    return this.placeOf(name) != 0;
  }

  /** Whether the field is missing or nil. */
  isNil(name: string): bool {
    const at = this.placeOf(name);
    return at == 0 || load<u8>(at) == 0xc0;
  }

  private placeOf(name: string): usize {
    for (let i = 0; i < this.names.length; i++) if (this.names[i] == name) return this.places[i];
    return 0;
  }

  /** The value, of any kind; the field must be there. */
  reader(name: string): Reader {
    const at = this.placeOf(name);
    if (at != 0) return new Reader(new Span(at, <u32>(this.end - at)));
    this.refuseField(name, 'missing');
    return new Reader(new Span(EMPTY, 1));
  }

  /** The value if it is of that kind; null if it is not, or if something has been refused already. */
  valueOf(name: string, kind: Kind): Reader | null {
    if (!this.isGood) return null;
    const value = this.reader(name);
    if (value.kind() == kind) return value;
    if (this.has(name)) this.refuseField(name, 'expected ' + kindName(kind) + ', got ' + kindName(value.kind()));
    return null;
  }

  private bytesOf(name: string, kind: Kind): Span {
    const value = this.valueOf(name, kind);
    return value === null ? new Span(0, 0) : value.readBytes();
  }

  /** Text of `least` to `most` code points, as its UTF-8. */
  text(name: string, least: i32 = 0, most: i32 = i32.MAX_VALUE): Span {
    const text = this.bytesOf(name, Kind.String);
    if (!this.isGood) return text;
    const fault = faultOfText(text, least, most);
    if (fault !== null) this.refuseField(name, fault);
    return text;
  }

  /** Text of at most so many bytes. */
  textOfBytes(name: string, most: u32): Span {
    const text = this.bytesOf(name, Kind.String);
    if (text.length > most) {
      this.refuseField(name, 'expected at most ' + most.toString() + ' bytes, got ' + text.length.toString());
    } else if (!isUtf8(text)) {
      this.refuseField(name, 'not valid UTF-8');
    }
    return text;
  }

  /** An array of at most `count` texts, each of `least` to `most` code points and called `element` in a reason. */
  texts(name: string, element: string, count: u32, least: i32, most: i32): Span[] {
    const texts: Span[] = [];
    const value = this.valueOf(name, Kind.Array);
    if (value === null) return texts;
    const length = value.enter();
    if (length > count) {
      this.refuseField(name, 'expected at most ' + count.toString() + ' ' + name + ', got ' + length.toString());
      return texts;
    }
    for (let i: u32 = 0; i < length && this.isGood; i++) {
      const fault = faultOfTextIn(value, least, most);
      if (fault !== null) this.refuseField(name, element + ' ' + i.toString() + ': ' + fault);
      else texts.push(value.readBytes());
    }
    return texts;
  }

  binary(name: string): Span {
    return this.bytesOf(name, Kind.Binary);
  }

  /** A binary of so many bytes. */
  binaryOf(name: string, length: u32): Span {
    const bytes = this.bytesOf(name, Kind.Binary);
    if (this.isGood && bytes.length != length) {
      this.refuseField(name, 'expected ' + length.toString() + ' bytes, got ' + bytes.length.toString());
    }
    return bytes;
  }

  /** A hash of that kind. */
  hash(name: string, kind: HashKind): Hash {
    const bytes = this.binaryOf(name, HASH_BYTES);
    if (!this.isGood) return Hash.none();
    const hash = hashIn(bytes, only(kind));
    if (hash !== null) return hash;
    this.refuseField(name, 'not ' + kindMeaning(only(kind)));
    return Hash.none();
  }

  /** An integer; above the signed range it is refused. */
  integer(name: string, least: i64 = i64.MIN_VALUE, most: i64 = i64.MAX_VALUE): i64 {
    const value = this.valueOf(name, Kind.Integer);
    if (value === null) return 0;
    const isAbove = value.isAboveSigned();
    const integer = value.readInteger();
    if (isAbove || integer < least || integer > most) {
      this.refuseField(name, 'expected ' + least.toString() + ' to ' + most.toString());
    }
    return integer;
  }

  float(name: string): f64 {
    const value = this.valueOf(name, Kind.Float);
    return value === null ? 0 : value.readFloat();
  }

  boolean(name: string): bool {
    const value = this.valueOf(name, Kind.Boolean);
    return value === null ? false : value.readBoolean();
  }
}

function faultOfTextIn(value: Reader, least: i32, most: i32): string | null {
  if (value.kind() != Kind.String) return 'expected str, got ' + kindName(value.kind());
  return faultOfText(new Reader(new Span(value.at, <u32>(value.end - value.at))).readBytes(), least, most);
}

function faultOfText(text: Span, least: i32, most: i32): string | null {
  const characters = countCodePoints(text);
  if (characters == NOT_UTF8) return 'not valid UTF-8';
  if (characters >= least && characters <= most) return null;
  return 'expected ' + least.toString() + ' to ' + most.toString() + ' characters, got ' + characters.toString();
}
