/**
 * Bytes in the JSON of a conductor. JSON has no bytes, so each writer has its own form: serde_json a list of integers, a
 * browser an object of indices, Node's `Buffer` its data, Holochain's tools the text of a hash.
 *
 * Invariant: only fields that hold bytes in every type of a dump are converted, by the table below; a list of integers that
 * is a list (the roles of a countersigning agent) stays one.
 *
 * Source: holo_hash `ser.rs`, holochain_secure_primitive (`serialize_bytes`), serde_json 1.0; @holochain/client.
 */
import type { MessagePackKey, MessagePackValue } from '../boundary/messagepack.js';
import { CHAIN_OPS } from './chain-op.js';

/** Fields by name; `[]` is every item of a list, `[0]` one place of a tuple. */
const BYTE_FIELDS: ReadonlySet<string> = new Set([
  // hashes
  'Agent',
  'Dna',
  'action_address',
  'app_entry_hash',
  'assignees[]',
  'author',
  'base_address',
  'chain_top',
  'close_hash',
  'deletes_address',
  'deletes_entry_address',
  'dna_hash',
  'entry_hash',
  'grantor',
  'hash',
  'link_add_address',
  'new_dna_hash',
  'optional_signing_agents[][0]',
  'original_action_address',
  'original_entry_address',
  'prev_action',
  'prev_dna_hash',
  'signing_agents[][0]',
  'target_address',
  // other bytes
  'entry',
  'entry[1]',
  'membrane_proof',
  'optional_responses[][1]',
  'preflight_bytes',
  'responses[][1]',
  'secret',
  'signature',
  'tag',
  ...CHAIN_OPS.map(({ type }) => `${type}[0]`),
]);

function isByte(value: MessagePackValue | undefined): value is number {
  return typeof value === 'number' && value >= 0 && value <= 0xff;
}

/** The bytes in a list of integers. */
function bytesOfList(list: readonly MessagePackValue[]): Uint8Array | undefined {
  return list.every(isByte) ? Uint8Array.from(list as readonly number[]) : undefined;
}

type JsonMap = ReadonlyMap<MessagePackKey, MessagePackValue>;

/** `{"0": 132, "1": 41}` and `{"type": "Buffer", "data": [132, 41]}`. */
function bytesOfMap(map: JsonMap): Uint8Array | undefined {
  const data = map.get('data');
  if (map.size === 2 && map.get('type') === 'Buffer' && Array.isArray(data)) return bytesOfList(data);
  let at = 0;
  for (const key of map.keys()) {
    if (key !== String(at)) return undefined;
    at += 1;
  }
  return bytesOfList([...map.values()]);
}

function bytesOf(value: MessagePackValue): Uint8Array | undefined {
  if (Array.isArray(value)) return bytesOfList(value);
  return value instanceof Map ? bytesOfMap(value as JsonMap) : undefined;
}

/** @param field the name of the value's field */
export function withBytes(value: MessagePackValue, field = ''): MessagePackValue {
  if (BYTE_FIELDS.has(field)) {
    const bytes = bytesOf(value);
    if (bytes !== undefined) return bytes;
  }
  if (Array.isArray(value)) {
    return value.map((item: MessagePackValue, at) => {
      const place = `${field}[${at}]`;
      return withBytes(item, BYTE_FIELDS.has(place) ? place : `${field}[]`);
    });
  }
  if (!(value instanceof Map)) return value;
  return new Map([...(value as JsonMap)].map(([key, item]) => [key, withBytes(item, String(key))]));
}
