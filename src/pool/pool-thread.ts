/**
 * One thread as the pool sees it: messages without a reply, loaded subjects, and how long the current job has been
 * running. When the thread ends, it returns all jobs without a result, and which of them was running.
 *
 * Invariant: a job that was sent is in a batch until there is its result or the thread has ended; never both.
 */
import type { Job } from './job.js';
import { receivedResults } from './packed-results.js';
import { packedTasks } from './packed-tasks.js';
import type { Subject } from './subject.js';
import type { OpenThread, ThreadPort, ThreadStart } from './thread-port.js';
import type { Artefact, FromThread, Loading, WireResult } from './wire.js';

export interface Batch {
  readonly subject: Subject;
  readonly first: number;
  readonly jobs: readonly Job[];
  readonly sentMs: number;
}

/** Jobs of a thread that has ended. */
export interface Ending {
  readonly reason: string;
  /** The job that was running when the thread ended; undefined if unknown. */
  readonly culprit: Job | undefined;
  /** Whether the thread was ended because the culprit took too long. */
  readonly isLate: boolean;
  readonly batches: readonly Batch[];
  /** Subjects whose loading it has not replied to. */
  readonly loading: readonly Subject[];
}

export interface ThreadOwner {
  ready(): void;
  loaded(subject: Subject, loading: Loading): void;
  artefact(artefact: Artefact): void;
  artefactsOf(subject: Subject): readonly Artefact[];
  ran(batch: Batch, results: readonly WireResult[], tookMs: number): void;
  ended(thread: PoolThread, ending: Ending): void;
}

/** How many batches a thread is sent at a time, so that the second is ready when the first is done. */
const BATCHES_AHEAD = 2;
/** The most that one check of a thread adds to the time of its job. */
const LOOK_MS_MAX = 1_000;
/** How long a thread may take to write what it stores. */
const CLOSE_MS = 5_000;
/** Sequence numbers start again above this: they are 32-bit cells. */
const SEQUENCE_MAX = 1_000_000_000;
/** Bytes of modules that a thread keeps; the least recently used one is dropped first. */
const SUBJECT_BYTES_MAX = 256 * 1024 * 1024;

export class PoolThread {
  readonly #port: ThreadPort;
  readonly #owner: ThreadOwner;
  readonly #subjects = new Set<Subject>();
  readonly #loading = new Set<Subject>();
  #batches: Batch[] = [];
  #next = 1;
  /** When it sent its last results: the next batch began then. */
  #freeMs = 0;
  isReady = false;
  #endedBy: number | undefined;
  /** The task at the last check, and how long it has been seen running. */
  #seen = { sequence: 0, ms: 0, atMs: 0 };

