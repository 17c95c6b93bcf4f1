/** The only hash function of Assay: BLAKE2b with a digest of 256 bits (RFC 7693), unkeyed. */
import { Blake2b } from './blake2b.js';

export const HASH_BYTES = 32;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** An incremental hash. */
export interface Hasher {
  update(bytes: Uint8Array): unknown;
  /** May be called once, at the end. */
  digest(): Uint8Array;
}

/** BLAKE2b-256 of bytes, whichever implementation computes it; 32 bytes. */
export interface Hash {
  (bytes: Uint8Array): Uint8Array;
  /** The same of bytes that come in pieces; that of this file if absent. */
  readonly hasher?: () => Hasher;
}

/** BLAKE2b-256 of the bytes; 32 bytes. */
export function hash(bytes: Uint8Array): Uint8Array {
  return new Blake2b(HASH_BYTES).update(bytes).digest();
}

/** An incremental BLAKE2b-256. @param of whose implementation is used */
export function hasher(of: Hash = hash): Hasher {
  return of.hasher?.() ?? new Blake2b(HASH_BYTES);
}

const DIGITS = utf8('0123456789abcdef');
/** The value of a digit by its character code; above 15 if it is not a digit. */
const VALUES = new Uint8Array(128).fill(0xff);
DIGITS.forEach((code, value) => {
  VALUES[code] = value;
});
const HEX = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(DIGITS[byte >> 4], DIGITS[byte & 15]));
/** Up to this length, joining text is faster than calling a decoder. */
const JOINED_MAX = 64;

/** Bytes as lower-case hexadecimal text. */
export function toHex(bytes: Uint8Array): string {
  if (bytes.length > JOINED_MAX) return longHex(bytes);
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}

function longHex(bytes: Uint8Array): string {
  const text = new Uint8Array(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    text[2 * i] = DIGITS[bytes[i] >> 4];
    text[2 * i + 1] = DIGITS[bytes[i] & 15];
  }
  return decoder.decode(text);
}

/**
 * The bytes of a text written by `toHex`.
 * @throws RangeError for any text that is not two lower-case digits for each byte
 */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length >> 1);
  let isHex = text.length % 2 === 0;
  for (let i = 0; i < bytes.length; i++) {
    const value = (digitAt(text, 2 * i) << 4) | digitAt(text, 2 * i + 1);
    if (value > 0xff) isHex = false;
    bytes[i] = value;
  }
  if (!isHex) throw new RangeError('bytes are written with two hexadecimal digits each');
  return bytes;
}

/** The value of a digit; 0x100 if it is not one, so that either digit makes the value of the byte exceed 255. */
function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 128 && VALUES[code] < 16 ? VALUES[code] : 0x100;
}

/** Whether a text is what `toHex` writes for this many bytes, by default those of a hash or a key. */
export function isHex(text: string, bytes = HASH_BYTES): boolean {
  return text.length === 2 * bytes && /^[0-9a-f]*$/.test(text);
}

/** UTF-8 bytes of a text (lone surrogates become U+FFFD, as in the Encoding standard). */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}
