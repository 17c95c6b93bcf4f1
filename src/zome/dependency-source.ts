/**
 * A dependency source, where `must_get_*` look. The user passes records or functions.
 *
 * Invariant: data from a source is checked against the requested hash (`host-functions.ts`), so a wrong source is a
 * failure of the host and never changes a verdict.
 */
import { toHex } from '../base/hash.js';
import type { Generation } from '../boundary/generation.js';
import type { ChainFilter } from '../boundary/validation-result.js';
import { type Action, actionHash, type SignedHashed } from './action.js';
import { dataOf, headOf } from './action-parts.js';
import { type AgentActivity, agentActivity } from './chain-walk.js';
import { type Entry, entryHash } from './entry.js';
import { hashText } from './holo-hash.js';
import type { Record } from './record.js';

/** A record, and whether it is valid. */
export interface FoundRecord {
  readonly record: Record;
  /** a record that was found invalid ends `must_get_valid_record` with `Invalid` */
  readonly isRejected: boolean;
}

/** Its functions return undefined for missing data. Hashes have 39 bytes. It must not change during a call. */
export interface DependencySource {
  entry(hash: Uint8Array): Entry | undefined;
  action(hash: Uint8Array): SignedHashed<Action> | undefined;
  record(hash: Uint8Array): FoundRecord | undefined;
  agentActivity(author: Uint8Array, filter: ChainFilter): AgentActivity;
}

export const NO_DEPENDENCIES: DependencySource = Object.freeze({
  entry: () => undefined,
  action: () => undefined,
  record: () => undefined,
  agentActivity: (): AgentActivity => ({ kind: 'incomplete' }),
});

export interface RecordsSourceOptions {
  readonly generation?: Generation;
  /** records that were found invalid */
  readonly rejected?: readonly Record[];
  /** entries without their records */
  readonly entries?: readonly Entry[];
  /** actions without their records */
  readonly actions?: readonly SignedHashed<Action>[];
}

/**
 * A source of records in memory. An agent's activity is the actions of these records and the separate actions.
 * @throws RangeError for an action whose hash is not that of its content, and an entry whose action has another hash
 */
export function recordsSource(
  records: readonly Record[],
  { generation = '0.6', rejected = [], entries = [], actions = [] }: RecordsSourceOptions = {},
): DependencySource {
  const found = new Map<string, FoundRecord>();
  const actionsByHash = new Map<string, SignedHashed<Action>>();
  const entriesByHash = new Map<string, Entry>();
  const chains = new Map<string, Map<string, SignedHashed<Action>>>();
  const addEntry = (entry: Entry, data?: ReturnType<typeof dataOf>): void => {
    const computed = entryHash(entry, generation);
    const told = data === undefined || !('entry_hash' in data) ? computed : data.entry_hash;
    if (toHex(told) !== toHex(computed)) {
      throw new RangeError(`the entry's hash is ${hashText(computed)}, but its action names ${hashText(told)}`);
    }
    entriesByHash.set(toHex(computed), entry);
  };
  const addAction = (signed: SignedHashed<Action>): string => {
    const { content, hash: told } = signed.hashed;
    const computed = actionHash(content, generation);
    const hash = toHex(computed);
    if (hash !== toHex(told)) {
      throw new RangeError(
        `the action is listed under the hash ${hashText(told)}, but its content hashes to ${hashText(computed)}`,
      );
    }
    const author = toHex(headOf(content).author);
    const chain = chains.get(author) ?? new Map<string, SignedHashed<Action>>();
    chains.set(author, chain.set(hash, signed));
    actionsByHash.set(hash, signed);
    return hash;
  };
  const add = (record: Record, isRejected: boolean): void => {
    found.set(addAction(record.signed_action), { record, isRejected });
    if (record.entry.kind === 'Present') addEntry(record.entry.value, dataOf(record.signed_action.hashed.content));
  };
  for (const record of records) add(record, false);
  for (const record of rejected) add(record, true);
  for (const entry of entries) addEntry(entry);
  for (const action of actions) addAction(action);
  return {
    entry: (hash) => entriesByHash.get(toHex(hash)),
    action: (hash) => actionsByHash.get(toHex(hash)),
    record: (hash) => found.get(toHex(hash)),
    agentActivity: (author, filter) => agentActivity(chains.get(toHex(author)) ?? new Map(), filter),
  };
}
