/** Facts about their DNA that zomes may query, as passed by the user. Source: holochain_integrity_types `info.rs`. */

import type { Generation } from '../boundary/generation.js';
import { HOLOCHAIN_EPOCH, STANDARD_QUANTUM_TIME } from './dna-hash.js';
import { hashFromCore } from './holo-hash.js';
import type { DnaInfoV2, Duration } from './info.js';

export interface DnaDefinition {
  /** Default empty. */
  readonly name?: string;
  /**
   * Hash of the DNA, 39 bytes, or a function from the generation of the zomes to it. Default: the DNA hash whose core
   * is 32 zero bytes.
   */
  readonly hash?: Uint8Array | ((generation: Generation) => Uint8Array | undefined) | undefined;
  readonly modifiers?: {
    /** Default empty. */
    readonly network_seed?: string;
    /** MessagePack. Default nil. */
    readonly properties?: Uint8Array;
    /** Microseconds. Zomes of 0.1 to 0.4 receive it; default the start of 2022. */
    readonly origin_time?: bigint;
    /** Zomes of 0.1 to 0.4 receive it. Default five minutes. */
    readonly quantum_time?: Duration;
  };
}

const NIL = 0xc0;

const NO_HASH = hashFromCore('Dna', new Uint8Array(32));

/**
 * @param integrityZomes names, in the order of their indices
 * @param hasTimes whether the zomes cannot read modifiers without the times of Holochain 0.1 to 0.4; later ones ignore
 * them
 */
export function dnaInfoOf(
  { name = '', hash: given, modifiers = {} }: DnaDefinition,
  generation: Generation,
  integrityZomes: readonly string[],
  hasTimes: boolean,
): DnaInfoV2 {
  const hash = (typeof given === 'function' ? given(generation) : given) ?? NO_HASH.slice();
  const { network_seed = '', properties = Uint8Array.of(NIL) } = modifiers;
  const { origin_time = HOLOCHAIN_EPOCH, quantum_time = STANDARD_QUANTUM_TIME } = modifiers;
  const times = hasTimes ? { origin_time, quantum_time } : {};
  return { name, hash, modifiers: { network_seed, properties, ...times }, zome_names: integrityZomes };
}
