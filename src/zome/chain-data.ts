/**
 * What the host functions that read and write a chain take and give, Holochain 0.3 to 0.7.
 *
 * Source: holochain_zome_types `entry.rs`, `link.rs`, `query.rs`, `metadata.rs`, `info.rs`, `call.rs`, `signature.rs`,
 * `agent_activity.rs`, develop-0.6 and develop. What an older minor version does not send is `null` here.
 */
import type * as t from 'io-ts';
import { anyValue, bool, bytes, bytesOf, i64, str, u8, u32 } from '../boundary/codec.js';
import { adjacentlyTagged, externallyTagged } from '../boundary/codec-enum.js';
import { list, option, optional, pair, struct, triple } from '../boundary/codec-struct.js';
import { GENERATIONS, type Generation } from '../boundary/generation.js';
import { ActionHash, AgentPubKey, AnyDhtHash, AnyLinkableHash, DnaHash, EntryHash } from '../boundary/hash-bytes.js';
import { action, signedHashed } from './action.js';
import { entry, entryType, entryVisibility, Signature } from './entry.js';
import { record } from './record.js';

/** Where the answer is looked for. A chain in memory has one place, so it is read over. */
const GetOptions = optional(anyValue);

/** Whether a write may be moved to another top. Nothing else writes to a chain in memory, so it is read over. */
const ChainTopOrdering = anyValue;

/** Input of `create_1`. */
export function createInput(generation: Generation) {
  const { unitForm } = GENERATIONS[generation];
  const App = struct('AppEntryDefLocation', { zome_index: u8, entry_def_index: u8 });
  return struct('CreateInput', {
    entry_location: externallyTagged('EntryDefLocation', { App, CapClaim: undefined, CapGrant: undefined }, unitForm),
    entry_visibility: entryVisibility(unitForm),
    entry: entry(generation),
    chain_top_ordering: ChainTopOrdering,
  });
}

/** Input of `update_1`. */
export function updateInput(generation: Generation) {
  return struct('UpdateInput', {
    original_action_address: ActionHash,
    entry: entry(generation),
    chain_top_ordering: ChainTopOrdering,
  });
}

/** Input of `delete_1`. */
export const DeleteInput = struct('DeleteInput', {
  deletes_action_hash: ActionHash,
  chain_top_ordering: ChainTopOrdering,
});

/** Input of `create_link_1`. */
export const CreateLinkInput = struct('CreateLinkInput', {
  base_address: AnyLinkableHash,
  target_address: AnyLinkableHash,
  zome_index: u8,
  link_type: u8,
  tag: bytes,
  chain_top_ordering: ChainTopOrdering,
});

/** Input of `delete_link_1`. */
export const DeleteLinkInput = struct('DeleteLinkInput', {
  address: ActionHash,
  chain_top_ordering: ChainTopOrdering,
  get_options: GetOptions,
});

/** Input of `get_1` and `get_details_1`. */
export const GetInputs = list(struct('GetInput', { any_dht_hash: AnyDhtHash, get_options: GetOptions }));

/** Answer of `get_1`. */
export function maybeRecords(generation: Generation) {
  return list(option(record(generation)));
}

/** Answer of `query_1`. */
export function records(generation: Generation) {
  return list(record(generation));
}

/** Answer of `get_details_1`. */
export function maybeDetails(generation: Generation) {
  return list(option(details(generation)));
}

function details(generation: Generation) {
  const { unitForm } = GENERATIONS[generation];
  const Signed = signedHashed(action(generation));
  const status = { Valid: undefined, Rejected: undefined, Abandoned: undefined } as const;
  return adjacentlyTagged('Details', 'type', 'content', {
    Record: struct('RecordDetails', {
      record: record(generation),
      validation_status: externallyTagged('ValidationStatus', status, unitForm),
      deletes: list(Signed),
      updates: list(Signed),
    }),
    Entry: struct('EntryDetails', {
      entry: entry(generation),
      actions: list(Signed),
      rejected_actions: list(Signed),
      deletes: list(Signed),
      updates: list(Signed),
      entry_dht_status: externallyTagged('EntryDhtStatus', { Live: undefined, Dead: undefined }, unitForm),
    }),
  });
}

