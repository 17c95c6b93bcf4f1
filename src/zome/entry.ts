/**
 * `Entry` and its kinds: application bytes, an agent's key, capabilities, a countersigning session.
 *
 * Invariant: an entry's hash is the hash of its MessagePack, `{entry_type, entry}`; that of an agent entry is the
 * agent's key under the Entry prefix.
 *
 * Source: holochain_integrity_types `entry.rs`, `capability/`, `countersigning.rs`, develop-0.1 to develop; version
 * 0.7.1 for grants. The tags of capabilities changed in Holochain 0.5, within one generation, so both forms are read
 * there and each keeps its own.
 */
import { bool, bytes, bytesOf, type Codec, i64, str, u8, u32 } from '../boundary/codec.js';
import { withBytes } from '../boundary/codec-bytes.js';
import { adjacentlyTagged, externallyTagged, type Unit, type UnitForm, type Variant } from '../boundary/codec-enum.js';
import { eitherOf, list, pair, struct } from '../boundary/codec-struct.js';
import { GENERATIONS, type Generation, type GenerationRow } from '../boundary/generation.js';
import { ActionHash, AgentPubKey, EntryHash } from '../boundary/hash-bytes.js';
import { hashOfContent, retyped } from './holo-hash.js';

export const SIGNATURE_BYTES = 64;
const CAP_SECRET_BYTES = 64;

export const Signature = bytesOf(SIGNATURE_BYTES);
const CapSecret = bytesOf(CAP_SECRET_BYTES);

export type EntryVisibility = Unit<'Public'> | Unit<'Private'>;

/** `EntryVisibility`. */
export function entryVisibility(unitForm: UnitForm): Codec<EntryVisibility> {
  return externallyTagged('EntryVisibility', { Public: undefined, Private: undefined }, unitForm);
}

/** Which of a zome's definitions an entry follows. */
export interface AppEntryDef {
  readonly entry_index: number;
  readonly zome_index: number;
  readonly visibility: EntryVisibility;
}

export type EntryType = Unit<'AgentPubKey'> | Variant<'App', AppEntryDef> | Unit<'CapClaim'> | Unit<'CapGrant'>;

/** `EntryType` of an action: where its definition is found. */
export function entryType(unitForm: UnitForm): Codec<EntryType> {
  const AppEntryDef = struct<AppEntryDef>('AppEntryDef', {
    entry_index: u8,
    zome_index: u8,
    visibility: entryVisibility(unitForm),
  });
  const variants = { AgentPubKey: undefined, App: AppEntryDef, CapClaim: undefined, CapGrant: undefined } as const;
  return externallyTagged('EntryType', variants, unitForm);
}

export interface CapClaim {
  readonly tag: string;
  readonly grantor: Uint8Array;
  /** 64 bytes */
  readonly secret: Uint8Array;
}

const CapClaim = struct<CapClaim>('CapClaim', { tag: str, grantor: AgentPubKey, secret: CapSecret });

const GrantedFunctionList = list(pair(str, str));
/** The secret, 64 bytes, allows its holder to call. */
export interface TransferableAccess {
  readonly secret: Uint8Array;
}

/** The secret, 64 bytes, lets these agents call. */
export interface AssignedAccess {
  readonly secret: Uint8Array;
  readonly assignees: readonly Uint8Array[];
}

const Transferable = struct<TransferableAccess>('CapAccess::Transferable', { secret: CapSecret });
const Assigned = struct<AssignedAccess>('CapAccess::Assigned', { secret: CapSecret, assignees: list(AgentPubKey) });

/** Content by `type` and `value`. */
interface TypeAndValue<K extends string, A> {
  readonly type: K;
  readonly value: A;
}

/** The first three are those of Holochain 0.4 and before. */
export type CapAccess =
  | Unit<'Unrestricted'>
  | Variant<'Transferable', TransferableAccess>
  | Variant<'Assigned', AssignedAccess>
  | { readonly type: 'unrestricted' }
  | TypeAndValue<'transferable', TransferableAccess>
  | TypeAndValue<'assigned', AssignedAccess>;

/** Names of zome and function; the first two are those of Holochain 0.4 and before. */
export type GrantedFunctions =
  | Unit<'All'>
  | Variant<'Listed', readonly (readonly [zome: string, name: string])[]>
  | { readonly type: 'all' }
  | TypeAndValue<'listed', readonly (readonly [zome: string, name: string])[]>;

/** `CapAccess`: externally tagged until Holochain 0.4, from 0.5 by `type` and `value`. */
function capAccess(unitForm: UnitForm): Codec<CapAccess> {
  const old = externallyTagged('CapAccess', { Unrestricted: undefined, Transferable, Assigned }, unitForm);
  const variants = { unrestricted: undefined, transferable: Transferable, assigned: Assigned } as const;
  return eitherOf('CapAccess', 'type', adjacentlyTagged('CapAccess', 'type', 'value', variants), old);
}

/** `GrantedFunctions`: names of zome and function; tagged like `CapAccess`. */
function grantedFunctions(unitForm: UnitForm): Codec<GrantedFunctions> {
  const old = externallyTagged('GrantedFunctions', { All: undefined, Listed: GrantedFunctionList }, unitForm);
  const variants = { all: undefined, listed: GrantedFunctionList } as const;
  return eitherOf('GrantedFunctions', 'type', adjacentlyTagged('GrantedFunctions', 'type', 'value', variants), old);
}

/** `ZomeCallCapGrant`, until Holochain 0.6. */
export interface ZomeCallCapGrant {
  readonly tag: string;
  readonly access: CapAccess;
  readonly functions: GrantedFunctions;
}

