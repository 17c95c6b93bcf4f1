/**
 * A pool of threads: many calls at once, by the same engine and with the same receipts as one call in one thread.
 *
 *   job --queue of its subject--> batch --thread--> results
 *
 * Invariant: each job ends once: with its result, with what it threw, or as a failure of the host. A thread that ends is replaced and its
 * jobs run again elsewhere; the results of a run that nobody has seen are lost with it, and since a call is a function of its input, the
 * next run gives the same. Nothing here is a host's own but the time; `open-pool.ts` gives it threads.
 */
import type { LoadFault } from '../base/fault.js';
import { type Hash, hash, toHex, utf8 } from '../base/hash.js';
import { UsageError, type UsageErrorCode } from '../base/usage-error.js';
import { fastHash } from '../instrumented/fast-hash.js';
import { HostFailure } from '../machine/outcome.js';
import { printValue } from '../wasm/value.js';
import { Aborts } from './aborts.js';
import type { CallBilling } from './call-billing.js';
import { Job } from './job.js';
import { JobBytes } from './job-bytes.js';
import { JobFailure, PoolError } from './pool-error.js';
import { type Batch, type Ending, PoolThread, type ThreadOwner } from './pool-thread.js';
import { PooledReceipt } from './pooled-receipt.js';
import { Subject } from './subject.js';
import type { OpenThread, ThreadStart } from './thread-port.js';
import type { Artefact, Loading, Source, Task, WireError, WireResult } from './wire.js';

export interface JobOptions {
  /**
   * Rejects the job with the signal's reason. A job that is running may continue for 100 ms, then its thread is
   * replaced.
   */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds that it may run; a longer job ends with a `JobFailure`, up to a fifth later. Default: that of the
   * pool.
   */
  readonly timeLimitMs?: number;
  /**
   * Reserves the cost before the job runs, and receives its receipts. Default: that of the pool; without one nothing is
   * billed.
   */
  readonly billing?: CallBilling;
  /** 32 bytes that identify the request for `billing`: each request is billed once. Default: each job is a request. */
  readonly requestId?: Uint8Array;
}

/** The parts of a pool, as `openPool` makes them. */
export interface PoolParts {
  readonly open: OpenThread;
  readonly start: ThreadStart;
  readonly threads: number;
  readonly timeLimitMs: number;
  readonly queueMax: number;
  readonly queueBytesMax: number;
  readonly killsMax: number;
  readonly billing?: CallBilling | undefined;
}

export interface PoolCounts {
  readonly threads: number;
  /** Jobs that wait for a thread, and those that were sent to one. */
  readonly waiting: number;
  readonly running: number;
  readonly waitingBytes: number;
  /** Since the pool was opened: jobs that ended, and threads that ended and were replaced. */
  readonly done: number;
  readonly replaced: number;
}

/** Jobs of a batch, and how long they may take together: longer ones would let a thread wait at the end. */
const BATCH_MAX = 64;
const BATCH_MS = 20;
const BATCH_BYTES_MAX = 4 * 1024 * 1024;
/** How often threads are checked, and how long a job without a waiting caller may continue. */
const WATCH_MS = 20;
const ABORTED_MS = 100;
/** For loading a module, and other work that is not a job. */
const LOAD_LIMIT_MS = 120_000;
/** Threads in a row that end before they are ready. */
const FAILED_STARTS_MAX = 3;

type Loaded = Extract<Loading, { kind: 'module' | 'zomes' }>;

export type SubjectResult =
  | { readonly ok: true; readonly subject: Subject; readonly loading: Loaded }
  | { readonly ok: false; readonly zome: string | undefined; readonly fault: LoadFault };

interface WaitingLoad {
  readonly resolve: (loading: Loading) => void;
  readonly reject: (error: unknown) => void;
  kills: number;
}

