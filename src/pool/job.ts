/**
 * A job: one task, and who waits for what comes of it. Invariant: it is settled once, whatever happens to the threads that run it.
 */
import type { Task, WireResult } from './wire.js';

export class Job {
  /** Threads that ended while they ran it. */
  kills = 0;
  /** It is sent to a thread by itself, so that it is known what ends the thread. */
  isAlone = false;
  onSettled: (() => void) | undefined;
  #isSettled = false;

  constructor(
    readonly task: Task,
    readonly timeLimitMs: number,
    readonly resolve: (result: WireResult) => void,
    readonly reject: (error: unknown) => void,
  ) {}

  /** Nobody waits for it any more. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  get inputBytes(): number {
    const { task } = this;
    return task.kind === 'call' ? 0 : task.input.length;
  }

  /** A document that other jobs may have too. */
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
