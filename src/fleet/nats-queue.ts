/**
 * A fleet in NATS JetStream, 2.9 or later: a work queue stream of jobs, a stream of lines, an object store for modules and packs, buckets of keys
 * and values for jobs, results, batches, workers and records. Needs `@nats-io/transport-node`, `jetstream`, `kv` and `obj`.
 *
 *   NAME-jobs        NAME.jobs.LANE.BATCH     a message for each job that is to be run; LANE is `every`, or `not-KIND`
 *   NAME-lines       NAME.lines.BATCH.JOB     a message for each line; its sequence number is its name
 *   NAME-submitted   BATCH.JOB                the bytes of each job
 *   NAME-results     BATCH.JOB                made once: whichever settlement comes first
 *   NAME-quarantine  BATCH.SEQUENCE
 *
 * Invariants: a job is submitted before it is queued, and a line is kept before its job leaves the queue; so nothing is lost when a process ends
 * in between, and what is done twice is the same.
 */
import type { JsMsg } from '@nats-io/jetstream';
import { fromHex, hash, isHex, toHex } from '../base/hash.js';
import { sameBytes } from '../base/same-bytes.js';
import { encodeBytes } from '../boundary/codec-bytes.js';
import { FleetError } from './fleet-error.js';
import { FLEET_LIMITS } from './fleet-limits.js';
import type {
  BatchStatus,
  Decision,
  FleetQueue,
  JobLines,
  Lease,
  QueueOptions,
  RecordChange,
  SettledJob,
  SubmittedJob,
  WorkerIdentity,
  WorkerRecord,
} from './fleet-queue.js';
import { isKind } from './line.js';
import { Collecting } from './nats-collecting.js';
import {
  batchCodec,
  type KeptBatch,
  NO_PROGRESS,
  progressCodec,
  readKept,
  recordCodec,
  workerCodec,
} from './nats-documents.js';
import { Inbox } from './nats-inbox.js';
import {
  AT_ONCE,
  atOnce,
  connectNats,
  created,
  EVERY,
  IN_STORE,
  type NatsParts,
  NOT_WORKERS,
  natsError,
} from './nats-parts.js';

/** By default a message may have a megabyte; longer lines are in the content store. */
const INLINE_BYTES = 524_288;
/** How long a job waits after it came to a worker that must not run it. */
const NOT_MINE_MS = 250;
/**
 * @param url `nats://user:password@host:4222/name`
 * @throws FleetError `library` if the packages are not installed, `connection`, `queue`
 */
export async function openNatsQueue(url: string, { leaseMs }: QueueOptions = {}): Promise<FleetQueue> {
  return new NatsQueue(await connectNats(url, leaseMs));
}

class NatsQueue implements FleetQueue {
  readonly #nats: NatsParts;
  readonly #inbox: Inbox;
  readonly #counts = new Map<string, KeptBatch>();
  readonly #kinds = new Set<string>();
  readonly #collecting = new Map<string, Promise<Collecting>>();

  constructor(nats: NatsParts) {
    this.#nats = nats;
    this.#inbox = new Inbox(nats);
  }

  putContent(content: Uint8Array): Promise<Uint8Array> {
    return this.#safely(async () => {
      const key = hash(content);
      const name = toHex(key);
      if ((await this.#nats.content.info(name)) === null) await this.#nats.content.putBlob({ name }, content);
      return key;
    });
  }

