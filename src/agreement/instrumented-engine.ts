/**
 * An engine of the instrumented tier alone, for as long as `createEngine` does not offer it: what the host declines runs
 * in the interpreter, and nothing is run a second time.
 */
import { hash } from '../base/hash.js';
import { LIMITS_1 } from '../base/limits.js';
import { decode } from '../decode/decode.js';
import { createEngine, type Engine, type EngineOptions, type LoadOptions } from '../engine/engine.js';
import { LoadedModule } from '../engine/loaded-module.js';
import { TIERS } from '../engine/tier.js';
import { type Host, learnHost } from '../instrumented/host.js';
import { instrumentedProgram, isDeclined } from '../instrumented/program.js';
import { interpreterProgram } from '../interpreter/program.js';
import type { Program } from '../machine/program.js';
import { type MeteredModule, meter } from '../metering/meter.js';
import { FUEL_1 } from '../metering/schedule.js';
import { validate } from '../validate/validate.js';

/** The tiers that a node can have. */
export const NODE_TIERS: readonly string[] = [...new Set([...TIERS, 'instrumented'])];

export function engineOfTier(options: EngineOptions): Pick<Engine, 'load'> {
  const { tier = 'auto', limits = LIMITS_1, schedule = FUEL_1 } = options;
  if (tier !== 'instrumented' || TIERS.includes(tier)) return createEngine(options);
  const host = typeof WebAssembly === 'undefined' ? { unfit: 'it has no WebAssembly' } : learnHost();
  return {
    load: async (bytes: Uint8Array, { imports = [] }: LoadOptions = {}) => {
      const own = new Uint8Array(bytes);
      const validated = validate(decode(own, limits), limits);
      if (!validated.ok) return validated;
      const program = programOf(meter(validated.value, schedule), host);
      const module = new LoadedModule(program, hash(own), limits, imports);
      const fault = imports.length > 0 ? module.linkFault(imports) : undefined;
      return fault === undefined ? { ok: true, module } : { ok: false, fault };
    },
  };
}

function programOf(metered: MeteredModule, host: Host | { readonly unfit: string }): Program {
  if ('unfit' in host) return interpreterProgram(metered);
  const program = instrumentedProgram(metered, host);
  return isDeclined(program) ? interpreterProgram(metered) : program;
}

/** Why the instrumented tier runs nothing here; undefined if it runs. */
export function instrumentedUnfit(): string | undefined {
  if (typeof WebAssembly === 'undefined') return 'no WebAssembly';
  const host = learnHost();
  return 'unfit' in host ? host.unfit : undefined;
}