  constructor(open: OpenThread, start: ThreadStart, owner: ThreadOwner) {
    this.#owner = owner;
    this.#port = open(start, {
      message: (message) => this.#receive(message),
      ended: (reason) => this.#ended(reason),
    });
    this.#port.keepAlive(false);
  }

  get hasRoom(): boolean {
    return this.#batches.length < BATCHES_AHEAD && this.#loading.size === 0;
  }

  get isIdle(): boolean {
    return this.#batches.length === 0 && this.#loading.size === 0;
  }

  get jobs(): number {
    return this.#batches.reduce((sum, { jobs }) => sum + jobs.length, 0);
  }

  has(subject: Subject): boolean {
    return this.#subjects.has(subject);
  }

  /** Loads a subject in the thread, if it has not been loaded. */
  load(subject: Subject): void {
    if (this.#subjects.delete(subject)) {
      this.#subjects.add(subject);
      return;
    }
    this.#makeRoom(subject.bytes);
    const artefacts = this.#owner.artefactsOf(subject);
    // Data that cannot be sent throws here, and the thread is unchanged.
    this.#port.post({ kind: 'load', subject: subject.number, source: subject.source, artefacts }, []);
    this.#subjects.add(subject);
    this.#loading.add(subject);
    this.#port.keepAlive(true);
    this.#restartWatch();
  }

  drop(subject: Subject): void {
    if (this.#subjects.delete(subject)) this.#port.post({ kind: 'drop', subject: subject.number }, []);
  }

  send(subject: Subject, jobs: readonly Job[]): void {
    this.load(subject);
    const first = this.#next;
    const tasks = packedTasks(jobs);
    this.#port.post({ kind: 'run', subject: subject.number, first, tasks }, [tasks.bytes.buffer]);
    this.#next = first + jobs.length > SEQUENCE_MAX ? 1 : first + jobs.length;
    if (this.#batches.length === 0) this.#restartWatch();
    this.#batches.push({ subject, first, jobs, sentMs: performance.now() });
    this.#port.keepAlive(true);
  }

  /** Ends the thread if its task has been running for too long. Call this now and then. */
  watch(nowMs: number, loadLimitMs: number, abortedMs: number): void {
    if (this.isIdle || this.#endedBy !== undefined) return;
    const sequence = this.#port.running();
    if (sequence !== this.#seen.sequence) {
      this.#seen = { sequence, ms: 0, atMs: nowMs };
      return;
    }
    // If the process was stopped or the machine slept, the next check comes much later; that time does not count for
    // the job.
    this.#seen.ms += Math.min(nowMs - this.#seen.atMs, LOOK_MS_MAX);
    this.#seen.atMs = nowMs;
    const job = this.#jobOf(sequence);
    const limitMs = job === undefined ? loadLimitMs : job.isSettled ? abortedMs : job.timeLimitMs;
    if (this.#seen.ms <= limitMs) return;
    this.#endedBy = sequence;
    this.#port.end();
  }

  end(): void {
    this.#port.end();
  }

  /** Ends it when it has written what it stores, or after a time-out. */
  close(): void {
    this.#port.keepAlive(true);
    this.#port.post({ kind: 'close' }, []);
    setTimeout(() => this.#port.end(), CLOSE_MS).unref?.();
  }

  /** Rejects all jobs that it was sent. */
  abandon(error: unknown): void {
    for (const { jobs } of this.#batches) for (const job of jobs) job.fail(error);
  }

  #jobOf(sequence: number): Job | undefined {
    if (sequence === 0) return undefined;
    const batch = this.#batches.find(({ first, jobs }) => sequence >= first && sequence < first + jobs.length);
    return batch?.jobs[sequence - batch.first];
  }

  #restartWatch(): void {
    this.#seen = { sequence: this.#port.running(), ms: 0, atMs: performance.now() };
  }

  #makeRoom(bytes: number): void {
    let held = bytes;
    for (const subject of this.#subjects) held += subject.bytes;
    for (const subject of this.#subjects) {
      if (held <= SUBJECT_BYTES_MAX) return;
      if (this.#loading.has(subject) || this.#batches.some((batch) => batch.subject === subject)) continue;
      held -= subject.bytes;
      this.drop(subject);
    }
  }

  #receive(message: FromThread): void {
    switch (message.kind) {
      case 'ready':
        this.isReady = true;
        this.#owner.ready();
        return;
      case 'artefact':
        this.#owner.artefact(message.artefact);
        return;
      case 'loaded': {
        const subject = [...this.#loading].find(({ number }) => number === message.subject)!;
        this.#loading.delete(subject);
        if (message.loading.kind === 'fault' || message.loading.kind === 'thrown') this.drop(subject);
        this.#restAlive();
        this.#owner.loaded(subject, message.loading);
        return;
      }
      case 'ran': {
        const batch = this.#batches.shift()!;
        if (batch.first !== message.first)
          throw new Error(`batch ${message.first} came in the place of ${batch.first}`);
        this.#restAlive();
        const nowMs = performance.now();
        const tookMs = nowMs - Math.max(batch.sentMs, this.#freeMs);
        this.#freeMs = nowMs;
        this.#owner.ran(batch, receivedResults(message.results), tookMs);
      }
    }
  }

  #restAlive(): void {
    if (this.isIdle) this.#port.keepAlive(false);
  }

  #ended(reason: string): void {
    const sequence = this.#port.running();
    const ending: Ending = {
      reason,
      culprit: this.#jobOf(sequence),
      isLate: this.#endedBy !== undefined && this.#endedBy === sequence,
      batches: this.#batches,
      loading: [...this.#loading],
    };
    this.#batches = [];
    this.#loading.clear();
    this.#owner.ended(this, ending);
  }
}
