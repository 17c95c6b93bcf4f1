/** From bytes to a codec's value and back: MessagePack by itself, and MessagePack in a `bin`. See `codec.ts`. */
import * as t from 'io-ts';
import { anyValue, type Codec, type CodecResult, decodeValue, mismatch } from './codec.js';
import type { MessagePackValue } from './messagepack.js';
import { decodeMessagePack } from './messagepack-decode.js';
import { type Encodable, encodeMessagePack } from './messagepack-encode.js';

/** Decodes bytes that hold exactly one value. Malformed MessagePack is an error at `$`. */
export function decodeBytes<A>(codec: Codec<A>, bytes: Uint8Array): CodecResult<A> {
  const decoded = decodeMessagePack(bytes);
  if (decoded.ok) return decodeValue(codec, decoded.value);
  const { code, offsetBytes } = decoded.fault;
  return { ok: false, error: { path: '$', reason: `no MessagePack: ${code} at byte ${offsetBytes}` } };
}

export function encodeBytes<A>(codec: Codec<A>, value: A): Uint8Array {
  return encodeMessagePack(codec.encode(value) as Encodable);
}

/**
 * A value inside `bin`: Holochain's `ExternIO`, MessagePack in MessagePack. Nesting and objects are counted anew inside.
 */
export function insideBytes<A>(codec: Codec<A>): Codec<A> {
  const name = `bin<${codec.name}>`;
  return new t.Type<A, MessagePackValue, unknown>(
    name,
    codec.is,
    (wire, context) => {
      if (!(wire instanceof Uint8Array)) return mismatch(name, wire, context);
      const decoded = decodeMessagePack(wire);
      if (decoded.ok) return codec.validate(decoded.value, context);
      const { code, offsetBytes } = decoded.fault;
      return t.failure(wire, context, `no MessagePack in bin: ${code} at byte ${offsetBytes}`);
    },
    (value) => encodeBytes(codec, value),
  );
}

/** The same codec between bytes and a value, for composition with other io-ts types. */
export function fromBytes<A>(codec: Codec<A>): t.Type<A, Uint8Array, unknown> {
  return new t.Type<A, Uint8Array, unknown>(
    `bytes<${codec.name}>`,
    codec.is,
    (input, context) => insideBytes(codec).validate(input, context),
    (value) => encodeBytes(codec, value),
  );
}

/** `BytesFromMessagePack`: any MessagePack value and its bytes. */
export const BytesFromMessagePack: t.Type<MessagePackValue, Uint8Array, unknown> = fromBytes(anyValue);
