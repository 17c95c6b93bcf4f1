/**
 * Holochain hashes: computing them from content, their text form, their location bytes.
 *
 * Invariant: 39 bytes = 3 of prefix (`boundary/hash-bytes.ts`), 32 of core, 4 of location; the location is a function
 * of the core, so a hash made here always passes `isLocated`, and a text is accepted only if it does.
 *
 * Source: holo_hash `hash.rs`, `encode.rs`, `hash_ext.rs`.
 */
import { HASH_BYTES, HASH_PREFIXES, type HashType, hashTypeOf } from '../boundary/hash-bytes.js';
import { laterFastHash } from '../instrumented/fast-hash.js';

const PREFIX_BYTES = 3;
const CORE_BYTES = 32;
/** BLAKE2b-128 of the core, folded to four bytes. */
const LOCATION_DIGEST_BYTES = 16;
const LOCATION_BYTES = 4;
/** `u` (multibase: base64url without padding) and 52 characters. */
const TEXT_LENGTH = 53;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const hash = laterFastHash();
const locationDigest = laterFastHash(LOCATION_DIGEST_BYTES);

/** The four location bytes of a 32-byte core. */
export function locationOf(core: Uint8Array): Uint8Array {
  const digest = locationDigest(core);
  const location = new Uint8Array(LOCATION_BYTES);
  for (let at = 0; at < LOCATION_DIGEST_BYTES; at++) location[at % LOCATION_BYTES] ^= digest[at];
  return location;
}

/** A hash of 39 bytes from its 32-byte core. */
export function hashFromCore(type: HashType, core: Uint8Array): Uint8Array {
  if (core.length !== CORE_BYTES)
    throw new RangeError(`the core of a hash must be ${CORE_BYTES} bytes, not ${core.length}`);
  const full = new Uint8Array(HASH_BYTES);
  full.set([0x84, HASH_PREFIXES[type], 0x24]);
  full.set(core, PREFIX_BYTES);
  full.set(locationOf(core), PREFIX_BYTES + CORE_BYTES);
  return full;
}

/** The 32 identifying bytes: an agent's public key, or the BLAKE2b-256 of content. */
export function coreOf(full: Uint8Array): Uint8Array {
  return full.slice(PREFIX_BYTES, PREFIX_BYTES + CORE_BYTES);
}

/** The same core under another type: an agent's key as the hash of its agent entry. */
export function retyped(full: Uint8Array, type: HashType): Uint8Array {
  const copy = full.slice();
  copy[1] = HASH_PREFIXES[type];
  return copy;
}

/** The hash of content; its bytes depend on the type. */
export function hashOfContent(type: HashType, content: Uint8Array): Uint8Array {
  return hashFromCore(type, hash(content));
}

/** The hash of a module's bytes. */
export function wasmHash(module: Uint8Array): Uint8Array {
  return hashOfContent('Wasm', module);
}

/** Whether the location bytes belong to the core. Like the real host, the boundary does not check this. */
export function isLocated(full: Uint8Array): boolean {
  const location = locationOf(coreOf(full));
  return location.every((byte, at) => full[PREFIX_BYTES + CORE_BYTES + at] === byte);
}

/** Text form: `u` and base64url without padding. 39 bytes are 13 groups of three, so there is no remainder. */
export function hashText(full: Uint8Array): string {
  if (full.length !== HASH_BYTES) throw new RangeError(`a hash must be ${HASH_BYTES} bytes, not ${full.length}`);
  const characters = ['u'];
  for (let at = 0; at < HASH_BYTES; at += 3) {
    const group = (full[at] << 16) | (full[at + 1] << 8) | full[at + 2];
    for (const shift of [18, 12, 6, 0]) characters.push(ALPHABET[(group >> shift) & 63]);
  }
  return characters.join('');
}

export type HashTextFault = 'length' | 'no-u' | 'no-base64url' | 'unknown-type' | 'wrong-type' | 'location';

export type HashFromText =
  | { readonly ok: true; readonly hash: Uint8Array; readonly type: HashType }
  | { readonly ok: false; readonly code: HashTextFault };

/** Reads a text form and checks all of it, including the location. `type` requires one type of hash. */
export function hashFromText(text: string, type?: HashType): HashFromText {
  if (text.length !== TEXT_LENGTH) return { ok: false, code: 'length' };
  if (!text.startsWith('u')) return { ok: false, code: 'no-u' };
  const full = new Uint8Array(HASH_BYTES);
  for (let at = 0; at < HASH_BYTES / 3; at += 1) {
    const digits = [1, 2, 3, 4].map((offset) => ALPHABET.indexOf(text[4 * at + offset]));
    if (digits.includes(-1)) return { ok: false, code: 'no-base64url' };
    const group = (digits[0] << 18) | (digits[1] << 12) | (digits[2] << 6) | digits[3];
    full.set([group >> 16, (group >> 8) & 0xff, group & 0xff], 3 * at);
  }
  const found = hashTypeOf(full);
  if (found === undefined) return { ok: false, code: 'unknown-type' };
  if (type !== undefined && found !== type) return { ok: false, code: 'wrong-type' };
  return isLocated(full) ? { ok: true, hash: full, type: found } : { ok: false, code: 'location' };
}
