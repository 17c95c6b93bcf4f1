/** Dumps like those of a conductor, built from generated records: input for the specs and the bench. */
import type { Generation } from '../../src/boundary/generation.js';
import { Float, type MessagePackValue } from '../../src/boundary/messagepack.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { action } from '../../src/zome/action.js';
import { actionInOp, type ChainOp, chainOpName, chainOpRow } from '../../src/zome/chain-op.js';
import { entry as entryCodec } from '../../src/zome/entry.js';
import {
  type ActionSpec,
  agentFromSeed,
  chainOpsOf,
  type Entry,
  genesisOf,
  hashFromCore,
  type Record,
  recordOf,
} from '../../src/zome/index.js';
import { recordEntry } from '../../src/zome/record.js';

type Fields = { readonly [name: string]: MessagePackValue };

function map(fields: Fields): MessagePackValue {
  return new Map(Object.entries(fields));
}

function content(value: Fields): Entry {
  return { entry_type: 'App', entry: encodeMessagePack(new Map(Object.entries(value))) };
}

/** A `DhtOp`, by hand from the types of the real host. */
export function dumpedOp({ type, action: signed, entry }: ChainOp, generation: Generation): MessagePackValue {
  const name = chainOpName(type, generation);
  const { holdsEntry } = chainOpRow(type);
  if (generation === '0.7') {
    const data = action('0.7').encode(signed.hashed.content);
    const signedAction = map({ data, signature: signed.signature });
    const held = entry.kind === 'Present' ? map({ Present: entryCodec('0.7').encode(entry.value) }) : entry.kind;
    const opEntry = held === 'NA' || held === 'NotStored' ? 'ActionOnly' : held;
    return map({ ChainOp: map({ [name]: holdsEntry ? [signedAction, opEntry] : signedAction }) });
  }
  const { codec, fromAction } = actionInOp(type, generation);
  const parts: MessagePackValue[] = [signed.signature, codec.encode(fromAction(signed.hashed.content))];
  if (type === 'StoreEntry') parts.push(entryCodec(generation).encode((entry as { value: Entry }).value));
  else if (holdsEntry) parts.push(recordEntry(generation).encode(entry));
  const op = map({ [name]: parts });
  return generation === '0.2' ? op : map({ ChainOp: op });
}

export function dumpedRecord({ signed_action, entry }: Record, generation: Generation): MessagePackValue {
  return map({
    signature: signed_action.signature,
    action_address: signed_action.hashed.hash,
    action: action(generation).encode(signed_action.hashed.content),
    entry: entry.kind === 'Present' ? entryCodec(generation).encode(entry.value) : null,
  });
}

const PEERS = map({ this_agent_info: null, this_dna: null, this_agent: null, peers: [map({ dump: 'url: "]}\\"' })] });

export interface DumpLists {
  readonly validation_limbo?: readonly MessagePackValue[];
  readonly integration_limbo?: readonly MessagePackValue[];
  readonly integrated?: readonly MessagePackValue[];
}

/** A `FullStateDump`. */
export function fullStateDump(lists: DumpLists, records: readonly MessagePackValue[] = []): MessagePackValue {
  const { validation_limbo = [], integration_limbo = [], integrated = [] } = lists;
  return map({
    peer_dump: PEERS,
    source_chain_dump: map({ records, published_ops_count: records.length }),
    integration_dump: map({ validation_limbo, integration_limbo, integrated, dht_ops_cursor: 7 }),
  });
}

/** The result of `dump_state`: a `JsonDump`, which counts ops, and its summary. */
export function stateDump(records: readonly MessagePackValue[]): MessagePackValue {
  return [
    map({
      peer_dump: PEERS,
      source_chain_dump: map({ records, published_ops_count: records.length }),
      integration_dump: map({ validation_limbo: 0, integration_limbo: 0, integrated: 3 }),
    }),
    '--- Cell State Dump Summary ---\n',
  ];
}

/** How a writer of JSON writes bytes. */
export type BytesForm = (bytes: Uint8Array) => unknown;

export const SERDE_BYTES: BytesForm = (bytes) => [...bytes];
export const BROWSER_BYTES: BytesForm = (bytes) => ({ ...bytes });
export const NODE_BYTES: BytesForm = (bytes) => Buffer.from(bytes).toJSON();

/** Plain JSON, as serde_json or `JSON.stringify` writes it. */
export function plainJson(value: MessagePackValue, form: BytesForm = SERDE_BYTES): string {
  return JSON.stringify(plain(value, form));
}

function plain(value: MessagePackValue, form: BytesForm): unknown {
  if (value instanceof Uint8Array) return form(value);
  if (value instanceof Float) return value.value;
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item, form)]));
  if (Array.isArray(value)) return value.map((item: MessagePackValue) => plain(item, form));
  return typeof value === 'bigint' ? Number(value) : value;
}

export interface Village {
  readonly records: readonly Record[];
  readonly ops: readonly ChainOp[];
}

const DNA = hashFromCore('Dna', new Uint8Array(32).fill(3));

/** The entries that people of a village write: the first and the second type of a zome. */
export interface Story {
  /** the zome finds `''` invalid */
  readonly first: (title: string) => Entry;
  /** @param of hash of the action of one of `first` */
  readonly second: (of: Uint8Array, round: number) => Entry;
}

/** The zome `notes`: posts and comments. */
export const NOTES: Story = {
  first: (title) => content({ title, body: `about ${title}` }),
  second: (post, round) => content({ post, text: `comment ${round}` }),
};

/** The zome `links` of the guests: authors and books. */
export const LIBRARY: Story = {
  first: (name) => content({ name }),
  second: (author, round) => content({ title: `book ${round}`, author, year: 1900 + (round % 100) }),
};

/**
 * Chains of several agents who write, refer to each other's entries, change, delete and link. Every seventh entry of
 * the first type is invalid, and so is everything that refers to it.
 * @param count minimum number of ops
 */
export function village(count: number, generation: Generation, story: Story, agents = 5): Village {
  const authors = Array.from({ length: agents }, (_, at) => agentFromSeed(new Uint8Array(32).fill(at + 1)));
  const chains = authors.map((author) => [...genesisOf({ author, generation, dnaHash: DNA })]);
  const records = chains.flat();
  const firsts: Record[] = [];
  let made = records.reduce((sum, record) => sum + chainOpsOf(record).length, 0);
  for (let round = 0; made < count; round += 1) {
    const author = authors[round % agents]!;
    const chain = chains[round % agents]!;
    const add = (spec: ActionSpec): Record => {
      const record = recordOf({ author, generation, after: chain.at(-1)!, ...spec });
      chain.push(record);
      records.push(record);
      made += chainOpsOf(record).length;
      return record;
    };
    const first = add({ entry: story.first(round % 7 === 6 ? '' : `title ${round}`) });
    firsts.push(first);
    const of = firsts[Math.floor(round / 2)]!.signed_action.hashed.hash;
    const second = add({ entry: story.second(of, round), entryType: { entryIndex: 1 } });
    const edited = add({ action: 'Update', updates: first, entry: story.first(`edited ${round}`) });
    const target = second.signed_action.hashed.hash;
    const link = add({ action: 'CreateLink', base: of, target, tag: Uint8Array.of(97) });
    if (round % 3 === 0) add({ action: 'Delete', deletes: edited });
    if (round % 4 === 0) add({ action: 'DeleteLink', link });
  }
  return { records, ops: records.flatMap((record) => chainOpsOf(record)) };
}
