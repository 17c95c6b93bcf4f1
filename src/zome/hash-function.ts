/**
 * `HashInput` and `HashOutput` of `__hc__hash_1`, which zomes import up to Holochain 0.5.
 *
 * Source: holochain_integrity_types `hash.rs`, holochain `host_fn/hash.rs`, both at develop-0.5. The type has SHA-256
 * and SHA-512, but the real host does not implement them and returns an error; so does this one.
 */
import { keccak_256, sha3_256 } from '@noble/hashes/sha3.js';
import { Blake2b, DIGEST_BYTES_MAX } from '../base/blake2b.js';
import { bytes, bytesOf, type Codec, u8 } from '../boundary/codec.js';
import { externallyTagged, type Variant } from '../boundary/codec-enum.js';
import { pair } from '../boundary/codec-struct.js';
import type { Generation } from '../boundary/generation.js';
import { ActionHash, EntryHash } from '../boundary/hash-bytes.js';
import { type Action, action, actionHash } from './action.js';
import { type Entry, entry, entryHash } from './entry.js';

/** The data to hash, and the algorithm. */
export type HashInput =
  | Variant<'Entry', Entry>
  | Variant<'Action', Action>
  | Variant<'Blake2B', readonly [data: Uint8Array, digestBytes: number]>
  | Variant<'Sha256' | 'Sha512' | 'Keccak256' | 'Sha3256', Uint8Array>;

export type HashOutput = Variant<'Entry' | 'Action' | 'Blake2B' | 'Keccak256' | 'Sha3256', Uint8Array>;

export function hashInput(generation: Generation): Codec<HashInput> {
  return externallyTagged('HashInput', {
    Entry: entry(generation),
    Action: action(generation),
    Blake2B: pair(bytes, u8),
    Sha256: bytes,
    Sha512: bytes,
    Keccak256: bytes,
    Sha3256: bytes,
  });
}

export const HashOutput: Codec<HashOutput> = externallyTagged('HashOutput', {
  Entry: EntryHash,
  Action: ActionHash,
  Blake2B: bytes,
  Keccak256: bytesOf(32),
  Sha3256: bytesOf(32),
});

/** The hash, or why the real host has none. */
export function hashOfInput(input: HashInput, generation: Generation): HashOutput | string {
  switch (input.kind) {
    case 'Entry':
      return { kind: 'Entry', value: entryHash(input.value, generation) };
    case 'Action':
      return { kind: 'Action', value: actionHash(input.value, generation) };
    case 'Blake2B': {
      const [data, digestBytes] = input.value;
      if (digestBytes < 1 || digestBytes > DIGEST_BYTES_MAX) return `BLAKE2b has no digest of ${digestBytes} bytes`;
      return { kind: 'Blake2B', value: new Blake2b(digestBytes).update(data).digest() };
    }
    case 'Keccak256':
      return { kind: 'Keccak256', value: keccak_256(input.value) };
    case 'Sha3256':
      return { kind: 'Sha3256', value: sha3_256(input.value) };
    default:
      return `Unimplemented hashing algorithm ${input.kind}`;
  }
}
