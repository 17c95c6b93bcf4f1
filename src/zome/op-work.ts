/**
 * The kind of work that an op is for a validation, as a text: `StoreEntry Create App 0 1` for an entry of zome 0,
 * definition 1. Ops of one kind take a similar path through a zome, so past fuel of a kind predicts the next; size
 * alone predicts little.
 */
import type { Action, ActionData, EntryCreationAction, FlatAction } from './action.js';
import { dataOf } from './action-parts.js';
import type { Op } from './op.js';

type AnyAction = Action | EntryCreationAction;
type Data = FlatAction | ActionData;

/** The same in all generations except for the op's name. */
export function opWork(op: Op): string {
  return [op.kind, ...workOf(typedData(actionOf(op)))].join(' ');
}

/** The action that the op concerns; if its struct has no tag, the op's name implies the type. */
function actionOf(op: Op): AnyAction | Omit<Data, 'type'> {
  switch (op.kind) {
    case 'StoreRecord':
    case 'CreateRecord':
      return op.value.record.signed_action.hashed.content;
    case 'StoreEntry':
    case 'CreateEntry':
    case 'RegisterAgentActivity':
    case 'AgentActivity':
      return op.value.action.hashed.content;
    case 'RegisterUpdate':
    case 'Update':
      return op.value.update.hashed.content;
    case 'RegisterDelete':
    case 'Delete':
      return op.value.delete.hashed.content;
    case 'RegisterCreateLink':
    case 'CreateLink':
      return op.value.create_link.hashed.content;
    case 'RegisterDeleteLink':
    case 'DeleteLink':
      return op.value.create_link;
  }
}

/** The fields of an action, however it is tagged. */
function typedData(action: AnyAction | Omit<Data, 'type'>): Partial<Data> {
  if ('kind' in action) return { ...action.value, type: action.kind };
  return 'header' in action ? dataOf(action) : action;
}

function workOf(data: Partial<Data>): readonly (string | number)[] {
  const type = data.type === undefined ? [] : [data.type];
  if ('link_type' in data) return [...type, data.zome_index ?? 0, data.link_type ?? 0];
  if (!('entry_type' in data) || data.entry_type === undefined) return type;
  const { kind } = data.entry_type;
  if (data.entry_type.kind !== 'App') return [...type, kind];
  return [...type, kind, data.entry_type.value.zome_index, data.entry_type.value.entry_index];
}
