/** What zomes may ask about their DNA, as a user gives it. Source: holochain_integrity_types `info.rs`. */
import { hashFromCore } from './holo-hash.js';
import type { DnaInfoV2 } from './info.js';

export interface DnaDefinition {
  /** Default empty. */
  readonly name?: string;
  /** Hash of the DNA, 39 bytes. Default: the DNA hash whose core is 32 zero bytes. */
  readonly hash?: Uint8Array;
  readonly modifiers?: {
    /** Default empty. */
    readonly network_seed?: string;
    /** MessagePack. Default nil. */
    readonly properties?: Uint8Array;
  };
}

const NIL = 0xc0;

/** @param integrityZomes names, in the order of their indices */
export function dnaInfoOf(
  { name = '', hash = hashFromCore('Dna', new Uint8Array(32)), modifiers = {} }: DnaDefinition,
  integrityZomes: readonly string[],
): DnaInfoV2 {
  const { network_seed = '', properties = Uint8Array.of(NIL) } = modifiers;
  return { name, hash, modifiers: { network_seed, properties }, zome_names: integrityZomes };
}
