/**
 * The progress of long work, in one line that is overwritten: `[#####-----]  500 of 1,000 ops, 420 per second, 2 s
 * left`. Only on a terminal, and updated a few times a second, so that the figures can be read.
 */
import type { Console } from './console.js';
import { grouped } from './layout.js';

const BAR_WIDTH = 24;
const EVERY_MS = 100;

export class ProgressLine {
  readonly #console: Console;
  readonly #total: number;
  readonly #what: string;
  readonly #startMs = performance.now();
  #done = 0;
  #newMs = 0;
  #text = '';
  #isShown = false;

  /** @param what the plural noun of the items */
  constructor(console: Console, total: number, what: string) {
    this.#console = console;
    this.#total = total;
    this.#what = what;
  }

  /** Removes the line, so that another can be written. */
  clear(): void {
    if (this.#isShown) this.#console.progress('');
    this.#isShown = false;
  }

  /** Shows that work begins, because its first step may take long. */
  begin(): void {
    this.step(0);
  }

  /** Adds `count` finished items. */
  step(count = 1): void {
    this.#done += count;
    const now = performance.now();
    if (now - this.#newMs >= EVERY_MS || this.#done === this.#total) {
      this.#newMs = now;
      this.#text = this.#textAt(now);
    }
    this.#console.progress(this.#text);
    this.#isShown = true;
  }

  end(): void {
    this.clear();
  }

  #textAt(now: number): string {
    const seconds = (now - this.#startMs) / 1000;
    const share = this.#total === 0 ? 1 : this.#done / this.#total;
    const filled = Math.round(share * BAR_WIDTH);
    const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}]`;
    const counts = `${grouped(this.#done)} of ${grouped(this.#total)} ${this.#what}`;
    if (this.#done === 0) return `${bar}  ${counts}`;
    const rate = seconds > 0 ? this.#done / seconds : 0;
    const left = rate > 0 ? Math.ceil((this.#total - this.#done) / rate) : 0;
    return `${bar}  ${counts}, ${grouped(Math.round(rate))} per second, ${grouped(left)} s left`;
  }
}
