/**
 * Inputs and results of the host functions that read and write a chain, Holochain 0.3 to 0.7.
 *
 * Source: holochain_zome_types `entry.rs`, `link.rs`, `query.rs`, `metadata.rs`, `info.rs`, `call.rs`, `signature.rs`,
 * `agent_activity.rs`, develop-0.6 and develop. Fields that an older minor version does not send are `null` here.
 */
import { anyValue, bool, bytes, bytesOf, type Codec, i64, str, u8, u32 } from '../boundary/codec.js';
import { adjacentlyTagged, externallyTagged, type Unit, type Variant } from '../boundary/codec-enum.js';
import { list, option, optional, pair, struct, triple } from '../boundary/codec-struct.js';
import { GENERATIONS, type Generation } from '../boundary/generation.js';
import { ActionHash, AgentPubKey, AnyDhtHash, AnyLinkableHash, DnaHash, EntryHash } from '../boundary/hash-bytes.js';
import type { MessagePackValue } from '../boundary/messagepack.js';
import { type Action, action, type SignedHashed, signedHashed } from './action.js';
import {
  type Entry,
  type EntryType,
  type EntryVisibility,
  entry,
  entryType,
  entryVisibility,
  Signature,
} from './entry.js';
import { type Record, record } from './record.js';

/** Where the result is searched. A chain in memory has one place, so it is ignored. */
const GetOptions = optional(anyValue);

/** Whether a write may be moved to another top. Nothing else writes to a chain in memory, so it is ignored. */
const ChainTopOrdering = anyValue;

export interface CreateInput {
  readonly entry_location:
    | Variant<'App', { readonly zome_index: number; readonly entry_def_index: number }>
    | Unit<'CapClaim'>
    | Unit<'CapGrant'>;
  readonly entry_visibility: EntryVisibility;
  readonly entry: Entry;
  readonly chain_top_ordering: MessagePackValue;
}

/** Input of `create_1`. */
export function createInput(generation: Generation): Codec<CreateInput> {
  const { unitForm } = GENERATIONS[generation];
  const App = struct('AppEntryDefLocation', { zome_index: u8, entry_def_index: u8 });
  return struct<CreateInput>('CreateInput', {
    entry_location: externallyTagged('EntryDefLocation', { App, CapClaim: undefined, CapGrant: undefined }, unitForm),
    entry_visibility: entryVisibility(unitForm),
    entry: entry(generation),
    chain_top_ordering: ChainTopOrdering,
  });
}

export interface UpdateInput {
  readonly original_action_address: Uint8Array;
  readonly entry: Entry;
  readonly chain_top_ordering: MessagePackValue;
}

/** Input of `update_1`. */
export function updateInput(generation: Generation): Codec<UpdateInput> {
  return struct<UpdateInput>('UpdateInput', {
    original_action_address: ActionHash,
    entry: entry(generation),
    chain_top_ordering: ChainTopOrdering,
  });
}

export interface DeleteInput {
  readonly deletes_action_hash: Uint8Array;
  readonly chain_top_ordering: MessagePackValue;
}

/** Input of `delete_1`. */
export const DeleteInput: Codec<DeleteInput> = struct<DeleteInput>('DeleteInput', {
  deletes_action_hash: ActionHash,
  chain_top_ordering: ChainTopOrdering,
});

export interface CreateLinkInput {
  readonly base_address: Uint8Array;
  readonly target_address: Uint8Array;
  readonly zome_index: number;
  readonly link_type: number;
  readonly tag: Uint8Array;
  readonly chain_top_ordering: MessagePackValue;
}

/** Input of `create_link_1`. */
export const CreateLinkInput: Codec<CreateLinkInput> = struct<CreateLinkInput>('CreateLinkInput', {
  base_address: AnyLinkableHash,
  target_address: AnyLinkableHash,
  zome_index: u8,
  link_type: u8,
  tag: bytes,
  chain_top_ordering: ChainTopOrdering,
});

export interface DeleteLinkInput {
  readonly address: Uint8Array;
  readonly chain_top_ordering: MessagePackValue;
  readonly get_options: MessagePackValue;
}

/** Input of `delete_link_1`. */
export const DeleteLinkInput: Codec<DeleteLinkInput> = struct<DeleteLinkInput>('DeleteLinkInput', {
  address: ActionHash,
  chain_top_ordering: ChainTopOrdering,
  get_options: GetOptions,
});

