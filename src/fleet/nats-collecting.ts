/**
 * The lines of a batch as they come, and what was decided of them.
 *
 * Invariant: nothing of it is kept here alone. Whoever opens it again reads the lines from the first, and finds in the buckets which jobs are
 * settled and which lines were judged with them.
 */
import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { fromHex, isHex, toHex } from '../base/hash.js';
import { sameBytes } from '../base/same-bytes.js';
import { encodeBytes } from '../boundary/codec-bytes.js';
import { FleetError } from './fleet-error.js';
import type { Decision, JobLines, KeptLine } from './fleet-queue.js';
import { type KeptResult, NO_PROGRESS, type Progress, readKept, resultCodec } from './nats-documents.js';
import { AT_ONCE, atOnce, created, EVERY, IN_STORE, type NatsParts, NOT_WORKERS } from './nats-parts.js';

/** Lines that are read ahead of those that are judged. */
const AHEAD = 1_000;
const BEAT_MS = 1_000;
const EXPIRES_MS = 5_000;
/** For so long a line may be of a job whose submission is on its way. */
const UNKNOWN_MS = 10_000;

interface OpenJob {
  readonly lines: KeptLine[];
  readonly sinceMs: number;
  isNew: boolean;
}

export class Collecting {
  readonly #nats: NatsParts;
  readonly #batch: string;
  readonly #fromStore: (key: Uint8Array) => Promise<Uint8Array>;
  readonly #messages: ConsumerMessages;
  readonly #jobs = new Map<string, OpenJob>();
  readonly #quarantined = new Set<string>();
  #unread: JsMsg[] = [];
  #come = () => {};
  #room = () => {};
  #progress: Progress = NO_PROGRESS;
  readonly settled = new Map<string, KeptResult>();
  /** No more lines come: it has to be opened again. */
  isLost = false;

  static async open(
    nats: NatsParts,
    batch: string,
    fromStore: (key: Uint8Array) => Promise<Uint8Array>,
  ): Promise<Collecting> {
    const consumer = await nats.linesOf(batch);
    const messages = await consumer.consume({ max_messages: AHEAD, expires: EXPIRES_MS, idle_heartbeat: BEAT_MS });
    const made = new Collecting(nats, batch, fromStore, messages);
    try {
      await made.#readBefore();
    } catch (error) {
      await made.close();
      throw error;
    }
    void made.#read();
    return made;
  }

  private constructor(
    nats: NatsParts,
    batch: string,
    fromStore: (key: Uint8Array) => Promise<Uint8Array>,
    messages: ConsumerMessages,
  ) {
    this.#nats = nats;
    this.#batch = batch;
    this.#fromStore = fromStore;
    this.#messages = messages;
  }

  get progress(): Progress {
    return this.#progress;
  }

  async close(): Promise<void> {
    this.#room();
    await this.#messages.close();
  }

  /** What was decided before. */
  async #readBefore(): Promise<void> {
    const jobs: string[] = [];
    for await (const key of await this.#nats.results.keys(`${this.#batch}.>`)) jobs.push(key.slice(65));
    await atOnce(jobs, AT_ONCE, async (job) => {
      const known = await this.#nats.results.get(`${this.#batch}.${job}`);
      if (known !== null) this.#settle(job, readKept(resultCodec, 'result', known.value));
    });
    for await (const key of await this.#nats.quarantine.keys(`${this.#batch}.>`)) this.#quarantine(key.slice(65));
  }

  async #read(): Promise<void> {
    try {
      for await (const message of this.#messages) {
        this.#unread.push(message);
        this.#come();
        while (this.#unread.length >= AHEAD) {
          await new Promise<void>((resolve) => {
            this.#room = resolve;
          });
        }
      }
    } catch {
      // Who asks next opens it again, and reports what it then meets.
    } finally {
      this.isLost = true;
      this.#come();
    }
  }

