/**
 * A worker: takes jobs, runs them on a pool, and finishes them with signed lines.
 *
 * Invariant: a job that was taken is kept alive until its line is stored or the worker ends. If a worker is killed,
 * nothing is lost: its leases expire, and others run its jobs.
 */
import { runtimeName } from '../agreement/runtime-name.js';
import { toHex } from '../base/hash.js';
import type { Tier } from '../engine/tier.js';
import type { Pool } from '../pool/open-pool.js';
import { FleetError, reasonOf } from './fleet-error.js';
import { FLEET_LIMITS } from './fleet-limits.js';
import { type FleetQueue, LEASE_MS, type Lease, type WorkerIdentity } from './fleet-queue.js';
import { readJob } from './job.js';
import { failedItem, type Item, isKind, type LineBody, type Signer, signerOf, signLines } from './line.js';
import { Patience } from './patience.js';
import { WorkRunner } from './work-runner.js';

export interface FleetWorkerOptions {
  readonly queue: FleetQueue;
  /** Runs the jobs. The worker does not close it. */
  readonly pool: Pool;
  /** The tier of the pool. Default `auto`. */
  readonly tier?: Tier;
  /** 32 bytes: the private key of ed25519 that signs its lines. */
  readonly secret: Uint8Array;
  /** For people. Default: the beginning of the public key. */
  readonly name?: string;
  /** Jobs in progress at once. Default 16. */
  readonly jobsAhead?: number;
  /** Milliseconds for which a server may be unreachable. Default five minutes. */
  readonly patienceMs?: number;
  /** Milliseconds of a lease, as set when the queue was opened. Default 30,000. */
  readonly leaseMs?: number;
  /** Ends the worker after this many milliseconds without work. Default: it waits forever. */
  readonly idleMs?: number;
  /** Called now and then, with the counts so far. */
  readonly onProgress?: (counts: WorkerCounts) => void;
  /** Called when the server is unreachable. */
  readonly onWait?: (error: FleetError) => void;
}

export interface WorkerCounts {
  readonly jobs: number;
  readonly inputs: number;
}

const JOBS_AHEAD = 16;
const PATIENCE_MS = 300_000;
const TAKE_WAIT_MS = 5_000;
/** How long lines wait for others to be signed together. */
const SHEET_MS = 25;
/** How often a lease is renewed within its time. */
const BEATS = 3;

/**
 * The kind of a worker: workers of different kinds do not share the program that makes their receipts. `auto` counts as
 * the instrumented tier, which it uses as soon as it is ready.
 */
export function kindOfWorker(tier: Tier): string {
  const [runtime = '', version = '', arch = ''] = runtimeName().toLowerCase().split(' ');
  const name = `${tier === 'interpreter' ? 'interpreter' : 'instrumented'}-${runtime}${version.split('.')[0]}-${arch}`;
  return name.replace(/[^a-z0-9-]/g, '').slice(0, 64);
}

/** @throws FleetError `option` for an invalid option */
export function fleetWorker(options: FleetWorkerOptions): FleetWorker {
  const kind = kindOfWorker(options.tier ?? 'auto');
  if (!isKind(kind)) throw new FleetError('option', `${kind} is not a kind of worker`);
  const { jobsAhead = JOBS_AHEAD, name = '' } = options;
  if (!Number.isSafeInteger(jobsAhead) || jobsAhead < 1 || jobsAhead > FLEET_LIMITS.sheetLines)
    throw new FleetError('option', `jobsAhead must be an integer from 1 to ${FLEET_LIMITS.sheetLines}`);
  if (name.length > FLEET_LIMITS.nameLength)
    throw new FleetError('option', `a name has at most ${FLEET_LIMITS.nameLength} characters`);
  return new FleetWorker(options, signerOf(options.secret), kind, jobsAhead);
}

/** A finished job that waits to be signed with others. */
interface Done {
  readonly lease: Lease;
  readonly body: LineBody;
}

export class FleetWorker {
  readonly identity: WorkerIdentity;
  readonly #options: FleetWorkerOptions;
  readonly #queue: FleetQueue;
  readonly #runner: WorkRunner;
  readonly #signer: Signer;
  readonly #patience: Patience;
  readonly #jobsAhead: number;
  readonly #running = new Map<Lease, Promise<void>>();
  #done: Done[] = [];
  #sheetTimer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #error: unknown;
  #changed = () => {};
  #jobs = 0;
  #inputs = 0;

  /** @internal Made by `fleetWorker`. */
  constructor(options: FleetWorkerOptions, signer: Signer, kind: string, jobsAhead: number) {
    this.#options = options;
    this.#queue = options.queue;
    this.#signer = signer;
    this.#jobsAhead = jobsAhead;
    this.#runner = new WorkRunner(options.queue, options.pool);
    this.#patience = new Patience(options.patienceMs ?? PATIENCE_MS, options.onWait);
    this.identity = { key: signer.key, kind, name: options.name ?? toHex(signer.key).slice(0, 12) };
  }

