/** The one hash of the house: BLAKE2b with a digest of 256 bits (RFC 7693), unkeyed. */
import { Blake2b } from './blake2b.js';

export const HASH_BYTES = 32;

const encoder = new TextEncoder();

/** BLAKE2b-256 of bytes, wherever it is computed; 32 bytes. */
export type Hash = (bytes: Uint8Array) => Uint8Array;

/** BLAKE2b-256 of the bytes; 32 bytes. */
export function hash(bytes: Uint8Array): Uint8Array {
  return new Blake2b(HASH_BYTES).update(bytes).digest();
}

/** An incremental BLAKE2b-256. */
export function hasher(): { update(bytes: Uint8Array): unknown; digest(): Uint8Array } {
  return new Blake2b(HASH_BYTES);
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hexadecimal text of bytes. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/**
 * The bytes that `toHex` wrote.
 * @throws RangeError for any text but two lower-case digits for each byte
 */
export function fromHex(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new RangeError('bytes are written with two hexadecimal digits each');
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** UTF-8 bytes of a text (lone surrogates become U+FFFD, as the Encoding standard says). */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}