const LinkTypeFilter = externallyTagged('LinkTypeFilter', {
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

/** Input of `get_links_1` and `get_links_details_1`. */
export const GetLinksInputs = list(
  struct('GetLinksInput', { base_address: AnyLinkableHash, ...LINK_SEARCH, get_options: GetOptions }),
);

/** Input of `count_links_1`. */
export const LinkQuery = struct('LinkQuery', { base: AnyLinkableHash, ...LINK_SEARCH });

/** `Link`, in the answer of `get_links_1`. */
export const Link = struct('Link', {
  author: AgentPubKey,
  base: AnyLinkableHash,
  target: AnyLinkableHash,
  timestamp: i64,
  zome_index: u8,
  link_type: u8,
  tag: bytes,
  create_link_hash: ActionHash,
});

/** Answer of `get_links_1`. */
export const Links = list(list(Link));

/** Answer of `get_links_details_1`. */
export function linkDetails(generation: Generation) {
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

/** Input of `query_1`. */
export function chainQueryFilter(generation: Generation) {
  const { unitForm } = GENERATIONS[generation];
  const sequence_range = externallyTagged(
    'ChainQueryFilterRange',
    {
      Unbounded: undefined,
      ActionSeqRange: pair(u32, u32),
      ActionHashRange: pair(ActionHash, ActionHash),
      ActionHashTerminated: pair(ActionHash, u32),
    },
    unitForm,
  );
  return struct('ChainQueryFilter', {
    sequence_range,
    entry_type: option(list(entryType(unitForm))),
    entry_hashes: option(list(EntryHash)),
    action_type: option(list(externallyTagged('ActionType', ACTION_TYPES, unitForm))),
    include_entries: bool,
    order_descending: bool,
  });
}

/** Input of `get_agent_activity_1`. */
export function agentActivityInput(generation: Generation) {
  const { unitForm } = GENERATIONS[generation];
  return struct('GetAgentActivityInput', {
    agent_pubkey: AgentPubKey,
    chain_query_filter: chainQueryFilter(generation),
    activity_request: externallyTagged('ActivityRequest', { Status: undefined, Full: undefined }, unitForm),
    get_options: GetOptions,
  });
}

const ChainHead = struct('ChainHead', { action_seq: u32, hash: ActionHash });

/** Answer of `get_agent_activity_1`: `AgentActivity`, in 0.7 `AgentActivityStatus`. There are no warrants here. */
export function agentActivityStatus(generation: Generation) {
  const { unitForm } = GENERATIONS[generation];
  const activity = list(pair(u32, ActionHash));
  return struct('AgentActivityStatus', {
    valid_activity: activity,
    rejected_activity: activity,
    status: externallyTagged('ChainStatus', { Empty: undefined, Valid: ChainHead, Closed: ChainHead }, unitForm),
    highest_observed: option(struct('HighestObserved', { action_seq: u32, hash: list(ActionHash) })),
    warrants: list(anyValue),
  });
}

/** An action, its place in the chain, its time. */
const ChainPlace = triple(ActionHash, u32, i64);

/** Answer of `agent_info_1`. The latest key is in it until Holochain 0.5; later guests read over it. */
export const AgentInfo = struct('AgentInfo', {
  agent_initial_pubkey: AgentPubKey,
  agent_latest_pubkey: AgentPubKey,
  chain_head: ChainPlace,
});

/** Answer of `call_info_1`. The caller is always the author of the chain. */
export const CallInfo = struct('CallInfo', {
  provenance: AgentPubKey,
  function_name: str,
  as_at: ChainPlace,
  cap_grant: externallyTagged('CapGrant', { ChainAuthor: AgentPubKey }),
});

/** Input of `sign_1`. */
export const Sign = struct('Sign', { key: AgentPubKey, data: bytes });

/** Input and answer of `sign_ephemeral_1`. */
export const SignEphemeral = list(bytes);
export const EphemeralSignatures = struct('EphemeralSignatures', { key: AgentPubKey, signatures: list(Signature) });

/** Input of `send_remote_signal_1`. */
export const RemoteSignal = struct('RemoteSignal', { agents: list(AgentPubKey), signal: bytes });

/** Input of `call_1`. */
export function calls(generation: Generation) {
  const cell = { OtherCell: pair(DnaHash, AgentPubKey), OtherRole: str, Local: undefined } as const;
  const ConductorCell = externallyTagged('CallTargetCell', cell, GENERATIONS[generation].unitForm);
  return list(
    struct('Call', {
      target: externallyTagged('CallTarget', { NetworkAgent: AgentPubKey, ConductorCell }),
      zome_name: str,
      fn_name: str,
      cap_secret: option(bytesOf(64)),
      payload: bytes,
    }),
  );
}

/** Answer of `call_1`: those variants that a host without a network and with one caller has. */
export const ZomeCallResponses = list(externallyTagged('ZomeCallResponse', { Ok: bytes, NetworkError: str }));

export type CreateInput = t.TypeOf<ReturnType<typeof createInput>>;
export type ChainQueryFilter = t.TypeOf<ReturnType<typeof chainQueryFilter>>;
export type AgentActivityStatus = t.TypeOf<ReturnType<typeof agentActivityStatus>>;
export type Details = t.TypeOf<ReturnType<typeof details>>;
export type Link = t.TypeOf<typeof Link>;
export type LinkSearch = t.TypeOf<typeof LinkQuery>;
export type CellCall = t.TypeOf<ReturnType<typeof calls>>[number];
export type CellCallResponse = t.TypeOf<typeof ZomeCallResponses>[number];
