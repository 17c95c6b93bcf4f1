/**
 * `Op`: the input of `validate`, in the form of each generation.
 *
 * Invariant: the type in each `SignedHashed` is exactly that of the source: an internally tagged `Action`, an
 * externally tagged `EntryCreationAction`, or a bare struct without a tag.
 *
 * Source: holochain_integrity_types `op.rs`, develop-0.1 to develop. Until Holochain 0.2 `RegisterUpdate` and
 * `RegisterDelete` also contain the original action and entry.
 */
import type { Codec } from '../boundary/codec.js';
import { externallyTagged, type Variant } from '../boundary/codec-enum.js';
import { option, struct } from '../boundary/codec-struct.js';
import type { Generation } from '../boundary/generation.js';
import {
  type CreateLink,
  type Delete,
  type DeleteLink,
  type EntryCreationAction,
  type FlatAction,
  type FlatGeneration,
  flatActions,
  HeaderedAction,
  type SignedHashed,
  signedHashed,
  type Update,
} from './action.js';
import { type Entry, entry } from './entry.js';
import { type Record, record } from './record.js';

/** The ops that are the same in 0.2 and 0.6. */
type SharedOp =
  | Variant<'StoreRecord', { readonly record: Record }>
  | Variant<'StoreEntry', { readonly action: SignedHashed<EntryCreationAction>; readonly entry: Entry }>
  | Variant<'RegisterAgentActivity', { readonly action: SignedHashed<FlatAction>; readonly cached_entry: Entry | null }>
  | Variant<'RegisterCreateLink', { readonly create_link: SignedHashed<CreateLink> }>
  | Variant<'RegisterDeleteLink', { readonly delete_link: SignedHashed<DeleteLink>; readonly create_link: CreateLink }>;

interface EntryUpdate {
  readonly update: SignedHashed<Update>;
  readonly new_entry: Entry | null;
}

interface EntryDeletion {
  readonly delete: SignedHashed<Delete>;
}

/** The original of an update or a deletion in Holochain 0.1 and 0.2. */
interface Original {
  readonly original_action: EntryCreationAction;
  readonly original_entry: Entry | null;
}

/** Holochain 0.1 and 0.2. */
export type Op02 =
  | SharedOp
  | Variant<'RegisterUpdate', EntryUpdate & Original>
  | Variant<'RegisterDelete', EntryDeletion & Original>;

/** Holochain 0.3 to 0.6. */
export type Op06 = SharedOp | Variant<'RegisterUpdate', EntryUpdate> | Variant<'RegisterDelete', EntryDeletion>;

type SignedAction = SignedHashed<HeaderedAction>;

/** Holochain 0.7. */
export type Op07 =
  | Variant<'CreateRecord', { readonly record: Record }>
  | Variant<'CreateEntry', { readonly action: SignedAction; readonly entry: Entry }>
  | Variant<'Update', { readonly update: SignedAction; readonly new_entry: Entry | null }>
  | Variant<'Delete', { readonly delete: SignedAction }>
  | Variant<'AgentActivity', { readonly action: SignedAction; readonly cached_entry: Entry | null }>
  | Variant<'CreateLink', { readonly create_link: SignedAction }>
  | Variant<'DeleteLink', { readonly delete_link: SignedAction; readonly create_link: HeaderedAction }>;

export type Op = Op02 | Op06 | Op07;

function sharedOps(generation: FlatGeneration) {
  const actions = flatActions(generation);
  const Entry = entry(generation);
  return {
    StoreRecord: struct('StoreRecord', { record: record(generation) }),
    StoreEntry: struct('StoreEntry', { action: signedHashed(actions.EntryCreationAction), entry: Entry }),
    RegisterAgentActivity: struct('RegisterAgentActivity', {
      action: signedHashed(actions.Action),
      cached_entry: option(Entry),
    }),
    RegisterCreateLink: struct('RegisterCreateLink', { create_link: signedHashed(actions.CreateLink) }),
    RegisterDeleteLink: struct('RegisterDeleteLink', {
      delete_link: signedHashed(actions.DeleteLink),
      create_link: actions.CreateLink,
    }),
  } as const;
}

/** Holochain 0.1 and 0.2. */
function op02(generation: '0.2' | '0.2-map'): Codec<Op02> {
  const actions = flatActions(generation);
  const Entry = entry(generation);
  const original = { original_action: actions.EntryCreationAction, original_entry: option(Entry) } as const;
  return externallyTagged('Op', {
    ...sharedOps(generation),
    RegisterUpdate: struct('RegisterUpdate', {
      update: signedHashed(actions.Update),
      new_entry: option(Entry),
      ...original,
    }),
    RegisterDelete: struct('RegisterDelete', { delete: signedHashed(actions.Delete), ...original }),
  });
}

function op06(): Codec<Op06> {
  const actions = flatActions('0.6');
  return externallyTagged('Op', {
    ...sharedOps('0.6'),
    RegisterUpdate: struct('RegisterUpdate', {
      update: signedHashed(actions.Update),
      new_entry: option(entry('0.6')),
    }),
    RegisterDelete: struct('RegisterDelete', { delete: signedHashed(actions.Delete) }),
  });
}

function op07(): Codec<Op07> {
  const Signed = signedHashed(HeaderedAction);
  const Entry = entry('0.7');
  return externallyTagged('Op', {
    CreateRecord: struct('CreateRecord', { record: record('0.7') }),
    CreateEntry: struct('CreateEntry', { action: Signed, entry: Entry }),
    Update: struct('Update', { update: Signed, new_entry: option(Entry) }),
    Delete: struct('Delete', { delete: Signed }),
    AgentActivity: struct('AgentActivity', { action: Signed, cached_entry: option(Entry) }),
    CreateLink: struct('CreateLink', { create_link: Signed }),
    DeleteLink: struct('DeleteLink', { delete_link: Signed, create_link: HeaderedAction }),
  });
}

/** `Op` of a generation. */
export function op(generation: Generation): Codec<Op> {
  if (generation === '0.2' || generation === '0.2-map') return op02(generation) as Codec<Op>;
  return (generation === '0.6' ? op06() : op07()) as Codec<Op>;
}
