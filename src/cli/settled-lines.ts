/**
 * Result lines of a batch that is billed: each is written when what it says is settled. A process that is killed between the two has inputs
 * without a line, which are run again and, because a request is billed once, billed once; an input with a line was billed.
 */
import type { BilledAccount } from '../billing/billed-account.js';
import type { BatchResults } from './batch-results.js';

/** Lines that wait for one settlement, and how long they do. */
const LINES = 1_000;
const WAIT_MS = 1_000;

export class SettledLines {
  readonly #results: BatchResults;
  readonly #account: BilledAccount | undefined;
  #waiting: { readonly index: number; readonly text: string }[] = [];
  #sinceMs = performance.now();

  /** @param account none: lines are written at once */
  constructor(results: BatchResults, account: BilledAccount | undefined) {
    this.#results = results;
    this.#account = account;
  }

  /** @throws what the ledger throws */
  async append(index: number, text: string): Promise<void> {
    if (this.#account === undefined) {
      this.#results.append(index, text);
      return;
    }
    this.#waiting.push({ index, text });
    if (this.#waiting.length >= LINES || performance.now() - this.#sinceMs >= WAIT_MS) await this.flush();
  }

  /** Settles what waits, then writes it. @throws what the ledger throws */
  async flush(): Promise<void> {
    if (this.#account !== undefined) {
      // The first may be one that was in progress, without the last lines.
      await this.#account.settle();
      await this.#account.settle();
    }
    for (const { index, text } of this.#waiting) this.#results.append(index, text);
    this.#waiting = [];
    this.#sinceMs = performance.now();
  }
}
