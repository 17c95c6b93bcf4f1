/**
 * An agent's source chain in memory: what is committed, and a scratch of what the call in progress has written, which is
 * committed as a whole or dropped as a whole.
 *
 * Invariant: each action follows the one before by hash and number, and is at least a microsecond younger. An action is
 * signed when it is written, as in the real host.
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
  /** What this agent finds: what others have published, its chain, its scratch. */
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

  /** What is committed, in the order of the chain. */
  get records(): readonly Record[] {
    return this.#committed.records;
  }

  /** What the call in progress has written, in the order of the chain. */
  get scratch(): readonly Record[] {
    return this.#scratch.records;
  }

  /** The newest action that is committed; undefined before genesis. */
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
   * Writes an action into the scratch.
   * @param time microseconds; the action is one younger than the top if that is not earlier
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

  /** Makes the scratch a part of the chain. */
  commit(): readonly Record[] {
    const { records } = this.#scratch;
    for (const record of records) this.#committed.add(record);
    this.#scratch = new RecordIndex();
    return records;
  }

  /** Forgets the scratch. */
  rollBack(): void {
    this.#scratch = new RecordIndex();
  }
}