/** `CapGrant` of Holochain 0.7: what may be done is separate from who may do it. */
export interface ConstrainedCapGrant {
  readonly tag: string;
  readonly constraint:
    | { readonly type: 'unrestricted' }
    | TypeAndValue<'transferable', TransferableAccess>
    | TypeAndValue<'assigned', AssignedAccess>;
  readonly capability:
    | TypeAndValue<'zome_call', { readonly functions: GrantedFunctions }>
    | { readonly type: 'direct_signal' };
}

export type CapGrant = ZomeCallCapGrant | ConstrainedCapGrant;

function zomeCallCapGrant(unitForm: UnitForm): Codec<ZomeCallCapGrant> {
  return struct<ZomeCallCapGrant>('ZomeCallCapGrant', {
    tag: str,
    access: capAccess(unitForm),
    functions: grantedFunctions(unitForm),
  });
}

const ConstrainedCapGrant: Codec<ConstrainedCapGrant> = struct<ConstrainedCapGrant>('CapGrant', {
  tag: str,
  constraint: adjacentlyTagged('GrantConstraint', 'type', 'value', {
    unrestricted: undefined,
    transferable: Transferable,
    assigned: Assigned,
  }),
  capability: adjacentlyTagged('Capability', 'type', 'value', {
    zome_call: struct('ZomeCallGrant', { functions: grantedFunctions('string') }),
    direct_signal: undefined,
  }),
});

/** The form of a grant in a generation; release candidates of 0.7 still had the old one. */
function capGrant({ shape, unitForm }: GenerationRow): Codec<CapGrant> {
  const old = zomeCallCapGrant(unitForm);
  return shape === '0.7' ? eitherOf('CapGrant', 'capability', ConstrainedCapGrant, old) : (old as Codec<CapGrant>);
}

const SigningAgents = list(pair(AgentPubKey, list(u8)));

export interface CounterSigningAgentState {
  readonly agent_index: number;
  readonly chain_top: Uint8Array;
  readonly action_seq: number;
}

const AgentState = struct<CounterSigningAgentState>('CounterSigningAgentState', {
  agent_index: u8,
  chain_top: ActionHash,
  action_seq: u32,
});

/** An agent and its roles. */
export type SigningAgent = readonly [agent: Uint8Array, roles: readonly number[]];

/** The part of the action that all signers have in common. */
export type ActionBase =
  | Variant<'Create', { readonly entry_type: EntryType }>
  | Variant<
      'Update',
      {
        readonly original_action_address: Uint8Array;
        readonly original_entry_address: Uint8Array;
        readonly entry_type: EntryType;
      }
    >;

export interface PreflightRequest {
  readonly app_entry_hash: Uint8Array;
  readonly signing_agents: readonly SigningAgent[];
  readonly optional_signing_agents: readonly SigningAgent[];
  readonly minimum_optional_signing_agents: number;
  readonly enzymatic: boolean;
  /** microseconds */
  readonly session_times: { readonly start: bigint; readonly end: bigint };
  readonly action_base: ActionBase;
  readonly preflight_bytes: Uint8Array;
}

export interface CounterSigningSession {
  readonly preflight_request: PreflightRequest;
  readonly responses: readonly (readonly [state: CounterSigningAgentState, signature: Uint8Array])[];
  readonly optional_responses: readonly (readonly [state: CounterSigningAgentState, signature: Uint8Array])[];
}

/** `CounterSigningSessionData`: the same fields in every generation. */
function counterSigningSession(unitForm: UnitForm): Codec<CounterSigningSession> {
  const EntryType = entryType(unitForm);
  const PreflightRequest = struct<PreflightRequest>('PreflightRequest', {
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
  return struct<CounterSigningSession>('CounterSigningSessionData', {
    preflight_request: PreflightRequest,
    responses: list(pair(AgentState, Signature)),
    optional_responses: list(pair(AgentState, Signature)),
  });
}

interface EntryAs<K extends string, A> {
  readonly entry_type: K;
  readonly entry: A;
}

export type Entry =
  /** a key of an agent */
  | EntryAs<'Agent', Uint8Array>
  /** MessagePack of the application */
  | EntryAs<'App', Uint8Array>
  | EntryAs<'CounterSign', readonly [session: CounterSigningSession, app: Uint8Array]>
  | EntryAs<'CapClaim', CapClaim>
  | EntryAs<'CapGrant', CapGrant>;

function entryOf(generation: Generation): Codec<Entry> {
  const { unitForm, entryTagForm } = GENERATIONS[generation];
  const variants = {
    Agent: AgentPubKey,
    App: bytes,
    CounterSign: pair(counterSigningSession(unitForm), bytes),
    CapClaim,
    CapGrant: capGrant(GENERATIONS[generation]),
  } as const;
  return adjacentlyTagged('Entry', 'entry_type', 'entry', variants, entryTagForm);
}

/** Created once, because creating one costs more than hashing an entry with it. */
const ENTRIES: Readonly<Record<Generation, Codec<Entry>>> = {
  '0.2': entryOf('0.2'),
  '0.2-map': entryOf('0.2-map'),
  '0.6': entryOf('0.6'),
  '0.7': entryOf('0.7'),
};

/** `Entry`, adjacently tagged. `App` has the bytes of the application's own MessagePack. */
export function entry(generation: Generation): Codec<Entry> {
  return ENTRIES[generation];
}

/** The hash of an entry. */
export function entryHash(value: Entry, generation: Generation): Uint8Array {
  if (value.entry_type === 'Agent') return retyped(value.entry, 'Entry');
  return withBytes(entry(generation), value, (bytes) => hashOfContent('Entry', bytes));
}
