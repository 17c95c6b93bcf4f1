/**
 * Runs jobs on a pool of threads: fetches the content that they refer to, and keeps it while it is used. The same job
 * gives the same items anywhere.
 */
import { toHex } from '../base/hash.js';
import { UsageError } from '../base/usage-error.js';
import type { Verdict } from '../boundary/validation.js';
import { HostFailure } from '../machine/outcome.js';
import type { Pool } from '../pool/open-pool.js';
import { PoolError } from '../pool/pool-error.js';
import type { PooledModule } from '../pool/pooled-module.js';
import type { PooledZomes } from '../pool/pooled-zomes.js';
import { whenRoom } from '../pool/run-all.js';
import type { ZomeDefinition } from '../zome/zome.js';
import { FLEET_LIMITS } from './fleet-limits.js';
import { type FleetJob, inputsOf, type PackedInput, readPack } from './job.js';
import { failedItem, type Item } from './line.js';
import { verdictText } from './verdict-text.js';
import { dnaOf, isOpWork, type OpWork, readWork, type Work } from './work.js';

/** Where content comes from. It returns only content with the requested hash. */
export interface ContentSource {
  getContent(hash: Uint8Array, bytesMax: number): Promise<Uint8Array>;
}

/** A loaded work, which runs single inputs. */
interface LoadedWork {
  readonly run: (input: PackedInput) => Promise<Item>;
  readonly remove: () => void;
}

interface KeptValue<T> {
  readonly value: Promise<T>;
  size: number;
  /** How many callers use it; it is kept as long as there are any. */
  users: number;
}

/** The most recently used values, by hash; values that are removed are passed to `drop`. */
class Kept<T> {
  readonly #values = new Map<string, KeptValue<T>>();
  readonly #sizeMax: number;
  readonly #sizeOf: (value: T) => number;
  readonly #drop: (value: T) => void;
  #size = 0;

  constructor(sizeMax: number, sizeOf: (value: T) => number, drop: (value: T) => void = () => {}) {
    this.#sizeMax = sizeMax;
    this.#sizeOf = sizeOf;
    this.#drop = drop;
  }

  get(key: Uint8Array, make: () => Promise<T>): Promise<T> {
    return this.#kept(key, make).value;
  }

  /** Uses a value, which is not removed meanwhile. */
  async using<R>(key: Uint8Array, make: () => Promise<T>, work: (value: T) => Promise<R>): Promise<R> {
    const kept = this.#kept(key, make);
    kept.users += 1;
    try {
      return await work(await kept.value);
    } finally {
      kept.users -= 1;
      this.#shrink();
    }
  }

  #kept(key: Uint8Array, make: () => Promise<T>): KeptValue<T> {
    const name = toHex(key);
    const known = this.#values.get(name);
    if (known !== undefined) {
      // Moved to the end, because it was used last.
      this.#values.delete(name);
      this.#values.set(name, known);
      return known;
    }
    const kept = { value: make(), size: 0, users: 0 };
    this.#values.set(name, kept);
    kept.value.then(
      (value) => {
        kept.size = this.#sizeOf(value);
        this.#size += kept.size;
        this.#shrink(name);
      },
      // A failed value is made again at the next request.
      () => this.#values.delete(name),
    );
    return kept;
  }

  #shrink(newest?: string): void {
    for (const [name, { value, size, users }] of this.#values) {
      if (this.#size <= this.#sizeMax) return;
      if (name === newest || size === 0 || users > 0) continue;
      this.#values.delete(name);
      this.#size -= size;
      void value.then(this.#drop);
    }
  }
}

