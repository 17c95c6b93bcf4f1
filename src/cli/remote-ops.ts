/**
 * Ops of a dump that are run by a fleet, each as a promise.
 *
 * Invariant: a result belongs to a job by the job's hash, which covers the op and its dependencies. So results of an
 * earlier run of the same dump, whose jobs had other ops, are never used for this one.
 */
import { fromHex, toHex } from '../base/hash.js';
import type { CollectedJob, Collector } from '../fleet/collector.js';
import type { SubmittedJob } from '../fleet/fleet-queue.js';
import { type Item, isFailed } from '../fleet/line.js';
import type { Submitter } from '../fleet/submitter.js';
import type { VerdictJson } from '../zome/verdict-json.js';
import type { DumpVerdict } from './batch-dump.js';
import type { BatchInput } from './batch-inputs.js';

/** How long an op waits for others to fill its job. */
const FLUSH_MS = 25;

interface Waiting {
  readonly resolve: (item: Item) => void;
  readonly reject: (error: unknown) => void;
}

export class RemoteOps {
  #submitter: Submitter | undefined;
  #isEnded = false;
  #timer: NodeJS.Timeout | undefined;
  #adding: Promise<void> = Promise.resolve();
  #error: unknown;
  /** Added and not yet in a job, in order. */
  readonly #added: Waiting[] = [];
  readonly #jobs = new Map<string, readonly Waiting[]>();
  /** Results of jobs that nothing waits for yet. */
  readonly #early = new Map<string, CollectedJob>();

  open(submitter: Submitter): void {
    this.#submitter = submitter;
  }

  /** @param dependencies MessagePack */
  run({ index, name, format }: BatchInput, input: Uint8Array, dependencies: Uint8Array): Promise<Item> {
    return new Promise((resolve, reject) => {
      this.#later(reject, async (submitter) => {
        this.#submitted(await submitter.add({ index, name, format, input, dependencies }));
        this.#added.push({ resolve, reject });
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined;
          this.#later(reject, async (open) => this.#submitted(await open.flush()));
        }, FLUSH_MS);
      });
    });
  }

  /** One after another, because a submitter has a single caller. */
  #later(reject: (error: unknown) => void, work: (submitter: Submitter) => Promise<void>): void {
    this.#adding = this.#adding.then(async () => {
      if (this.#submitter === undefined) throw new Error('ops are run before there is a batch');
      try {
        if (this.#error !== undefined) throw this.#error;
        await work(this.#submitter);
      } catch (error) {
        reject(error);
        this.#fail(error);
      }
    });
  }

  #submitted(jobs: readonly SubmittedJob[]): void {
    for (const { id, inputs } of jobs) {
      const job = toHex(id);
      const waiting = this.#added.splice(0, inputs);
      const early = this.#early.get(job);
      if (early === undefined) this.#jobs.set(job, waiting);
      else this.#resolve(waiting, early);
    }
  }

  /** Passes results to the ops that wait for them, until `end`. */
  async collect(collector: Collector): Promise<void> {
    try {
      for await (const job of collector.before()) this.#settle(job);
      while (!this.#isEnded) for (const job of await collector.next()) this.#settle(job);
    } catch (error) {
      this.#fail(error);
    }
  }

  #settle(collected: CollectedJob): void {
    const job = toHex(collected.id);
    const waiting = this.#jobs.get(job);
    this.#jobs.delete(job);
    if (waiting === undefined) this.#early.set(job, collected);
    else this.#resolve(waiting, collected);
  }

  /** Bills a job, then passes its results on. Nothing waits for that here: the bill may wait for later jobs. */
  #resolve(waiting: readonly Waiting[], collected: CollectedJob): void {
    const billed = this.#submitter?.bill(collected) ?? Promise.resolve();
    billed.then(
      () => {
        for (const [at, { resolve }] of waiting.entries()) resolve(collected.items[at]);
      },
      (error: unknown) => {
        for (const { reject } of waiting) reject(error);
        this.#fail(error);
      },
    );
  }

  #fail(error: unknown): void {
    this.#error ??= error;
    for (const { reject } of [...this.#jobs.values()].flat()) reject(error);
    for (const { reject } of this.#added) reject(error);
    this.#jobs.clear();
  }

  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
  }
}

/**
 * What a dump must know of a verdict that a worker has written. If the verdict was truncated, dependencies may be
 * missing.
 */
export function dumpVerdictOf(item: Item): DumpVerdict {
  if (isFailed(item)) return { kind: 'NoVerdict' };
  const { verdict, dependencies } = JSON.parse(item.verdict) as VerdictJson;
  if (verdict === 'Valid' || verdict === 'Invalid') return { kind: verdict };
  if (verdict === null || dependencies === undefined) return { kind: 'NoVerdict' };
  if (dependencies.kind === 'AgentActivity') {
    return { kind: verdict, dependencies: { kind: dependencies.kind, agent: hashNamed(dependencies.agent) } };
  }
  return { kind: verdict, dependencies: { kind: dependencies.kind, hashes: dependencies.hashes.map(hashNamed) } };
}

/** The bytes of a hash in the form of `hashName`. Its location may be anything, because the guest chose it. */
function hashNamed(text: string): Uint8Array {
  return text.startsWith('u') ? new Uint8Array(Buffer.from(text.slice(1), 'base64url')) : fromHex(text);
}