  getContent(key: Uint8Array, bytesMax: number): Promise<Uint8Array> {
    return this.#safely(async () => {
      const name = toHex(key);
      const info = await this.#nats.content.info(name);
      if (info === null || info.deleted) throw new FleetError('missing', `the content ${name} is not in the store`);
      if (info.size > bytesMax)
        throw new FleetError('content', `the content ${name} has ${info.size} bytes, the limit is ${bytesMax}`);
      const found = await this.#nats.content.getBlob(name);
      if (found === null) throw new FleetError('missing', `the content ${name} is not in the store`);
      if (sameBytes(hash(found), key)) return found;
      throw new FleetError('content', `the content ${name} does not match its hash`);
    });
  }

  openBatch(id: Uint8Array, head: Uint8Array): Promise<void> {
    return this.#safely(async () => {
      const name = toHex(id);
      const known = await this.#nats.batches.get(name);
      const kept = known === null ? undefined : readKept(batchCodec, 'batch', known.value);
      // Jobs that are submitted now are counted again, because they are the same.
      const batch = { head, isClosed: kept?.isClosed ?? false, jobs: 0, inputs: 0 };
      this.#counts.set(name, batch);
      if (kept === undefined) await this.#nats.batches.put(name, encodeBytes(batchCodec, batch));
    });
  }

  submit(batch: Uint8Array, jobs: readonly SubmittedJob[]): Promise<void> {
    return this.#safely(async () => {
      const name = toHex(batch);
      await atOnce(jobs, AT_ONCE, ({ id, job }) => this.#submit(name, toHex(id), job));
      const counted = this.#counts.get(name);
      if (counted === undefined) throw new Error('a batch is opened before its jobs are submitted');
      const inputs = jobs.reduce((sum, job) => sum + job.inputs, counted.inputs);
      const next = { ...counted, jobs: counted.jobs + jobs.length, inputs };
      await this.#nats.batches.put(name, encodeBytes(batchCodec, next));
      this.#counts.set(name, next);
    });
  }

  async #submit(batch: string, id: string, job: Uint8Array): Promise<void> {
    const isNew = await created(this.#nats.submitted, `${batch}.${id}`, job);
    // An existing job may be missing in the queue; if it has a result, that is fine.
    if (!isNew && (await this.#nats.results.get(`${batch}.${id}`)) !== null) return;
    await this.#nats.js.publish(`${this.#nats.name}.jobs.${EVERY}.${batch}`, job, { msgID: id });
  }

  closeBatch(id: Uint8Array): Promise<void> {
    return this.#safely(async () => {
      const name = toHex(id);
      const counted = this.#counts.get(name);
      if (counted === undefined) throw new Error('a batch is opened before it is closed');
      await this.#nats.batches.put(name, encodeBytes(batchCodec, { ...counted, isClosed: true }));
    });
  }

  register({ key, kind, name }: WorkerIdentity): Promise<void> {
    return this.#safely(async () => {
      await this.#lane(kind);
      await this.#nats.workers.put(toHex(key), encodeBytes(workerCodec, { kind, name }));
    });
  }

  /** Made once: the lane of jobs that this kind leaves to others. */
  async #lane(kind: string): Promise<void> {
    if (this.#kinds.has(kind)) return;
    await this.#nats.addLane(`not-${kind}`);
    this.#kinds.add(kind);
  }

  take(worker: WorkerIdentity, max: number, waitMs: number): Promise<readonly Lease[]> {
    return this.#safely(async () => {
      const messages = await this.#inbox.take(worker.kind, max, waitMs);
      const own = toHex(worker.key);
      const leases: Lease[] = [];
      await atOnce(messages, AT_ONCE, async (message) => {
        const notWorkers = message.headers?.get(NOT_WORKERS).split(',') ?? [];
        if (notWorkers.includes(own)) message.nak(NOT_MINE_MS);
        else if (await this.#isSettled(message)) message.ack();
        else leases.push(leaseOf(message));
      });
      return leases;
    });
  }

  /** Not checked for a job that runs for the first time. */
  async #isSettled({ data, subject, headers, info }: JsMsg): Promise<boolean> {
    if (info.deliveryCount === 1 && headers?.has(NOT_WORKERS) !== true) return false;
    const batch = subject.split('.').at(-1);
    return (await this.#nats.results.get(`${batch}.${toHex(hash(data))}`)) !== null;
  }

  heartbeat(leases: readonly Lease[]): Promise<void> {
    return this.#safely(async () => {
      for (const { handle } of leases) (handle as JsMsg).working();
      this.#inbox.heartbeat();
    });
  }

  release(leases: readonly Lease[]): Promise<void> {
    return this.#safely(async () => {
      for (const { handle } of leases) (handle as JsMsg).nak();
      await this.#nats.connection.flush();
    });
  }

  finish(_: WorkerIdentity, finished: readonly { readonly lease: Lease; readonly line: Uint8Array }[]): Promise<void> {
    return this.#safely(async () => {
      await atOnce(finished, AT_ONCE, async ({ lease, line }) => {
        const message = lease.handle as JsMsg;
        const batch = message.subject.split('.').at(-1);
        await this.#publishLine(`${this.#nats.name}.lines.${batch}.${toHex(lease.id)}`, line);
        message.ack();
      });
    });
  }

  async #publishLine(subject: string, line: Uint8Array): Promise<void> {
    const msgID = toHex(hash(line));
    if (line.length <= INLINE_BYTES) {
      await this.#nats.js.publish(subject, line, { msgID });
      return;
    }
    const key = await this.putContent(line);
    const headers = this.#nats.headers();
    headers.set(IN_STORE, toHex(key));
    await this.#nats.js.publish(subject, new Uint8Array(0), { msgID, headers });
  }

  unjudged(batch: Uint8Array, max: number, waitMs: number): Promise<readonly JobLines[]> {
    return this.#safely(async () => await (await this.#collectingOf(batch)).unjudged(max, waitMs));
  }

  judge(
    batch: Uint8Array,
    decisions: readonly Decision[],
    records: readonly RecordChange[],
  ): Promise<readonly Uint8Array[]> {
    return this.#safely(async () => {
      const collecting = await this.#collectingOf(batch);
      const others: Uint8Array[] = [];
      await atOnce(decisions, AT_ONCE, async (decision) => {
        if (!(await collecting.decide(decision))) others.push(decision.id);
      });
      await atOnce(records, AT_ONCE, (change) => this.#record(change));
      await this.#nats.batches.put(`${toHex(batch)}.progress`, encodeBytes(progressCodec, collecting.progress));
      return others;
    });
  }

  async #record({ worker, confirmed, wrong }: RecordChange): Promise<void> {
    const key = toHex(worker.key);
    const known = await this.#nats.records.get(key);
    const before = known === null ? { confirmed: 0, wrong: 0 } : readKept(recordCodec, 'record', known.value);
    const after = { confirmed: wrong > 0 ? 0 : before.confirmed + confirmed, wrong: before.wrong + wrong };
    await this.#nats.records.put(key, encodeBytes(recordCodec, after));
  }

  async *settled(batch: Uint8Array): AsyncGenerator<SettledJob, void, undefined> {
    const collecting = await this.#safely(() => this.#collectingOf(batch));
    for (const [job, { line }] of [...collecting.settled]) {
      yield await this.#safely(async () => {
        const bytesOfJob = await collecting.jobOf(job);
        if (bytesOfJob === undefined)
          throw new FleetError('missing', `the job ${job} has a result and was not submitted`);
        return { id: fromHex(job), job: bytesOfJob, line: line === null ? undefined : await collecting.lineAt(line) };
      });
    }
  }

  batches(): Promise<readonly BatchStatus[]> {
    return this.#safely(async () => {
      const names: string[] = [];
      for await (const key of await this.#nats.batches.keys()) if (!key.includes('.')) names.push(key);
      return await Promise.all(names.map((name) => this.#status(name)));
    });
  }

  async #status(name: string): Promise<BatchStatus> {
    const [kept, progress, lanes, running] = await Promise.all([
      this.#nats.batches.get(name),
      this.#nats.batches.get(`${name}.progress`),
      this.#nats.queued(name),
      this.#nats.running(),
    ]);
    if (kept === null) throw new FleetError('missing', `the batch ${name} no longer exists`);
    const { head, isClosed, jobs, inputs } = readKept(batchCodec, 'batch', kept.value);
    const done = progress === null ? NO_PROGRESS : readKept(progressCodec, 'progress', progress.value);
    const open = Object.values(lanes).reduce((sum, count) => sum + count, 0);
    const others = Object.entries(lanes).filter(([lane]) => lane !== EVERY);
    return {
      id: fromHex(name),
      head,
      isClosed,
      jobs,
      inputs,
      waiting: Math.max(0, open - running),
      running: Math.min(open, running),
      toJudge: Math.max(0, jobs - open - done.settled),
      settled: done.settled,
      settledInputs: done.inputs,
      fuel: done.fuel,
      quarantined: done.quarantined,
      waitingForOther: Object.fromEntries(others.map(([lane, count]) => [lane.replace(/^not-/, ''), count])),
    };
  }

  workers(): Promise<readonly WorkerRecord[]> {
    return this.#safely(async () => {
      const keys: string[] = [];
      for await (const key of await this.#nats.workers.keys()) keys.push(key);
      const rows = await Promise.all(keys.map((key) => this.#worker(key)));
      return rows.filter((row) => row !== undefined).sort((one, other) => other.seenAt - one.seenAt);
    });
  }

  async #worker(key: string): Promise<WorkerRecord | undefined> {
    const [known, record] = await Promise.all([this.#nats.workers.get(key), this.#nats.records.get(key)]);
    if (known === null || !isHex(key)) return undefined;
    const { kind, name } = readKept(workerCodec, 'worker', known.value);
    const { confirmed, wrong } =
      record === null ? { confirmed: 0, wrong: 0 } : readKept(recordCodec, 'record', record.value);
    return isKind(kind)
      ? { key: fromHex(key), kind, name, confirmed, wrong, seenAt: known.created.getTime() }
      : undefined;
  }

  async close(): Promise<void> {
    await this.#inbox.close();
    for (const collecting of this.#collecting.values()) await (await collecting).close();
    await this.#nats.connection.close();
  }

  async #collectingOf(batch: Uint8Array): Promise<Collecting> {
    const name = toHex(batch);
    const known = this.#collecting.get(name);
    if (known !== undefined && !(await known).isLost) return await known;
    const made = Collecting.open(this.#nats, name, (key) => this.getContent(key, FLEET_LIMITS.lineBytes));
    this.#collecting.set(name, made);
    made.catch(() => this.#collecting.delete(name));
    return await made;
  }

  async #safely<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw natsError(error);
    }
  }
}

function leaseOf(message: JsMsg): Lease {
  const job = new Uint8Array(message.data);
  return { id: hash(job), job, attempt: message.info.deliveryCount, handle: message };
}