export interface GetInput {
  readonly any_dht_hash: Uint8Array;
  readonly get_options: MessagePackValue;
}

/** Input of `get_1` and `get_details_1`. */
export const GetInputs: Codec<readonly GetInput[]> = list(
  struct<GetInput>('GetInput', { any_dht_hash: AnyDhtHash, get_options: GetOptions }),
);

/** Result of `get_1`. */
export function maybeRecords(generation: Generation): Codec<readonly (Record | null)[]> {
  return list(option(record(generation)));
}

/** Result of `query_1`. */
export function records(generation: Generation): Codec<readonly Record[]> {
  return list(record(generation));
}

export interface RecordDetails {
  readonly record: Record;
  readonly validation_status: Unit<'Valid' | 'Rejected' | 'Abandoned'>;
  readonly deletes: readonly SignedHashed<Action>[];
  readonly updates: readonly SignedHashed<Action>[];
}

export interface EntryDetails {
  readonly entry: Entry;
  readonly actions: readonly SignedHashed<Action>[];
  readonly rejected_actions: readonly SignedHashed<Action>[];
  readonly deletes: readonly SignedHashed<Action>[];
  readonly updates: readonly SignedHashed<Action>[];
  readonly entry_dht_status: Unit<'Live' | 'Dead'>;
}

export type Details =
  | { readonly type: 'Record'; readonly content: RecordDetails }
  | { readonly type: 'Entry'; readonly content: EntryDetails };

/** Result of `get_details_1`. */
export function maybeDetails(generation: Generation): Codec<readonly (Details | null)[]> {
  return list(option(details(generation)));
}

function details(generation: Generation): Codec<Details> {
  const { unitForm } = GENERATIONS[generation];
  const Signed = signedHashed(action(generation));
  const status = { Valid: undefined, Rejected: undefined, Abandoned: undefined } as const;
  return adjacentlyTagged('Details', 'type', 'content', {
    Record: struct<RecordDetails>('RecordDetails', {
      record: record(generation),
      validation_status: externallyTagged('ValidationStatus', status, unitForm),
      deletes: list(Signed),
      updates: list(Signed),
    }),
    Entry: struct<EntryDetails>('EntryDetails', {
      entry: entry(generation),
      actions: list(Signed),
      rejected_actions: list(Signed),
      deletes: list(Signed),
      updates: list(Signed),
      entry_dht_status: externallyTagged('EntryDhtStatus', { Live: undefined, Dead: undefined }, unitForm),
    }),
  });
}

export type LinkTypeFilter =
  | Variant<'Types', readonly (readonly [zome: number, types: readonly number[]])[]>
  | Variant<'Dependencies', readonly number[]>;

interface LinkConditions {
  readonly link_type: LinkTypeFilter;
  readonly tag_prefix: Uint8Array | null;
  /** microseconds */
  readonly after: bigint | null;
  readonly before: bigint | null;
  readonly author: Uint8Array | null;
}

const LinkTypeFilter: Codec<LinkTypeFilter> = externallyTagged('LinkTypeFilter', {
  Types: list(pair(u8, list(u8))),
  Dependencies: list(u8),
});

const LINK_SEARCH = {
  link_type: LinkTypeFilter,
  tag_prefix: option(bytes),
  after: option(i64),
  before: option(i64),
  author: option(AgentPubKey),
} as const;

export interface GetLinksInput extends LinkConditions {
  readonly base_address: Uint8Array;
  readonly get_options: MessagePackValue;
}

/** Input of `get_links_1` and `get_links_details_1`. */
export const GetLinksInputs: Codec<readonly GetLinksInput[]> = list(
  struct<GetLinksInput>('GetLinksInput', { base_address: AnyLinkableHash, ...LINK_SEARCH, get_options: GetOptions }),
);

export interface LinkSearch extends LinkConditions {
  readonly base: Uint8Array;
}

/** Input of `count_links_1`. */
export const LinkQuery: Codec<LinkSearch> = struct<LinkSearch>('LinkQuery', { base: AnyLinkableHash, ...LINK_SEARCH });

export interface Link {
  readonly author: Uint8Array;
  readonly base: Uint8Array;
  readonly target: Uint8Array;
  /** microseconds */
  readonly timestamp: bigint;
  readonly zome_index: number;
  readonly link_type: number;
  readonly tag: Uint8Array;
  readonly create_link_hash: Uint8Array;
}

