/** The common parts of actions and ops of all generations: place in the chain, zome, deleted action. */
import type { Action, ActionData, FlatAction, SignedHashed } from './action.js';
import type { Op } from './op.js';

export interface ActionHead {
  readonly author: Uint8Array;
  /** microseconds */
  readonly timestamp: bigint;
  /** 0 for the first action of a chain */
  readonly seq: number;
  /** undefined for the first action of a chain */
  readonly previous: Uint8Array | undefined;
}

/** Author, time and place in the chain. */
export function headOf(action: Action): ActionHead {
  if ('header' in action) {
    const { author, timestamp, action_seq, prev_action } = action.header;
    return { author, timestamp, seq: action_seq, previous: prev_action ?? undefined };
  }
  const { author, timestamp } = action;
  if (action.type === 'Dna') return { author, timestamp, seq: 0, previous: undefined };
  return { author, timestamp, seq: action.action_seq, previous: action.prev_action };
}

/** The variant's own fields, `type` among them. */
export function dataOf(action: Action): FlatAction | ActionData {
  return 'header' in action ? action.data : action;
}

/** The integrity zome that defines the action's entry or link; undefined if all integrity zomes validate it. */
export function zomeIndexOfAction(action: Action): number | undefined {
  const data = dataOf(action);
  switch (data.type) {
    case 'Create':
    case 'Update':
      return data.entry_type.kind === 'App' ? data.entry_type.value.zome_index : undefined;
    case 'CreateLink':
      return data.zome_index;
    default:
      return undefined;
  }
}

/** The action that an op concerns, as needed to choose the zomes that validate it. */
export type OpSubject =
  | { readonly kind: 'all-zomes' }
  | { readonly kind: 'zome'; readonly index: number }
  /** an action must be looked up first: the deleted one; a link counts only if `linksToo` */
  | { readonly kind: 'action-of'; readonly hash: Uint8Array; readonly linksToo: boolean };

const ALL: OpSubject = { kind: 'all-zomes' };

function zomeOrAll(index: number | undefined): OpSubject {
  return index === undefined ? ALL : { kind: 'zome', index };
}

function subjectOfRecord(action: Action): OpSubject {
  const data = dataOf(action);
  if (data.type === 'Delete') return { kind: 'action-of', hash: data.deletes_address, linksToo: true };
  if (data.type === 'DeleteLink') return { kind: 'action-of', hash: data.link_add_address, linksToo: true };
  return zomeOrAll(zomeIndexOfAction(action));
}

interface Typed {
  readonly kind: string;
  readonly value?: { readonly zome_index: number };
}

function subjectOfEntryType(entryType: Typed): OpSubject {
  return zomeOrAll(entryType.kind === 'App' ? entryType.value!.zome_index : undefined);
}

/**
 * Which zomes validate an op.
 * Source: holochain `app_validation_workflow.rs::get_zomes_to_invoke`, develop-0.6.
 */
export function subjectOf(op: Op): OpSubject {
  switch (op.kind) {
    case 'StoreRecord':
    case 'CreateRecord':
      return subjectOfRecord(op.value.record.signed_action.hashed.content);
    case 'StoreEntry':
      return subjectOfEntryType(op.value.action.hashed.content.value.entry_type);
    case 'RegisterUpdate':
      return subjectOfEntryType(op.value.update.hashed.content.entry_type);
    case 'RegisterDelete':
      return { kind: 'action-of', hash: op.value.delete.hashed.content.deletes_address, linksToo: false };
    case 'RegisterCreateLink':
      return { kind: 'zome', index: op.value.create_link.hashed.content.zome_index };
    case 'RegisterDeleteLink':
      return { kind: 'zome', index: op.value.create_link.zome_index };
    case 'RegisterAgentActivity':
    case 'AgentActivity':
      return ALL;
    case 'CreateEntry':
      return zomeOrAll(zomeIndexOfAction(op.value.action.hashed.content));
    case 'Update':
      return zomeOrAll(zomeIndexOfAction(op.value.update.hashed.content));
    case 'CreateLink':
      return zomeOrAll(zomeIndexOfAction(op.value.create_link.hashed.content));
    case 'DeleteLink':
      return zomeOrAll(zomeIndexOfAction(op.value.create_link));
    case 'Delete': {
      const data = dataOf(op.value.delete.hashed.content);
      return data.type === 'Delete' ? { kind: 'action-of', hash: data.deletes_address, linksToo: false } : ALL;
    }
  }
}

/** The zome that validates an op on a deleted action. */
export function zomeIndexOfDeleted(deleted: SignedHashed<Action>, linksToo: boolean): number | undefined {
  const action = deleted.hashed.content;
  return dataOf(action).type === 'CreateLink' && !linksToo ? undefined : zomeIndexOfAction(action);
}
