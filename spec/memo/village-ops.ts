/** Ops of a generated village with their dependencies, and a source to which records can be added. */
import { toHex } from '../../src/base/hash.js';
import { encodeBytes } from '../../src/boundary/codec-bytes.js';
import { createEngine } from '../../src/engine/engine.js';
import type { Action, SignedHashed } from '../../src/zome/action.js';
import { headOf } from '../../src/zome/action-parts.js';
import { agentActivity } from '../../src/zome/chain-walk.js';
import { createZomeHost } from '../../src/zome/create-zome-host.js';
import type { DependencySource } from '../../src/zome/dependency-source.js';
import { type Entry, entryHash } from '../../src/zome/entry.js';
import { op } from '../../src/zome/op.js';
import { opOfChainOp } from '../../src/zome/op-of-chain-op.js';
import type { Record } from '../../src/zome/record.js';
import type { ZomeHost } from '../../src/zome/zome-host.js';
import { LINKS } from '../pool/pool-guests.js';
import { LIBRARY, village } from '../zome/made-dump.js';

/** Finds the records that were added. */
export class GrowingSource implements DependencySource {
  readonly #records = new Map<string, Record>();
  readonly #entries = new Map<string, Entry>();
  readonly #chains = new Map<string, Map<string, SignedHashed<Action>>>();

  constructor(records: readonly Record[] = []) {
    for (const record of records) this.add(record);
  }

  /** The hashes under which a validation may wait for it: of the action, of the entry, of the author. */
  add(record: Record): readonly Uint8Array[] {
    const { hash, content } = record.signed_action.hashed;
    const { author } = headOf(content);
    this.#records.set(toHex(hash), record);
    const chain = this.#chains.get(toHex(author)) ?? new Map<string, SignedHashed<Action>>();
    this.#chains.set(toHex(author), chain.set(toHex(hash), record.signed_action));
    if (record.entry.kind !== 'Present') return [hash, author];
    const entry = entryHash(record.entry.value, '0.6');
    this.#entries.set(toHex(entry), record.entry.value);
    return [hash, entry, author];
  }

  entry(hash: Uint8Array) {
    return this.#entries.get(toHex(hash));
  }

  action(hash: Uint8Array) {
    return this.#records.get(toHex(hash))?.signed_action;
  }

  record(hash: Uint8Array) {
    const record = this.#records.get(toHex(hash));
    return record && { record, isRejected: false };
  }

  agentActivity(author: Uint8Array, filter: Parameters<DependencySource['agentActivity']>[1]) {
    return agentActivity(this.#chains.get(toHex(author)) ?? new Map(), filter);
  }
}

export interface VillageOps {
  readonly host: ZomeHost;
  /** MessagePack. */
  readonly ops: readonly Uint8Array[];
  readonly records: readonly Record[];
}

export async function villageOps(count: number): Promise<VillageOps> {
  const made = await createZomeHost({ engine: createEngine(), zomes: [LINKS], generation: '0.6' });
  if (!made.ok) throw new Error(made.fault.code);
  const { ops, records } = village(count, '0.6', LIBRARY);
  const all = new GrowingSource(records);
  const bytes = ops.flatMap((chainOp) => {
    const one = opOfChainOp(chainOp, all, '0.6');
    return one.kind === 'op' ? [encodeBytes(op('0.6'), one.op)] : [];
  });
  // For a zome, two ops with the same content are one op.
  const distinct = [...new Map(bytes.map((one) => [toHex(one), one])).values()];
  return { host: made.host, ops: distinct, records };
}
