/**
 * `Action`: one step of an agent's chain, in the form of each generation.
 *
 * Invariant: fields in declaration order, because an action's hash is the hash of its MessagePack. Until 0.6 an action
 * is one flat map with `type` first; in 0.7 it is `{header, data}` and has no weight.
 *
 * Source: holochain_integrity_types `action.rs`, develop-0.1 to develop. `OpenChain` and `CloseChain` name DNAs until
 * Holochain 0.3 and migration targets from 0.4, within one generation: each keeps its own.
 */
import { bytes, type Codec, i64, u8, u32 } from '../boundary/codec.js';
import { withBytes } from '../boundary/codec-bytes.js';
import { externallyTagged, internallyTagged, type Typed, type UnitForm, type Variant } from '../boundary/codec-enum.js';
import { option, optional, struct } from '../boundary/codec-struct.js';
import { GENERATIONS, type Generation } from '../boundary/generation.js';
import { ActionHash, AgentPubKey, AnyLinkableHash, DnaHash, EntryHash } from '../boundary/hash-bytes.js';
import { type EntryType, entryType, Signature } from './entry.js';
import { hashOfContent } from './holo-hash.js';

/** The place in the chain, which every action except `Dna` has. */
interface ChainPlace {
  /** 39 bytes, like every hash and key */
  readonly author: Uint8Array;
  /** microseconds */
  readonly timestamp: bigint;
  readonly action_seq: number;
  readonly prev_action: Uint8Array;
}

export interface RateWeight {
  readonly bucket_id: number;
  readonly units: number;
}

export interface EntryRateWeight extends RateWeight {
  readonly rate_bytes: number;
}

export type MigrationTarget = Variant<'Dna', Uint8Array> | Variant<'Agent', Uint8Array>;

interface LinkFields {
  readonly base_address: Uint8Array;
  readonly target_address: Uint8Array;
  readonly zome_index: number;
  readonly link_type: number;
  readonly tag: Uint8Array;
}

interface LinkRemoval {
  readonly base_address: Uint8Array;
  readonly link_add_address: Uint8Array;
}

interface EntryFields {
  readonly entry_type: EntryType;
  readonly entry_hash: Uint8Array;
}

interface Original {
  readonly original_action_address: Uint8Array;
  readonly original_entry_address: Uint8Array;
}

interface Deletion {
  readonly deletes_address: Uint8Array;
  readonly deletes_entry_address: Uint8Array;
}

/** The structs of flat actions, as they are in ops. */
export interface Create extends ChainPlace, EntryFields {
  readonly weight: EntryRateWeight;
}

export interface Update extends ChainPlace, Original, EntryFields {
  readonly weight: EntryRateWeight;
}

export interface Delete extends ChainPlace, Deletion {
  readonly weight: RateWeight;
}

export interface CreateLink extends ChainPlace, LinkFields {
  readonly weight: RateWeight;
}

export interface DeleteLink extends ChainPlace, LinkRemoval {}

/** `prev_dna_hash` until Holochain 0.3, the others since. */
export interface OpenChain extends ChainPlace {
  readonly prev_dna_hash?: Uint8Array;
  readonly prev_target?: MigrationTarget;
  readonly close_hash?: Uint8Array;
}

/** `new_dna_hash` until Holochain 0.3, `new_target` since. */
export interface CloseChain extends ChainPlace {
  readonly new_dna_hash?: Uint8Array;
  readonly new_target?: MigrationTarget | null;
}

/** The first action of a chain. */
interface DnaAction {
  readonly author: Uint8Array;
  /** microseconds */
  readonly timestamp: bigint;
  readonly hash: Uint8Array;
}

interface AgentValidationPkg {
  readonly membrane_proof: Uint8Array | null;
}

/** `Action` until Holochain 0.6. */
export type FlatAction =
  | Typed<'Dna', DnaAction>
  | Typed<'AgentValidationPkg', ChainPlace & AgentValidationPkg>
  | Typed<'InitZomesComplete', ChainPlace>
  | Typed<'CreateLink', CreateLink>
  | Typed<'DeleteLink', DeleteLink>
  | Typed<'OpenChain', OpenChain>
  | Typed<'CloseChain', CloseChain>
  | Typed<'Create', Create>
  | Typed<'Update', Update>
  | Typed<'Delete', Delete>;

/** An action that makes an entry; tagged from outside, unlike `Action`. */
export type EntryCreationAction = Variant<'Create', Create> | Variant<'Update', Update>;

export interface ActionHeader extends Omit<ChainPlace, 'prev_action'> {
  /** null for the first action of a chain */
  readonly prev_action: Uint8Array | null;
}

/** What an action of Holochain 0.7 does. */
export type ActionData =
  | Typed<'Dna', { readonly dna_hash: Uint8Array }>
  | Typed<'AgentValidationPkg', AgentValidationPkg>
  | Typed<'InitZomesComplete'>
  | Typed<'Create', EntryFields>
  | Typed<'Update', Original & EntryFields>
  | Typed<'Delete', Deletion>
  | Typed<'CreateLink', LinkFields>
  | Typed<'DeleteLink', LinkRemoval>
  | Typed<'CloseChain', { readonly new_target: MigrationTarget | null }>
  | Typed<'OpenChain', { readonly prev_target: MigrationTarget; readonly close_hash: Uint8Array }>;

/** `Action` of Holochain 0.7. */
export interface HeaderedAction {
  readonly header: ActionHeader;
  readonly data: ActionData;
}

export type Action = FlatAction | HeaderedAction;

const MigrationTarget: Codec<MigrationTarget> = externallyTagged('MigrationTarget', {
  Dna: DnaHash,
  Agent: AgentPubKey,
});

const HEAD = { author: AgentPubKey, timestamp: i64, action_seq: u32, prev_action: ActionHash } as const;
const ENTRY_WEIGHT = struct<EntryRateWeight>('EntryRateWeight', { bucket_id: u8, units: u8, rate_bytes: u8 });
const WEIGHT = struct<RateWeight>('RateWeight', { bucket_id: u8, units: u8 });

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

interface FlatActionCodecs {
  readonly Action: Codec<FlatAction>;
  readonly EntryCreationAction: Codec<EntryCreationAction>;
  readonly Update: Codec<Update>;
  readonly Delete: Codec<Delete>;
  readonly CreateLink: Codec<CreateLink>;
  readonly DeleteLink: Codec<DeleteLink>;
}

/** Codecs of flat actions: `Action` itself and the bare structs that ops carry. */
export function flatActions(generation: FlatGeneration): FlatActionCodecs {
  const structs = flatStructs(GENERATIONS[generation].unitForm);
  const Create = struct<Create>('Create', structs.Create);
  const Update = struct<Update>('Update', structs.Update);
  return {
    Action: internallyTagged('Action', structs),
    EntryCreationAction: externallyTagged('EntryCreationAction', { Create, Update }),
    Update,
    Delete: struct('Delete', structs.Delete),
    CreateLink: struct('CreateLink', structs.CreateLink),
    DeleteLink: struct('DeleteLink', structs.DeleteLink),
  };
}

/** `Action` of Holochain 0.7. */
export const HeaderedAction: Codec<HeaderedAction> = struct<HeaderedAction>('Action', {
  header: struct<ActionHeader>('ActionHeader', { ...HEAD, prev_action: option(ActionHash) }),
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

/** Created once, because creating one costs more than hashing an action with it. */
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
  return withBytes(action(generation), value, (bytes) => hashOfContent('Action', bytes));
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

/** `HoloHashed<A>` for content with this type of hash. */
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