/** `Link`, in the result of `get_links_1`. */
export const Link: Codec<Link> = struct<Link>('Link', {
  author: AgentPubKey,
  base: AnyLinkableHash,
  target: AnyLinkableHash,
  timestamp: i64,
  zome_index: u8,
  link_type: u8,
  tag: bytes,
  create_link_hash: ActionHash,
});

/** Result of `get_links_1`. */
export const Links: Codec<readonly (readonly Link[])[]> = list(list(Link));

type SignedAction = SignedHashed<Action>;

/** A link's action, and those that deleted it. */
export type LinkDetails = readonly [create: SignedAction, deletes: readonly SignedAction[]];

/** Result of `get_links_details_1`. */
export function linkDetails(generation: Generation): Codec<readonly (readonly LinkDetails[])[]> {
  const Signed = signedHashed(action(generation));
  return list(list(pair(Signed, list(Signed))));
}

const ACTION_TYPES = {
  Dna: undefined,
  AgentValidationPkg: undefined,
  InitZomesComplete: undefined,
  CreateLink: undefined,
  DeleteLink: undefined,
  OpenChain: undefined,
  CloseChain: undefined,
  Create: undefined,
  Update: undefined,
  Delete: undefined,
} as const;

export type ChainQueryRange =
  | Unit<'Unbounded'>
  | Variant<'ActionSeqRange', readonly [first: number, last: number]>
  | Variant<'ActionHashRange', readonly [first: Uint8Array, last: Uint8Array]>
  | Variant<'ActionHashTerminated', readonly [last: Uint8Array, before: number]>;

export interface ChainQueryFilter {
  readonly sequence_range: ChainQueryRange;
  readonly entry_type: readonly EntryType[] | null;
  readonly entry_hashes: readonly Uint8Array[] | null;
  readonly action_type: readonly Unit<keyof typeof ACTION_TYPES>[] | null;
  readonly include_entries: boolean;
  readonly order_descending: boolean;
}

/** Input of `query_1`. */
export function chainQueryFilter(generation: Generation): Codec<ChainQueryFilter> {
  const { unitForm } = GENERATIONS[generation];
  const sequence_range: Codec<ChainQueryRange> = externallyTagged(
    'ChainQueryFilterRange',
    {
      Unbounded: undefined,
      ActionSeqRange: pair(u32, u32),
      ActionHashRange: pair(ActionHash, ActionHash),
      ActionHashTerminated: pair(ActionHash, u32),
    },
    unitForm,
  );
  return struct<ChainQueryFilter>('ChainQueryFilter', {
    sequence_range,
    entry_type: option(list(entryType(unitForm))),
    entry_hashes: option(list(EntryHash)),
    action_type: option(list(externallyTagged('ActionType', ACTION_TYPES, unitForm))),
    include_entries: bool,
    order_descending: bool,
  });
}

export interface AgentActivityInput {
  readonly agent_pubkey: Uint8Array;
  readonly chain_query_filter: ChainQueryFilter;
  readonly activity_request: Unit<'Status' | 'Full'>;
  readonly get_options: MessagePackValue;
}

/** Input of `get_agent_activity_1`. */
export function agentActivityInput(generation: Generation): Codec<AgentActivityInput> {
  const { unitForm } = GENERATIONS[generation];
  return struct<AgentActivityInput>('GetAgentActivityInput', {
    agent_pubkey: AgentPubKey,
    chain_query_filter: chainQueryFilter(generation),
    activity_request: externallyTagged('ActivityRequest', { Status: undefined, Full: undefined }, unitForm),
    get_options: GetOptions,
  });
}

export interface ChainHead {
  readonly action_seq: number;
  readonly hash: Uint8Array;
}

export interface AgentActivityStatus {
  readonly valid_activity: readonly (readonly [seq: number, action: Uint8Array])[];
  readonly rejected_activity: readonly (readonly [seq: number, action: Uint8Array])[];
  readonly status: Unit<'Empty'> | Variant<'Valid' | 'Closed', ChainHead>;
  readonly highest_observed: { readonly action_seq: number; readonly hash: readonly Uint8Array[] } | null;
  readonly warrants: readonly MessagePackValue[];
}

const ChainHead: Codec<ChainHead> = struct<ChainHead>('ChainHead', { action_seq: u32, hash: ActionHash });

