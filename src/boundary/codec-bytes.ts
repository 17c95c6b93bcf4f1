/** From bytes to a codec's value and back: MessagePack by itself, and MessagePack in a `bin`. See `codec.ts`. */
import type * as t from 'io-ts';
import { anyValue, type Codec } from './codec.js';
import { codecInside } from './decode-bytes.js';
import type { MessagePackValue } from './messagepack.js';
import { type Encodable, encodeMessagePack, withMessagePack } from './messagepack-encode.js';

export { decodeBytes } from './decode-bytes.js';

export function encodeBytes<A>(codec: Codec<A>, value: A): Uint8Array {
  return encodeMessagePack(codec.encode(value) as Encodable);
}

/** What `use` returns for the bytes, which it must not keep: their buffer is used again. */
export function withBytes<A, R>(codec: Codec<A>, value: A, use: (bytes: Uint8Array) => R): R {
  return withMessagePack(codec.encode(value) as Encodable, use);
}

/**
 * A value inside `bin`: Holochain's `ExternIO`, MessagePack in MessagePack. Nesting and objects are counted again inside.
 */
export function insideBytes<A>(codec: Codec<A>): Codec<A> {
  return codecInside(codec, (value) => encodeBytes(codec, value));
}

/** The same codec between bytes and a value, for composition with other io-ts types. */
export function fromBytes<A>(codec: Codec<A>): t.Type<A, Uint8Array, unknown> {
  return insideBytes(codec) as unknown as t.Type<A, Uint8Array, unknown>;
}

/** `BytesFromMessagePack`: any MessagePack value and its bytes. */
export const BytesFromMessagePack: t.Type<MessagePackValue, Uint8Array, unknown> = fromBytes(anyValue);
