/**
 * The collector of a batch: reads the lines of workers, judges them, and returns each job's result once. The party that
 * wants the results runs it, so no worker decides whether its results are accepted.
 *
 * Invariant: all state is in the queue. Killing a collector, or running a second one, does not change a result.
 */
import { randomBytes } from 'node:crypto';
import { toHex } from '../base/hash.js';
import { sameBytes } from '../base/same-bytes.js';
import { isDrawn, shareOf } from './check-share.js';
import { Arbiter, type Mismatch } from './dispute.js';
import { FleetError } from './fleet-error.js';
import { FLEET_LIMITS } from './fleet-limits.js';
import type { Decision, FleetQueue, JobLines, RecordChange, SettledJob, WorkerIdentity } from './fleet-queue.js';
import { type FleetJob, readJob } from './job.js';
import { type JudgedLine, judge, workersOf } from './judge.js';
import { failedItem, fuelOf, type Item, type Line, LineReader, receiptFault } from './line.js';
import { Patience } from './patience.js';
import { type ReceiptRules, readWork, receiptRules } from './work.js';

export interface CollectorOptions {
  /**
   * The least share of a worker's jobs that a worker of another kind also runs: above 0, and 1 for all. Default 0.01.
   */
  readonly checkShare?: number;
  /** 32 bytes that decide which jobs are drawn for a check. Default: random. */
  readonly secret?: Uint8Array;
  /** Milliseconds for which a server may be unreachable. Default five minutes. */
  readonly patienceMs?: number;
  /** Called for two lines that differ. */
  readonly onMismatch?: (mismatch: Mismatch) => void;
  /** Called for an invalid line: it is quarantined, and its job is run again. */
  readonly onRefused?: (job: Uint8Array, reason: string) => void;
  readonly onWait?: (error: FleetError) => void;
}

/** A job with its result: an item for each input. */
export interface CollectedJob {
  readonly id: Uint8Array;
  readonly job: FleetJob;
  readonly items: readonly Item[];
}

const CHECK_SHARE = 0.01;
const PATIENCE_MS = 300_000;
const AT_ONCE = 200;
const WAIT_MS = 500;

export class Collector {
  readonly #queue: FleetQueue;
  readonly #batch: Uint8Array;
  readonly #options: CollectorOptions;
  readonly #secret: Uint8Array;
  readonly #share: number;
  readonly #patience: Patience;
  readonly #arbiter: Arbiter;
  readonly #reader = new LineReader();
  /** Confirmed lines by worker: the number in the queue plus those added since. */
  #confirmed: Map<string, number> | undefined;
  readonly #rules = new Map<string, ReceiptRules>();

  /** @throws FleetError `option` */
  constructor(queue: FleetQueue, batch: Uint8Array, options: CollectorOptions = {}) {
    const { checkShare = CHECK_SHARE, patienceMs = PATIENCE_MS } = options;
    if (!(checkShare > 0 && checkShare <= 1))
      throw new FleetError('option', `the share of checks must be above 0 and at most 1, not ${checkShare}`);
    this.#queue = queue;
    this.#batch = batch;
    this.#options = options;
    this.#share = checkShare;
    this.#secret = options.secret ?? randomBytes(32);
    this.#patience = new Patience(patienceMs, options.onWait);
    this.#arbiter = new Arbiter({ getContent: (key, max) => this.#patience.of(() => queue.getContent(key, max)) });
  }

