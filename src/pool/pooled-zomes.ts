/** The zomes of a DNA in a pool: `ZomeHost.validateOp`, in one of the threads. What an op depends on comes with it. */

import type { Codec } from '../boundary/codec.js';
import { encodeBytes } from '../boundary/codec-bytes.js';
import type { Generation } from '../boundary/generation.js';
import type { Verdict } from '../boundary/validation.js';
import { type ByteOutcome, DEFAULT_FUEL } from '../engine/loaded-module.js';
import type { CallbackName } from '../zome/callbacks.js';
import { type DependencyDocument, encodeDependencies } from '../zome/dependency-file.js';
import type { DetectedGeneration } from '../zome/detect-generation.js';
import { type Op, op } from '../zome/op.js';
import type { OpCheck } from '../zome/op-check.js';
import type { Trace } from '../zome/trace-log.js';
import { billed } from './call-billing.js';
import type { JobOptions, PoolCore } from './pool.js';
import { of } from './pooled-module.js';
import type { PooledReceipt } from './pooled-receipt.js';
import type { Subject } from './subject.js';
import type { InputFormat, Loading, WireResult } from './wire.js';

export interface PooledOpOptions extends JobOptions {
  /** Fuel limit of each guest call. Default 10^9. */
  readonly fuel?: number;
  /** Calls only this zome. Default: the zomes that the op concerns. */
  readonly zome?: string;
  /**
   * What `must_get_*` find: a document, or its MessagePack. Default nothing. One that many jobs share is best the same object in
   * all of them: it is then encoded once, and sent once with each batch.
   */
  readonly dependencies?: Uint8Array | Partial<DependencyDocument>;
  /** How the bytes of dependencies are written; `json` is read in the thread. Default `messagepack`. */
  readonly dependencyFormat?: InputFormat;
  /** How the bytes of an op are written; `json` is the JSON of zomes, which the thread reads. Default `messagepack`. */
  readonly format?: InputFormat;
  /** What a conductor would look at before it asks a zome: an op that does not fit is Invalid, without a call. Default nothing. */
  readonly check?: OpCheck;
}

/** A call of one zome, as `ZomeCall` without recording and diagnostics. */
export interface PooledZomeCall {
  readonly zome: string;
  readonly callback: CallbackName;
  readonly export: string;
  readonly outcome: ByteOutcome;
  readonly receipt: PooledReceipt;
  readonly traces: readonly Trace[];
  readonly tracesDropped: number;
}

export interface PooledOpValidation {
  readonly verdict: Verdict;
  readonly calls: readonly PooledZomeCall[];
  /** zomes that were to be asked; fewer were, if one of them ended it */
  readonly zomes: readonly string[];
  /** Whether a memo had it, and no guest ran. */
  readonly isHit: boolean;
}

export class PooledZomes {
  readonly #pool: PoolCore;
  readonly #subject: Subject;
  readonly #opCodec: Codec<Op>;
  readonly #integrityZomes: number;
  readonly #documents = new WeakMap<object, Uint8Array>();
  /** How the generation was found. */
  readonly detected: DetectedGeneration;
  /** BLAKE2b-256 of the modules, in hexadecimal, integrity zomes first. */
  readonly hashes: readonly string[];

  /** @internal Made by `Pool.addZomes`. */
  constructor(
    pool: PoolCore,
    subject: Subject,
    { detected, hashes }: Extract<Loading, { kind: 'zomes' }>,
    integrityZomes: number,
  ) {
    this.#integrityZomes = integrityZomes;
    this.#pool = pool;
    this.#subject = subject;
    this.detected = detected;
    this.hashes = hashes;
    this.#opCodec = op(detected.generation);
  }

  get generation(): Generation {
    return this.detected.generation;
  }

  /**
   * `ZomeHost.validateOp` in a thread. What is given must not be written to before it is over.
   * @param input an op, or its MessagePack, which costs this thread less
   * @throws as that does, and `JobFailure`, `PoolError`, or the reason of the signal
   */
  async validateOp(input: Op | Uint8Array, options: PooledOpOptions = {}): Promise<PooledOpValidation> {
    const { fuel, zome, check, format = 'messagepack', dependencyFormat = 'messagepack' } = options;
    const dependencies = this.#dependencyBytes(options.dependencies);
    const task = {
      kind: 'op',
      input: this.#opBytes(input),
      format,
      check,
      zome,
      dependencies,
      dependencyFormat,
      fuel,
    } as const;
    const resultOf = (result: WireResult): PooledOpValidation => {
      const { verdict, calls, zomes, isHit } = of('op', result);
      const received = calls.map((call) => ({ ...call, receipt: this.#pool.receipt(call.receipt) }));
      return { verdict, calls: received, zomes, isHit };
    };
    const run = () => this.#pool.run(this.#subject, task, options, resultOf);
    const { billing = this.#pool.billing, requestId } = options;
    if (billing === undefined) return await run();
    const calls = zome === undefined ? this.#integrityZomes : 1;
    return await billed(billing, { calls, fuel: fuel ?? DEFAULT_FUEL, requestId }, run, (made) => ({
      receipts: made.calls.map(({ receipt }) => receipt),
      isHit: made.isHit,
    }));
  }

  /** Forgets the zomes in all threads; jobs that wait for them are rejected. */
  remove(): void {
    this.#pool.remove(this.#subject);
  }

  #opBytes(input: Op | Uint8Array): Uint8Array {
    if (input instanceof Uint8Array) return input;
    if (!this.#opCodec.is(input)) throw new RangeError(`not an op of generation ${this.generation}`);
    return encodeBytes(this.#opCodec, input);
  }

  #dependencyBytes(given: PooledOpOptions['dependencies']): Uint8Array | undefined {
    if (given === undefined || given instanceof Uint8Array) return given;
    const bytes = this.#documents.get(given) ?? encodeDependencies(given, this.generation);
    this.#documents.set(given, bytes);
    return bytes;
  }
}
