// The rules of a post. Fields are judged in the order of their declaration, then the content hash, then the parent; the
// first rule that is broken is the reason, and it begins with the field's name.

import { Fields, Hash, HashKind, Kind, Span, ValidationResult } from '../../kit';
import { contentHash } from './content-hash';

const POST: StaticArray<string> = [
  'author', 'title', 'body', 'tags', 'timestamp', 'signature', 'parent', 'content_hash',
];
const TITLE_CHARACTERS: i32 = 120;
const BODY_BYTES: u32 = 10000;
const TAGS: u32 = 8;
const TAG_CHARACTERS: i32 = 40;
const FIRST_MICROS: i64 = 1577836800000000; // 2020-01-01T00:00:00Z
const END_MICROS: i64 = 4102444800000000; // 2100-01-01T00:00:00Z, no longer within
const SIGNATURE_BYTES: u32 = 64;
const CONTENT_HASH_BYTES: u32 = 32;

export function judgePost(entry: Span): ValidationResult {
  const post = new Fields(entry, POST);
  post.hash('author', HashKind.Agent);
  post.text('title', 1, TITLE_CHARACTERS);
  post.textOfBytes('body', BODY_BYTES);
  post.texts('tags', 'tag', TAGS, 1, TAG_CHARACTERS);
  judgeTimestamp(post);
  post.binaryOf('signature', SIGNATURE_BYTES);
  const parent = isRoot(post) ? Hash.none() : post.hash('parent', HashKind.Action);
  const stated = post.binaryOf('content_hash', CONTENT_HASH_BYTES);
  if (!post.isGood) return post.verdict;

  if (!contentHash(post).equals(stated)) return ValidationResult.invalid('content_hash: does not match the content');
  return isRoot(post) || isKnown(parent) ? ValidationResult.valid() : ValidationResult.unresolved([parent]);
}

function judgeTimestamp(post: Fields): void {
  const value = post.valueOf('timestamp', Kind.Integer);
  if (value === null) return;
  const micros = value.readInteger(); // what is above the signed range reads as the greatest
  if (micros < FIRST_MICROS) post.refuseField('timestamp', 'before 2020');
  else if (micros >= END_MICROS) post.refuseField('timestamp', 'after 2099');
}

// Whether the post answers no other: it says so, a missing parent is a fault.
function isRoot(post: Fields): bool {
  return post.reader('parent').kind() == Kind.Nil;
}

// A stand-in for asking the host: every parent is known but the one whose core is all zeros.
function isKnown(hash: Hash): bool {
  const core = hash.core;
  for (let at = core.at; at < core.end; at++) {
    if (load<u8>(at) != 0) return true;
  }
  return false;
}