  get counts(): WorkerCounts {
    return { jobs: this.#jobs, inputs: this.#inputs };
  }

  /**
   * Works until the signal, or until there was no work for `idleMs`; then finishes what it has begun.
   * @throws FleetError `connection` if the server was unreachable for longer than the patience
   */
  async run(signal?: AbortSignal): Promise<WorkerCounts> {
    const { idleMs = Number.POSITIVE_INFINITY, leaseMs = LEASE_MS } = this.#options;
    const beat = setInterval(() => void this.#beat(), leaseMs / BEATS);
    const aborted = new Promise<'aborted'>((resolve) => {
      signal?.addEventListener('abort', () => {
        resolve('aborted');
        this.#changed();
      });
    });
    let busyMs = performance.now();
    try {
      await this.#patience.of(() => this.#queue.register(this.identity));
      while (signal?.aborted !== true && this.#error === undefined) {
        if (this.#running.size > this.#jobsAhead / 2) {
          await this.#change();
          continue;
        }
        const leases = await this.#take(aborted, Math.min(TAKE_WAIT_MS, idleMs));
        if (leases.length > 0 || this.#running.size > 0) busyMs = performance.now();
        else if (performance.now() - busyMs >= idleMs) break;
        for (const lease of leases) this.#start(lease);
      }
      await Promise.all(this.#running.values());
      await this.#flush();
      if (this.#error !== undefined) throw this.#error;
      return this.counts;
    } finally {
      clearInterval(beat);
      clearTimeout(this.#sheetTimer);
    }
  }

  /** Jobs that arrive while the worker is ending are given back. */
  async #take(aborted: Promise<'aborted'>, waitMs: number): Promise<readonly Lease[]> {
    const max = this.#jobsAhead - this.#running.size;
    const taking = this.#patience.of(() => this.#queue.take(this.identity, max, waitMs));
    const leases = await Promise.race([taking, aborted]);
    if (leases !== 'aborted') return leases;
    const late = await taking;
    if (late.length > 0) await this.#patience.of(() => this.#queue.release(late));
    return [];
  }

  #start(lease: Lease): void {
    const run = this.#run(lease).then(
      (body) => this.#finish({ lease, body }),
      (error: unknown) => this.#fail(lease, error),
    );
    this.#running.set(lease, run);
  }

  async #run(lease: Lease): Promise<LineBody> {
    const job = readJob(lease.job);
    const { key: worker, kind } = this.identity;
    const body = (items: readonly Item[]): LineBody => ({ job: lease.id, worker, kind, items });
    if (lease.attempt > FLEET_LIMITS.jobAttempts) {
      const text = `started ${lease.attempt - 1} times and never finished`;
      return body(job.inputs.map(() => failedItem('host-failure', text)));
    }
    try {
      return body(await this.#patience.of(() => this.#runner.run(job)));
    } catch (error) {
      // Content that is missing or does not match its hash is a failure of all inputs.
      if (!(error instanceof FleetError) || error.code === 'connection') throw error;
      return body(job.inputs.map(() => failedItem('host-failure', error.message)));
    }
  }

  #finish(done: Done): void {
    this.#done.push(done);
    if (this.#done.length >= this.#jobsAhead || this.#done.length >= this.#running.size) void this.#flush();
    else this.#sheetTimer ??= setTimeout(() => void this.#flush(), SHEET_MS);
  }

  /** Signs finished jobs and delivers them, one sheet after the other. */
  #flush(): Promise<void> {
    clearTimeout(this.#sheetTimer);
    this.#sheetTimer = undefined;
    this.#flushing = this.#flushing.then(async () => {
      const done = this.#done.splice(0, FLEET_LIMITS.sheetLines);
      if (done.length === 0) return;
      const lines = signLines(
        done.map(({ body }) => body),
        this.#signer,
      );
      const finished = done.map(({ lease }, i) => ({ lease, line: lines[i] }));
      try {
        await this.#patience.of(() => this.#queue.finish(this.identity, finished));
        this.#jobs += done.length;
        this.#inputs += done.reduce((sum, { body }) => sum + body.items.length, 0);
        this.#options.onProgress?.(this.counts);
      } catch (error) {
        this.#error ??= error;
      }
      for (const { lease } of done) this.#running.delete(lease);
      this.#changed();
    });
    return this.#flushing;
  }

  /** A job that cannot be read gets no line and is left to the queue. Any other error ends the worker. */
  #fail(lease: Lease, error: unknown): void {
    if (!(error instanceof FleetError && error.code === 'content')) this.#error ??= error;
    else this.#options.onWait?.(new FleetError('content', reasonOf(error)));
    this.#running.delete(lease);
    this.#changed();
  }

  async #beat(): Promise<void> {
    const leases = [...this.#running.keys()];
    try {
      await this.#queue.register(this.identity);
      if (leases.length > 0) await this.#queue.heartbeat(leases);
    } catch (error) {
      // The next one may succeed; an expired lease does no harm.
      if (!(error instanceof FleetError)) this.#error ??= error;
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve;
    });
  }
}
