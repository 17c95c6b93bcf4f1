/** From bytes to a codec's value: MessagePack by itself, and MessagePack in a `bin`. Apart from the way back, which the engine does without. */
import * as t from 'io-ts';
import { type Codec, type CodecResult, decodeValue, mismatch } from './codec.js';
import type { MessagePackValue } from './messagepack.js';
import { decodeMessagePack } from './messagepack-decode.js';

/** Decodes bytes that hold exactly one value. Malformed MessagePack is an error at `$`. */
export function decodeBytes<A>(codec: Codec<A>, bytes: Uint8Array): CodecResult<A> {
  const decoded = decodeMessagePack(bytes);
  if (decoded.ok) return decodeValue(codec, decoded.value);
  const { code, offsetBytes } = decoded.fault;
  return { ok: false, error: { path: '$', reason: `no MessagePack: ${code} at byte ${offsetBytes}` } };
}

/**
 * A value inside `bin`: Holochain's `ExternIO`, MessagePack in MessagePack. Nesting and objects are counted again inside.
 * @param encode to the wire, where there is a way back
 */
export function codecInside<A>(codec: Codec<A>, encode: (value: A) => MessagePackValue): Codec<A> {
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
    encode,
  );
}

/** Decodes a `bin` whose bytes hold exactly one value. */
export function decodeInside<A>(codec: Codec<A>, bytes: Uint8Array): CodecResult<A> {
  const oneWay = (): never => {
    throw new Error('this codec only decodes');
  };
  return decodeBytes(codecInside(codec, oneWay), bytes);
}
