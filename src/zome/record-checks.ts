/**
 * A conductor's checks of a new record before any zome is called, as far as a zome function can violate them. The chain
 * itself ensures order, hashes and signatures.
 *
 * Source: holochain `sys_validate.rs`, `app_validation_workflow.rs` (`check_app_entry_def`), develop-0.6; the texts are
 * those of `sys_validate/error.rs`, except the types, which are in words here.
 */
import { dataOf } from './action-parts.js';
import type { Entry } from './entry.js';
import type { EntryDef } from './entry-def.js';
import type { Record } from './record.js';

/** `ENTRY_SIZE_LIMIT` */
export const ENTRY_BYTES_MAX = 4_000_000;
/** `MAX_TAG_SIZE` */
export const TAG_BYTES_MAX = 1_000;

/** Entry types by the index of their integrity zome. */
export type EntryTypes = readonly (readonly EntryDef[])[];

const ENTRIES_OF_TYPE: Readonly<globalThis.Record<string, readonly Entry['entry_type'][]>> = {
  AgentPubKey: ['Agent'],
  App: ['App', 'CounterSign'],
  CapClaim: ['CapClaim'],
  CapGrant: ['CapGrant'],
};

/** Why no conductor would accept this record; undefined if one would. */
export function recordFault({ signed_action, entry }: Record, entryTypes: EntryTypes): string | undefined {
  const data = dataOf(signed_action.hashed.content);
  if (data.type === 'CreateLink' && data.tag.length > TAG_BYTES_MAX) {
    return `The link tag size ${data.tag.length} was larger than the MAX_TAG_SIZE ${TAG_BYTES_MAX}`;
  }
  if (data.type !== 'Create' && data.type !== 'Update') return undefined;
  const { entry_type: type } = data;
  if (entry.kind === 'Present' && !ENTRIES_OF_TYPE[type.kind].includes(entry.value.entry_type)) {
    return "The entry has a different type to the action's entry type";
  }
  if (entry.kind === 'Present' && entry.value.entry_type === 'App' && entry.value.entry.length > ENTRY_BYTES_MAX) {
    return `The entry size ${entry.value.entry.length} was larger than the MAX_ENTRY_SIZE ${ENTRY_BYTES_MAX}`;
  }
  return type.kind === 'App' ? definitionFault(type.value, entryTypes) : undefined;
}

interface AppEntryDef {
  readonly entry_index: number;
  readonly zome_index: number;
  readonly visibility: { readonly kind: 'Public' | 'Private' };
}

function definitionFault({ entry_index, zome_index, visibility }: AppEntryDef, types: EntryTypes): string | undefined {
  const name = `entry type ${entry_index} of integrity zome ${zome_index}`;
  const definitions = types[zome_index];
  if (definitions === undefined) return `The zome index for ${name} was out of range`;
  const definition = definitions[entry_index];
  if (definition === undefined) return `The entry def index for ${name} was out of range`;
  return definition.visibility.kind === visibility.kind
    ? undefined
    : `The visibility for ${name} didn't match the zome`;
}
