/**
 * Puts a batch into a fleet: inputs go into packs, packs into the content store, jobs of some inputs each into the queue.
 *
 * Invariant: the same inputs in the same order make the same jobs. So a batch that was cut off is submitted again, and nothing runs twice.
 */
import { hash } from '../base/hash.js';
import { FleetError } from './fleet-error.js';
import { FLEET_LIMITS } from './fleet-limits.js';
import type { FleetQueue, SubmittedJob } from './fleet-queue.js';
import { encodeBatchHead, encodeJob, encodePack, type FleetJob, type PackedInput } from './job.js';
import { Patience } from './patience.js';
import { encodeWork, type Work } from './work.js';

export interface SubmitterOptions {
  readonly work: Work;
  /** Tells batches of one work apart. */
  readonly name: string;
  /** Inputs of a job. Default 64. */
  readonly jobInputs?: number;
  /** Milliseconds for which a server may be away. Default five minutes. */
  readonly patienceMs?: number;
  readonly onWait?: (error: FleetError) => void;
  /** Is called before jobs are submitted, with their hashes. */
  readonly onJobs?: (ids: readonly Uint8Array[]) => void;
}

export interface FleetInput extends PackedInput {
  /** Its number in the batch. */
  readonly index: number;
  /** For people: at most 500 characters. */
  readonly name: string;
}

const JOB_INPUTS = 64;
const PATIENCE_MS = 300_000;

/** @throws FleetError `option` for options that cannot be, and what the queue throws */
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
  await patience.of(() => queue.openBatch(batch, head));
  return new Submitter(queue, patience, batch, work, jobInputs, options.onJobs);
}

export class Submitter {
  readonly #queue: FleetQueue;
  readonly #patience: Patience;
  /** Hash of the batch's head: its identity. */
  readonly batch: Uint8Array;
  readonly #work: Uint8Array;
  readonly #jobInputs: number;
  readonly #onJobs: (ids: readonly Uint8Array[]) => void;
  #waiting: FleetInput[] = [];
  #bytes = 0;
  #jobs = 0;
  #inputs = 0;

  /** @internal Made by `openSubmitter`. */
  constructor(
    queue: FleetQueue,
    patience: Patience,
    batch: Uint8Array,
    work: Uint8Array,
    jobInputs: number,
    onJobs: (ids: readonly Uint8Array[]) => void = () => {},
  ) {
    this.#queue = queue;
    this.#patience = patience;
    this.batch = batch;
    this.#work = work;
    this.#jobInputs = jobInputs;
    this.#onJobs = onJobs;
  }

  get jobs(): number {
    return this.#jobs;
  }

  get inputs(): number {
    return this.#inputs;
  }

  /**
   * Adds an input. It is submitted with others, at the latest by `flush`.
   * @returns the jobs that were submitted to make room for it
   * @throws FleetError `content` for one that no pack can hold
   */
  async add(input: FleetInput): Promise<readonly SubmittedJob[]> {
    const bytes = bytesOf(input);
    if (bytes > FLEET_LIMITS.packBytes - PACK_HEAD_BYTES)
      throw new FleetError('content', `${input.name} has ${bytes} bytes with its dependencies, more than a pack holds`);
    const isFull = this.#bytes + bytes > FLEET_LIMITS.packFullBytes || this.#waiting.length >= FLEET_LIMITS.packInputs;
    const submitted = isFull ? await this.flush() : [];
    this.#waiting.push({ ...input, name: input.name.slice(0, FLEET_LIMITS.nameLength) });
    this.#bytes += bytes;
    return submitted;
  }

  /** Submits what was added. */
  async flush(): Promise<readonly SubmittedJob[]> {
    const inputs = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    if (inputs.length === 0) return [];
    const packed = encodePack(inputs.map(({ format, input, dependencies }) => ({ format, input, dependencies })));
    const pack = await this.#patience.of(() => this.#queue.putContent(packed));
    const jobs: SubmittedJob[] = [];
    for (let from = 0; from < inputs.length; from += this.#jobInputs) {
      const own = inputs.slice(from, from + this.#jobInputs);
      jobs.push(this.#jobOf(pack, own, from));
    }
    this.#onJobs(jobs.map(({ id }) => id));
    await this.#patience.of(() => this.#queue.submit(this.batch, jobs));
    this.#jobs += jobs.length;
    this.#inputs += inputs.length;
    return jobs;
  }

  /** Submits what was added, and says that there is no more. */
  async close(): Promise<void> {
    await this.flush();
    await this.#patience.of(() => this.#queue.closeBatch(this.batch));
  }

  #jobOf(pack: Uint8Array, inputs: readonly FleetInput[], from: number): SubmittedJob {
    const listed = inputs.map(({ index, name, input }, i) => ({ index, name, hash: hash(input), at: from + i }));
    const job: FleetJob = { batch: this.batch, work: this.#work, pack, inputs: listed };
    const bytes = encodeJob(job);
    return { id: hash(bytes), job: bytes, inputs: inputs.length };
  }
}

/** What a pack has beside its inputs, at the most. */
const PACK_HEAD_BYTES = 1_024;
const ITEM_HEAD_BYTES = 64;

function bytesOf({ input, dependencies }: PackedInput): number {
  return input.length + (dependencies?.length ?? 0) + ITEM_HEAD_BYTES;
}
