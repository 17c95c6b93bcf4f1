/**
 * JSON of ops, records and all other data of zomes: the JSON of MessagePack (`boundary/json.ts`) in a dialect in which
 * a hash is its text `u...`, and MessagePack within a `bin` is written as a value.
 *
 * Invariant: reading written JSON returns the same value. A string with the length and beginning of a hash is a hash or
 * a fault, never silently a string; an actual string is written as `{"$str": "uhC..."}`. Keys of objects are always
 * strings.
 */
import { type Codec, type CodecError, decodeValue } from '../boundary/codec.js';
import { hashTypeOf } from '../boundary/hash-bytes.js';
import type { JsonDialect, JsonFault } from '../boundary/json.js';
import { messagePackFromJson, messagePackFromJsonBytes } from '../boundary/json-read.js';
import { jsonFromMessagePack } from '../boundary/json-write.js';
import { type HashTextFault, hashFromText, hashText, isLocated } from './holo-hash.js';

/** Every hash begins with `84 2x 24`, so its text begins with these three characters. */
const HASH_LIKE = /^uhC[A-Za-z0-9_-]{50}$/;

const REASONS: Readonly<Record<HashTextFault, string>> = {
  length: 'it does not have 53 characters',
  'no-u': 'it does not begin with u',
  'no-base64url': 'a character is not base64url',
  'unknown-type': 'its prefix is not that of a hash type',
  'wrong-type': 'it has another type',
  location: 'its last four bytes do not match the others: a character is wrong',
};

/** JSON with hashes as texts. */
export const ZOME_JSON: JsonDialect = Object.freeze({
  bytesOfString: (text: string) => {
    if (!HASH_LIKE.test(text)) return undefined;
    const read = hashFromText(text);
    return read.ok ? read.hash : { reason: `not a hash: ${REASONS[read.code]}; a string is {"$str": "${text}"}` };
  },
  stringOfBytes: (bytes: Uint8Array) =>
    hashTypeOf(bytes) !== undefined && isLocated(bytes) ? hashText(bytes) : undefined,
});

export type FromZomeJson<A> =
  | { readonly ok: true; readonly value: A }
  /** the text is not JSON of MessagePack, or its value is not of the type */
  | { readonly ok: false; readonly error: JsonFault | CodecError };

/** Reads JSON, or the UTF-8 of it, as a value of a type: `fromZomeJson(op('0.6'), text)`. */
export function fromZomeJson<A>(codec: Codec<A>, json: string | Uint8Array): FromZomeJson<A> {
  const read =
    typeof json === 'string' ? messagePackFromJson(json, ZOME_JSON) : messagePackFromJsonBytes(json, ZOME_JSON);
  return read.ok ? decodeValue(codec, read.value) : { ok: false, error: read.fault };
}

/** One line of JSON that `fromZomeJson` reads back. */
export function toZomeJson<A>(codec: Codec<A>, value: A): string {
  return jsonFromMessagePack(codec.encode(value), ZOME_JSON);
}
