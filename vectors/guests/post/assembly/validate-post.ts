// The rules of a post. Fields are judged in the order of their declaration, then the content hash, then the parent; the
// first rule that is broken is the reason, and it begins with the field's name.

import { invalid, unresolved, valid } from './callback-result';
import { Kind, Reader, kindName } from './message-pack-reader';
import { FIELDS, Field, Post, contentHash, fieldName, fieldNamed } from './post';
import { Span } from './span';
import { NOT_UTF8, countCodePoints } from './utf-8';

const HASH_BYTES: u32 = 39; // 3 of prefix, 32 of core, 4 of location
const AGENT_PREFIX: u32 = 0x842024;
const ACTION_PREFIX: u32 = 0x842924;
const CONTENT_HASH_BYTES: u32 = 32;
const SIGNATURE_BYTES: u32 = 64;
const TITLE_CHARACTERS: i32 = 120;
const BODY_BYTES: u32 = 10000;
const TAGS: u32 = 8;
const TAG_CHARACTERS: i32 = 40;
const FIRST_MICROS: i64 = 1577836800000000; // 2020-01-01T00:00:00Z
const END_MICROS: i64 = 4102444800000000; // 2100-01-01T00:00:00Z, no longer within
const FIELD_NAME_BYTES: u32 = 40;

/** The output for an entry whose bytes are well-formed. */
export function validatePost(entry: Span): Span {
  const post = new Post(entry.end);
  let fault = locateFields(entry, post);
  for (let field = 0; field < FIELDS && fault == null; field++) {
    fault = post.has(field) ? faultOf(field, post) : 'missing';
    if (fault != null) fault = fieldName(field) + ': ' + fault;
  }
  if (fault != null) return invalid(fault);

  if (!sameBytes(contentHash(post), post.bytes(Field.ContentHash))) {
    return invalid('content_hash: does not match the content');
  }
  if (post.reader(Field.Parent).kind() == Kind.Nil) return valid();
  const parent = post.bytes(Field.Parent);
  return isKnown(parent) ? valid() : unresolved(parent);
}

// Notes where the fields are; the fault, if any, is one of the map itself.
function locateFields(entry: Span, post: Post): string | null {
  const reader = new Reader(entry);
  if (reader.kind() != Kind.Map) return 'expected a map, got ' + kindName(reader.kind());
  const pairs = reader.enter();
  for (let i: u32 = 0; i < pairs; i++) {
    if (reader.kind() != Kind.String) return 'expected a field name, got ' + kindName(reader.kind());
    const name = printableName(reader.readBytes());
    if (name == null) return 'a field name is too long or not valid UTF-8';
    const field = fieldNamed(name);
    if (field < 0) return name + ': unknown field';
    if (post.has(field)) return name + ': given twice';
    post.put(field, reader.at);
    reader.skip();
  }
  return null;
}

function printableName(bytes: Span): string | null {
  if (bytes.length > FIELD_NAME_BYTES || countCodePoints(bytes) == NOT_UTF8) return null;
  return String.UTF8.decodeUnsafe(bytes.at, bytes.length);
}

function faultOf(field: Field, post: Post): string | null {
  const value = post.reader(field);
  switch (field) {
    case Field.Author:
      return faultOfHash(value, AGENT_PREFIX, "an agent's key");
    case Field.Title:
      return faultOfText(value, TITLE_CHARACTERS);
    case Field.Body:
      return faultOfBody(value);
    case Field.Tags:
      return faultOfTags(value);
    case Field.Timestamp:
      return faultOfTimestamp(value);
    case Field.Signature:
      return faultOfBinary(value, SIGNATURE_BYTES);
    case Field.Parent:
      return value.kind() == Kind.Nil ? null : faultOfHash(value, ACTION_PREFIX, "an action's hash");
    default:
      return faultOfBinary(value, CONTENT_HASH_BYTES);
  }
}

function faultOfKind(value: Reader, kind: Kind): string | null {
  if (value.kind() == kind) return null;
  return 'expected ' + kindName(kind) + ', got ' + kindName(value.kind());
}

function faultOfBinary(value: Reader, bytes: u32): string | null {
  const fault = faultOfKind(value, Kind.Binary);
  if (fault != null) return fault;
  if (value.length() == bytes) return null;
  return 'expected ' + bytes.toString() + ' bytes, got ' + value.length().toString();
}

function faultOfHash(value: Reader, prefix: u32, meaning: string): string | null {
  const fault = faultOfBinary(value, HASH_BYTES);
  if (fault != null) return fault;
  const at = value.readBytes().at;
  return bswap<u32>(load<u32>(at)) >> 8 == prefix ? null : 'not ' + meaning;
}

function faultOfText(value: Reader, charactersMax: i32): string | null {
  const fault = faultOfKind(value, Kind.String);
  if (fault != null) return fault;
  const characters = countCodePoints(value.readBytes());
  if (characters == NOT_UTF8) return 'not valid UTF-8';
  if (characters >= 1 && characters <= charactersMax) return null;
  return 'expected 1 to ' + charactersMax.toString() + ' characters, got ' + characters.toString();
}

function faultOfBody(value: Reader): string | null {
  const fault = faultOfKind(value, Kind.String);
  if (fault != null) return fault;
  const text = value.readBytes();
  if (text.length > BODY_BYTES) return 'expected at most ' + BODY_BYTES.toString() + ' bytes, got ' + text.length.toString();
  return countCodePoints(text) == NOT_UTF8 ? 'not valid UTF-8' : null;
}

function faultOfTags(value: Reader): string | null {
  const fault = faultOfKind(value, Kind.Array);
  if (fault != null) return fault;
  const count = value.enter();
  if (count > TAGS) return 'expected at most ' + TAGS.toString() + ' tags, got ' + count.toString();
  for (let i: u32 = 0; i < count; i++) {
    const tagFault = faultOfText(value, TAG_CHARACTERS);
    if (tagFault != null) return 'tag ' + i.toString() + ': ' + tagFault;
  }
  return null;
}

function faultOfTimestamp(value: Reader): string | null {
  const fault = faultOfKind(value, Kind.Integer);
  if (fault != null) return fault;
  const micros = value.readInteger();
  if (micros < FIRST_MICROS) return 'before 2020';
  return micros < END_MICROS ? null : 'after 2099';
}

// A stand-in for asking the host: every parent is known but the one whose core is all zeros.
function isKnown(hash: Span): bool {
  for (let i: usize = 3; i < 35; i++) {
    if (load<u8>(hash.at + i) != 0) return true;
  }
  return false;
}

function sameBytes(a: Span, b: Span): bool {
  return a.length == b.length && memory.compare(a.at, b.at, a.length) == 0;
}
