/**
 * Records by their lookup keys: by action, by entry, by the updated or deleted hash, by the base of a link.
 *
 * Invariant: every list is in the order in which the records were added; nothing is ever removed.
 */
import { toHex } from '../base/hash.js';
import type { Action, SignedHashed } from './action.js';
import { dataOf, headOf } from './action-parts.js';
import type { Record } from './record.js';

function addTo<T>(lists: Map<string, T[]>, key: Uint8Array, item: T): void {
  const hex = toHex(key);
  const list = lists.get(hex);
  if (list === undefined) lists.set(hex, [item]);
  else list.push(item);
}

export class RecordIndex {
  readonly records: Record[] = [];
  readonly #byAction = new Map<string, Record>();
  readonly #byAuthor = new Map<string, Record[]>();
  readonly #byEntry = new Map<string, Record[]>();
  readonly #updates = new Map<string, SignedHashed<Action>[]>();
  readonly #deletes = new Map<string, SignedHashed<Action>[]>();
  readonly #links = new Map<string, SignedHashed<Action>[]>();

  add(record: Record): void {
    const { signed_action: signed } = record;
    this.records.push(record);
    this.#byAction.set(toHex(signed.hashed.hash), record);
    addTo(this.#byAuthor, headOf(signed.hashed.content).author, record);
    const data = dataOf(signed.hashed.content);
    switch (data.type) {
      case 'Update':
        addTo(this.#byEntry, data.entry_hash, record);
        addTo(this.#updates, data.original_action_address, signed);
        addTo(this.#updates, data.original_entry_address, signed);
        break;
      case 'Create':
        addTo(this.#byEntry, data.entry_hash, record);
        break;
      case 'Delete':
        addTo(this.#deletes, data.deletes_address, signed);
        addTo(this.#deletes, data.deletes_entry_address, signed);
        break;
      case 'CreateLink':
        addTo(this.#links, data.base_address, signed);
        break;
      case 'DeleteLink':
        addTo(this.#deletes, data.link_add_address, signed);
    }
  }

  /** The record of an action. */
  record(actionHash: Uint8Array): Record | undefined {
    return this.#byAction.get(toHex(actionHash));
  }

  recordsOf(author: Uint8Array): readonly Record[] {
    return this.#byAuthor.get(toHex(author)) ?? [];
  }

  /** Records whose action creates this entry. */
  creations(entryHash: Uint8Array): readonly Record[] {
    return this.#byEntry.get(toHex(entryHash)) ?? [];
  }

  /** Updates of an action or of an entry. */
  updates(hash: Uint8Array): readonly SignedHashed<Action>[] {
    return this.#updates.get(toHex(hash)) ?? [];
  }

  /** Deletes of an action, of an entry, or of a link. */
  deletes(hash: Uint8Array): readonly SignedHashed<Action>[] {
    return this.#deletes.get(toHex(hash)) ?? [];
  }

  /** Links from a base, deleted or not. */
  links(base: Uint8Array): readonly SignedHashed<Action>[] {
    return this.#links.get(toHex(base)) ?? [];
  }
}
