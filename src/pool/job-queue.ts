/** Jobs that wait, first in, first out, and some that go before all others. Each is taken in constant time. */
import type { Job } from './job.js';

/** Places that are free at the front before the rest moves there. */
const FREE_MAX = 4_096;

export class JobQueue {
  #jobs: (Job | undefined)[] = [];
  #first = 0;

  get length(): number {
    return this.#jobs.length - this.#first;
  }

  push(job: Job): void {
    this.#jobs.push(job);
  }

  /** Puts jobs back that were taken before those that wait now. */
  putBack(jobs: readonly Job[]): void {
    this.#jobs = [...jobs, ...this.#jobs.slice(this.#first)];
    this.#first = 0;
  }

  peek(): Job | undefined {
    return this.#jobs[this.#first];
  }

  take(): Job | undefined {
    if (this.length === 0) return undefined;
    const job = this.#jobs[this.#first];
    this.#jobs[this.#first++] = undefined;
    if (this.#first > FREE_MAX && this.#first * 2 > this.#jobs.length) this.putBack([]);
    return job;
  }
}
