/**
 * Inputs and results of callbacks other than `validate`.
 *
 * Source: holochain_integrity_types `genesis.rs`, `entry_def.rs`; holochain_zome_types `init.rs`.
 */
import { bytes, type Codec, str } from '../boundary/codec.js';
import { externallyTagged, type Unit, type Variant } from '../boundary/codec-enum.js';
import { list, option, struct } from '../boundary/codec-struct.js';
import { GENERATIONS, type Generation } from '../boundary/generation.js';
import { AgentPubKey } from '../boundary/hash-bytes.js';
import { type Dependencies, unresolvedDependencies } from '../boundary/validation-result.js';
import { type EntryDef, entryDef } from './entry-def.js';
import { DnaInfoV1 } from './info.js';

export type EntryDefsResult = Variant<'Defs', readonly EntryDef[]>;

/** Result of `entry_defs`. */
export function entryDefsResult(generation: Generation): Codec<EntryDefsResult> {
  return externallyTagged('EntryDefsCallbackResult', { Defs: list(entryDef(generation)) });
}

export type InitResult = Unit<'Pass'> | Variant<'Fail', string> | Variant<'UnresolvedDependencies', Dependencies>;

/** Result of `init`. */
export function initResult(generation: Generation): Codec<InitResult> {
  const variants = { Pass: undefined, Fail: str, UnresolvedDependencies: unresolvedDependencies(generation) } as const;
  return externallyTagged('InitCallbackResult', variants, GENERATIONS[generation].unitForm);
}

export interface GenesisSelfCheckDataV1 {
  readonly dna_info: DnaInfoV1;
  readonly membrane_proof: Uint8Array | null;
  readonly agent_key: Uint8Array;
}

/** Input of `genesis_self_check_1` and `genesis_self_check`. */
export const GenesisSelfCheckDataV1: Codec<GenesisSelfCheckDataV1> = struct<GenesisSelfCheckDataV1>(
  'GenesisSelfCheckDataV1',
  {
    dna_info: DnaInfoV1,
    membrane_proof: option(bytes),
    agent_key: AgentPubKey,
  },
);

export interface GenesisSelfCheckDataV2 {
  readonly membrane_proof: Uint8Array | null;
  readonly agent_key: Uint8Array;
}

/** Input of `genesis_self_check_2`. */
export const GenesisSelfCheckDataV2: Codec<GenesisSelfCheckDataV2> = struct<GenesisSelfCheckDataV2>(
  'GenesisSelfCheckDataV2',
  {
    membrane_proof: option(bytes),
    agent_key: AgentPubKey,
  },
);
