/**
 * The documents of a fleet are MessagePack in the canonical form of `boundary`, each with its format and a bound. What is read was written by
 * others: it is checked before anything of it is used.
 */
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { HASH_BYTES } from '../base/hash.js';
import { anyValue, bytes, bytesOf, type Codec, mismatch, str } from '../boundary/codec.js';
import { decodeBytes } from '../boundary/codec-bytes.js';
import { list } from '../boundary/codec-struct.js';
import type { MessagePackValue } from '../boundary/messagepack.js';
import { FleetError } from './fleet-error.js';
import { FLEET_LIMITS } from './fleet-limits.js';

/** A codec whose values must pass a test besides. */
function narrowed<A, B extends A>(name: string, codec: Codec<A>, fits: (value: A) => value is B): Codec<B> {
  return new t.Type<B, MessagePackValue, unknown>(
    name,
    (value): value is B => codec.is(value) && fits(value),
    (wire, context) => {
      const decoded = codec.validate(wire, context);
      if (E.isLeft(decoded)) return decoded;
      return fits(decoded.right) ? t.success(decoded.right) : mismatch(name, wire, context);
    },
    codec.encode,
  );
}

/** A hash, or a public key of ed25519. */
export const hash32: Codec<Uint8Array> = bytesOf(HASH_BYTES);

/** A number of units, below 2^53. */
export const units: Codec<number> = narrowed(
  'an integer from 0 to 2^53 - 1',
  anyValue,
  (value): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0,
) as Codec<number>;

export function boundedBytes(max: number): Codec<Uint8Array> {
  const fits = (value: Uint8Array): value is Uint8Array => value.length <= max;
  return narrowed(`at most ${max} bytes`, bytes, fits);
}

export function boundedText(max: number): Codec<string> {
  return narrowed(`a text of at most ${max} characters`, str, (value): value is string => value.length <= max);
}

export const nameText: Codec<string> = boundedText(FLEET_LIMITS.nameLength);

export function oneOf<T extends string>(...texts: readonly T[]): Codec<T> {
  return narrowed(texts.join(' or '), str, (value): value is T => (texts as readonly string[]).includes(value));
}

/** Its length is looked at before its items are. */
export function boundedList<A>(codec: Codec<A>, max: number, min = 0): Codec<readonly A[]> {
  const name = `a list of ${min} to ${max}`;
  const fits = (value: unknown) => Array.isArray(value) && value.length >= min && value.length <= max;
  const items = list(codec);
  return new t.Type<readonly A[], MessagePackValue, unknown>(
    name,
    (value): value is readonly A[] => fits(value) && items.is(value),
    (wire, context) => (fits(wire) ? items.validate(wire, context) : mismatch(name, wire, context)),
    items.encode,
  );
}

/**
 * @param what what it should be, for the message
 * @throws FleetError `content`
 */
export function readDocument<A>(codec: Codec<A>, what: string, given: Uint8Array, bytesMax: number): A {
  if (given.length > bytesMax) {
    throw new FleetError('content', `not a valid ${what}: it has ${given.length} bytes, the limit is ${bytesMax}`);
  }
  const decoded = decodeBytes(codec, given);
  if (decoded.ok) return decoded.value;
  throw new FleetError('content', `not a valid ${what}: ${decoded.error.reason} at ${decoded.error.path}`);
}
