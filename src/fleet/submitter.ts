/**
 * Submits a batch to a fleet: inputs go into packs, packs into the content store, jobs with some inputs each into the
 * queue.
 *
 * Invariant: the same inputs in the same order make the same jobs. So an interrupted batch can be submitted again, and
 * nothing runs twice.
 */
import { hash, toHex } from '../base/hash.js';
import type { CallBilling } from '../pool/call-billing.js';
import type { CollectedJob } from './collector.js';
import { FleetError } from './fleet-error.js';
import { FLEET_LIMITS } from './fleet-limits.js';
import type { FleetQueue, SubmittedJob } from './fleet-queue.js';
import { encodeBatchHead, encodeJob, encodePack, type FleetJob, type PackedInput } from './job.js';
import { JobBilling } from './job-billing.js';
import { Patience } from './patience.js';
import { encodeWork, receiptRules, type Work } from './work.js';

export interface SubmitterOptions {
  readonly work: Work;
  /** Distinguishes batches of one work. */
  readonly name: string;
  /** Number of inputs in a job. Default 64. */
  readonly jobInputs?: number;
  /** Milliseconds for which a server may be unreachable. Default five minutes. */
  readonly patienceMs?: number;
  readonly onWait?: (error: FleetError) => void;
  /** Called before jobs are submitted, with their hashes. */
  readonly onJobs?: (ids: readonly Uint8Array[]) => void;
  /**
   * Reserves the most that a job can cost before it is submitted. The collecting program passes each job to
   * `Submitter.bill`.
   */
  readonly billing?: CallBilling;
}

export interface FleetInput extends PackedInput {
  /** Its number in the batch. */
  readonly index: number;
  /** For people: at most 500 characters. */
  readonly name: string;
}

const JOB_INPUTS = 64;
const PATIENCE_MS = 300_000;

/** @throws FleetError `option` for invalid options, and what the queue throws */
export async function openSubmitter(queue: FleetQueue, options: SubmitterOptions): Promise<Submitter> {
  const { jobInputs = JOB_INPUTS, patienceMs = PATIENCE_MS, name } = options;
  if (!Number.isSafeInteger(jobInputs) || jobInputs < 1 || jobInputs > FLEET_LIMITS.jobInputs)
    throw new FleetError('option', `a job has 1 to ${FLEET_LIMITS.jobInputs} inputs, not ${jobInputs}`);
  if (name.length > FLEET_LIMITS.nameLength)
    throw new FleetError('option', `the name of a batch has at most ${FLEET_LIMITS.nameLength} characters`);
  const patience = new Patience(patienceMs, options.onWait);
  const work = await patience.of(() => queue.putContent(encodeWork(options.work)));
  const head = encodeBatchHead({ work, name });
  const batch = hash(head);
  const { billing, onJobs = () => {} } = options;
  const bill =
    billing === undefined
      ? undefined
      : new JobBilling(billing, batch, receiptRules(options.work), await settledJobs(queue, patience, batch));
  return new Submitter({ queue, patience, batch, head, work, jobInputs, onJobs, bill });
}

/** In hexadecimal. */
async function settledJobs(queue: FleetQueue, patience: Patience, batch: Uint8Array): Promise<ReadonlySet<string>> {
  return await patience.of(async () => {
    const ids = new Set<string>();
    for await (const { id } of queue.settled(batch)) ids.add(toHex(id));
    return ids;
  });
}

interface SubmitterParts {
  readonly queue: FleetQueue;
  readonly patience: Patience;
  readonly batch: Uint8Array;
  readonly head: Uint8Array;
  readonly work: Uint8Array;
  readonly jobInputs: number;
  readonly onJobs: (ids: readonly Uint8Array[]) => void;
  readonly bill: JobBilling | undefined;
}

export class Submitter {
  readonly #parts: SubmitterParts;
  #isOpen = false;
  #waiting: FleetInput[] = [];
  #bytes = 0;
  #jobs = 0;
  #inputs = 0;

  /** @internal Made by `openSubmitter`. */
  constructor(parts: SubmitterParts) {
    this.#parts = parts;
  }

  /** Hash of the batch's head: its identity. */
  get batch(): Uint8Array {
    return this.#parts.batch;
  }

  get jobs(): number {
    return this.#jobs;
  }

  get inputs(): number {
    return this.#inputs;
  }

