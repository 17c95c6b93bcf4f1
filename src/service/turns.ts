/**
 * Fair turns: replies of threads reach the event loop in one go, however many follow each other, and nothing else is seen meanwhile. Long work
 * that feeds the threads therefore waits for the next turn of the loop now and then.
 */

/** Milliseconds of one turn after which who asks has to wait for the next one. */
const TURN_MS = 20;

export class Turns {
  #beganMs = 0;
  #next: Promise<void> | undefined;

  /** Whether this turn of the loop has gone on for long. */
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

  /** Resolves at once as long as this turn of the loop is young, else in the next one. */
  async fair(): Promise<void> {
    if (this.isLong()) await this.#next;
  }
}
