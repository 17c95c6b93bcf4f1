/**
 * The records that one agent can find: those that others have published, its chain, and uncommitted ones, in this
 * order. The rules are those of the real host's cascade; lists that are unordered in the real host have the order of
 * the chains.
 *
 * Source: holochain_state `query/live_record.rs`, `live_entry.rs`, `record_details.rs`, `entry_details.rs`, `link.rs`,
 * `link_details.rs`, develop-0.6 and develop.
 */
import { toHex } from '../base/hash.js';
import { hashTypeOf } from '../boundary/hash-bytes.js';
import type { Action, SignedHashed } from './action.js';
import { dataOf, headOf } from './action-parts.js';
import type { Details, Link, LinkSearch } from './chain-data.js';
import type { Entry } from './entry.js';
import type { Record } from './record.js';
import type { RecordIndex } from './record-index.js';

type Signed = SignedHashed<Action>;

/** The fields of a link's action. */
export type LinkFields = Extract<ReturnType<typeof dataOf>, { type: 'CreateLink' }>;

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return prefix.length <= bytes.length && prefix.every((byte, at) => bytes[at] === byte);
}

function seqOf({ signed_action: { hashed } }: Record): number {
  return headOf(hashed.content).seq;
}

function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return toHex(a) === toHex(b);
}

/** Whether a link matches the search. Both ends of the time range are included, as in the real host. */
function isWanted(link: Signed, { link_type, tag_prefix, after, before, author }: LinkSearch): boolean {
  const { author: linkAuthor, timestamp } = headOf(link.hashed.content);
  const { zome_index, link_type: type, tag } = dataOf(link.hashed.content) as LinkFields;
  const isOfType =
    link_type.kind === 'Dependencies'
      ? link_type.value.includes(zome_index)
      : link_type.value.some(([zome, types]) => zome === zome_index && types.includes(type));
  if (!isOfType || (tag_prefix !== null && !startsWith(tag, tag_prefix))) return false;
  if ((after !== null && timestamp < after) || (before !== null && timestamp > before)) return false;
  return author === null || sameHash(author, linkAuthor);
}

export class KnownRecords {
  /** @param indexes searched in order */
  constructor(readonly indexes: () => readonly RecordIndex[]) {}

  #all<T>(list: (index: RecordIndex) => readonly T[]): T[] {
    return this.indexes().flatMap((index) => [...list(index)]);
  }

  /** The record of an action, deleted or not. */
  record(actionHash: Uint8Array): Record | undefined {
    for (const index of this.indexes()) {
      const record = index.record(actionHash);
      if (record !== undefined) return record;
    }
    return undefined;
  }

  /** An entry by its hash, deleted or not. */
  entry(entryHash: Uint8Array): Entry | undefined {
    const found = this.#creations(entryHash).find(({ entry }) => entry.kind === 'Present');
    return found?.entry.kind === 'Present' ? found.entry.value : undefined;
  }

  #creations(entryHash: Uint8Array): readonly Record[] {
    return this.#all((index) => index.creations(entryHash));
  }

  deletes(hash: Uint8Array): readonly Signed[] {
    return this.#all((index) => index.deletes(hash));
  }

  updates(hash: Uint8Array): readonly Signed[] {
    return this.#all((index) => index.updates(hash));
  }

  #isDeleted(actionHash: Uint8Array): boolean {
    return this.deletes(actionHash).some(({ hashed }) => dataOf(hashed.content).type === 'Delete');
  }

  /**
   * The result of `get`: for an action, its record if it is not deleted; for an entry, the agent's own record of it
   * that is not deleted, otherwise the oldest.
   */
  live(hash: Uint8Array, agent: Uint8Array): Record | undefined {
    if (hashTypeOf(hash) === 'Action') {
      const record = this.record(hash);
      return record === undefined || this.#isDeleted(hash) ? undefined : record;
    }
    const live = this.#creations(hash).filter(
      ({ signed_action: { hashed }, entry }) => entry.kind === 'Present' && !this.#isDeleted(hashed.hash),
    );
    const isOwn = ({ signed_action: { hashed } }: Record) => sameHash(headOf(hashed.content).author, agent);
    return live.find(isOwn) ?? live[0];
  }

  /** The result of `get_details`: everything that was ever done to an action or an entry. */
  details(hash: Uint8Array): Details | undefined {
    const updates = this.updates(hash);
    if (hashTypeOf(hash) === 'Action') {
      const record = this.record(hash);
      const deletes = this.deletes(hash).filter(({ hashed }) => dataOf(hashed.content).type === 'Delete');
      return record && { type: 'Record', content: { record, validation_status: { kind: 'Valid' }, deletes, updates } };
    }
    const creations = this.#creations(hash);
    const entry = this.entry(hash);
    if (entry === undefined) return undefined;
    const actions = creations.map(({ signed_action }) => signed_action);
    const isLive = actions.some(({ hashed }) => !this.#isDeleted(hashed.hash));
    const entry_dht_status = { kind: isLive ? 'Live' : 'Dead' } as const;
    const deletes = this.deletes(hash);
    return { type: 'Entry', content: { entry, actions, rejected_actions: [], deletes, updates, entry_dht_status } };
  }

  /** Links in order of creation, with the deletes of each. */
  linkDetails(search: LinkSearch): readonly (readonly [Signed, readonly Signed[]])[] {
    return this.#all((index) => index.links(search.base))
      .filter((link) => isWanted(link, search))
      .map((link) => [link, this.deletes(link.hashed.hash)] as const);
  }

  /** Links that are not deleted, oldest first. */
  links(search: LinkSearch): readonly Link[] {
    const links = this.linkDetails(search).filter(([, deletes]) => deletes.length === 0);
    const found = links.map(([{ hashed }]): Link => {
      const { author, timestamp } = headOf(hashed.content);
      const { base_address, target_address, zome_index, link_type, tag } = dataOf(hashed.content) as LinkFields;
      const of = { author, base: base_address, target: target_address, timestamp };
      return { ...of, zome_index, link_type, tag, create_link_hash: hashed.hash };
    });
    return found.sort((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0));
  }

  /** The actions of an agent in the order of its chain. */
  recordsOf(agent: Uint8Array): readonly Record[] {
    return this.#all((index) => index.recordsOf(agent)).sort((a, b) => seqOf(a) - seqOf(b));
  }

  /** The number of links from a base, deleted or not, that a search examines. */
  linkCount(base: Uint8Array): number {
    return this.indexes().reduce((sum, index) => sum + index.links(base).length, 0);
  }
}
