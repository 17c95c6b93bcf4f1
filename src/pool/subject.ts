/**
 * The subject of jobs: a module or the zomes of a DNA, with the jobs that wait for it and the threads that have loaded
 * it. Its home is the thread that takes its jobs first, so that few threads have to load it.
 */
import { JobQueue } from './job-queue.js';
import type { PoolThread } from './pool-thread.js';
import type { Source } from './wire.js';

export class Subject {
  readonly waiting = new JobQueue();
  /** Hashes of its modules, once it was loaded. */
  hashes: readonly string[] = [];
  isClosed = false;
  /** Recent mean time of a job in milliseconds; 0 as long as none has run. */
  jobMs = 0;

  constructor(
    readonly number: number,
    readonly source: Source,
    public home: PoolThread,
  ) {}

  /** Bytes of its modules, about what a thread needs for it. */
  get bytes(): number {
    const { source } = this;
    return source.kind === 'module' ? source.wasm.length : source.zomes.reduce((sum, { wasm }) => sum + wasm.length, 0);
  }

  /** Records how long some jobs took together. */
  took(ms: number, jobs: number): void {
    const jobMs = ms / jobs;
    this.jobMs = this.jobMs === 0 ? jobMs : 0.7 * this.jobMs + 0.3 * jobMs;
  }
}
