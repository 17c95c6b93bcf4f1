/**
 * BLAKE2b for code that belongs to no tier: on the host's WebAssembly where there is some, otherwise the equal one of
 * `base`.
 */
import { Blake2b } from '../base/blake2b.js';
import { HASH_BYTES, type Hash } from '../base/hash.js';
import { hostDigest } from './host-hash.js';

/** As long as this many short messages take in JavaScript, making a hash on the host takes: a millisecond. */
const MESSAGES_BEFORE = 250;

/** The hash on the host, made now. @param digestBytes 1 to 64 */
export function fastHash(digestBytes = HASH_BYTES): Hash {
  try {
    return hostDigest(digestBytes);
  } catch {
    // No WebAssembly, no address space for its memory, or a policy against it: nothing differs but the time.
    return hashInJavaScript(digestBytes);
  }
}

/** The same for a program that may hash a few messages only: the one on the host is made once it pays. */
export function laterFastHash(digestBytes = HASH_BYTES): Hash {
  let hash = hashInJavaScript(digestBytes);
  let left = MESSAGES_BEFORE;
  return (message) => {
    if (left > 0 && --left === 0) hash = fastHash(digestBytes);
    return hash(message);
  };
}

function hashInJavaScript(digestBytes: number): Hash {
  return (message) => new Blake2b(digestBytes).update(message).digest();
}
