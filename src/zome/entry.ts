/**
 * `Entry` and what it may hold: application bytes, an agent's key, capabilities, a countersigning session.
 *
 * Invariant: an entry's hash is the hash of its MessagePack, `{entry_type, entry}`; that of an agent entry is the agent's
 * key under the Entry prefix.
 *
 * Source: holochain_integrity_types `entry.rs`, `capability/`, `countersigning.rs`, develop-0.1 to develop; HOLOCHAIN.md
 * 2.1. Capabilities changed their tags in Holochain 0.5, within one generation, so both forms are read there and each
 * keeps its own.
 */
import type * as t from 'io-ts';
import { bool, bytes, bytesOf, i64, str, u8, u32 } from '../boundary/codec.js';
import { encodeBytes } from '../boundary/codec-bytes.js';
import { adjacentlyTagged, externallyTagged, type UnitForm } from '../boundary/codec-enum.js';
import { eitherOf, list, pair, struct } from '../boundary/codec-struct.js';
import { GENERATIONS, type Generation } from '../boundary/generation.js';
import { ActionHash, AgentPubKey, EntryHash } from '../boundary/hash-bytes.js';
import { hashOfContent, retyped } from './holo-hash.js';

export const SIGNATURE_BYTES = 64;
const CAP_SECRET_BYTES = 64;

export const Signature = bytesOf(SIGNATURE_BYTES);
const CapSecret = bytesOf(CAP_SECRET_BYTES);

/** `EntryVisibility`. */
export function entryVisibility(unitForm: UnitForm) {
  return externallyTagged('EntryVisibility', { Public: undefined, Private: undefined }, unitForm);
}

/** `EntryType` of an action: where its definition is found. */
export function entryType(unitForm: UnitForm) {
  const AppEntryDef = struct('AppEntryDef', { entry_index: u8, zome_index: u8, visibility: entryVisibility(unitForm) });
  const variants = { AgentPubKey: undefined, App: AppEntryDef, CapClaim: undefined, CapGrant: undefined } as const;
  return externallyTagged('EntryType', variants, unitForm);
}

const CapClaim = struct('CapClaim', { tag: str, grantor: AgentPubKey, secret: CapSecret });

const GrantedFunctionList = list(pair(str, str));
const Transferable = struct('CapAccess::Transferable', { secret: CapSecret });
const Assigned = struct('CapAccess::Assigned', { secret: CapSecret, assignees: list(AgentPubKey) });

/** `CapAccess`: externally tagged until Holochain 0.4, from 0.5 by `type` and `value`. */
function capAccess(unitForm: UnitForm) {
  const old = externallyTagged('CapAccess', { Unrestricted: undefined, Transferable, Assigned }, unitForm);
  const variants = { unrestricted: undefined, transferable: Transferable, assigned: Assigned } as const;
  return eitherOf('CapAccess', 'type', adjacentlyTagged('CapAccess', 'type', 'value', variants), old);
}

/** `GrantedFunctions`: names of zome and function; tagged like `CapAccess`. */
function grantedFunctions(unitForm: UnitForm) {
  const old = externallyTagged('GrantedFunctions', { All: undefined, Listed: GrantedFunctionList }, unitForm);
  const variants = { all: undefined, listed: GrantedFunctionList } as const;
  return eitherOf('GrantedFunctions', 'type', adjacentlyTagged('GrantedFunctions', 'type', 'value', variants), old);
}

/** `ZomeCallCapGrant`, until Holochain 0.6. */
function zomeCallCapGrant(unitForm: UnitForm) {
  return struct('ZomeCallCapGrant', {
    tag: str,
    access: capAccess(unitForm),
    functions: grantedFunctions(unitForm),
  });
}

/** A capability grant: from 0.7 who and what for. What came before within 0.7 is read too, and keeps its form. */
function capGrant(unitForm: UnitForm, isOld: boolean) {
  const variants = { unrestricted: undefined, transferable: Transferable, assigned: Assigned } as const;
  const ZomeCallGrant = struct('ZomeCallGrant', { functions: grantedFunctions(unitForm) });
  const grant = struct('CapGrant', {
    tag: str,
    constraint: adjacentlyTagged('GrantConstraint', 'type', 'value', variants),
    capability: adjacentlyTagged('Capability', 'type', 'value', { zome_call: ZomeCallGrant, direct_signal: undefined }),
  });
  const either = eitherOf('CapGrant', 'constraint', grant, zomeCallCapGrant(unitForm));
  return isOld ? (zomeCallCapGrant(unitForm) as unknown as typeof either) : either;
}

const SigningAgents = list(pair(AgentPubKey, list(u8)));
const AgentState = struct('CounterSigningAgentState', { agent_index: u8, chain_top: ActionHash, action_seq: u32 });

/** `CounterSigningSessionData`: the same fields in every generation. */
function counterSigningSession(unitForm: UnitForm) {
  const EntryType = entryType(unitForm);
  const PreflightRequest = struct('PreflightRequest', {
    app_entry_hash: EntryHash,
    signing_agents: SigningAgents,
    optional_signing_agents: SigningAgents,
    minimum_optional_signing_agents: u8,
    enzymatic: bool,
    session_times: struct('CounterSigningSessionTimes', { start: i64, end: i64 }),
    action_base: externallyTagged('ActionBase', {
      Create: struct('CreateBase', { entry_type: EntryType }),
      Update: struct('UpdateBase', {
        original_action_address: ActionHash,
        original_entry_address: EntryHash,
        entry_type: EntryType,
      }),
    }),
    preflight_bytes: bytes,
  });
  return struct('CounterSigningSessionData', {
    preflight_request: PreflightRequest,
    responses: list(pair(AgentState, Signature)),
    optional_responses: list(pair(AgentState, Signature)),
  });
}

function entryOf(generation: Generation) {
  const { unitForm } = GENERATIONS[generation];
  const variants = {
    Agent: AgentPubKey,
    App: bytes,
    CounterSign: pair(counterSigningSession(unitForm), bytes),
    CapClaim,
    CapGrant: capGrant(unitForm, generation !== '0.7'),
  } as const;
  return adjacentlyTagged('Entry', 'entry_type', 'entry', variants, unitForm);
}

/** Made once: to make one costs more than to hash an entry with it. */
const ENTRIES: Readonly<Record<Generation, ReturnType<typeof entryOf>>> = {
  '0.2': entryOf('0.2'),
  '0.6': entryOf('0.6'),
  '0.7': entryOf('0.7'),
};

/** `Entry`, adjacently tagged. `App` holds the bytes of the application's own MessagePack. */
export function entry(generation: Generation) {
  return ENTRIES[generation];
}

export type Entry = t.TypeOf<ReturnType<typeof entry>>;

/** The hash of an entry. */
export function entryHash(value: Entry, generation: Generation): Uint8Array {
  if (value.entry_type === 'Agent') return retyped(value.entry, 'Entry');
  return hashOfContent('Entry', encodeBytes(entry(generation), value));
}
