/**
 * Fair turns: however many replies of threads arrive, the event loop delivers them all at once, and nothing else runs
 * meanwhile. Long work that feeds the threads therefore waits for the next turn of the loop now and then.
 */

/** Milliseconds of one turn after which callers have to wait for the next one. */
const TURN_MS = 20;

export class Turns {
  #beganMs = 0;
  #next: Promise<void> | undefined;

  /** Whether this turn of the loop has already been long. */
  isLong(): boolean {
    const nowMs = performance.now();
    if (this.#next === undefined) {
      this.#beganMs = nowMs;
      this.#next = new Promise((resolve) => {
        setImmediate(() => {
          this.#next = undefined;
          resolve();
        });
      });
    }
    return nowMs - this.#beganMs > TURN_MS;
  }

  /** Resolves at once as long as this turn of the loop is short, otherwise in the next one. */
  async fair(): Promise<void> {
    if (this.isLong()) await this.#next;
  }
}
