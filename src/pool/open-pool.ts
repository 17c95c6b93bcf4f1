/** Opens a pool on Node: what it is made of, checked, and its two kinds of work, modules and zomes. */
import { availableParallelism } from 'node:os';
import type { LoadFault } from '../base/fault.js';
import { LIMITS_1, type Limits } from '../base/limits.js';
import { own } from '../base/own.js';
import { GENERATIONS, type Generation } from '../boundary/generation.js';
import { TIERS, type Tier } from '../engine/tier.js';
import { FUEL_1, type Schedule } from '../metering/schedule.js';
import type { DnaDefinition } from '../zome/dna.js';
import type { ZomeDefinition } from '../zome/zome.js';
import type { CallBilling } from './call-billing.js';
import { openNodeThread } from './node-thread.js';
import { PoolCore, type PoolCounts } from './pool.js';
import { PoolError } from './pool-error.js';
import { PooledModule } from './pooled-module.js';
import { PooledZomes } from './pooled-zomes.js';
import type { ThreadMemo } from './thread-port.js';

export interface PoolOptions {
  /** Default: what the host calls its parallelism. */
  readonly threads?: number;
  /** Default `auto`. */
  readonly tier?: Tier;
  /** Default `limits-1`. */
  readonly limits?: Limits;
  /** Default `fuel-1`. */
  readonly schedule?: Schedule;
  /** Milliseconds that a job may run if it says nothing else. Default 60,000. */
  readonly timeLimitMs?: number;
  /** Jobs that may wait. Default 100,000. */
  readonly queueMax?: number;
  /** Bytes of inputs and dependencies that may wait. Default 256 MiB. */
  readonly queueBytesMax?: number;
  /** Threads that a job may end before it is a `JobFailure`. Default 2. */
  readonly killsMax?: number;
  /** Bound of a thread's JavaScript heap. A thread that runs out of it is replaced. Default the host's. */
  readonly heapMegabytes?: number;
  /** Who is asked before each job, and gets its receipts: `openAccount` of `assay/billing`. Default: nothing is billed. */
  readonly billing?: CallBilling;
  /** What zomes have validated is not run again: each thread has a memo. Default: none. */
  readonly memo?: PoolMemo;
}

/** A memo of a pool's threads: in memory, for each its part, or one in a folder that they share. */
export interface PoolMemo {
  readonly folder?: string;
  /** Bytes of all threads together. Default 256 MiB. */
  readonly bytesMax?: number;
}

export interface PooledModuleOptions {
  /** A file that exports `imports`, a list of `HostImport`: each thread loads it. */
  readonly imports?: URL | string;
}

export interface PooledZomesOptions {
  /** Integrity zomes in the order of their index; coordinators in any place. */
  readonly zomes: readonly ZomeDefinition[];
  readonly dnaInfo?: DnaDefinition;
  /** Default: what the modules say, else `0.6`. */
  readonly generation?: Generation;
  /** A file that exports `hostFunctions`, a list that `defineHostFunction` made: each thread loads it. */
  readonly hostFunctions?: URL | string;
}

export type AddModuleResult =
  | { readonly ok: true; readonly module: PooledModule }
  | { readonly ok: false; readonly fault: LoadFault };

export type AddZomesResult =
  | { readonly ok: true; readonly host: PooledZomes }
  | { readonly ok: false; readonly zome: string; readonly fault: LoadFault };

const DEFAULTS = { timeLimitMs: 60_000, queueMax: 100_000, queueBytesMax: 268_435_456, killsMax: 2 } as const;
const THREADS_MAX = 1_024;
const MEMO_BYTES_MAX = 268_435_456;

/**
 * Threads start at once and keep the process alive only while they have work.
 * @throws PoolError `option` for an invalid option
 */
