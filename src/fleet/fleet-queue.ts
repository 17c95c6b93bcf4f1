/**
 * The port of a fleet: a content store, jobs that are taken and finished, and what the collector of a batch needs to judge lines. Behind it is
 * PostgreSQL or NATS JetStream.
 *
 * Invariants: a job that was submitted is taken at least once, and again if its worker does not finish it within the lease. A line is kept
 * once for each worker and content. A job is settled once: whichever settlement comes first.
 *
 * Every function may throw FleetError `connection`, and may then be called again with the same arguments.
 */

/** What `take` gives: a job, for as long as it is kept alive. */
export interface Lease {
  /** Hash of the job's bytes. */
  readonly id: Uint8Array;
  /** `encodeJob` */
  readonly job: Uint8Array;
  /** Times that it was begun, this one among them. */
  readonly attempt: number;
  /** The queue's own. */
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
  /** Lines that another kind confirmed, since the last that was found wrong. */
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

/** The lines of a job, some of which were not judged yet. */
export interface JobLines {
  readonly id: Uint8Array;
  readonly job: Uint8Array;
  readonly lines: readonly KeptLine[];
  /** The result of the line with which it was settled; null if no line could be accepted, undefined if it is not settled. */
  readonly settled: Uint8Array | null | undefined;
}

export interface KeptLine {
  /** The queue's own name for it. */
  readonly id: string;
  /** As it was sent: nothing of it is checked. */
  readonly bytes: Uint8Array;
}

/** What becomes of a job. */
export interface Decision {
  readonly id: Uint8Array;
  /** All lines that were looked at: they are judged. */
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
  /** Nor these. */
  readonly notWorkers: readonly Uint8Array[];
}

/** What is added to the record of a worker. */
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
  /** Jobs with a line that waits for the collector. */
  readonly toJudge: number;
  readonly settled: number;
  readonly settledInputs: number;
  readonly fuel: number;
  readonly quarantined: number;
  /** Jobs that wait for a worker of another kind than this. */
  readonly waitingForOther: Readonly<Record<string, number>>;
}

export interface FleetQueue {
  /** Keeps bytes under their hash, which it returns. */
  putContent(bytes: Uint8Array): Promise<Uint8Array>;
  /** @throws FleetError `missing`, or `content` for more bytes than `bytesMax` or others than the hash says */
  getContent(hash: Uint8Array, bytesMax: number): Promise<Uint8Array>;

  /** Makes a batch, or finds it. */
  openBatch(id: Uint8Array, head: Uint8Array): Promise<void>;
  /** Adds jobs. Those that are there already stay as they are. */
  submit(batch: Uint8Array, jobs: readonly SubmittedJob[]): Promise<void>;
  /** All jobs of the batch are submitted. */
  closeBatch(id: Uint8Array): Promise<void>;

  /** Says that a worker is there. */
  register(worker: WorkerIdentity): Promise<void>;
  /** Up to `max` jobs that the worker may do; none if there were none for `waitMs`. */
  take(worker: WorkerIdentity, max: number, waitMs: number): Promise<readonly Lease[]>;
  /** Keeps leases alive. */
  heartbeat(leases: readonly Lease[]): Promise<void>;
  /** Keeps the lines of jobs. A lease that has run out does not matter. */
  finish(
    worker: WorkerIdentity,
    finished: readonly { readonly lease: Lease; readonly line: Uint8Array }[],
  ): Promise<void>;
  /** Gives jobs back that were not begun. */
  release(leases: readonly Lease[]): Promise<void>;

  /** Jobs of the batch with lines that were not judged; none if there were none for `waitMs`. */
  unjudged(batch: Uint8Array, max: number, waitMs: number): Promise<readonly JobLines[]>;
  /** @returns jobs that it would settle and that have another result already: theirs is the one that counts */
  judge(
    batch: Uint8Array,
    decisions: readonly Decision[],
    records: readonly RecordChange[],
  ): Promise<readonly Uint8Array[]>;
  /** Those jobs that are settled now. */
  settled(batch: Uint8Array): AsyncIterable<SettledJob>;

  batches(): Promise<readonly BatchStatus[]>;
  workers(): Promise<readonly WorkerRecord[]>;
  close(): Promise<void>;
}

export interface QueueOptions {
  /**
   * Milliseconds after which a job whose lease is not renewed goes to another worker; a worker sets its own. Default 30,000.
   * NATS has one for all of a queue: the longest that was named.
   */
  readonly leaseMs?: number;
}

export const LEASE_MS = 30_000;
