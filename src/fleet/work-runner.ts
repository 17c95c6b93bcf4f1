/** Runs jobs over a pool of threads: fetches what they name, and keeps it while it is used. The same job gives the same items anywhere. */
import { hash, toHex } from '../base/hash.js';
import { UsageError } from '../base/usage-error.js';
import type { Verdict } from '../boundary/validation.js';
import { HostFailure } from '../machine/outcome.js';
import type { Pool } from '../pool/open-pool.js';
import { PoolError } from '../pool/pool-error.js';
import type { PooledModule } from '../pool/pooled-module.js';
import type { PooledZomes } from '../pool/pooled-zomes.js';
import { verdictJson } from '../zome/verdict-json.js';
import type { ZomeDefinition } from '../zome/zome.js';
import { FLEET_LIMITS } from './fleet-limits.js';
import { type FleetJob, inputsOf, type PackedInput, readPack } from './job.js';
import { failedItem, type Item } from './line.js';
import { dnaOf, isOpWork, type OpWork, readWork, type Work } from './work.js';

/** Where content comes from. What it gives has the hash that was asked for. */
export interface ContentSource {
  getContent(hash: Uint8Array, bytesMax: number): Promise<Uint8Array>;
}

/** A work that is loaded: runs one input. */
interface LoadedWork {
  readonly run: (input: PackedInput) => Promise<Item>;
  readonly remove: () => void;
}

/** Values by hash, the last that were used; what is dropped is handed to `drop`. */
class Kept<T> {
  readonly #values = new Map<string, { readonly value: Promise<T>; size: number }>();
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
    const name = toHex(key);
    const known = this.#values.get(name);
    if (known !== undefined) {
      // Behind the others: it was used last.
      this.#values.delete(name);
      this.#values.set(name, known);
      return known.value;
    }
    const kept = { value: make(), size: 0 };
    this.#values.set(name, kept);
    kept.value.then(
      (value) => {
        kept.size = this.#sizeOf(value);
        this.#size += kept.size;
        this.#shrink(name);
      },
      // What failed is made anew when it is asked for again.
      () => this.#values.delete(name),
    );
    return kept.value;
  }

  #shrink(newest: string): void {
    for (const [name, { value, size }] of this.#values) {
      if (this.#size <= this.#sizeMax) return;
      if (name === newest || size === 0) continue;
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
   * @throws FleetError for what cannot be fetched, or is not what its hash says
   */
  async run(job: FleetJob, positions?: readonly number[]): Promise<readonly Item[]> {
    const [loaded, packed] = await Promise.all([
      this.#works.get(job.work, () => this.#load(job.work)),
      this.#packs.get(job.pack, async () => readPack(await this.#source.getContent(job.pack, FLEET_LIMITS.packBytes))),
    ]);
    const inputs = inputsOf(job, packed);
    return await Promise.all((positions?.map((at) => inputs[at]) ?? inputs).map((input) => loaded.run(input)));
  }

  /** The document and the inputs of a job, to write them down. */
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
      run: ({ input, format }) => itemOf(() => runEntry(module, input, { ...options, format })),
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
      run: (packed) => itemOf(() => runOp(host, work, packed, shared)),
      remove: () => host.remove(),
    };
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

/** A work that cannot be loaded: another worker may have the memory for it. */
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

/** What has no verdict for a reason that is not the guest's is an item too. @throws what is a bug */
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

const REASON_LENGTH = 4_000;
const HASHES_SENT = 200;

/** The verdict as JSON. What is too long for a line is cut, in every worker alike. */
function verdictText(verdict: Verdict): string {
  const text = JSON.stringify(verdictJson(verdict));
  if (text.length <= FLEET_LIMITS.verdictLength) return text;
  if (verdict.kind === 'Invalid') {
    return JSON.stringify({ verdict: verdict.kind, reason: `${verdict.reason.slice(0, REASON_LENGTH)}…` });
  }
  const digest = toHex(hash(new TextEncoder().encode(text)));
  if (verdict.kind === 'UnresolvedDependencies' && verdict.dependencies.kind === 'Hashes') {
    const hashes = verdict.dependencies.hashes.slice(0, HASHES_SENT);
    const shown = verdictJson({ kind: verdict.kind, dependencies: { kind: 'Hashes', hashes } });
    return JSON.stringify({ ...shown, cut: digest });
  }
  return JSON.stringify({ verdict: verdict.kind === 'NoVerdict' ? null : verdict.kind, cut: digest });
}
