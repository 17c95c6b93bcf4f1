/** Calls of a queue whose server may be away for a while: made again until they succeed, or the patience is over. */
import { setTimeout as sleep } from 'node:timers/promises';
import { FleetError } from './fleet-error.js';

const FIRST_MS = 50;
const MOST_MS = 2_000;

export class Patience {
  readonly #ms: number;
  readonly #onWait: (error: FleetError) => void;

  /** @param ms for which a server may be away; @param onWait is called before each wait */
  constructor(ms: number, onWait: (error: FleetError) => void = () => {}) {
    this.#ms = ms;
    this.#onWait = onWait;
  }

  /** @throws what the call throws, but for FleetError `connection`, which it throws when the patience is over */
  async of<T>(call: () => Promise<T>): Promise<T> {
    const endMs = performance.now() + this.#ms;
    for (let waitMs = FIRST_MS; ; waitMs = Math.min(2 * waitMs, MOST_MS)) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof FleetError) || error.code !== 'connection' || performance.now() + waitMs > endMs)
          throw error;
        this.#onWait(error);
        await sleep(waitMs);
      }
    }
  }
}
