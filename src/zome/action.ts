/**
 * `Action`: one step of an agent's chain, in the shape of each generation.
 *
 * Invariant: fields in declaration order, because an action's hash is the hash of its MessagePack. Until 0.6 an action is
 * one flat map with `type` first; in 0.7 it is `{header, data}` and has no weight.
 *
 * Source: holochain_integrity_types `action.rs`, develop-0.1 to develop; HOLOCHAIN.md 2.1, 2.2. `OpenChain` and
 * `CloseChain` name DNAs until Holochain 0.3 and migration targets from 0.4, within one generation: each keeps its own.
 */
import type * as t from 'io-ts';
import { bytes, type Codec, i64, u8, u32 } from '../boundary/codec.js';
import { encodeBytes } from '../boundary/codec-bytes.js';
import { externallyTagged, internallyTagged, type UnitForm } from '../boundary/codec-enum.js';
import { option, optional, struct } from '../boundary/codec-struct.js';
import { GENERATIONS, type Generation } from '../boundary/generation.js';
import { ActionHash, AgentPubKey, AnyLinkableHash, DnaHash, EntryHash } from '../boundary/hash-bytes.js';
import { entryType, Signature } from './entry.js';
import { hashOfContent } from './holo-hash.js';

const MigrationTarget = externallyTagged('MigrationTarget', { Dna: DnaHash, Agent: AgentPubKey });

const HEAD = { author: AgentPubKey, timestamp: i64, action_seq: u32, prev_action: ActionHash } as const;
const ENTRY_WEIGHT = struct('EntryRateWeight', { bucket_id: u8, units: u8, rate_bytes: u8 });
const WEIGHT = struct('RateWeight', { bucket_id: u8, units: u8 });

const LINK = {
  base_address: AnyLinkableHash,
  target_address: AnyLinkableHash,
  zome_index: u8,
  link_type: u8,
  tag: bytes,
} as const;
const LINK_REMOVAL = { base_address: AnyLinkableHash, link_add_address: ActionHash } as const;
const DELETION = { deletes_address: ActionHash, deletes_entry_address: EntryHash } as const;
const ORIGINAL = { original_action_address: ActionHash, original_entry_address: EntryHash } as const;

/** The structs of a flat action, until Holochain 0.6. */
function flatStructs(unitForm: UnitForm) {
  const content = { entry_type: entryType(unitForm), entry_hash: EntryHash } as const;
  return {
    Dna: { author: AgentPubKey, timestamp: i64, hash: DnaHash },
    AgentValidationPkg: { ...HEAD, membrane_proof: option(bytes) },
    InitZomesComplete: HEAD,
    CreateLink: { ...HEAD, ...LINK, weight: WEIGHT },
    DeleteLink: { ...HEAD, ...LINK_REMOVAL },
    OpenChain: {
      ...HEAD,
      prev_dna_hash: optional(DnaHash),
      prev_target: optional(MigrationTarget),
      close_hash: optional(ActionHash),
    },
    CloseChain: { ...HEAD, new_dna_hash: optional(DnaHash), new_target: optional(option(MigrationTarget)) },
    Create: { ...HEAD, ...content, weight: ENTRY_WEIGHT },
    Update: { ...HEAD, ...ORIGINAL, ...content, weight: ENTRY_WEIGHT },
    Delete: { ...HEAD, ...DELETION, weight: WEIGHT },
  } as const;
}

/** Generations whose actions are flat. */
export type FlatGeneration = Exclude<Generation, '0.7'>;

/** Codecs of flat actions: `Action` itself and the bare structs that ops carry. */
export function flatActions(generation: FlatGeneration) {
  const structs = flatStructs(GENERATIONS[generation].unitForm);
  const Create = struct('Create', structs.Create);
  const Update = struct('Update', structs.Update);
  return {
    Action: internallyTagged('Action', structs),
    /** externally tagged, unlike `Action` */
    EntryCreationAction: externallyTagged('EntryCreationAction', { Create, Update }),
    Update,
    Delete: struct('Delete', structs.Delete),
    CreateLink: struct('CreateLink', structs.CreateLink),
    DeleteLink: struct('DeleteLink', structs.DeleteLink),
  } as const;
}

/** `Action` of Holochain 0.7. */
export const HeaderedAction = struct('Action', {
  header: struct('ActionHeader', { ...HEAD, prev_action: option(ActionHash) }),
  data: internallyTagged('ActionData', {
    Dna: { dna_hash: DnaHash },
    AgentValidationPkg: { membrane_proof: option(bytes) },
    InitZomesComplete: {},
    Create: { entry_type: entryType('string'), entry_hash: EntryHash },
    Update: { ...ORIGINAL, entry_type: entryType('string'), entry_hash: EntryHash },
    Delete: DELETION,
    CreateLink: LINK,
    DeleteLink: LINK_REMOVAL,
    CloseChain: { new_target: option(MigrationTarget) },
    OpenChain: { prev_target: MigrationTarget, close_hash: ActionHash },
  }),
});

export type FlatAction = t.TypeOf<ReturnType<typeof flatActions>['Action']>;
export type HeaderedAction = t.TypeOf<typeof HeaderedAction>;
export type Action = FlatAction | HeaderedAction;

/** Made once: to make one costs more than to hash an action with it. */
const ACTIONS: Readonly<Record<Generation, Codec<Action>>> = {
  '0.2': flatActions('0.2').Action as Codec<Action>,
  '0.2-map': flatActions('0.2-map').Action as Codec<Action>,
  '0.6': flatActions('0.6').Action as Codec<Action>,
  '0.7': HeaderedAction as Codec<Action>,
};

/** `Action` of a generation. */
export function action(generation: Generation): Codec<Action> {
  return ACTIONS[generation];
}

/** The hash of an action: of its MessagePack. */
export function actionHash(value: Action, generation: Generation): Uint8Array {
  return hashOfContent('Action', encodeBytes(action(generation), value));
}

/** Content with its hash. */
export interface Hashed<A> {
  readonly content: A;
  readonly hash: Uint8Array;
}

/** Content with its hash and its author's signature. */
export interface SignedHashed<A> {
  readonly hashed: Hashed<A>;
  readonly signature: Uint8Array;
}

/** `HoloHashed<A>` of a kind of content whose hash is of `hash`. */
export function hashed<A>(content: Codec<A>, hash: Codec<Uint8Array>): Codec<Hashed<A>> {
  return struct<Hashed<A>>(`HoloHashed<${content.name}>`, { content, hash });
}

/** `SignedHashed<A>` of an action or a part of one. */
export function signedHashed<A>(content: Codec<A>): Codec<SignedHashed<A>> {
  return struct<SignedHashed<A>>(`SignedHashed<${content.name}>`, {
    hashed: hashed(content, ActionHash),
    signature: Signature,
  });
}
