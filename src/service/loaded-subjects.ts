/**
 * Modules and zomes that the pool has loaded. They are loaded on first use; if there are more than the service keeps,
 * the least recently used are forgotten first. Those in use stay.
 */
import type { LoadFault } from '../base/fault.js';
import type { Generation } from '../boundary/generation.js';
import type { Pool } from '../pool/open-pool.js';
import type { PooledModule } from '../pool/pooled-module.js';
import type { PooledZomes } from '../pool/pooled-zomes.js';
import { hashFromText } from '../zome/holo-hash.js';
import type { ZomeDefinition } from '../zome/zome.js';
import type { ModulePlace } from './module-place.js';
import type { BatchOfZomes } from './protocol/messages.js';
import { ProblemError } from './protocol/problems.js';
import type { ServiceLimits } from './service-limits.js';

/** Zomes, and what they can query about their DNA. */
export type ZomesSpec = Pick<BatchOfZomes, 'zomes' | 'dna' | 'generation'>;

type Subject = PooledModule | PooledZomes;
type Loading<S> =
  | { readonly ok: true; readonly subject: S }
  | { readonly ok: false; readonly fault: LoadFault; readonly zome?: string };

interface Entry {
  readonly loading: Promise<Loading<Subject>>;
  /** The result of loading it. */
  loaded: Loading<Subject> | undefined;
  bytes: number;
  users: number;
}

export class LoadedSubjects {
  readonly #pool: Pool;
  readonly #modules: ModulePlace;
  readonly #limits: ServiceLimits;
  /** By the hash of a module, or the specification of zomes. */
  readonly #entries = new Map<string, Entry>();
  readonly #keys = new WeakMap<ZomesSpec, string>();
  #last: Entry | undefined;
  #bytes = 0;

  constructor(pool: Pool, modules: ModulePlace, limits: ServiceLimits) {
    this.#pool = pool;
    this.#modules = modules;
    this.#limits = limits;
  }

  get count(): number {
    return this.#entries.size;
  }

  /** Tries to load a module, whose bytes may be passed. It stays loaded if possible. */
  async tryModule(hash: string, bytes: Uint8Array): Promise<Loading<PooledModule>> {
    // A run that looks for the module now may not find it yet.
    await this.#entries.get(hash)?.loading.catch(() => undefined);
    const entry = this.#use(hash, async () => this.#loadModule(bytes));
    try {
      return (await entry.loading) as Loading<PooledModule>;
    } finally {
      this.#end(entry);
    }
  }

  /** @throws ProblemError `unknown-module`, `load-fault` */
  withModule<R>(hash: string, run: (module: PooledModule) => Promise<R>): Promise<R> {
    return this.#with(hash, async () => this.#loadModule(await this.#bytesOf(hash)), run);
  }

  /** @throws ProblemError `unknown-module`, `load-fault`, `unusable-input` for zomes that no DNA could have */
  withZomes<R>(spec: ZomesSpec, run: (zomes: PooledZomes) => Promise<R>): Promise<R> {
    return this.#with(this.#keyOf(spec), () => this.#loadZomes(spec), run);
  }

