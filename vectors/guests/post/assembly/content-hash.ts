// What the content hash of a post covers.

import { Fields, Kind, Span } from '../../kit';
import { Sha256 } from './sha-256';

/**
 * SHA-256 over: author; title and body, each behind its length; the number of tags and each tag behind its length;
 * timestamp; 00 for no parent or 01 and the parent. Lengths and counts are u32, the timestamp i64, all little-endian.
 * The signature is not covered, since it signs the hash. The fields must have been judged.
 */
export function contentHash(post: Fields): Span {
  const hash = new Sha256().update(post.binary('author'));
  updateText(hash, post.text('title'));
  updateText(hash, post.text('body'));

  const tags = post.reader('tags');
  const count = tags.enter();
  hash.updateU32(count);
  for (let i: u32 = 0; i < count; i++) updateText(hash, tags.readBytes());

  hash.updateI64(post.integer('timestamp'));
  if (post.reader('parent').kind() == Kind.Nil) hash.updateU8(0);
  else hash.updateU8(1).update(post.binary('parent'));
  return hash.finish();
}

function updateText(hash: Sha256, text: Span): void {
  hash.updateU32(text.length).update(text);
}