/** Result of `get_agent_activity_1`: `AgentActivity`, in 0.7 `AgentActivityStatus`. There are no warrants here. */
export function agentActivityStatus(generation: Generation): Codec<AgentActivityStatus> {
  const { unitForm } = GENERATIONS[generation];
  const activity = list(pair(u32, ActionHash));
  return struct<AgentActivityStatus>('AgentActivityStatus', {
    valid_activity: activity,
    rejected_activity: activity,
    status: externallyTagged('ChainStatus', { Empty: undefined, Valid: ChainHead, Closed: ChainHead }, unitForm),
    highest_observed: option(struct('HighestObserved', { action_seq: u32, hash: list(ActionHash) })),
    warrants: list(anyValue),
  });
}

/** An action, its place in the chain, its time in microseconds. */
export type ChainPlace = readonly [action: Uint8Array, seq: number, timestamp: bigint];

const ChainPlace: Codec<ChainPlace> = triple(ActionHash, u32, i64);

export interface AgentInfo {
  readonly agent_initial_pubkey: Uint8Array;
  readonly agent_latest_pubkey: Uint8Array;
  readonly chain_head: ChainPlace;
}

/** Result of `agent_info_1`. The latest key is in it until Holochain 0.5; later guests ignore it. */
export const AgentInfo: Codec<AgentInfo> = struct<AgentInfo>('AgentInfo', {
  agent_initial_pubkey: AgentPubKey,
  agent_latest_pubkey: AgentPubKey,
  chain_head: ChainPlace,
});

export interface CallInfo {
  readonly provenance: Uint8Array;
  readonly function_name: string;
  readonly as_at: ChainPlace;
  readonly cap_grant: Variant<'ChainAuthor', Uint8Array>;
}

/** Result of `call_info_1`. The caller is always the author of the chain. */
export const CallInfo: Codec<CallInfo> = struct<CallInfo>('CallInfo', {
  provenance: AgentPubKey,
  function_name: str,
  as_at: ChainPlace,
  cap_grant: externallyTagged('CapGrant', { ChainAuthor: AgentPubKey }),
});

export interface Sign {
  readonly key: Uint8Array;
  readonly data: Uint8Array;
}

/** Input of `sign_1`. */
export const Sign: Codec<Sign> = struct<Sign>('Sign', { key: AgentPubKey, data: bytes });

/** Input and result of `sign_ephemeral_1`. */
export const SignEphemeral: Codec<readonly Uint8Array[]> = list(bytes);

export interface EphemeralSignatures {
  readonly key: Uint8Array;
  readonly signatures: readonly Uint8Array[];
}

export const EphemeralSignatures: Codec<EphemeralSignatures> = struct<EphemeralSignatures>('EphemeralSignatures', {
  key: AgentPubKey,
  signatures: list(Signature),
});

export interface RemoteSignal {
  readonly agents: readonly Uint8Array[];
  readonly signal: Uint8Array;
}

/** Input of `send_remote_signal_1`. */
export const RemoteSignal: Codec<RemoteSignal> = struct<RemoteSignal>('RemoteSignal', {
  agents: list(AgentPubKey),
  signal: bytes,
});

export type ConductorCell =
  | Variant<'OtherCell', readonly [dna: Uint8Array, agent: Uint8Array]>
  | Variant<'OtherRole', string>
  | Unit<'Local'>;

export interface CellCall {
  readonly target: Variant<'NetworkAgent', Uint8Array> | Variant<'ConductorCell', ConductorCell>;
  readonly zome_name: string;
  readonly fn_name: string;
  readonly cap_secret: Uint8Array | null;
  readonly payload: Uint8Array;
}

/** Input of `call_1`. */
export function calls(generation: Generation): Codec<readonly CellCall[]> {
  const cell = { OtherCell: pair(DnaHash, AgentPubKey), OtherRole: str, Local: undefined } as const;
  const ConductorCell = externallyTagged('CallTargetCell', cell, GENERATIONS[generation].unitForm);
  return list(
    struct<CellCall>('Call', {
      target: externallyTagged('CallTarget', { NetworkAgent: AgentPubKey, ConductorCell }),
      zome_name: str,
      fn_name: str,
      cap_secret: option(bytesOf(64)),
      payload: bytes,
    }),
  );
}

export type CellCallResponse = Variant<'Ok', Uint8Array> | Variant<'NetworkError', string>;

/** Result of `call_1`: the variants that a host without a network and with one caller can return. */
export const ZomeCallResponses: Codec<readonly CellCallResponse[]> = list(
  externallyTagged('ZomeCallResponse', { Ok: bytes, NetworkError: str }),
);
