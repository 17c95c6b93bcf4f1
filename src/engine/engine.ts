/**
 * The engine: limits, schedule and tier, and the way from bytes to a loaded module. Two engines share nothing.
 *
 *   bytes --decode--> Module --validate--> ValidModule --meter--> MeteredModule --tier--> Program
 */
import type { LoadFault } from '../base/fault.js';
import { hash } from '../base/hash.js';
import { LIMITS_1, type Limits } from '../base/limits.js';
import { decode } from '../decode/decode.js';
import { meter } from '../metering/meter.js';
import { FUEL_1, type Schedule } from '../metering/schedule.js';
import { validate } from '../validate/validate.js';
import type { HostImport } from './host-import.js';
import { LoadedModule } from './loaded-module.js';
import { programMaker, type Tier } from './tier.js';

export interface EngineOptions {
  /** Default `auto`. */
  readonly tier?: Tier;
  /** Default `limits-1`. */
  readonly limits?: Limits;
  /** Default `fuel-1`. */
  readonly schedule?: Schedule;
}

export interface LoadOptions {
  /** What the module imports, for every call that gives no imports of its own. Checked when loading. */
  readonly imports?: readonly HostImport[];
}

export type LoadResult =
  | { readonly ok: true; readonly module: LoadedModule }
  | { readonly ok: false; readonly fault: LoadFault };

export interface Engine {
  readonly limits: Limits;
  readonly schedule: Schedule;
  /**
   * Decodes, validates and meters a module, whole and eagerly. The bytes are copied: the caller may change them later.
   * A fault is data; a rejection is a mistake of the caller's (`UsageError`) or a bug.
   */
  load(bytes: Uint8Array, options?: LoadOptions): Promise<LoadResult>;
}

/** @throws UsageError for a tier that is not there */
export function createEngine(options: EngineOptions = {}): Engine {
  const limits = options.limits ?? LIMITS_1;
  const schedule = options.schedule ?? FUEL_1;
  const makeProgram = programMaker(options.tier ?? 'auto');

  const load = async (bytes: Uint8Array, { imports = [] }: LoadOptions = {}): Promise<LoadResult> => {
    // What is too long is refused by its length alone, so it is not worth a copy.
    const own = bytes.length > limits.moduleBytes ? bytes : new Uint8Array(bytes);
    const validated = validate(decode(own, limits), limits);
    if (!validated.ok) return validated;
    const program = makeProgram(meter(validated.value, schedule));
    const module = new LoadedModule(program, hash(own), limits, imports);
    const fault = imports.length > 0 ? module.linkFault(imports) : undefined;
    return fault === undefined ? { ok: true, module } : { ok: false, fault };
  };

  return Object.freeze({ limits, schedule, load });
}
