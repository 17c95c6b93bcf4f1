/**
 * The interface of a fleet's queue: a content store, jobs that are taken and finished, and what the collector of a
 * batch needs to judge lines. It is implemented with PostgreSQL and with NATS JetStream.
 *
 * Invariants: a job that was submitted is taken at least once, and again if its worker does not finish it within the
 * lease. A line is stored once for each worker and content. A job is settled once: the first settlement wins.
 *
 * Every function may throw FleetError `connection`, and may then be called again with the same arguments.
 */

/** The result of `take`: a job, for as long as it is kept alive. */
export interface Lease {
  /** Hash of the job's bytes. */
  readonly id: Uint8Array;
  /** `encodeJob` */
  readonly job: Uint8Array;
  /** How often it was begun, including this time. */
  readonly attempt: number;
  /** For the queue only. */
  readonly handle: unknown;
}

export interface WorkerIdentity {
  /** Public key of ed25519. */
  readonly key: Uint8Array;
  readonly kind: string;
  /** For people. */
  readonly name: string;
}

/** What the collectors of a queue know about a worker. */
export interface WorkerRecord extends WorkerIdentity {
  /** Lines that another kind confirmed, since the last one that was found wrong. */
  readonly confirmed: number;
  /** Lines that were found wrong. */
  readonly wrong: number;
  /** Milliseconds since 1970. */
  readonly seenAt: number;
}

export interface SubmittedJob {
  readonly id: Uint8Array;
  readonly job: Uint8Array;
  readonly inputs: number;
}

/** The lines of a job, some of them not yet judged. */
export interface JobLines {
  readonly id: Uint8Array;
  readonly job: Uint8Array;
  readonly lines: readonly KeptLine[];
  /** The result of the line with which it was settled; null if no line could be accepted, undefined if it is not settled. */
  readonly settled: Uint8Array | null | undefined;
}

export interface KeptLine {
  /** Its id in the queue. */
  readonly id: string;
  /** As it was sent, unchecked. */
  readonly bytes: Uint8Array;
}

/** A decision about a job. */
export interface Decision {
  readonly id: Uint8Array;
  /** All lines that are now judged. */
  readonly lines: readonly string[];
  /** Quarantined lines: they are not accepted. */
  readonly quarantined: readonly string[];
  /** The job has its result: one of the lines, or none. */
  readonly settle?: Settlement;
  /** The job is run again. */
  readonly again?: Again;
}

export interface Settlement {
  /** Undefined if no line can be accepted. */
  readonly line: string | undefined;
  readonly result: Uint8Array | null;
  readonly inputs: number;
  readonly fuel: number;
}

export interface Again {
  /** Workers of this kind do not take it; empty for any. */
  readonly notKind: string;
  /** These workers do not take it either. */
  readonly notWorkers: readonly Uint8Array[];
}

/** An addition to the record of a worker. */
export interface RecordChange {
  readonly worker: WorkerIdentity;
  readonly confirmed: number;
  readonly wrong: number;
}

export interface SettledJob {
  readonly id: Uint8Array;
  readonly job: Uint8Array;
  /** Undefined if no line could be accepted. */
  readonly line: Uint8Array | undefined;
}

export interface BatchStatus {
  readonly id: Uint8Array;
  /** `encodeBatchHead` */
  readonly head: Uint8Array;
  /** Whether all its jobs are submitted. */
  readonly isClosed: boolean;
  readonly jobs: number;
  readonly inputs: number;
  readonly waiting: number;
  readonly running: number;
  /** Number of jobs with a line that waits for the collector. */
  readonly toJudge: number;
  readonly settled: number;
  readonly settledInputs: number;
  readonly fuel: number;
  readonly quarantined: number;
  /** Number of jobs that wait for a worker that is not of this kind. */
  readonly waitingForOther: Readonly<Record<string, number>>;
}

export interface FleetQueue {
  /** Stores bytes under their hash, and returns it. */
  putContent(bytes: Uint8Array): Promise<Uint8Array>;
  /** @throws FleetError `missing`, or `content` for more bytes than `bytesMax` or with another hash */
  getContent(hash: Uint8Array, bytesMax: number): Promise<Uint8Array>;

  /** Creates a batch, or opens an existing one. */
  openBatch(id: Uint8Array, head: Uint8Array): Promise<void>;
  /** Adds jobs. Existing ones do not change. */
  submit(batch: Uint8Array, jobs: readonly SubmittedJob[]): Promise<void>;
  /** Marks that all jobs of the batch are submitted. */
  closeBatch(id: Uint8Array): Promise<void>;

  /** Registers a worker. */
  register(worker: WorkerIdentity): Promise<void>;
  /** Up to `max` jobs that the worker may run; none if there were none for `waitMs`. */
  take(worker: WorkerIdentity, max: number, waitMs: number): Promise<readonly Lease[]>;
  /** Renews leases. */
  heartbeat(leases: readonly Lease[]): Promise<void>;
  /** Stores the lines of jobs, even if a lease has expired. */
  finish(
    worker: WorkerIdentity,
    finished: readonly { readonly lease: Lease; readonly line: Uint8Array }[],
  ): Promise<void>;
  /** Gives jobs back that were not begun. */
  release(leases: readonly Lease[]): Promise<void>;

  /** Jobs of the batch with lines that were not judged; none if there were none for `waitMs`. */
  unjudged(batch: Uint8Array, max: number, waitMs: number): Promise<readonly JobLines[]>;
  /** @returns jobs that were already settled with another result, which remains */
  judge(
    batch: Uint8Array,
    decisions: readonly Decision[],
    records: readonly RecordChange[],
  ): Promise<readonly Uint8Array[]>;
  /** The jobs that are settled so far. */
  settled(batch: Uint8Array): AsyncIterable<SettledJob>;

  batches(): Promise<readonly BatchStatus[]>;
  workers(): Promise<readonly WorkerRecord[]>;
  close(): Promise<void>;
}

export interface QueueOptions {
  /**
   * Milliseconds after which a job whose lease is not renewed goes to another worker; a worker sets its own. Default
   * 30,000. NATS has one for the whole queue: the longest that was set.
   */
  readonly leaseMs?: number;
}

export const LEASE_MS = 30_000;
