/**
 * A queue in this process, for specs without a server: the promises of the port and nothing more. A job is taken once;
 * leases do not expire.
 */
import { hash, toHex } from '../../src/base/hash.js';
import { FleetError } from '../../src/fleet/fleet-error.js';
import type {
  Again,
  BatchStatus,
  Decision,
  FleetQueue,
  JobLines,
  KeptLine,
  Lease,
  RecordChange,
  SettledJob,
  SubmittedJob,
  WorkerIdentity,
  WorkerRecord,
} from '../../src/fleet/fleet-queue.js';

interface KeptJob extends SubmittedJob {
  readonly batch: string;
  attempts: number;
  isOpen: boolean;
  again: Again;
  lines: KeptLine[];
  readonly judged: Set<string>;
  settled: Decision['settle'];
}

interface KeptBatch {
  readonly id: Uint8Array;
  readonly head: Uint8Array;
  isClosed: boolean;
  quarantined: number;
}

const ANYBODY: Again = { notKind: '', notWorkers: [] };
const LOOK_MS = 5;
/** A worker waits for its pending request before it ends; here that is short. */
const WAIT_MS = 20;

export class MemoryQueue implements FleetQueue {
  readonly #content = new Map<string, Uint8Array>();
  readonly #batches = new Map<string, KeptBatch>();
  readonly #jobs = new Map<string, KeptJob>();
  readonly #workers = new Map<string, WorkerRecord>();

  async putContent(bytes: Uint8Array): Promise<Uint8Array> {
    const key = hash(bytes);
    this.#content.set(toHex(key), bytes.slice());
    return key;
  }

  async getContent(key: Uint8Array): Promise<Uint8Array> {
    const found = this.#content.get(toHex(key));
    if (found === undefined) throw new FleetError('missing', `the content ${toHex(key)} is not in the store`);
    return found.slice();
  }

  async openBatch(id: Uint8Array, head: Uint8Array): Promise<void> {
    const name = toHex(id);
    if (!this.#batches.has(name)) this.#batches.set(name, { id, head, isClosed: false, quarantined: 0 });
  }

  async submit(batch: Uint8Array, jobs: readonly SubmittedJob[]): Promise<void> {
    for (const job of jobs) {
      const name = toHex(job.id);
      if (this.#jobs.has(name)) continue;
      const kept = { attempts: 0, isOpen: true, again: ANYBODY, lines: [], judged: new Set<string>() };
      this.#jobs.set(name, { ...job, ...kept, batch: toHex(batch), settled: undefined });
    }
  }

  async closeBatch(id: Uint8Array): Promise<void> {
    this.#batches.get(toHex(id))!.isClosed = true;
  }

  async register(worker: WorkerIdentity): Promise<void> {
    const known = this.#workers.get(toHex(worker.key)) ?? { confirmed: 0, wrong: 0 };
    this.#workers.set(toHex(worker.key), { ...known, ...worker, seenAt: Date.now() });
  }

  take({ key, kind }: WorkerIdentity, max: number, waitMs: number): Promise<readonly Lease[]> {
    return awaited(waitMs, () => {
      const open = [...this.#jobs.values()].filter(
        ({ isOpen, settled, again }) =>
          isOpen &&
          settled === undefined &&
          again.notKind !== kind &&
          !again.notWorkers.some((other) => toHex(other) === toHex(key)),
      );
      return open.slice(0, max).map((job) => {
        job.isOpen = false;
        job.attempts += 1;
        return { id: job.id, job: job.job, attempt: job.attempts, handle: job.attempts };
      });
    });
  }

  async heartbeat(): Promise<void> {}

  async finish(
    _worker: WorkerIdentity,
    finished: readonly { readonly lease: Lease; readonly line: Uint8Array }[],
  ): Promise<void> {
    for (const { lease, line } of finished)
      this.#jobs.get(toHex(lease.id))!.lines.push({ id: toHex(hash(line)), bytes: line });
  }

  async release(leases: readonly Lease[]): Promise<void> {
    for (const { id } of leases) this.#jobs.get(toHex(id))!.isOpen = true;
  }

  unjudged(batch: Uint8Array, max: number, waitMs: number): Promise<readonly JobLines[]> {
    return awaited(waitMs, () =>
      this.#of(batch)
        .filter(({ lines, judged }) => lines.some(({ id }) => !judged.has(id)))
        .slice(0, max)
        .map(({ id, job, lines, settled }) => ({ id, job, lines, settled: settled?.result })),
    );
  }

  async judge(
    batch: Uint8Array,
    decisions: readonly Decision[],
    records: readonly RecordChange[],
  ): Promise<readonly Uint8Array[]> {
    for (const { id, lines, quarantined, settle, again } of decisions) {
      const job = this.#jobs.get(toHex(id))!;
      for (const line of lines) job.judged.add(line);
      job.lines = job.lines.filter((line) => !quarantined.includes(line.id));
      this.#batches.get(toHex(batch))!.quarantined += quarantined.length;
      job.settled ??= settle;
      if (again !== undefined) Object.assign(job, { again, isOpen: true });
    }
    for (const { worker, confirmed, wrong } of records) {
      const known = this.#workers.get(toHex(worker.key)) ?? { ...worker, confirmed: 0, wrong: 0, seenAt: Date.now() };
      const sum = { confirmed: wrong > 0 ? 0 : known.confirmed + confirmed, wrong: known.wrong + wrong };
      this.#workers.set(toHex(worker.key), { ...known, ...sum });
    }
    return [];
  }

  async *settled(batch: Uint8Array): AsyncGenerator<SettledJob> {
    for (const { id, job, lines, settled } of this.#of(batch)) {
      if (settled === undefined) continue;
      yield { id, job, line: lines.find((line) => line.id === settled.line)?.bytes };
    }
  }

  async batches(): Promise<readonly BatchStatus[]> {
    return [...this.#batches.values()].map(({ id, head, isClosed, quarantined }) => {
      const jobs = this.#of(id);
      const count = (test: (job: KeptJob) => boolean) => jobs.filter(test).length;
      const settledJobs = jobs.flatMap(({ settled }) => settled ?? []);
      return {
        id,
        head,
        isClosed,
        jobs: jobs.length,
        inputs: jobs.reduce((sum, { inputs }) => sum + inputs, 0),
        waiting: count(({ isOpen, settled }) => isOpen && settled === undefined),
        running: count(({ isOpen, lines, settled }) => !isOpen && lines.length === 0 && settled === undefined),
        toJudge: count(({ lines, judged }) => lines.some((line) => !judged.has(line.id))),
        settled: settledJobs.length,
        settledInputs: settledJobs.reduce((sum, { inputs }) => sum + inputs, 0),
        fuel: settledJobs.reduce((sum, { fuel }) => sum + fuel, 0),
        quarantined,
        waitingForOther: {},
      };
    });
  }

  async workers(): Promise<readonly WorkerRecord[]> {
    return [...this.#workers.values()];
  }

  async close(): Promise<void> {}

  #of(batch: Uint8Array): readonly KeptJob[] {
    return [...this.#jobs.values()].filter((job) => job.batch === toHex(batch));
  }
}

/** Calls `find` until it finds something or the time is over. */
async function awaited<T>(waitMs: number, find: () => readonly T[]): Promise<readonly T[]> {
  for (const end = performance.now() + Math.min(waitMs, WAIT_MS); ; ) {
    const found = find();
    if (found.length > 0 || performance.now() >= end) return found;
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_MS);
    });
  }
}
