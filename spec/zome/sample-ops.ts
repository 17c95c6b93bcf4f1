/**
 * Ops of every kind with correct hashes, for a zome's first entry and link type: input for the specs and `run-zomes`.
 */

import { ed25519 } from '@noble/curves/ed25519.js';
import { encodeBytes } from '../../src/boundary/codec-bytes.js';
import type { Generation } from '../../src/boundary/generation.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { type Action, action, actionHash, type SignedHashed } from '../../src/zome/action.js';
import { type Entry, entryHash } from '../../src/zome/entry.js';
import { hashFromCore, hashOfContent } from '../../src/zome/holo-hash.js';
import type { Op } from '../../src/zome/op.js';
import type { Record } from '../../src/zome/record.js';

export const AUTHOR = hashFromCore('Agent', new Uint8Array(32).fill(7));
const TIMESTAMP = 1_700_000_000_000_000n;
const BASE = hashOfContent('Entry', Uint8Array.of(1));
const TARGET = hashOfContent('Entry', Uint8Array.of(2));
const SIGNATURE = new Uint8Array(64).fill(9);

export interface SampleOptions {
  readonly generation?: Generation;
  readonly zomeIndex?: number;
  readonly entryIndex?: number;
  readonly linkType?: number;
  readonly visibility?: 'Public' | 'Private';
  /** MessagePack of the application's entry */
  readonly content?: Uint8Array;
  /** Ed25519 secret of the author. Default none: the author is `AUTHOR`, and signatures are not valid for it. */
  readonly secret?: Uint8Array;
}

export interface Samples {
  readonly entry: Entry;
  readonly create: SignedHashed<Action>;
  readonly records: readonly Record[];
  /** by the name of the op in its generation */
  readonly ops: readonly { readonly name: string; readonly op: Op }[];
}

/** A record's part of any action. */
export function signed(content: Action, generation: Generation, secret?: Uint8Array): SignedHashed<Action> {
  const signature = secret === undefined ? SIGNATURE : ed25519.sign(encodeBytes(action(generation), content), secret);
  return { hashed: { content, hash: actionHash(content, generation) }, signature };
}

type Fields = Readonly<globalThis.Record<string, unknown>>;

/** An action in the shape of the generation: flat, or header and data. */
function actionOf(
  type: string,
  seq: number,
  previous: Uint8Array,
  fields: Fields,
  generation: Generation,
  author: Uint8Array,
): Action {
  const head = { author, timestamp: TIMESTAMP + BigInt(seq), action_seq: seq, prev_action: previous };
  if (generation === '0.7') {
    const { weight: _, ...data } = fields;
    return { header: head, data: { type, ...data } } as unknown as Action;
  }
  return { type, ...head, ...fields } as unknown as Action;
}

export function samples(options: SampleOptions = {}): Samples {
  const { generation = '0.6', zomeIndex = 0, entryIndex = 0, linkType = 0, visibility = 'Public' } = options;
  const { secret } = options;
  const author = secret === undefined ? AUTHOR : hashFromCore('Agent', ed25519.getPublicKey(secret));
  const content = options.content ?? encodeMessagePack(new Map([['title', 'hello']]));
  const entry: Entry = { entry_type: 'App', entry: content };
  const app = { entry_index: entryIndex, zome_index: zomeIndex, visibility: { kind: visibility } } as const;
  const entryType = { kind: 'App', value: app } as const;
  const hash = entryHash(entry, generation);
  const previous = hashOfContent('Action', Uint8Array.of(3));
  const rated = { bucket_id: 255, units: 0, rate_bytes: 0 };
  const unrated = { bucket_id: 255, units: 0 };
  const make = (type: string, seq: number, before: Uint8Array, fields: Fields) =>
    signed(actionOf(type, seq, before, fields, generation, author), generation, secret);

  const create = make('Create', 5, previous, { entry_type: entryType, entry_hash: hash, weight: rated });
  const at = create.hashed.hash;
  const update = make('Update', 6, at, {
    original_action_address: at,
    original_entry_address: hash,
    entry_type: entryType,
    entry_hash: hash,
    weight: rated,
  });
  const remove = make('Delete', 7, update.hashed.hash, {
    deletes_address: at,
    deletes_entry_address: hash,
    weight: unrated,
  });
  const link = make('CreateLink', 8, remove.hashed.hash, {
    base_address: BASE,
    target_address: TARGET,
    zome_index: zomeIndex,
    link_type: linkType,
    tag: Uint8Array.of(1),
    weight: unrated,
  });
  const unlink = make('DeleteLink', 9, link.hashed.hash, {
    base_address: BASE,
    link_add_address: link.hashed.hash,
  });
  const record = (action: SignedHashed<Action>, withEntry: boolean): Record => ({
    signed_action: action,
    entry: withEntry ? { kind: 'Present', value: entry } : { kind: 'NA' },
  });
  const records = [record(create, true), record(update, true), record(remove, false), record(link, false)];
  const list = generation === '0.7' ? ops07() : ops06();
  return { entry, create, records, ops: list };

  function ops07(): { name: string; op: Op }[] {
    return [
      ['CreateRecord', { record: record(create, true) }],
      ['CreateEntry', { action: create, entry }],
      ['Update', { update, new_entry: entry }],
      ['Delete', { delete: remove }],
      ['AgentActivity', { action: create, cached_entry: null }],
      ['CreateLink', { create_link: link }],
      ['DeleteLink', { delete_link: unlink, create_link: link.hashed.content }],
    ].map(([kind, value]) => ({ name: kind as string, op: { kind, value } as unknown as Op }));
  }

  /** The bare struct instead of the tagged action. */
  function bare(action: SignedHashed<Action>): SignedHashed<unknown> {
    const { type: _, ...rest } = action.hashed.content as unknown as Fields;
    return { ...action, hashed: { ...action.hashed, content: rest } };
  }

  function tagged(action: SignedHashed<Action>): SignedHashed<unknown> {
    const { content } = bare(action).hashed;
    return { ...action, hashed: { ...action.hashed, content: { kind: 'Create', value: content } } };
  }

  function ops06(): { name: string; op: Op }[] {
    const original = generation.startsWith('0.2')
      ? { original_action: tagged(create).hashed.content, original_entry: entry }
      : {};
    return [
      ['StoreRecord', { record: record(create, true) }],
      ['StoreEntry', { action: tagged(create), entry }],
      ['RegisterUpdate', { update: bare(update), new_entry: entry, ...original }],
      ['RegisterDelete', { delete: bare(remove), ...original }],
      ['RegisterAgentActivity', { action: create, cached_entry: null }],
      ['RegisterCreateLink', { create_link: bare(link) }],
      ['RegisterDeleteLink', { delete_link: bare(unlink), create_link: bare(link).hashed.content }],
    ].map(([kind, value]) => ({ name: kind as string, op: { kind, value } as unknown as Op }));
  }
}
