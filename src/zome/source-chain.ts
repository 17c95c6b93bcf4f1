/**
 * An agent's source chain in memory: the committed records, and a scratch of records that the call in progress has
 * written, which is committed or dropped as a whole.
 *
 * Invariant: each action follows the previous one by hash and number, and is at least a microsecond younger. An action
 * is signed when it is written, as in the real host.
 *
 * Source: holochain_state `source_chain.rs` (`put_weighed`, `genesis`, `flush`), develop-0.6 and develop.
 */
import type { Generation } from '../boundary/generation.js';
import { dataOf } from './action-parts.js';
import type { Agent } from './agent.js';
import { recordEntryOf } from './chain-op.js';
import type { Entry } from './entry.js';
import { entryHash } from './entry.js';
import { KnownRecords } from './known-records.js';
import type { Record } from './record.js';
import { RecordIndex } from './record-index.js';
import { type ActionContent, type ChainTop, chainTopOf, signAction } from './sign-action.js';

export class SourceChain {
  /** The records that this agent can find: those that others have published, its chain, its scratch. */
  readonly known: KnownRecords;
  readonly #committed = new RecordIndex();
  #scratch = new RecordIndex();

  /** @param published records of others */
  constructor(
    readonly agent: Agent,
    readonly generation: Generation,
    published: RecordIndex,
  ) {
    this.known = new KnownRecords(() => [published, this.#committed, this.#scratch]);
  }

  /** The committed records, in the order of the chain. */
  get records(): readonly Record[] {
    return this.#committed.records;
  }

  /** The records that the call in progress has written, in the order of the chain. */
  get scratch(): readonly Record[] {
    return this.#scratch.records;
  }

  /** The newest committed action; undefined before genesis. */
  get committedTop(): ChainTop | undefined {
    const last = this.records.at(-1);
    return last && chainTopOf(last);
  }

  /** The newest action, committed or not. */
  get top(): ChainTop | undefined {
    const last = this.scratch.at(-1);
    return last === undefined ? this.committedTop : chainTopOf(last);
  }

  get isInitialized(): boolean {
    return this.records.some(({ signed_action: { hashed } }) => dataOf(hashed.content).type === 'InitZomesComplete');
  }

  /**
   * Writes an action to the scratch.
   * @param time microseconds; if it is not later than the top, the action is one microsecond younger than the top
   */
  put(content: ActionContent, entry: Entry | undefined, time: bigint): Record {
    const { top: after } = this;
    const timestamp = after === undefined || time > after.timestamp ? time : after.timestamp + 1n;
    const signed_action = signAction(content, { author: this.agent, after, timestamp }, this.generation);
    const record: Record = { signed_action, entry: recordEntryOf(signed_action.hashed.content, entry) };
    this.#scratch.add(record);
    return record;
  }

  /** The three actions that begin every chain. */
  genesis(dnaHash: Uint8Array, membraneProof: Uint8Array | undefined, time: bigint): void {
    const key: Entry = { entry_type: 'Agent', entry: this.agent.key };
    const entry_hash = entryHash(key, this.generation);
    this.put({ type: 'Dna', dna_hash: dnaHash }, undefined, time);
    this.put({ type: 'AgentValidationPkg', membrane_proof: membraneProof ?? null }, undefined, time);
    this.put({ type: 'Create', entry_type: { kind: 'AgentPubKey' }, entry_hash }, key, time);
    this.commit();
  }

  /** Appends the scratch to the chain. */
  commit(): readonly Record[] {
    const { records } = this.#scratch;
    for (const record of records) this.#committed.add(record);
    this.#scratch = new RecordIndex();
    return records;
  }

  /** Discards the scratch. */
  rollBack(): void {
    this.#scratch = new RecordIndex();
  }
}
