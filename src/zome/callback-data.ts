/**
 * What callbacks other than `validate` take and give.
 *
 * Source: holochain_integrity_types `genesis.rs`, `entry_def.rs`; holochain_zome_types `init.rs`; HOLOCHAIN.md 2.
 */
import type * as t from 'io-ts';
import { bytes, str } from '../boundary/codec.js';
import { externallyTagged } from '../boundary/codec-enum.js';
import { list, option, struct } from '../boundary/codec-struct.js';
import { GENERATIONS, type Generation } from '../boundary/generation.js';
import { AgentPubKey } from '../boundary/hash-bytes.js';
import { unresolvedDependencies } from '../boundary/validation-result.js';
import { entryDef } from './entry-def.js';
import { DnaInfoV1 } from './info.js';

/** What `entry_defs` gives. */
export function entryDefsResult(generation: Generation) {
  return externallyTagged('EntryDefsCallbackResult', { Defs: list(entryDef(generation)) });
}

/** What `init` gives. */
export function initResult(generation: Generation) {
  const variants = { Pass: undefined, Fail: str, UnresolvedDependencies: unresolvedDependencies(generation) } as const;
  return externallyTagged('InitCallbackResult', variants, GENERATIONS[generation].unitForm);
}

/** What `genesis_self_check_1` and `genesis_self_check` take. */
export const GenesisSelfCheckDataV1 = struct('GenesisSelfCheckDataV1', {
  dna_info: DnaInfoV1,
  membrane_proof: option(bytes),
  agent_key: AgentPubKey,
});

/** What `genesis_self_check_2` takes. */
export const GenesisSelfCheckDataV2 = struct('GenesisSelfCheckDataV2', {
  membrane_proof: option(bytes),
  agent_key: AgentPubKey,
});

export type EntryDefsResult = t.TypeOf<ReturnType<typeof entryDefsResult>>;
export type InitResult = t.TypeOf<ReturnType<typeof initResult>>;
export type GenesisSelfCheckDataV1 = t.TypeOf<typeof GenesisSelfCheckDataV1>;
export type GenesisSelfCheckDataV2 = t.TypeOf<typeof GenesisSelfCheckDataV2>;
