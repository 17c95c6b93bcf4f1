// The post: which fields it has, where each lies in the bytes, and what its content hash covers.

import { Kind, Reader } from './message-pack-reader';
import { Sha256 } from './sha-256';
import { Span } from './span';

export const enum Field {
  Author,
  Title,
  Body,
  Tags,
  Timestamp,
  Signature,
  Parent,
  ContentHash,
}

export const FIELDS: i32 = 8;

export function fieldName(field: i32): string {
  switch (field) {
    case Field.Author:
      return 'author';
    case Field.Title:
      return 'title';
    case Field.Body:
      return 'body';
    case Field.Tags:
      return 'tags';
    case Field.Timestamp:
      return 'timestamp';
    case Field.Signature:
      return 'signature';
    case Field.Parent:
      return 'parent';
    default:
      return 'content_hash';
  }
}

/** The field of that name, or -1. */
export function fieldNamed(name: string): i32 {
  for (let field = 0; field < FIELDS; field++) {
    if (fieldName(field) == name) return field;
  }
  return -1;
}

/** Where each field's value begins; 0 where the field is missing. The bytes must be well-formed and checked by kind. */
@final
export class Post {
  private places: StaticArray<usize> = new StaticArray<usize>(FIELDS);

  constructor(private end: usize) {}

  has(field: Field): bool {
    return this.places[field] != 0;
  }

  put(field: Field, at: usize): void {
    this.places[field] = at;
  }

  reader(field: Field): Reader {
    const at = this.places[field];
    return new Reader(new Span(at, <u32>(this.end - at)));
  }

  bytes(field: Field): Span {
    return this.reader(field).readBytes();
  }
}

/**
 * SHA-256 over: author; title and body, each behind its length; the number of tags and each tag behind its length;
 * timestamp; 00 for no parent or 01 and the parent. Lengths and counts are u32, the timestamp i64, all little-endian.
 * The signature is not covered, since it signs the hash.
 */
export function contentHash(post: Post): Span {
  const hash = new Sha256().update(post.bytes(Field.Author));
  updateText(hash, post.bytes(Field.Title));
  updateText(hash, post.bytes(Field.Body));

  const tags = post.reader(Field.Tags);
  const count = tags.enter();
  hash.updateU32(count);
  for (let i: u32 = 0; i < count; i++) updateText(hash, tags.readBytes());

  hash.updateI64(post.reader(Field.Timestamp).readInteger());
  if (post.reader(Field.Parent).kind() == Kind.Nil) hash.updateU8(0);
  else hash.updateU8(1).update(post.bytes(Field.Parent));
  return hash.finish();
}

function updateText(hash: Sha256, text: Span): void {
  hash.updateU32(text.length).update(text);
}
