/**
 * Applies `ChainQueryFilter` to the records of a chain.
 *
 * Source: holochain_zome_types `query.rs` (`disambiguate_forks`, `filter_actions`), holochain_state `source_chain.rs`
 * (`query`), develop-0.6 and develop. The real host walks a range by hashes down from its end, and so does this: its
 * records are youngest first, regardless of the requested order.
 */
import { toHex } from '../base/hash.js';
import { dataOf, headOf } from './action-parts.js';
import type { ChainQueryFilter } from './chain-data.js';
import { recordEntryOf } from './chain-op.js';
import type { Record } from './record.js';

type Range = ChainQueryFilter['sequence_range'];

function hashOf({ signed_action: { hashed } }: Record): string {
  return toHex(hashed.hash);
}

function seqOf({ signed_action: { hashed } }: Record): number {
  return headOf(hashed.content).seq;
}

/** The records from `end` down, while `isIn` is true, or why there are none. */
function downFrom(records: readonly Record[], end: Uint8Array, isIn: (below: number) => boolean): Record[] | string {
  const last = records.findIndex((record) => hashOf(record) === toHex(end));
  if (last < 0) return 'the chain has no action of this hash at the end of the range';
  const found: Record[] = [];
  for (let at = last; at >= 0 && isIn(last - at); at -= 1) found.push(records[at]);
  return found;
}

function inRange(records: readonly Record[], range: Range): readonly Record[] | string {
  switch (range.kind) {
    case 'Unbounded':
      return records;
    case 'ActionSeqRange': {
      const [first, last] = range.value;
      return records.filter((record) => seqOf(record) >= first && seqOf(record) <= last);
    }
    case 'ActionHashRange': {
      const [start, end] = range.value;
      const first = records.find((record) => hashOf(record) === toHex(start));
      if (first === undefined) return 'the chain has no action of this hash at the start of the range';
      const last = records.find((record) => hashOf(record) === toHex(end));
      const length = last === undefined ? 0 : seqOf(last) - seqOf(first);
      return length < 0 ? [] : downFrom(records, end, (below) => below <= length);
    }
    case 'ActionHashTerminated': {
      const [end, before] = range.value;
      return downFrom(records, end, (below) => below <= before);
    }
  }
}

/** Equal as in MessagePack: by the fields of the type. */
function sameEntryType(a: NonNullable<ChainQueryFilter['entry_type']>[number], b: typeof a): boolean {
  if (a.kind !== 'App' || b.kind !== 'App') return a.kind === b.kind;
  const [left, right] = [a.value, b.value];
  return (
    left.entry_index === right.entry_index &&
    left.zome_index === right.zome_index &&
    left.visibility.kind === right.visibility.kind
  );
}

function isWanted(record: Record, { entry_type, entry_hashes, action_type }: ChainQueryFilter): boolean {
  const data = dataOf(record.signed_action.hashed.content);
  const entry = data.type === 'Create' || data.type === 'Update' ? data : undefined;
  if (action_type !== null && !action_type.some(({ kind }) => kind === data.type)) return false;
  if (entry_type !== null && !entry_type.some((type) => entry !== undefined && sameEntryType(type, entry.entry_type)))
    return false;
  if (entry_hashes === null) return true;
  return entry !== undefined && entry_hashes.some((hash) => toHex(hash) === toHex(entry.entry_hash));
}

function withoutEntry({ signed_action }: Record): Record {
  return { signed_action, entry: recordEntryOf(signed_action.hashed.content, undefined) };
}

/**
 * @param records a chain, oldest first
 * @returns the records, or why there are none
 */
export function queryChain(records: readonly Record[], filter: ChainQueryFilter): readonly Record[] | string {
  const { sequence_range: range, order_descending, include_entries } = filter;
  const ranged = inRange(records, range);
  if (typeof ranged === 'string') return ranged;
  const isOldestFirst = range.kind === 'Unbounded' || range.kind === 'ActionSeqRange';
  const wanted = ranged.filter((record) => isWanted(record, filter));
  const found = include_entries ? wanted : wanted.map(withoutEntry);
  return isOldestFirst && order_descending ? found.reverse() : found;
}