export class WorkRunner {
  readonly #source: ContentSource;
  readonly #pool: Pool;
  readonly #works = new Kept<LoadedWork>(
    FLEET_LIMITS.keptWorks,
    () => 1,
    (work) => work.remove(),
  );
  readonly #packs = new Kept<readonly PackedInput[]>(FLEET_LIMITS.keptPackBytes, bytesOf);

  constructor(source: ContentSource, pool: Pool) {
    this.#source = source;
    this.#pool = pool;
  }

  /**
   * One item for each input, in order.
   * @throws FleetError for content that cannot be fetched, or does not match its hash
   */
  async run(job: FleetJob, positions?: readonly number[]): Promise<readonly Item[]> {
    const load = () => this.#load(job.work);
    return await this.#works.using(job.work, load, async (loaded) => {
      const packed = await this.#packs.get(job.pack, () => this.#pack(job.pack));
      const inputs = inputsOf(job, packed);
      return await Promise.all((positions?.map((at) => inputs[at]) ?? inputs).map((input) => loaded.run(input)));
    });
  }

  async #pack(key: Uint8Array): Promise<readonly PackedInput[]> {
    return readPack(await this.#source.getContent(key, FLEET_LIMITS.packBytes));
  }

  /** The document and the inputs of a job, for writing them to a file. */
  async contentOf(job: FleetJob): Promise<{ readonly work: Work; readonly inputs: readonly PackedInput[] }> {
    const work = readWork(await this.#source.getContent(job.work, FLEET_LIMITS.workBytes));
    const packed = readPack(await this.#source.getContent(job.pack, FLEET_LIMITS.packBytes));
    return { work, inputs: inputsOf(job, packed) };
  }

  async #load(key: Uint8Array): Promise<LoadedWork> {
    const work = readWork(await this.#source.getContent(key, FLEET_LIMITS.workBytes));
    return isOpWork(work) ? await this.#loadZomes(work) : await this.#loadModule(work);
  }

  async #loadModule({ module: moduleHash, fuel }: Exclude<Work, OpWork>): Promise<LoadedWork> {
    const added = await this.#pool.addModule(await this.#module(moduleHash));
    if (!added.ok) return failing(`the module does not load: ${added.fault.code}`);
    const { module } = added;
    const options = fuel === null ? {} : { fuel };
    return {
      run: ({ input, format }) => this.#item(() => runEntry(module, input, { ...options, format })),
      remove: () => module.remove(),
    };
  }

  async #loadZomes(work: OpWork): Promise<LoadedWork> {
    const { dna, generation } = work;
    const added = await this.#pool.addZomes({
      zomes: await zomesOf(work, (one) => this.#module(one)),
      dnaInfo: dnaOf(dna),
      generation,
    });
    if (!added.ok) return failing(`the zome ${added.zome} does not load: ${added.fault.code}`);
    const { host } = added;
    const shared =
      work.dependencies === null
        ? undefined
        : await this.#source.getContent(work.dependencies, FLEET_LIMITS.dependencyBytes);
    return {
      run: (packed) => this.#item(() => runOp(host, work, packed, shared)),
      remove: () => host.remove(),
    };
  }

  /** Runs as soon as the pool has room. */
  #item(run: () => Promise<Item>): Promise<Item> {
    return itemOf(() => whenRoom(this.#pool, run));
  }

  async #module(key: Uint8Array): Promise<Uint8Array> {
    return await this.#source.getContent(key, FLEET_LIMITS.moduleBytes);
  }
}

/** The zomes of a work with their modules. */
export async function zomesOf(
  { zomes }: OpWork,
  moduleOf: (hash: Uint8Array) => Promise<Uint8Array>,
): Promise<readonly ZomeDefinition[]> {
  return await Promise.all(
    zomes.map(async ({ name, kind, dependencies, module }) => ({
      name,
      kind,
      dependencies,
      wasm: await moduleOf(module),
    })),
  );
}

function bytesOf(packed: readonly PackedInput[]): number {
  return packed.reduce((sum, { input, dependencies }) => sum + input.length + (dependencies?.length ?? 0), 0);
}

/** A work that cannot be loaded here; another worker may have enough memory. */
function failing(text: string): LoadedWork {
  return { run: async () => failedItem('host-failure', text), remove: () => {} };
}

async function runEntry(module: PooledModule, input: Uint8Array, options: Parameters<PooledModule['validate']>[1]) {
  const { verdict, receipt } = await module.validate(input, options);
  return ranItem(verdict, [receipt.bytes]);
}

async function runOp(
  host: PooledZomes,
  { fuel, zome, check }: OpWork,
  { input, format, dependencies }: PackedInput,
  shared: Uint8Array | undefined,
) {
  const found = dependencies ?? shared;
  const { verdict, calls } = await host.validateOp(input, {
    format,
    ...(fuel === null ? {} : { fuel }),
    ...(zome === null ? {} : { zome }),
    ...(check === null ? {} : { check }),
    ...(found === undefined ? {} : { dependencies: found }),
  });
  return ranItem(
    verdict,
    calls.map(({ receipt }) => receipt.bytes),
  );
}

/** An input without a verdict, for a reason outside of the guest, is also an item. @throws errors that are bugs */
async function itemOf(run: () => Promise<Item>): Promise<Item> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof HostFailure) return failedItem('host-failure', error.message);
    if (error instanceof PoolError && error.code === 'thread') return failedItem('host-failure', error.message);
    const isTooLong = error instanceof UsageError && error.code === 'payload-too-long';
    if (isTooLong || error instanceof RangeError) return failedItem('unreadable', error.message);
    throw error;
  }
}

function ranItem(verdict: Verdict, receipts: readonly Uint8Array[]): Item {
  return { verdict: verdictText(verdict), receipts };
}
