/**
 * The form of a file in the cache: a name and a content under a keyed BLAKE2b-256. Invariant: what `unseal` returns was
 * sealed with the same key and name, and is complete; for anything else it returns undefined and parses nothing.
 *
 *   16 bytes  `assay-sealed-1`, padded with 0
 *   u32       bytes of the name, little endian
 *   u32       bytes of the content
 *   the name, the content
 *   32 bytes  BLAKE2b-256 of all before, keyed
 */
import { Blake2b } from '../base/blake2b.js';
import { HASH_BYTES, type Hash, utf8 } from '../base/hash.js';
import { hostMac } from '../instrumented/host-hash.js';

const FORMAT = utf8('assay-sealed-1\0\0');
const HEAD_BYTES = FORMAT.length + 8;

/** Bytes of a seal around a name and a content. */
export function sealedBytes(nameBytes: number, contentBytes: number): number {
  return HEAD_BYTES + nameBytes + contentBytes + HASH_BYTES;
}

/** @param mac of the key */
export function seal(mac: Hash, name: Uint8Array, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(sealedBytes(name.length, content.length));
  const view = new DataView(bytes.buffer);
  bytes.set(FORMAT);
  view.setUint32(FORMAT.length, name.length, true);
  view.setUint32(FORMAT.length + 4, content.length, true);
  bytes.set(name, HEAD_BYTES);
  bytes.set(content, HEAD_BYTES + name.length);
  bytes.set(mac(bytes.subarray(0, bytes.length - HASH_BYTES)), bytes.length - HASH_BYTES);
  return bytes;
}

/** A view of the content. */
export function unseal(mac: Hash, name: Uint8Array, bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < sealedBytes(name.length, 0)) return undefined;
  const end = bytes.length - HASH_BYTES;
  if (!isSameSeal(mac(bytes.subarray(0, end)), bytes.subarray(end))) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isOurs =
    isSameSeal(bytes.subarray(0, FORMAT.length), FORMAT) &&
    view.getUint32(FORMAT.length, true) === name.length &&
    view.getUint32(FORMAT.length + 4, true) === end - HEAD_BYTES - name.length &&
    isSameSeal(bytes.subarray(HEAD_BYTES, HEAD_BYTES + name.length), name);
  return isOurs ? bytes.subarray(HEAD_BYTES + name.length, end) : undefined;
}

/**
 * BLAKE2b-256 keyed with 1 to 64 bytes, on the host's WebAssembly where there is one: a seal around 60 MB takes a tenth of a second
 * there, and a second in JavaScript. RFC 7693, section 2.9.
 */
export function macOf(key: Uint8Array): Hash {
  try {
    if (typeof WebAssembly === 'object') return hostMac(key);
  } catch (error) {
    // The host has no address space left for a memory.
    if (!(error instanceof RangeError)) throw error;
  }
  return (bytes) => new Blake2b(HASH_BYTES, key).update(bytes).digest();
}

/** In constant time: it does not depend on where they differ. */
export function isSameSeal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i];
  return difference === 0;
}