export class PoolCore implements ThreadOwner {
  readonly #parts: PoolParts;
  readonly #threads: PoolThread[] = [];
  readonly #subjects = new Map<number, Subject>();
  /** Artefacts of modules by hash: made by the first thread that loads a module, passed to those that load it later. */
  readonly #artefacts = new Map<string, readonly Artefact[]>();
  readonly #loads = new Map<Subject, WaitingLoad>();
  readonly #aborts = new Aborts(() => this.#pumpSoon());
  #nextSubject = 1;
  #waiting = 0;
  readonly #waitingBytes = new JobBytes();
  #running = 0;
  #done = 0;
  #replaced = 0;
  #failedStarts = 0;
  #isPumping = false;
  #watch: ReturnType<typeof setInterval> | undefined;
  #closing: Promise<void> | undefined;
  /** Made with the first receipt, because it takes a millisecond. */
  #hash: Hash | undefined;
  #broken: PoolError | undefined;
  #emptied: (() => void)[] = [];
  #roomMade: (() => void)[] = [];
  /** Threads that have not ended: those of the pool, and those that it is ending. */
  readonly #live = new Set<PoolThread>();
  #allEnded: (() => void)[] = [];

  constructor(parts: PoolParts) {
    this.#parts = parts;
    for (let i = 0; i < parts.threads; i++) this.#threads.push(this.#newThread());
  }

  get counts(): PoolCounts {
    const { length: threads } = this.#threads;
    return {
      threads,
      waiting: this.#waiting,
      running: this.#running,
      waitingBytes: this.#waitingBytes.total,
      done: this.#done,
      replaced: this.#replaced,
    };
  }

  receipt(bytes: Uint8Array): PooledReceipt {
    this.#hash ??= fastHash();
    return new PooledReceipt(bytes, this.#hash);
  }

  /** The account for jobs that do not set another one. */
  get billing(): CallBilling | undefined {
    return this.#parts.billing;
  }

  /** How many jobs keep all threads busy; more waiting jobs gain nothing. */
  get window(): number {
    return this.#parts.threads * BATCH_MAX * 4;
  }

  /**
   * Loads a module or zomes in one thread, to check that it is possible; other threads load them with their first job.
   */
  async add(source: Source): Promise<SubjectResult> {
    this.#checkOpen();
    const subject = new Subject(this.#nextSubject++, source, this.#leastUsed());
    try {
      return await this.#added(subject);
    } finally {
      this.#prune();
    }
  }

  async #added(subject: Subject): Promise<SubjectResult> {
    const loading = await new Promise<Loading>((resolve, reject) => {
      subject.home.load(subject);
      this.#loads.set(subject, { resolve, reject, kills: 0 });
      this.#startWatch();
    });
    if (loading.kind === 'fault') return { ok: false, zome: loading.zome, fault: loading.fault };
    if (loading.kind === 'thrown') throw thrownError(loading.error);
    subject.hashes = loading.hashes;
    this.#subjects.set(subject.number, subject);
    return { ok: true, subject, loading };
  }

  /** Forgets a subject in all threads. Its jobs that wait are rejected. */
  remove(subject: Subject): void {
    subject.isClosed = true;
    this.#subjects.delete(subject.number);
    for (let job = this.#taken(subject); job !== undefined; job = this.#taken(subject)) {
      this.#fail(job, removed());
    }
    for (const thread of this.#threads) thread.drop(subject);
    this.#prune();
    this.#pumpSoon();
  }

  /** Runs a task in one of the threads. @param resultOf turns the reply into the result */
  run<R>(
    subject: Subject,
    task: Task,
    { signal, timeLimitMs = this.#parts.timeLimitMs }: JobOptions,
    resultOf: (result: WireResult) => R,
  ): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#checkOpen();
      if (subject.isClosed) throw removed();
      signal?.throwIfAborted();
      const job = new Job(task, limitOf(timeLimitMs), (result) => resolve(resultOf(result)), reject);
      if (!this.#hasRoomFor(job)) {
        const text = `${this.#waiting} jobs with ${this.#waitingBytes.total} bytes are already queued; await pool.room() before the next`;
        throw new PoolError('queue-full', text);
      }
      if (signal !== undefined) this.#aborts.add(signal, job);
      this.#put(subject, job);
      this.#pumpSoon();
    });
  }

  /** Resolves when no more jobs wait than the threads can use, or when the pool is closed. */
  async room(): Promise<void> {
    while (!this.hasRoom) {
      await new Promise<void>((resolve) => {
        this.#roomMade.push(resolve);
      });
    }
  }