  /**
   * Adds an input. It is submitted together with others, at the latest by `flush`.
   * @returns the jobs that were submitted to make room for it
   * @throws FleetError `content` for an input that is too large for a pack
   */
  async add(input: FleetInput): Promise<readonly SubmittedJob[]> {
    const bytes = bytesOf(input);
    if (bytes > FLEET_LIMITS.packBytes - PACK_HEAD_BYTES)
      throw new FleetError(
        'content',
        `${input.name} has ${bytes} bytes with its dependencies, more than a pack can hold`,
      );
    const isFull = this.#bytes + bytes > FLEET_LIMITS.packFullBytes || this.#waiting.length >= FLEET_LIMITS.packInputs;
    const submitted = isFull ? await this.flush() : [];
    this.#waiting.push({ ...input, name: input.name.slice(0, FLEET_LIMITS.nameLength) });
    this.#bytes += bytes;
    return submitted;
  }

  /**
   * Submits what was added.
   * @throws if `billing` refuses; then nothing of it is submitted
   */
  async flush(): Promise<readonly SubmittedJob[]> {
    const inputs = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    if (inputs.length === 0) return [];
    const packed = encodePack(inputs.map(({ format, input, dependencies }) => ({ format, input, dependencies })));
    const pack = hash(packed);
    const { jobInputs, onJobs, bill } = this.#parts;
    const jobs: SubmittedJob[] = [];
    for (let from = 0; from < inputs.length; from += jobInputs) {
      jobs.push(this.#jobOf(pack, inputs.slice(from, from + jobInputs), from));
    }
    onJobs(jobs.map(({ id }) => id));
    bill?.expect(jobs);
    let putting: Promise<unknown> | undefined;
    const putPack = () => {
      const { patience, queue } = this.#parts;
      putting ??= patience.of(() => queue.putContent(packed));
      return putting;
    };
    let ready: SubmittedJob[] = [];
    for (const job of jobs) {
      const reserved = bill?.reserve(job);
      if (reserved !== undefined) {
        // It is awaited below; it may be refused before that.
        reserved.catch(() => undefined);
        // It waits for other jobs to end, so earlier jobs must be submitted first.
        await this.#submit(putPack, ready);
        ready = [];
        await reserved;
      }
      ready.push(job);
    }
    await this.#submit(putPack, ready);
    return jobs;
  }

  /** @param putPack stores the pack of the jobs, the first time */
  async #submit(putPack: () => Promise<unknown>, jobs: readonly SubmittedJob[]): Promise<void> {
    if (jobs.length === 0) return;
    const { queue, patience, batch } = this.#parts;
    await this.#open();
    await putPack();
    await patience.of(() => queue.submit(batch, jobs));
    this.#jobs += jobs.length;
    this.#inputs += jobs.reduce((sum, { inputs }) => sum + inputs, 0);
  }

  async #open(): Promise<void> {
    if (this.#isOpen) return;
    const { queue, patience, batch, head } = this.#parts;
    await patience.of(() => queue.openBatch(batch, head));
    this.#isOpen = true;
  }

  /**
   * Bills a job that a collector has returned: its receipts, each once, even if the batch is submitted or collected
   * again. A job of another submitter is not billed; without `billing` none is.
   * @throws if `billing` refuses, for a job that had its result before it was submitted here
   */
  async bill(job: CollectedJob): Promise<void> {
    await this.#parts.bill?.bill(job);
  }

  /** Submits what was added, and closes the batch. */
  async close(): Promise<void> {
    await this.flush();
    await this.#open();
    const { queue, patience, batch } = this.#parts;
    await patience.of(() => queue.closeBatch(batch));
  }

  #jobOf(pack: Uint8Array, inputs: readonly FleetInput[], from: number): SubmittedJob {
    const listed = inputs.map(({ index, name, input }, i) => ({ index, name, hash: hash(input), at: from + i }));
    const { batch, work } = this.#parts;
    const job: FleetJob = { batch, work, pack, inputs: listed };
    const bytes = encodeJob(job);
    return { id: hash(bytes), job: bytes, inputs: inputs.length };
  }
}

/** The most bytes that a pack has in addition to its inputs. */
const PACK_HEAD_BYTES = 1_024;
const ITEM_HEAD_BYTES = 64;

function bytesOf({ input, dependencies }: PackedInput): number {
  return input.length + (dependencies?.length ?? 0) + ITEM_HEAD_BYTES;
}
