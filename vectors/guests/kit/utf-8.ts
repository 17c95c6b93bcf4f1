// UTF-8 as Unicode defines it (table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF.

import { Span } from './span';

export const NOT_UTF8: i32 = -1;

/** The code points of the text, or NOT_UTF8. */
export function countCodePoints(text: Span): i32 {
  let at = text.at;
  const end = text.end;
  let count = 0;
  while (at < end) {
    const following = continuationBytes(at, end);
    if (following < 0) return NOT_UTF8;
    at += 1 + following;
    count++;
  }
  return count;
}

export function isUtf8(text: Span): bool {
  return countCodePoints(text) != NOT_UTF8;
}

// How many bytes follow the lead byte at `at`, all of them checked, or -1.
function continuationBytes(at: usize, end: usize): i32 {
  const lead = load<u8>(at);
  if (lead < 0x80) return 0;

  let following: i32;
  let lowest: u8 = 0x80; // bounds of the second byte; the later ones are 80..BF always
  let highest: u8 = 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) {
    following = 1;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    following = 2;
    if (lead == 0xe0) lowest = 0xa0;
    if (lead == 0xed) highest = 0x9f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    following = 3;
    if (lead == 0xf0) lowest = 0x90;
    if (lead == 0xf4) highest = 0x8f;
  } else {
    return -1;
  }

  if (end - at <= <usize>following) return -1;
  const second = load<u8>(at, 1);
  if (second < lowest || second > highest) return -1;
  for (let i = 2; i <= following; i++) {
    if ((load<u8>(at + i) & 0xc0) != 0x80) return -1;
  }
  return following;
}
