/** Bytes of some jobs together: dependencies that several of them share are one object, and count once. */
import type { Job } from './job.js';

export class JobBytes {
  #total = 0;
  /** How many jobs have a document of dependencies. */
  readonly #sharers = new Map<Uint8Array, number>();

  get total(): number {
    return this.#total;
  }

  /** What a job would add. */
  of({ inputBytes, dependencies }: Job): number {
    return inputBytes + (dependencies === undefined || this.#sharers.has(dependencies) ? 0 : dependencies.length);
  }

  add(job: Job): void {
    const { dependencies } = job;
    this.#total += this.of(job);
    if (dependencies !== undefined) this.#sharers.set(dependencies, (this.#sharers.get(dependencies) ?? 0) + 1);
  }

  remove(job: Job): void {
    const { dependencies } = job;
    const left = dependencies === undefined ? 0 : this.#sharers.get(dependencies)! - 1;
    if (dependencies !== undefined && left > 0) this.#sharers.set(dependencies, left);
    else if (dependencies !== undefined) this.#sharers.delete(dependencies);
    this.#total -= this.of(job);
  }
}
