/**
 * The engine: limits, schedule and tier, and the loading of modules. Two engines share nothing.
 *
 *   bytes --decode--> Module --validate--> ValidModule --meter--> MeteredModule --tier--> Program
 */

import type { Loaded, LoadFault } from '../base/fault.js';
import { toHex } from '../base/hash.js';
import { LIMITS_1, type Limits } from '../base/limits.js';
import { own } from '../base/own.js';
import { withBuiltins } from '../builtins/builtins.js';
import { decode } from '../decode/decode.js';
import { meter } from '../metering/meter.js';
import { FUEL_1, type Schedule } from '../metering/schedule.js';
import { validate } from '../validate/validate.js';
import { hostFailing } from './call/host-failing.js';
import { IdleSeats, IdleSeatsOfModule } from './call/idle-seats.js';
import type { HostImport } from './imports/host-import.js';
import { keptOf } from './imports/kept.js';
import type { ArtefactCache } from './load/artefact-cache.js';
import { ModuleArtefacts } from './load/module-artefacts.js';
import { type CachedProgram, ProgramCache } from './load/program-cache.js';
import type { ProgramMaker } from './load/program-maker.js';
import { LoadedModule } from './loaded-module.js';
import { programMaker, type Tier } from './tier.js';

export interface EngineOptions {
  /** Default `auto`. */
  readonly tier?: Tier;
  /** Default `limits-1`. */
  readonly limits?: Limits;
  /** Default `fuel-1`. */
  readonly schedule?: Schedule;
  /** How many bytes of loaded modules to keep for the next load of the same bytes. Default 64 MiB; 0 for none. */
  readonly moduleCacheBytes?: number;
  /** A cache of rewritten modules that outlives the engine: `openDiskCache` of `assay/store`. Default: none. */
  readonly artefacts?: ArtefactCache;
  /** How many bytes of instances to keep for the next call of their module. Default 64 MiB; 0 for none. */
  readonly idleInstanceBytes?: number;
  /** How many lines of the host-call log the result of a call has; the receipt covers all. Default 10,000. */
  readonly hostCallsKept?: number;
  /**
   * About how many bytes of host-function results of one call to keep for a second run of it (docs/SEMANTICS.md,
   * section 7). Default 32 MiB.
   */
  readonly hostAnswerBytes?: number;
}

/** What an engine keeps to be faster. None of it affects a receipt. */
export interface HeldMemory {
  readonly modules: number;
  readonly moduleBytes: number;
  readonly idleInstances: number;
  readonly idleInstanceBytes: number;
}

export interface LoadOptions {
  /** What the module imports, for every call without imports of its own. Checked when loading. */
  readonly imports?: readonly HostImport[];
}

export type LoadResult =
  | { readonly ok: true; readonly module: LoadedModule }
  | { readonly ok: false; readonly fault: LoadFault };

export interface Engine {
  readonly limits: Limits;
  readonly schedule: Schedule;
  /**
   * Decodes and validates a whole module, and prepares its metering. The bytes are copied: the caller may change them
   * later. A fault of the module is returned; the promise rejects only for a mistake of the caller (`UsageError`) or a
   * bug.
   */
  load(bytes: Uint8Array, options?: LoadOptions): Promise<LoadResult>;
  held(): HeldMemory;
  /** Forgets loaded modules and idle instances. Modules that the caller holds remain usable. */
  release(): void;
}

/**
 * @throws UsageError for a tier that does not exist, or a bound that is not an integer
 * @throws HostFailure if the host is out of stack
 */
export function createEngine(options: EngineOptions = {}): Engine {
  return hostFailing(
    () => withBuiltins(() => engineOf(options)),
    () => {},
  );
}

/** Other code may run between two steps of a load, so each step checks the built-ins. */
function engineOf(options: EngineOptions): Engine {
  const limits = own(options, 'limits') ?? LIMITS_1;
  const schedule = own(options, 'schedule') ?? FUEL_1;
  const cache = own(options, 'artefacts');
  const source = programMaker(own(options, 'tier') ?? 'auto');
  let maker = typeof source === 'function' ? undefined : source;
  const makerLater = async (): Promise<ProgramMaker> => {
    maker = await (source as () => Promise<ProgramMaker>)();
    return maker;
  };
  const kept = keptOf(options);
  const idle = new IdleSeats(kept.idleInstanceBytes);
  const programs = new ProgramCache(kept.moduleCacheBytes);

  const cachedProgram = async (bytes: Uint8Array): Promise<Loaded<CachedProgram>> => {
    // A module that is too long is refused by its length, without hashing or copying it.
    if (bytes.length > limits.moduleBytes)
      return withBuiltins(() => ({ ok: false, fault: decode(bytes, limits).fault! }));
    const { make, hash } = maker ?? (await makerLater());
    const same = withBuiltins(() => programs.takeSame(bytes));
    if (same !== undefined) return { ok: true, value: same };
    const { own, identity, key, known } = withBuiltins(() => {
      // Hash the copy: if other threads write into shared bytes meanwhile, hash and module still match.
      const own = new Uint8Array(bytes);
      const identity = hash(own);
      const key = toHex(identity);
      return { own, identity, key, known: programs.take(key) };
    });
    if (known !== undefined) return { ok: true, value: known };
    const made = await programOf(own, identity, make);
    if (made.ok) withBuiltins(() => programs.put(key, made.value));
    return made;
  };

  const programOf = async (
    own: Uint8Array,
    identity: Uint8Array,
    make: ProgramMaker['make'],
  ): Promise<Loaded<CachedProgram>> => {
    const artefacts = cache && new ModuleArtefacts(cache, identity, schedule, limits);
    const valid = artefacts
      ? await artefacts.validModule(own)
      : withBuiltins(() => validate(decode(own, limits), limits));
    if (!valid.ok) return valid;
    const metered = withBuiltins(() => meter(valid.value, schedule));
    const programs = await make(metered, artefacts);
    return { ok: true, value: { programs, hash: identity, idle: new IdleSeatsOfModule(idle) } };
  };

  const load = async (bytes: Uint8Array, options: LoadOptions = {}): Promise<LoadResult> => {
    const imports = own(options, 'imports') ?? [];
    const made = await cachedProgram(bytes);
    if (!made.ok) return made;
    return withBuiltins((): LoadResult => {
      const module = new LoadedModule(made.value, limits, imports, kept);
      const fault = imports.length > 0 ? module.linkFault() : undefined;
      return fault === undefined ? { ok: true, module } : { ok: false, fault };
    });
  };

  const held = (): HeldMemory => ({
    modules: programs.count,
    moduleBytes: programs.bytes,
    idleInstances: idle.count,
    idleInstanceBytes: idle.bytes,
  });

  const release = (): void => {
    programs.clear();
    idle.clear();
  };

  return Object.freeze({ limits, schedule, load, held, release });
}
