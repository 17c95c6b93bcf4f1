/**
 * Bills a batch that a fleet runs: the most that a job can cost is reserved before the job is submitted, and the
 * receipts of its result are billed when the collector has settled it.
 *
 * Invariant: an input of a batch is one request, by whatever jobs it runs. So each receipt of a result is a line once, however often workers,
 * collectors and submitters begin again; what was delivered twice, is disputed, or was found wrong is none.
 */
import { toHex } from '../base/hash.js';
import { type BilledJob, type CallBilling, numberedRequest } from '../pool/call-billing.js';
import { PooledReceipt } from '../pool/pooled-receipt.js';
import type { CollectedJob } from './collector.js';
import type { SubmittedJob } from './fleet-queue.js';
import { isFailed } from './line.js';
import type { ReceiptRules } from './work.js';

export class JobBilling {
  readonly #billing: CallBilling;
  readonly #batch: Uint8Array;
  readonly #rules: ReceiptRules;
  readonly #settledBefore: ReadonlySet<string>;
  /** Jobs that are submitted here and not yet billed, with their reservations, if any. */
  readonly #open = new Map<string, BilledJob | undefined>();
  readonly #billed = new Set<string>();

  /** @param settledBefore jobs that already have a result, in hexadecimal; they do not run again */
  constructor(billing: CallBilling, batch: Uint8Array, rules: ReceiptRules, settledBefore: ReadonlySet<string>) {
    this.#billing = billing;
    this.#batch = batch;
    this.#rules = rules;
    this.#settledBefore = settledBefore;
  }

  /** Jobs that will be submitted. One of an earlier run of the batch may get its result before it is submitted again. */
  expect(jobs: readonly SubmittedJob[]): void {
    for (const { id } of jobs) {
      const name = toHex(id);
      if (!this.#open.has(name) && !this.#billed.has(name)) this.#open.set(name, undefined);
    }
  }

  /** Reserves the most that a job can cost, if it will run. @returns a promise if it has to wait */
  reserve({ id, inputs }: SubmittedJob): Promise<void> | undefined {
    const name = toHex(id);
    if (this.#settledBefore.has(name) || this.#billed.has(name) || this.#open.get(name) !== undefined) return undefined;
    const begun = this.#billing.begin(inputs * this.#rules.calls, this.#rules.fuel, id);
    if (begun instanceof Promise) return begun.then((reserved) => this.#keep(name, reserved));
    this.#keep(name, begun);
    return undefined;
  }

  #keep(name: string, reserved: BilledJob): void {
    if (this.#open.has(name)) this.#open.set(name, reserved);
    // Its result arrived meanwhile.
    else reserved.cancel();
  }

  /** Bills the receipts of a job that was submitted here, once. Other jobs are billed by their submitters. */
  async bill({ id, job, items }: CollectedJob): Promise<void> {
    const name = toHex(id);
    if (!this.#open.has(name)) return;
    const reserved = this.#open.get(name);
    this.#open.delete(name);
    this.#billed.add(name);
    const receipts: PooledReceipt[] = [];
    const requests: Uint8Array[] = [];
    for (const [at, item] of items.entries()) {
      if (isFailed(item)) continue;
      const request = numberedRequest(this.#batch, job.inputs[at].index);
      for (const bytes of item.receipts) {
        receipts.push(new PooledReceipt(bytes));
        requests.push(request);
      }
    }
    const billed = reserved ?? (await this.#reserveUsed(id, receipts));
    billed?.finish(receipts, false, requests);
  }

  /** A job that has already run costs what it used, not its maximum. */
  async #reserveUsed(id: Uint8Array, receipts: readonly PooledReceipt[]): Promise<BilledJob | undefined> {
    if (receipts.length === 0) return undefined;
    const most = receipts.reduce((used, { fuel }) => Math.max(used, fuel.used), 0);
    return await this.#billing.begin(receipts.length, most, id);
  }
}