export function openPool(options: PoolOptions = {}): Pool {
  const tier = own(options, 'tier') ?? 'auto';
  if (!TIERS.includes(tier)) throw new PoolError('option', `unknown tier '${tier}'; use one of ${TIERS.join(', ')}`);
  const bound = (
    name: keyof typeof DEFAULTS | 'threads' | 'heapMegabytes',
    fallback: number,
    max = 2 ** 53 - 1,
  ): number => {
    const value = own(options, name) ?? fallback;
    if (Number.isSafeInteger(value) && value >= 1 && value <= max) return value;
    throw new PoolError('option', `${name} must be an integer from 1 to ${max}, not ${value}`);
  };
  const threads = bound('threads', availableParallelism(), THREADS_MAX);
  const heapMegabytes = own(options, 'heapMegabytes') === undefined ? undefined : bound('heapMegabytes', 1);
  const core = new PoolCore({
    open: openNodeThread,
    start: {
      tier,
      limits: own(options, 'limits') ?? LIMITS_1,
      schedule: own(options, 'schedule') ?? FUEL_1,
      heapMegabytes,
      memo: threadMemo(own(options, 'memo'), threads),
    },
    threads,
    timeLimitMs: bound('timeLimitMs', DEFAULTS.timeLimitMs),
    queueMax: bound('queueMax', DEFAULTS.queueMax),
    queueBytesMax: bound('queueBytesMax', DEFAULTS.queueBytesMax),
    killsMax: bound('killsMax', DEFAULTS.killsMax),
    billing: own(options, 'billing'),
  });
  return new Pool(core);
}

/** A folder is one file for all threads; memory is divided among them. */
function threadMemo(memo: PoolMemo | undefined, threads: number): ThreadMemo | undefined {
  if (memo === undefined) return undefined;
  const { folder, bytesMax = MEMO_BYTES_MAX } = memo;
  if (!(Number.isSafeInteger(bytesMax) && bytesMax >= 0)) {
    throw new PoolError('option', `memo.bytesMax must be an integer from 0, not ${bytesMax}`);
  }
  return folder === undefined ? { bytesMax: Math.floor(bytesMax / threads) } : { folder, bytesMax };
}

export class Pool {
  readonly #core: PoolCore;

  /** @internal Made by `openPool`. */
  constructor(core: PoolCore) {
    this.#core = core;
  }

  get counts(): PoolCounts {
    return this.#core.counts;
  }

  /** Jobs that keep all threads busy: to have more of them in progress gains nothing. */
  get window(): number {
    return this.#core.window;
  }

  /** Whether more jobs are welcome. */
  get hasRoom(): boolean {
    return this.#core.hasRoom;
  }

  /** Resolves when more jobs are welcome. */
  room(): Promise<void> {
    return this.#core.room();
  }

  /**
   * Loads a module in one thread; the others load it with its first job, from the artefacts of the first.
   * @throws PoolError `thread` if the file of imports cannot be loaded
   */
  async addModule(wasm: Uint8Array, { imports }: PooledModuleOptions = {}): Promise<AddModuleResult> {
    const added = await this.#core.add({
      kind: 'module',
      wasm: new Uint8Array(wasm),
      imports: imports && String(imports),
    });
    if (!added.ok) return { ok: false, fault: added.fault };
    if (added.loading.kind !== 'module') throw new Error('a thread loaded zomes for a module');
    return { ok: true, module: new PooledModule(this.#core, added.subject, added.loading) };
  }

  /** Loads the zomes of a DNA, likewise. @throws RangeError for definitions that no DNA could have */
  async addZomes(options: PooledZomesOptions): Promise<AddZomesResult> {
    const { zomes, dnaInfo: { hash, ...dnaInfo } = {}, generation, hostFunctions } = options;
    const hashOf = (of: Generation) => (typeof hash === 'function' ? hash(of) : hash);
    const added = await this.#core.add({
      kind: 'zomes',
      zomes: zomes.map((zome) => ({ ...zome, wasm: new Uint8Array(zome.wasm) })),
      dnaInfo,
      dnaHashes: new Map((Object.keys(GENERATIONS) as Generation[]).map((of) => [of, hashOf(of)])),
      generation,
      hostFunctions: hostFunctions && String(hostFunctions),
    });
    if (!added.ok) return { ok: false, zome: added.zome!, fault: added.fault };
    if (added.loading.kind !== 'zomes') throw new Error('a thread loaded a module for zomes');
    const integrityZomes = zomes.filter(({ kind = 'integrity' }) => kind === 'integrity').length;
    return { ok: true, host: new PooledZomes(this.#core, added.subject, added.loading, integrityZomes) };
  }

  /** Ends what it has begun, then the threads. New jobs are rejected. */
  close(): Promise<void> {
    return this.#core.close();
  }

  /** Ends the threads at once. Jobs that are not done are rejected with `PoolError` `closed`. */
  terminate(): Promise<void> {
    return this.#core.terminate();
  }
}
