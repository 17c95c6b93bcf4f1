/**
 * Result lines of a batch that is billed: each is written after it has been settled. If the process is killed between
 * the two, some billed inputs have no line; they run again and, because a request is billed only once, are not billed
 * again. An input with a line was billed.
 */
import type { BilledAccount } from '../billing/billed-account.js';
import type { BatchResults } from './batch-results.js';

/** How many lines wait for one settlement, and how long. */
const LINES = 1_000;
const WAIT_MS = 1_000;

export class SettledLines {
  readonly #results: BatchResults;
  readonly #account: BilledAccount | undefined;
  #waiting: { readonly index: number; readonly text: string }[] = [];
  #sinceMs = performance.now();

  /** @param account without one, lines are written at once */
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

  /** Settles the waiting lines, then writes them. @throws what the ledger throws */
  async flush(): Promise<void> {
    if (this.#account !== undefined) {
      // The first may have been in progress already, without the last lines.
      await this.#account.settle();
      await this.#account.settle();
    }
    for (const { index, text } of this.#waiting) this.#results.append(index, text);
    this.#waiting = [];
    this.#sinceMs = performance.now();
  }
}