  /** Jobs with new lines; none if no line came for `waitMs`. */
  async unjudged(max: number, waitMs: number): Promise<readonly JobLines[]> {
    if (this.#unread.length === 0 && ![...this.#jobs.values()].some(({ isNew }) => isNew)) await this.#wait(waitMs);
    // One that could not be fetched is fetched again the next time.
    for (let count = 0; count < max && this.#unread.length > 0; count += 1) {
      await this.#add(this.#unread[0]);
      this.#unread.shift();
      this.#room();
    }
    const found: JobLines[] = [];
    for (const [job, open] of this.#jobs) {
      if (found.length >= max) break;
      const lines = open.isNew ? await this.#linesOf(job, open) : undefined;
      if (lines !== undefined) found.push(lines);
    }
    return found;
  }

  async #add(message: JsMsg): Promise<void> {
    const { seq, subject } = message;
    const job = subject.split('.').at(-1) ?? '';
    const id = String(seq);
    const settled = this.settled.get(job);
    const isKnown = this.#quarantined.has(id) || settled?.judged.includes(seq) === true;
    const open = this.#jobs.get(job);
    if (!isHex(job) || isKnown || open?.lines.some((line) => line.id === id) === true) return;
    const line = { id, bytes: await this.#bytes(message.data, message.headers?.get(IN_STORE)) };
    if (open === undefined) this.#jobs.set(job, { lines: [line], sinceMs: performance.now(), isNew: true });
    else {
      open.lines.push(line);
      open.isNew = true;
    }
  }

  async #bytes(data: Uint8Array, inStore: string | undefined): Promise<Uint8Array> {
    if (!inStore || !isHex(inStore)) return new Uint8Array(data);
    try {
      return await this.#fromStore(fromHex(inStore));
    } catch (error) {
      // A line that names what is not there, or is another, is none: it is refused as what it is.
      if (error instanceof FleetError && (error.code === 'missing' || error.code === 'content'))
        return new Uint8Array(0);
      throw error;
    }
  }

  /** Undefined as long as the job is not known; one that never comes to be known was not submitted. */
  async #linesOf(job: string, open: OpenJob): Promise<JobLines | undefined> {
    const bytes = await this.jobOf(job);
    if (bytes === undefined) {
      if (performance.now() - open.sinceMs > UNKNOWN_MS) this.#jobs.delete(job);
      return undefined;
    }
    const settled = this.settled.get(job);
    // A line that comes late is compared with the one that the job was settled with.
    const first = settled?.line == null ? [] : [{ id: String(settled.line), bytes: await this.lineAt(settled.line) }];
    return { id: fromHex(job), job: bytes, lines: [...first, ...open.lines], settled: settled?.result };
  }

  async jobOf(job: string): Promise<Uint8Array | undefined> {
    const found = await this.#nats.submitted.get(`${this.#batch}.${job}`);
    return found === null ? undefined : new Uint8Array(found.value);
  }

  async lineAt(sequence: number): Promise<Uint8Array> {
    const found = await this.#nats.lineAt(sequence);
    if (found === undefined) throw new Error(`the line ${sequence} was deleted from its stream`);
    return await this.#bytes(found.data, found.inStore);
  }

  /** @returns false if the job has another result already, which counts */
  async decide(decision: Decision): Promise<boolean> {
    let isOurs = true;
    const job = toHex(decision.id);
    const { settle, again, lines, quarantined } = decision;
    const { name, quarantine, results, js } = this.#nats;
    for (const line of quarantined) {
      await quarantine.put(`${this.#batch}.${line}`, decision.id);
      this.#quarantine(line);
    }
    if (settle !== undefined) {
      const { line, result, inputs, fuel } = settle;
      const kept = { line: line === undefined ? null : Number(line), result, judged: lines.map(Number), inputs, fuel };
      const key = `${this.#batch}.${job}`;
      if (await created(results, key, encodeBytes(resultCodec, kept))) this.#settle(job, kept);
      else {
        // Another collector was first.
        const known = await results.get(key);
        if (known !== null) {
          const first = readKept(resultCodec, 'result', known.value);
          this.#settle(job, first);
          isOurs = isSameResult(first.result, result);
        }
      }
    }
    if (again !== undefined) {
      const lane = again.notKind === '' ? EVERY : `not-${again.notKind}`;
      if (lane !== EVERY) await this.#nats.addLane(lane);
      const headers = this.#nats.headers();
      headers.set(NOT_WORKERS, again.notWorkers.map(toHex).join());
      const bytes = await this.jobOf(job);
      if (bytes === undefined) throw new Error('a job that is judged was submitted');
      const msgID = `${job}-${lines.length}`;
      await js.publish(`${name}.jobs.${lane}.${this.#batch}`, bytes, { msgID, headers });
    }
    const open = this.#jobs.get(job);
    if (open !== undefined) {
      if (this.settled.has(job)) this.#jobs.delete(job);
      else open.isNew = open.lines.some(({ id }) => !lines.includes(id));
    }
    return isOurs;
  }

  #settle(job: string, kept: KeptResult): void {
    if (this.settled.has(job)) return;
    this.settled.set(job, kept);
    const { settled, inputs, fuel, quarantined } = this.#progress;
    this.#progress = {
      settled: settled + 1,
      inputs: inputs + kept.inputs,
      fuel: fuel + kept.fuel,
      quarantined,
    };
  }

  #quarantine(line: string): void {
    if (this.#quarantined.has(line)) return;
    this.#quarantined.add(line);
    this.#progress = { ...this.#progress, quarantined: this.#progress.quarantined + 1 };
  }

  async #wait(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#come = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }
}

function isSameResult(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one === null || other === null ? one === other : sameBytes(one, other);
}
