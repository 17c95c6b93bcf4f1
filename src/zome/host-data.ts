/**
 * Inputs and outputs of the host functions that `validate` may call. They cross in single encoding, the output inside
 * `Result<_, WasmError>`.
 *
 * Source: holochain_zome_types `zome_io.rs`, holochain_integrity_types; HOLOCHAIN.md 3.1.
 */
import type * as t from 'io-ts';
import { bytes, str } from '../boundary/codec.js';
import { externallyTagged } from '../boundary/codec-enum.js';
import { list, option, struct } from '../boundary/codec-struct.js';
import { GENERATIONS, type Generation } from '../boundary/generation.js';
import { AgentPubKey, EntryHash } from '../boundary/hash-bytes.js';
import { chainFilter } from '../boundary/validation-result.js';
import { action, hashed, signedHashed } from './action.js';
import { entry, Signature } from './entry.js';

/** Answer of `must_get_entry_1`. */
export function entryHashed(generation: Generation) {
  return hashed(entry(generation), EntryHash);
}

/** Input of `must_get_agent_activity_1`. */
export function mustGetAgentActivityInput(generation: Generation) {
  return struct('MustGetAgentActivityInput', { author: AgentPubKey, chain_filter: chainFilter(generation) });
}

/** Answer of `must_get_agent_activity_1`. */
export function agentActivity(generation: Generation) {
  const item = { action: signedHashed(action(generation)), cached_entry: option(entry(generation)) } as const;
  return list(struct('RegisterAgentActivity', item));
}

/** Input of `verify_signature_1`; `data` is what was signed, as it is. */
export const VerifySignature = struct('VerifySignature', { key: AgentPubKey, signature: Signature, data: bytes });

const LEVELS = { ERROR: undefined, WARN: undefined, INFO: undefined, DEBUG: undefined, TRACE: undefined } as const;

/** Input of `trace_1`. */
export function traceMessage(generation: Generation) {
  return struct('TraceMsg', { msg: str, level: externallyTagged('Level', LEVELS, GENERATIONS[generation].unitForm) });
}

export type VerifySignature = t.TypeOf<typeof VerifySignature>;
export type TraceMessage = t.TypeOf<ReturnType<typeof traceMessage>>;
