/**
 * Codecs of Holochain hashes as they cross the boundary: `bin` of 39 bytes, 3 of prefix, 32 of core, 4 of location.
 *
 * Invariant: length and prefix are checked, the location bytes are not, exactly as the real host does (holo_hash `ser.rs`,
 * `try_from_raw_39`). Making and checking hashes is the zome storey's.
 *
 * Source: holo_hash `hash_type/primitive.rs` and `composite.rs`.
 */
import * as t from 'io-ts';
import type { Codec } from './codec.js';
import type { MessagePackValue } from './messagepack.js';

export const HASH_BYTES = 39;

/** The second byte of the prefix `84 xx 24` of every primitive hash type. */
export const HASH_PREFIXES = {
  Agent: 0x20,
  Entry: 0x21,
  /** Holochain 0.1 and 0.2 */
  NetId: 0x22,
  DhtOp: 0x24,
  Action: 0x29,
  Wasm: 0x2a,
  /** Holochain 0.7 */
  Inline: 0x2b,
  Warrant: 0x2c,
  Dna: 0x2d,
  External: 0x2f,
} as const satisfies Record<string, number>;

export type HashType = keyof typeof HASH_PREFIXES;

const TYPE_BY_PREFIX: ReadonlyMap<number, HashType> = new Map(
  Object.entries(HASH_PREFIXES).map(([type, prefix]) => [prefix, type as HashType]),
);

/** The type that a hash's prefix names, or undefined if it names none or the length is wrong. */
export function hashTypeOf(hash: Uint8Array): HashType | undefined {
  if (hash.length !== HASH_BYTES || hash[0] !== 0x84 || hash[2] !== 0x24) return undefined;
  return TYPE_BY_PREFIX.get(hash[1]);
}

/** A codec of hashes whose type is one of `types`. */
export function hashOf(name: string, ...types: readonly HashType[]): Codec<Uint8Array> {
  const is = (value: unknown): value is Uint8Array => {
    if (!(value instanceof Uint8Array)) return false;
    const type = hashTypeOf(value);
    return type !== undefined && types.includes(type);
  };
  return new t.Type<Uint8Array, MessagePackValue, unknown>(
    name,
    is,
    (wire, context) => (is(wire) ? t.success(wire) : t.failure(wire, context, `expected ${name}, got ${found(wire)}`)),
    (value) => value,
  );
}

function found(wire: unknown): string {
  if (!(wire instanceof Uint8Array)) return 'no bin';
  if (wire.length !== HASH_BYTES) return `bin ${wire.length}, not ${HASH_BYTES}`;
  return `the hash of ${hashTypeOf(wire) ?? 'no known type'}`;
}

export const AgentPubKey: Codec<Uint8Array> = hashOf('AgentPubKey', 'Agent');
export const EntryHash: Codec<Uint8Array> = hashOf('EntryHash', 'Entry');
export const ActionHash: Codec<Uint8Array> = hashOf('ActionHash', 'Action');
export const DnaHash: Codec<Uint8Array> = hashOf('DnaHash', 'Dna');
export const AnyDhtHash: Codec<Uint8Array> = hashOf('AnyDhtHash', 'Entry', 'Action');
export const AnyLinkableHash: Codec<Uint8Array> = hashOf('AnyLinkableHash', 'Entry', 'Action', 'External');
