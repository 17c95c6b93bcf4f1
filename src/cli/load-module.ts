/** Loads a module that a user named; every failure is an error with status 2. */
import { describeFault, type LoadFault } from '../base/fault.js';
import { createEngine } from '../engine/engine.js';
import type { LoadedModule } from '../engine/loaded-module.js';
import type { Tier } from '../engine/tier.js';
import { CliError } from './cli-error.js';
import { printable } from './layout.js';
import { readModule } from './module-place.js';

const ADVICE: Readonly<Record<LoadFault['kind'], string>> = {
  malformed: 'check that the file is a complete binary WebAssembly module',
  invalid: 'build the module again; the specification does not allow what its toolchain wrote',
  refused: 'build the module without that feature, or below the limit',
  unlinkable: 'this command provides no imports; --op and --json-input provide those of a Holochain host',
};

export async function loadModule(path: string, tier: Tier = 'auto'): Promise<LoadedModule> {
  const engine = createEngine({ tier });
  const loaded = await engine.load(await readModule(path));
  if (loaded.ok) return loaded.module;
  throw loadError(path, loaded.fault);
}

/** @param unlinkableAdvice what to do about a missing import */
export function loadError(path: string, fault: LoadFault, unlinkableAdvice = ADVICE.unlinkable): CliError {
  const { kind, code, offset, detail } = fault;
  const advice = kind === 'unlinkable' ? unlinkableAdvice : ADVICE[kind];
  return new CliError(`${printable(path)} is ${kind}: ${printable(describeFault(fault))} [${code}]`, advice, {
    fault: detail === undefined ? { kind, code, offset } : { kind, code, offset, detail },
  });
}