  async #with<S extends Subject, R>(
    key: string,
    load: () => Promise<{ readonly loading: Loading<S>; readonly bytes: number }>,
    run: (subject: S) => Promise<R>,
  ): Promise<R> {
    const entry = this.#use(key, load);
    try {
      const loaded = (entry.loaded ?? (await entry.loading)) as Loading<S>;
      if (loaded.ok) return await run(loaded.subject);
      throw loadProblem(loaded.fault, loaded.zome);
    } finally {
      this.#end(entry);
    }
  }

  #use(key: string, load: () => Promise<{ readonly loading: Loading<Subject>; readonly bytes: number }>): Entry {
    const entry = this.#entries.get(key) ?? this.#begin(key, load);
    // The most recently used one is last.
    if (this.#last !== entry) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
      this.#last = entry;
    }
    entry.users += 1;
    return entry;
  }

  #end(entry: Entry): void {
    entry.users -= 1;
    this.#shrink();
  }

  /** Lines of a batch share an object, whose key is made once. */
  #keyOf(spec: ZomesSpec): string {
    const key = this.#keys.get(spec) ?? `zomes ${keyOf(spec)}`;
    this.#keys.set(spec, key);
    return key;
  }

  #begin(key: string, load: () => Promise<{ readonly loading: Loading<Subject>; readonly bytes: number }>): Entry {
    const loaded = load();
    const entry: Entry = { loading: loaded.then(({ loading }) => loading), loaded: undefined, bytes: 0, users: 0 };
    loaded.then(
      ({ loading, bytes }) => {
        entry.loaded = loading;
        entry.bytes = bytes;
        this.#bytes += bytes;
      },
      () => {
        // It may be available the next time.
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    return entry;
  }

  #shrink(): void {
    const { loadedModules, loadedBytes } = this.#limits;
    const isEnough = () => this.#entries.size <= loadedModules && this.#bytes <= loadedBytes;
    if (isEnough()) return;
    for (const [key, entry] of this.#entries) {
      if (isEnough()) return;
      if (entry.users > 0) continue;
      this.#entries.delete(key);
      this.#bytes -= entry.bytes;
      void entry.loading.then((loaded) => {
        if (loaded.ok) loaded.subject.remove();
      });
    }
  }

  async #bytesOf(hash: string): Promise<Uint8Array> {
    const bytes = await this.#modules.get(hash);
    if (bytes !== undefined) return bytes;
    throw new ProblemError('unknown-module', { detail: `there is no module ${hash}` });
  }

  async #loadModule(bytes: Uint8Array): Promise<{ readonly loading: Loading<PooledModule>; readonly bytes: number }> {
    const added = await this.#pool.addModule(bytes);
    if (!added.ok) return { loading: added, bytes: 0 };
    return { loading: { ok: true, subject: added.module }, bytes: bytes.length };
  }

  async #loadZomes(spec: ZomesSpec): Promise<{ readonly loading: Loading<PooledZomes>; readonly bytes: number }> {
    const definitions: ZomeDefinition[] = [];
    let bytes = 0;
    for (const { name, module, kind, dependencies } of spec.zomes) {
      const wasm = await this.#bytesOf(module);
      bytes += wasm.length;
      definitions.push({
        name,
        wasm,
        ...(kind === undefined ? {} : { kind }),
        ...(dependencies === undefined ? {} : { dependencies }),
      });
    }
    if (definitions.length === 0)
      throw new ProblemError('invalid-request', { path: '$.zomes', detail: 'there are none' });
    try {
      const added = await this.#pool.addZomes({
        zomes: definitions,
        dnaInfo: dnaInfoOf(spec.dna),
        ...(spec.generation === undefined ? {} : { generation: spec.generation as Generation }),
      });
      if (!added.ok) return { loading: added, bytes: 0 };
      return { loading: { ok: true, subject: added.host }, bytes };
    } catch (error) {
      if (error instanceof RangeError)
        throw new ProblemError('unusable-input', { path: '$.zomes', detail: error.message });
      throw error;
    }
  }
}

function keyOf({ zomes, dna, generation }: ZomesSpec): string {
  const { propertiesBase64, ...rest } = dna ?? {};
  const properties = propertiesBase64 === undefined ? null : Buffer.from(propertiesBase64).toString('base64');
  return JSON.stringify([zomes, rest, properties, generation ?? null]);
}

function dnaInfoOf(dna: ZomesSpec['dna']) {
  const { name, hash, networkSeed, propertiesBase64 } = dna ?? {};
  const read = hash === undefined ? undefined : hashFromText(hash, 'Dna');
  if (read?.ok === false) {
    throw new ProblemError('invalid-request', { path: '$.dna.hash', detail: `not the hash of a DNA: ${read.code}` });
  }
  return {
    ...(name === undefined ? {} : { name }),
    ...(read === undefined ? {} : { hash: read.hash }),
    modifiers: {
      ...(networkSeed === undefined ? {} : { network_seed: networkSeed }),
      ...(propertiesBase64 === undefined ? {} : { properties: propertiesBase64 }),
    },
  };
}

/** Why a module is refused, as a problem with its codes. */
export function loadProblem({ kind, code, offset, detail }: LoadFault, zome?: string): ProblemError {
  return new ProblemError('load-fault', {
    fault: {
      kind,
      code,
      offset,
      ...(detail === undefined ? {} : { detail }),
      ...(zome === undefined ? {} : { zome }),
    },
  });
}
