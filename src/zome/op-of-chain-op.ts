/**
 * Converts a DHT op to the `Op` that `validate` receives: parts that the DHT op does not contain are looked up.
 *
 * Invariant: an incomplete op is never made; it waits for the hash of the missing part, as in a conductor.
 *
 * Source: holochain `app_validation_workflow.rs` (`dhtop_to_op`, `chain_op_to_op`), develop-0.2 to develop.
 */
import type { Generation } from '../boundary/generation.js';
import type { Action, FlatAction, SignedHashed } from './action.js';
import { dataOf } from './action-parts.js';
import { bareAction, type ChainOp, chainOpRow, recordEntryOf, visibilityOf } from './chain-op.js';
import type { DependencySource } from './dependency-source.js';
import type { Entry } from './entry.js';
import type { Op } from './op.js';
import type { Record } from './record.js';

/** Where the referenced actions and entries are found: any dependency source, or a part of one. */
export type ActionsAndEntries = Pick<DependencySource, 'action' | 'entry'>;

export type OpOfChainOp =
  | { readonly kind: 'op'; readonly op: Op }
  /** the hash of a missing action or entry */
  | { readonly kind: 'waits'; readonly hash: Uint8Array };

/** Thrown and caught only within this file: stops the conversion at any depth if something is missing. */
class Missing {
  constructor(readonly hash: Uint8Array) {}
}

/** @throws RangeError for an op whose action is not of its kind */
export function opOfChainOp(chainOp: ChainOp, found: ActionsAndEntries, generation: Generation): OpOfChainOp {
  const { op, op07 } = chainOpRow(chainOp.type);
  try {
    const value = generation === '0.7' ? value07(chainOp, found) : flatValue(chainOp, found, generation);
    return { kind: 'op', op: { kind: generation === '0.7' ? op07 : op, value } as Op };
  } catch (error) {
    if (error instanceof Missing) return { kind: 'waits', hash: error.hash };
    throw error;
  }
}

function value07(chainOp: ChainOp, found: ActionsAndEntries): object {
  const { type, action } = chainOp;
  switch (type) {
    case 'StoreRecord':
      return { record: recordIn(chainOp) };
    case 'StoreEntry':
      return { action, entry: presentEntry(chainOp) };
    case 'RegisterAgentActivity':
      return { action, cached_entry: null };
    case 'RegisterUpdatedContent':
    case 'RegisterUpdatedRecord':
      return { update: action, new_entry: newEntry(chainOp, found) };
    case 'RegisterDeletedBy':
    case 'RegisterDeletedEntryAction':
      return { delete: action };
    case 'RegisterAddLink':
      return { create_link: action };
    case 'RegisterRemoveLink':
      return { delete_link: action, create_link: createLink(chainOp, found) };
  }
}

function flatValue(chainOp: ChainOp, found: ActionsAndEntries, generation: Generation): object {
  const { type, action } = chainOp;
  switch (type) {
    case 'StoreRecord':
      return { record: recordIn(chainOp) };
    case 'StoreEntry':
      return { action: withContent(action, tagged), entry: presentEntry(chainOp) };
    case 'RegisterAgentActivity':
      return { action, cached_entry: null };
    case 'RegisterUpdatedContent':
    case 'RegisterUpdatedRecord': {
      const value = { update: withContent(action, bareAction), new_entry: newEntry(chainOp, found) };
      return generation === '0.6' ? value : { ...value, ...originalOfUpdate(chainOp, found) };
    }
    case 'RegisterDeletedBy':
    case 'RegisterDeletedEntryAction': {
      const value = { delete: withContent(action, bareAction) };
      return generation === '0.6' ? value : { ...value, ...originalOfDelete(chainOp, found) };
    }
    case 'RegisterAddLink':
      return { create_link: withContent(action, bareAction) };
    case 'RegisterRemoveLink':
      return {
        delete_link: withContent(action, bareAction),
        create_link: bareAction(createLink(chainOp, found) as FlatAction),
      };
  }
}

function withContent(action: SignedHashed<Action>, shape: (content: FlatAction) => object): object {
  return { ...action, hashed: { ...action.hashed, content: shape(action.hashed.content as FlatAction) } };
}

/** `EntryCreationAction`. */
function tagged(content: FlatAction): object {
  return { kind: content.type, value: bareAction(content) };
}

function recordIn({ action, entry }: ChainOp): Record {
  const held = entry.kind === 'Present' ? entry.value : undefined;
  return { signed_action: action, entry: recordEntryOf(action.hashed.content, held) };
}

function presentEntry({ action, entry }: ChainOp): Entry {
  if (entry.kind === 'Present') return entry.value;
  const data = dataOf(action.hashed.content);
  throw new Missing(data.type === 'Create' || data.type === 'Update' ? data.entry_hash : action.hashed.hash);
}

/** The data of an action, which must have a type. */
function dataAs<T extends ReturnType<typeof dataOf>['type']>(
  content: Action,
  type: T,
): Extract<ReturnType<typeof dataOf>, { type: T }> {
  const data = dataOf(content);
  if (data.type === type) return data as Extract<ReturnType<typeof dataOf>, { type: T }>;
  throw new RangeError(`an op on a ${type} action holds a ${data.type} action`);
}

function newEntry({ action, entry }: ChainOp, found: ActionsAndEntries): Entry | null {
  const { content } = action.hashed;
  const { entry_hash } = dataAs(content, 'Update');
  if (visibilityOf(content) !== 'Public') return null;
  return entry.kind === 'Present' ? entry.value : foundEntry(entry_hash, found);
}

function foundEntry(hash: Uint8Array, found: ActionsAndEntries): Entry {
  const entry = found.entry(hash);
  if (entry === undefined) throw new Missing(hash);
  return entry;
}

function foundAction(hash: Uint8Array, found: ActionsAndEntries): Action {
  const signed = found.action(hash);
  if (signed === undefined) throw new Missing(hash);
  return signed.hashed.content;
}

function createLink({ action }: ChainOp, found: ActionsAndEntries): Action {
  const { link_add_address } = dataAs(action.hashed.content, 'DeleteLink');
  const content = foundAction(link_add_address, found);
  if (dataOf(content).type !== 'CreateLink') throw new Missing(link_add_address);
  return content;
}

/** The action that created an entry; any other action counts as missing. */
function creation(hash: Uint8Array, found: ActionsAndEntries): Action {
  const content = foundAction(hash, found);
  if (visibilityOf(content) === undefined) throw new Missing(hash);
  return content;
}

/** Until Holochain 0.2 an op on an entry contains what it changes. */
function originalOfUpdate({ action }: ChainOp, found: ActionsAndEntries): object {
  const { content } = action.hashed;
  const { original_action_address, original_entry_address } = dataAs(content, 'Update');
  const original_entry = visibilityOf(content) === 'Public' ? foundEntry(original_entry_address, found) : null;
  return { original_action: tagged(creation(original_action_address, found) as FlatAction), original_entry };
}

function originalOfDelete({ action }: ChainOp, found: ActionsAndEntries): object {
  const { deletes_address, deletes_entry_address } = dataAs(action.hashed.content, 'Delete');
  const original = creation(deletes_address, found);
  const original_entry = visibilityOf(original) === 'Public' ? foundEntry(deletes_entry_address, found) : null;
  return { original_action: tagged(original as FlatAction), original_entry };
}