  /** Whether no more jobs wait than the threads can use. */
  get hasRoom(): boolean {
    if (this.#broken !== undefined || this.#closing !== undefined) return true;
    const { queueMax, queueBytesMax } = this.#parts;
    return this.#waiting < Math.min(this.window, queueMax) && this.#waitingBytes.total * 2 < queueBytesMax;
  }

  /**
   * If there is room, a job is accepted regardless of its size; otherwise one larger than the queue would never run.
   */
  #hasRoomFor(job: Job): boolean {
    const { queueMax, queueBytesMax } = this.#parts;
    const { total } = this.#waitingBytes;
    if (this.#waiting >= queueMax) return false;
    return total * 2 < queueBytesMax || total + this.#waitingBytes.of(job) <= queueBytesMax;
  }

  /** Waits for the jobs in progress, then ends the threads. */
  close(): Promise<void> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  /** Ends the threads at once; jobs that are not done are rejected. */
  terminate(): Promise<void> {
    this.#closing ??= Promise.resolve();
    this.#rejectAll(new PoolError('closed', 'the pool was closed before the job was done'));
    this.#closing = this.#endThreads();
    return this.#closing;
  }

  ready(): void {
    this.#failedStarts = 0;
  }

  loaded(subject: Subject, loading: Loading): void {
    const load = this.#loads.get(subject);
    this.#loads.delete(subject);
    load?.resolve(loading);
    this.#pump();
  }

  artefact({ key, content }: Artefact): void {
    const module = toHex(key.module);
    const made = this.#artefacts.get(module) ?? [];
    this.#artefacts.set(module, [...made.filter((other) => other.key.kind !== key.kind), { key, content }]);
    this.#prune();
  }

  /**
   * Forgets the artefacts of modules that are no longer in use; those of a module that is being loaded have no hash
   * yet.
   */
  #prune(): void {
    if (this.#loads.size > 0) return;
    const used = new Set([...this.#subjects.values()].flatMap(({ hashes }) => hashes));
    for (const hash of this.#artefacts.keys()) if (!used.has(hash)) this.#artefacts.delete(hash);
  }

  artefactsOf({ hashes }: Subject): readonly Artefact[] {
    return hashes.flatMap((hash) => this.#artefacts.get(hash) ?? []);
  }

  ran(batch: Batch, results: readonly WireResult[], tookMs: number): void {
    const { subject, jobs } = batch;
    subject.took(tookMs, jobs.length);
    this.#running -= jobs.length;
    for (const [i, job] of jobs.entries()) {
      const result = results[i];
      if (result.kind === 'thrown') job.fail(thrownError(result.error));
      else job.finish(result);
      this.#done += 1;
    }
    this.#pump();
  }

  ended(thread: PoolThread, ending: Ending): void {
    this.#live.delete(thread);
    if (this.#live.size === 0) for (const resolve of this.#allEnded.splice(0)) resolve();
    const at = this.#threads.indexOf(thread);
    if (at < 0) return;
    this.#replaced += 1;
    if (!thread.isReady && ++this.#failedStarts >= FAILED_STARTS_MAX) {
      this.#break(ending);
      return;
    }
    const fresh = this.#newThread();
    this.#threads[at] = fresh;
    for (const subject of [...this.#subjects.values(), ...this.#loads.keys()])
      if (subject.home === thread) subject.home = fresh;
    for (const { subject, jobs } of [...ending.batches].reverse()) {
      this.#running -= jobs.length;
      this.#runAgain(subject, jobs, ending);
    }
    for (const subject of ending.loading) this.#loadAgain(subject, ending.reason);
    this.#pump();
  }

  #runAgain(subject: Subject, jobs: readonly Job[], { culprit, isLate, reason }: Ending): void {
    const again: Job[] = [];
    for (const job of jobs) {
      const isBlamed = job === culprit || (culprit === undefined && jobs.length === 1);
      // If a thread ended between two jobs or while it sent results, each job is run alone.
      if (isBlamed || culprit === undefined) job.isAlone = true;
      if (isBlamed && !isLate) job.kills += 1;
      if (job.isSettled) this.#done += 1;
      else if (subject.isClosed) this.#fail(job, removed());
      else if (isBlamed && isLate) this.#fail(job, lateFailure(job));
      else if (job.kills >= this.#parts.killsMax) this.#fail(job, killedFailure(job, reason));
      else again.push(job);
    }
    this.#putBack(subject, again);
  }

  #loadAgain(subject: Subject, reason: string): void {
    const load = this.#loads.get(subject);
    if (load === undefined) return;
    load.kills += 1;
    if (load.kills < this.#parts.killsMax) subject.home.load(subject);
    else {
      this.#loads.delete(subject);
      load.reject(new HostFailure(`every thread that loaded the module ended: ${reason}`));
    }
  }

  #fail(job: Job, error: unknown): void {
    job.fail(error);
    this.#done += 1;
  }

  /** Nothing waits and nothing runs. */
  #rest(): void {
    if (this.#loads.size > 0) return;
    for (const resolve of this.#emptied.splice(0)) resolve();
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  #put(subject: Subject, job: Job): void {
    subject.waiting.push(job);
    this.#waiting += 1;
    this.#waitingBytes.add(job);
  }

  #putBack(subject: Subject, jobs: readonly Job[]): void {
    subject.waiting.putBack(jobs);
    this.#waiting += jobs.length;
    for (const job of jobs) this.#waitingBytes.add(job);
  }

  #taken(subject: Subject): Job | undefined {
    const job = subject.waiting.take();
    if (job === undefined) return undefined;
    this.#waiting -= 1;
    this.#waitingBytes.remove(job);
    return job;
  }

  /**
   * Jobs that come together are sent together. While every thread has work, these are the jobs of one turn of the event
   * loop; otherwise a caller that makes jobs one by one, from a stream, would send as many messages.
   */
  #pumpSoon(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    const soon = this.#threads.some(({ isIdle }) => isIdle) ? queueMicrotask : nextTurn;
    soon(() => {
      this.#isPumping = false;
      this.#pump();
    });
  }

  /** Gives threads that have room their next batch. */
  #pump(): void {
    for (let given = true; given && this.#waiting > 0; ) {
      given = false;
      for (const thread of this.#threads) given = (thread.hasRoom && this.#give(thread)) || given;
    }
    if (this.#running > 0) this.#startWatch();
    else if (this.#waiting === 0) this.#rest();
    if (this.hasRoom) this.#makeRoom();
  }

  #makeRoom(): void {
    for (const resolve of this.#roomMade.splice(0)) resolve();
  }

  #give(thread: PoolThread): boolean {
    const subject = this.#subjectFor(thread);
    if (subject === undefined) return false;
    const jobs = this.#batchOf(subject);
    if (jobs.length === 0) return true;
    this.#running += jobs.length;
    try {
      thread.send(subject, jobs);
    } catch (error) {
      this.#notSent(subject, jobs, error);
    }
    return true;
  }

  /** A job has something that cannot be sent in a message. Sending each alone shows which one it is. */
  #notSent(subject: Subject, jobs: readonly Job[], error: unknown): void {
    this.#running -= jobs.length;
    if (jobs.length === 1) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#fail(jobs[0], new PoolError('option', `the job cannot be sent to a thread: ${reason}`, { cause: error }));
      return;
    }
    for (const job of jobs) job.isAlone = true;
    this.#putBack(subject, jobs);
  }

  /**
   * First the subjects assigned to the thread, then those that it has loaded, then those of which other threads have
   * too many jobs.
   */
  #subjectFor(thread: PoolThread): Subject | undefined {
    let best: Subject | undefined;
    let bestRank = -1;
    for (const subject of this.#subjects.values()) {
      if (subject.waiting.length === 0) continue;
      const isHome = subject.home === thread;
      // Few jobs stay with the thread that has loaded their subject, if it is idle.
      if (!isHome && subject.home.isIdle && subject.waiting.length < BATCH_MAX / 4) continue;
      const rank = isHome ? 2 : thread.has(subject) ? 1 : 0;
      if (rank > bestRank || (rank === bestRank && subject.waiting.length > best!.waiting.length)) {
        best = subject;
        bestRank = rank;
      }
    }
    return best;
  }

  /** A share of the waiting jobs, so that all threads finish together; few if they take long. */
  #batchOf(subject: Subject): Job[] {
    const { waiting, jobMs } = subject;
    const share = Math.ceil(waiting.length / (2 * this.#threads.length));
    const inTime = jobMs === 0 ? BATCH_MAX : Math.ceil(BATCH_MS / jobMs);
    const count = Math.min(BATCH_MAX, share, inTime);
    const jobs: Job[] = [];
    const bytes = new JobBytes();
    while (jobs.length < count && bytes.total < BATCH_BYTES_MAX) {
      const isAlone = waiting.peek()?.isAlone === true;
      if (isAlone && jobs.length > 0) break;
      const job = this.#taken(subject);
      if (job === undefined) break;
      if (job.isSettled) {
        this.#done += 1;
        continue;
      }
      bytes.add(job);
      jobs.push(job);
      if (isAlone) break;
    }
    return jobs;
  }

  #newThread(): PoolThread {
    const thread = new PoolThread(this.#parts.open, this.#parts.start, this);
    this.#live.add(thread);
    return thread;
  }

  #leastUsed(): PoolThread {
    const used = (thread: PoolThread) => [...this.#subjects.values()].filter(({ home }) => home === thread).length;
    return this.#threads.reduce((best, thread) => (used(thread) < used(best) ? thread : best));
  }

  #startWatch(): void {
    this.#watch ??= setInterval(() => {
      const nowMs = performance.now();
      for (const thread of this.#threads) thread.watch(nowMs, LOAD_LIMIT_MS, ABORTED_MS);
    }, WATCH_MS);
  }

  #checkOpen(): void {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#closing !== undefined) throw new PoolError('closed', 'the pool is closed');
  }

  async #finish(): Promise<void> {
    if (this.#waiting + this.#running + this.#loads.size > 0)
      await new Promise<void>((resolve) => void this.#emptied.push(resolve));
    await this.#endThreads((thread) => (this.#parts.start.memo === undefined ? thread.end() : thread.close()));
  }

  async #endThreads(end = (thread: PoolThread) => thread.end()): Promise<void> {
    this.#threads.length = 0;
    clearInterval(this.#watch);
    this.#watch = undefined;
    if (this.#live.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#allEnded.push(resolve);
      for (const thread of [...this.#live]) end(thread);
    });
  }

  #break({ reason, batches }: Ending): void {
    this.#broken = new PoolError('thread', `the threads of the pool ended before they were ready: ${reason}`);
    for (const { jobs } of batches) for (const job of jobs) job.fail(this.#broken);
    this.#rejectAll(this.#broken);
    void this.#endThreads();
  }

  #rejectAll(error: PoolError): void {
    for (const { reject } of this.#loads.values()) reject(error);
    this.#loads.clear();
    for (const subject of this.#subjects.values()) {
      for (let job = this.#taken(subject); job !== undefined; job = this.#taken(subject)) job.fail(error);
    }
    for (const thread of this.#threads) thread.abandon(error);
    this.#running = 0;
    this.#rest();
    this.#makeRoom();
  }
}

/** After the current turn of the event loop; in a browser that is a timer. */
function nextTurn(work: () => void): void {
  if (typeof setImmediate === 'function') setImmediate(work);
  else setTimeout(work, 0);
}

function limitOf(timeLimitMs: number): number {
  if (timeLimitMs > 0) return timeLimitMs;
  throw new PoolError('option', `timeLimitMs must be a number of milliseconds above 0, not ${timeLimitMs}`);
}

function removed(): PoolError {
  return new PoolError('closed', 'the module was removed from the pool');
}

function inputHash({ task }: Job): Uint8Array {
  return hash(task.kind === 'call' ? utf8(task.args.map(printValue).join(' ')) : task.input);
}

function lateFailure(job: Job): JobFailure {
  return new JobFailure('time-limit', `the job ran for more than ${job.timeLimitMs} ms`, inputHash(job));
}

function killedFailure(job: Job, reason: string): JobFailure {
  return new JobFailure('killed', `${job.kills} threads ended while running the job: ${reason}`, inputHash(job));
}

/** An error of a thread, as it would have been thrown here. */
function thrownError({ name, message, code, fault }: WireError): Error {
  if (name === 'UsageError') return new UsageError(code as UsageErrorCode, message, fault);
  if (name === 'HostFailure') return new HostFailure(message);
  if (name === 'RangeError') return new RangeError(message);
  return name === 'PoolError' ? new PoolError('thread', message) : new Error(`${name}: ${message}`);
}
