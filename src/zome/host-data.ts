/**
 * Inputs and outputs of the host functions that `validate` may call. They are encoded once, the output inside
 * `Result<_, WasmError>`.
 *
 * Source: holochain_zome_types `zome_io.rs`, holochain_integrity_types.
 */
import { bytes, type Codec, str } from '../boundary/codec.js';
import { externallyTagged, type Unit } from '../boundary/codec-enum.js';
import { list, option, struct } from '../boundary/codec-struct.js';
import { GENERATIONS, type Generation } from '../boundary/generation.js';
import { AgentPubKey, EntryHash } from '../boundary/hash-bytes.js';
import { type ChainFilter, chainFilter } from '../boundary/validation-result.js';
import { type Action, action, type Hashed, hashed, type SignedHashed, signedHashed } from './action.js';
import { type Entry, entry, Signature } from './entry.js';

/** Result of `must_get_entry_1`. */
export function entryHashed(generation: Generation): Codec<Hashed<Entry>> {
  return hashed(entry(generation), EntryHash);
}

export interface MustGetAgentActivityInput {
  readonly author: Uint8Array;
  readonly chain_filter: ChainFilter;
}

/** Input of `must_get_agent_activity_1`. */
export function mustGetAgentActivityInput(generation: Generation): Codec<MustGetAgentActivityInput> {
  return struct<MustGetAgentActivityInput>('MustGetAgentActivityInput', {
    author: AgentPubKey,
    chain_filter: chainFilter(generation),
  });
}

export interface RegisterAgentActivity {
  readonly action: SignedHashed<Action>;
  readonly cached_entry: Entry | null;
}

/** Result of `must_get_agent_activity_1`. */
export function agentActivity(generation: Generation): Codec<readonly RegisterAgentActivity[]> {
  const item = { action: signedHashed(action(generation)), cached_entry: option(entry(generation)) } as const;
  return list(struct<RegisterAgentActivity>('RegisterAgentActivity', item));
}

export interface VerifySignature {
  readonly key: Uint8Array;
  /** 64 bytes */
  readonly signature: Uint8Array;
  /** the signed data, unchanged */
  readonly data: Uint8Array;
}

/** Input of `verify_signature_1`. */
export const VerifySignature: Codec<VerifySignature> = struct<VerifySignature>('VerifySignature', {
  key: AgentPubKey,
  signature: Signature,
  data: bytes,
});

const LEVELS = { ERROR: undefined, WARN: undefined, INFO: undefined, DEBUG: undefined, TRACE: undefined } as const;

export interface TraceMessage {
  readonly msg: string;
  readonly level: Unit<keyof typeof LEVELS>;
}

/** Input of `trace_1`. */
export function traceMessage(generation: Generation): Codec<TraceMessage> {
  return struct<TraceMessage>('TraceMsg', {
    msg: str,
    level: externallyTagged('Level', LEVELS, GENERATIONS[generation].unitForm),
  });
}
