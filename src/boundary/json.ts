/**
 * JSON <-> MessagePack value, for people and for the command line's `.json` files: the forms. `json-read.ts` reads them,
 * `json-write.ts` writes them.
 *
 * Invariant: `messagePackFromJson(jsonFromMessagePack(v))` gives v back, every bit of it, in every dialect. Own reader,
 * because `JSON.parse` makes 1.0 and 1 the same, rounds integers beyond 2^53, keeps the last of two equal keys and moves
 * integer-like keys to the front. A number without fraction and exponent is an integer, any other a float (f64), rounded
 * once from its text.
 *
 * What JSON has no form for is an object with exactly one key, which begins with `$`:
 *   {"$bin": "0aff"}                  binary, as hexadecimal digits
 *   {"$msgpack": value}               binary that holds the MessagePack of a value
 *   {"$int": "18446744073709551615"}  integer, as decimal digits
 *   {"$float": 1} {"$float": "0x7ff8000000000000"}       f64, as a number or as its 64 bits
 *   {"$float32": 1.5} {"$float32": "0x7fc00000"}         f32, as a number that it holds exactly or as its 32 bits
 *   {"$str": "text"}                  a string, where the dialect reads the bare string as something else
 *   {"$map": [[key, value], ...]}     a map with keys that are not strings, or whose one key begins with `$`
 *
 * Source: RFC 8259 for the text; the forms are our own.
 */
import type { MessagePackValue } from './messagepack.js';

/**
 * A dialect writes some binaries as bare strings, and MessagePack in a binary as `$msgpack`; `zome/zome-json.ts` is the one
 * that writes Holochain's hashes so.
 */
export interface JsonDialect {
  /** What a bare string is: bytes, the string itself (undefined), or nothing and why. */
  readonly bytesOfString: (text: string) => Uint8Array | { readonly reason: string } | undefined;
  /** The bare string of a binary; undefined if it has none. */
  readonly stringOfBytes: (bytes: Uint8Array) => string | undefined;
}

/** Deepest nesting of `$msgpack` in `$msgpack`; what lies deeper is written as `$bin`. */
export const NESTED_MESSAGEPACK_MAX = 4;

/** Where and why a text is no JSON, or JSON that has no MessagePack. Line and column count from 1. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

export type FromJson =
  | { readonly ok: true; readonly value: MessagePackValue }
  | { readonly ok: false; readonly fault: JsonFault };