  /** The jobs that already have a result. */
  async *before(): AsyncGenerator<CollectedJob, void, undefined> {
    const seen = new Set<string>();
    let settled: AsyncIterator<SettledJob> | undefined;
    // After an interruption it begins again and returns only what is new.
    const next = () =>
      this.#patience.of(async () => {
        settled ??= this.#queue.settled(this.#batch)[Symbol.asyncIterator]();
        try {
          return await settled.next();
        } catch (error) {
          settled = undefined;
          throw error;
        }
      });
    for (let found = await next(); found.done !== true; found = await next()) {
      const { id, job, line } = found.value;
      const name = toHex(id);
      if (seen.has(name)) continue;
      seen.add(name);
      const read = readJob(job);
      yield { id, job: read, items: line === undefined ? notAgreed(read) : this.#reader.read(line).items };
    }
  }

  /** The jobs that get their result now; none if no line arrived for a while. */
  async next(): Promise<readonly CollectedJob[]> {
    const found = await this.#patience.of(() => this.#queue.unjudged(this.#batch, AT_ONCE, WAIT_MS));
    if (found.length === 0) return [];
    this.#confirmed ??= await this.#records();
    const changes = new RecordChanges();
    const collected: CollectedJob[] = [];
    const decisions: Decision[] = [];
    for (const one of found) {
      const { decision, job, items } = await this.#decide(one, changes);
      decisions.push(decision);
      if (items !== undefined) collected.push({ id: one.id, job, items });
    }
    const others = await this.#patience.of(() => this.#queue.judge(this.#batch, decisions, changes.list));
    for (const { worker, confirmed, wrong } of changes.list) {
      const name = toHex(worker.key);
      this.#confirmed.set(name, wrong > 0 ? 0 : (this.#confirmed.get(name) ?? 0) + confirmed);
    }
    // Jobs that another collector has settled differently are in `before`.
    return collected.filter(({ id }) => !others.some((other) => sameBytes(other, id)));
  }

  async close(): Promise<void> {
    await this.#arbiter.close();
  }

  async #records(): Promise<Map<string, number>> {
    const workers = await this.#patience.of(() => this.#queue.workers());
    return new Map(workers.map(({ key, confirmed }) => [toHex(key), confirmed]));
  }

  async #decide(
    { id, job: bytes, lines, settled }: JobLines,
    changes: RecordChanges,
  ): Promise<{ readonly decision: Decision; readonly job: FleetJob; readonly items?: readonly Item[] }> {
    const job = readJob(bytes);
    const rules = await this.#rulesOf(job.work);
    const read: JudgedLine[] = [];
    const quarantined: string[] = [];
    for (const { id: name, bytes: given } of lines) {
      const line = this.#read(id, job, given, rules);
      if (line === undefined) quarantined.push(name);
      else read.push({ id: name, line });
    }
    const all = lines.map(({ id: name }) => name);
    if (settled !== undefined) {
      const late = await this.#late(id, job, read, settled, changes);
      return { decision: { id, lines: all, quarantined: [...quarantined, ...late] }, job };
    }
    if (read.length === 0) {
      const again = { notKind: '', notWorkers: [] };
      return { decision: { id, lines: all, quarantined, again }, job };
    }
    const { decision, items } = await this.#judge(id, job, read, changes);
    return {
      decision: { ...decision, id, lines: all, quarantined: [...quarantined, ...decision.quarantined] },
      job,
      ...(items === undefined ? {} : { items }),
    };
  }

  async #judge(
    id: Uint8Array,
    job: FleetJob,
    lines: readonly JudgedLine[],
    changes: RecordChanges,
  ): Promise<{
    readonly decision: Pick<Decision, 'settle' | 'again' | 'quarantined'>;
    readonly items?: readonly Item[];
  }> {
    const judgement = judge(lines, { isDrawn: (line) => this.#isDrawn(id, line) });
    if (judgement.kind === 'again') return { decision: { again: judgement.again, quarantined: [] } };
    if (judgement.kind === 'settle') {
      for (const { line } of judgement.confirmed) changes.confirm(line);
      return settledBy(judgement.by, []);
    }
    if (judgement.kind === 'check') return await this.#check(job, judgement.line, changes);
    const { right, wrong, mismatch } = await this.#arbiter.decide(id, job, judgement.sides);
    this.#options.onMismatch?.(mismatch);
    for (const { line } of wrong) changes.refute(line);
    const held = right === undefined ? judgement.sides.flat() : wrong;
    const quarantined = held.map(({ id: name }) => name);
    if (right !== undefined) {
      for (const { line } of right) changes.confirm(line);
      return settledBy(right[0], quarantined);
    }
    if (lines.length < FLEET_LIMITS.jobLines) {
      return { decision: { again: { notKind: '', notWorkers: workersOf(lines) }, quarantined } };
    }
    const settle = { line: undefined, result: null, inputs: job.inputs.length, fuel: 0 };
    return { decision: { settle, quarantined }, items: notAgreed(job) };
  }

  /**
   * A line that no other kind of worker can check. If the reference cannot run the job either, the line is accepted.
   */
  async #check(job: FleetJob, judged: JudgedLine, changes: RecordChanges) {
    const isRight = await this.#arbiter.check(job, judged.line);
    if (isRight !== false) {
      if (isRight === true) changes.confirm(judged.line);
      return settledBy(judged, []);
    }
    changes.refute(judged.line);
    return { decision: { again: { notKind: '', notWorkers: [judged.line.worker] }, quarantined: [judged.id] } };
  }

  /** Late lines of a job that has its result: finds those that differ from it. */
  async #late(
    id: Uint8Array,
    job: FleetJob,
    lines: readonly JudgedLine[],
    settled: Uint8Array | null,
    changes: RecordChanges,
  ): Promise<readonly string[]> {
    if (settled === null) return lines.map(({ id: name }) => name);
    const judgement = judge(lines, { isDrawn: () => false });
    if (judgement.kind !== 'dispute') return [];
    const { wrong, mismatch } = await this.#arbiter.decide(id, job, judgement.sides);
    this.#options.onMismatch?.(mismatch);
    for (const { line } of wrong) changes.refute(line);
    return wrong.map(({ id: name }) => name);
  }

  #isDrawn(id: Uint8Array, { worker }: Line): boolean {
    return isDrawn(this.#secret, id, shareOf(this.#confirmed?.get(toHex(worker)) ?? 0, this.#share));
  }

  /** Undefined for a line that is not a valid line of this job. */
  #read(id: Uint8Array, job: FleetJob, bytes: Uint8Array, rules: ReceiptRules): Line | undefined {
    try {
      const line = this.#reader.read(bytes);
      const fault =
        (sameBytes(line.job, id) ? undefined : 'the line is of another job') ??
        (line.items.length === job.inputs.length ? undefined : 'the line has not one item for each input') ??
        receiptFault(line, rules);
      if (fault === undefined) return line;
      throw new FleetError('content', fault);
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      this.#options.onRefused?.(id, error.message);
      return undefined;
    }
  }

  async #rulesOf(work: Uint8Array): Promise<ReceiptRules> {
    const name = toHex(work);
    const known = this.#rules.get(name);
    if (known !== undefined) return known;
    const bytes = await this.#patience.of(() => this.#queue.getContent(work, FLEET_LIMITS.workBytes));
    const rules = receiptRules(readWork(bytes));
    this.#rules.set(name, rules);
    return rules;
  }
}

function settledBy({ id, line }: JudgedLine, quarantined: readonly string[]) {
  const { items, result } = line;
  const fuel = items.reduce((sum, item) => sum + fuelOf(item), 0);
  return { decision: { settle: { line: id, result, inputs: items.length, fuel }, quarantined }, items };
}

function notAgreed({ inputs }: FleetJob): readonly Item[] {
  return inputs.map(() => failedItem('host-failure', 'workers and the reference do not agree on it'));
}

/** Additions to the records of workers. */
class RecordChanges {
  readonly #changes = new Map<string, { readonly worker: WorkerIdentity; confirmed: number; wrong: number }>();

  confirm(line: Line): void {
    this.#of(line).confirmed += 1;
  }

  refute(line: Line): void {
    this.#of(line).wrong += 1;
  }

  get list(): readonly RecordChange[] {
    return [...this.#changes.values()];
  }

  #of({ worker, kind }: Line) {
    const name = toHex(worker);
    const known = this.#changes.get(name);
    if (known !== undefined) return known;
    const made = { worker: { key: worker, kind, name: name.slice(0, 12) }, confirmed: 0, wrong: 0 };
    this.#changes.set(name, made);
    return made;
  }
}
