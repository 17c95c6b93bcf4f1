/** Jobs by the signal that may abort them: one listener for all jobs of a signal, since thousands may share one. */
import type { Job } from './job.js';

interface Listening {
  readonly jobs: Set<Job>;
  readonly stop: () => void;
}

export class Aborts {
  readonly #listening = new Map<AbortSignal, Listening>();
  readonly #aborted: () => void;

  /** @param aborted is called when jobs were rejected */
  constructor(aborted: () => void) {
    this.#aborted = aborted;
  }

  add(signal: AbortSignal, job: Job): void {
    const { jobs } = this.#listening.get(signal) ?? this.#listen(signal);
    jobs.add(job);
    job.onSettled = () => this.#remove(signal, job);
  }

  #listen(signal: AbortSignal): Listening {
    const onAbort = () => {
      for (const job of listening.jobs) job.fail(signal.reason);
      this.#aborted();
    };
    const stop = () => signal.removeEventListener('abort', onAbort);
    const listening: Listening = { jobs: new Set(), stop };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#listening.set(signal, listening);
    return listening;
  }

  #remove(signal: AbortSignal, job: Job): void {
    const listening = this.#listening.get(signal);
    if (listening === undefined) return;
    listening.jobs.delete(job);
    if (listening.jobs.size > 0) return;
    listening.stop();
    this.#listening.delete(signal);
  }
}
