/** A module in a pool: the calls of `LoadedModule`, each of which is made in one of the threads. */
import type { Generation } from '../boundary/generation.js';
import type { Verdict } from '../boundary/validation.js';
import { type ByteOutcome, type CallOutcome, DEFAULT_FUEL } from '../engine/loaded-module.js';
import type { Value } from '../wasm/value.js';
import { billed } from './call-billing.js';
import type { JobOptions, PoolCore } from './pool.js';
import type { PooledReceipt } from './pooled-receipt.js';
import type { Subject } from './subject.js';
import type { InputFormat, Loading, Task, WireResult } from './wire.js';

export interface PooledCallOptions extends JobOptions {
  /** Fuel limit: an integer from 0 to 2^53 - 1. Default 10^9. */
  readonly fuel?: number;
}

export interface PooledByteCallOptions extends PooledCallOptions {
  /** Default `'0.6'`: Holochain 0.3 to 0.6. */
  readonly generation?: Generation;
}

export interface PooledValidateOptions extends PooledByteCallOptions {
  /** Default `'validate'`. */
  readonly exportName?: string;
  /** The format of the input; `json` is the JSON of zomes, which the thread parses. Default `messagepack`. */
  readonly format?: InputFormat;
}

/**
 * The result of a call, like `CallResult` but without diagnostics: for a backtrace, make the call again outside of the
 * pool.
 */
export interface PooledCall {
  readonly outcome: CallOutcome;
  readonly receipt: PooledReceipt;
  readonly hostCallCount: number;
}

export interface PooledByteCall {
  readonly outcome: ByteOutcome;
  readonly receipt: PooledReceipt;
  readonly hostCallCount: number;
}

export interface PooledValidation extends PooledByteCall {
  readonly verdict: Verdict;
}

export class PooledModule {
  readonly #pool: PoolCore;
  readonly #subject: Subject;
  /** BLAKE2b-256 of the module's bytes, in hexadecimal: its identity. */
  readonly hash: string;
  /** Price of loading in fuel. */
  readonly loadPrice: number;

  /** @internal Made by `Pool.addModule`. */
  constructor(pool: PoolCore, subject: Subject, loading: Extract<Loading, { kind: 'module' }>) {
    this.#pool = pool;
    this.#subject = subject;
    this.hash = loading.hashes[0];
    this.loadPrice = loading.loadPrice;
  }

  /** `LoadedModule.call` in a thread. @throws as that does, and `JobFailure`, `PoolError`, or the reason of the signal */
  call(exportName: string, args: readonly Value[] = [], options: PooledCallOptions = {}): Promise<PooledCall> {
    const task = { kind: 'call', export: exportName, args, fuel: options.fuel } as const;
    return this.#run(task, options, (result) => {
      const { outcome, receipt, hostCallCount } = of('call', result);
      return { outcome, receipt: this.#pool.receipt(receipt), hostCallCount };
    });
  }

  /** `LoadedModule.callBytes` in a thread. Do not write to the payload before the call has ended. */
  callBytes(exportName: string, payload: Uint8Array, options: PooledByteCallOptions = {}): Promise<PooledByteCall> {
    const { fuel, generation } = options;
    const task = {
      kind: 'bytes',
      export: exportName,
      input: payload,
      format: 'messagepack',
      generation,
      fuel,
    } as const;
    return this.#run(task, options, (result) => {
      const { outcome, receipt, hostCallCount } = of('bytes', result);
      return { outcome, receipt: this.#pool.receipt(receipt), hostCallCount };
    });
  }

  /** `LoadedModule.validate` in a thread: an entry's MessagePack in, a verdict out. */
  validate(input: Uint8Array, options: PooledValidateOptions = {}): Promise<PooledValidation> {
    const { fuel, generation, exportName = 'validate', format = 'messagepack' } = options;
    const task = { kind: 'entry', export: exportName, input, format, generation, fuel } as const;
    return this.#run(task, options, (result) => {
      const { outcome, receipt, hostCallCount, verdict } = of('bytes', result);
      return { outcome, receipt: this.#pool.receipt(receipt), hostCallCount, verdict: verdict! };
    });
  }

  /**
   * Without billing a job is a single promise, because promises are most of the cost of calls that take microseconds.
   */
  #run<R extends { readonly receipt: PooledReceipt }>(
    task: Task,
    options: PooledCallOptions,
    resultOf: (result: WireResult) => R,
  ): Promise<R> {
    const { billing = this.#pool.billing, requestId, fuel = DEFAULT_FUEL } = options;
    const run = () => this.#pool.run(this.#subject, task, options, resultOf);
    if (billing === undefined) return run();
    return billed(billing, { calls: 1, fuel, requestId }, run, ({ receipt }) => {
      return { receipts: [receipt], isHit: false };
    });
  }

  /** Forgets the module in all threads; jobs that wait for it are rejected. */
  remove(): void {
    this.#pool.remove(this.#subject);
  }
}

/** A result with the kind of its task. */
export function of<K extends WireResult['kind']>(kind: K, result: WireResult): Extract<WireResult, { kind: K }> {
  if (result.kind === kind) return result as Extract<WireResult, { kind: K }>;
  throw new Error(`a thread sent a result of ${result.kind} for one of ${kind}`);
}
