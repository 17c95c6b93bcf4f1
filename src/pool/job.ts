/**
 * A job: one task, and the promise of its result. Invariant: it is settled once, whatever happens to the threads that
 * run it.
 */
import type { Task, WireResult } from './wire.js';

export class Job {
  /** How many threads ended while they ran it. */
  kills = 0;
  /** Whether it is sent to a thread alone, so that it is known which job ends the thread. */
  isAlone = false;
  onSettled: (() => void) | undefined;
  #isSettled = false;

  constructor(
    readonly task: Task,
    readonly timeLimitMs: number,
    readonly resolve: (result: WireResult) => void,
    readonly reject: (error: unknown) => void,
  ) {}

  /** Whether it has been resolved or rejected. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  get inputBytes(): number {
    const { task } = this;
    return task.kind === 'call' ? 0 : task.input.length;
  }

  /** A document that other jobs may also have. */
  get dependencies(): Uint8Array | undefined {
    const { task } = this;
    return task.kind === 'op' ? task.dependencies : undefined;
  }

  finish(result: WireResult): void {
    if (!this.#settle()) return;
    try {
      this.resolve(result);
    } catch (error) {
      this.reject(error);
    }
  }

  fail(error: unknown): void {
    if (this.#settle()) this.reject(error);
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.onSettled?.();
    return true;
  }
}
