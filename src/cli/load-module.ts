/** A module that a user named, loaded; every way in which that fails is an error with status 2. */
import { describeFault, type LoadFault } from '../base/fault.js';
import { createEngine } from '../engine/engine.js';
import type { LoadedModule } from '../engine/loaded-module.js';
import type { Tier } from '../engine/tier.js';
import { CliError } from './cli-error.js';
import { printable } from './layout.js';
import { readBytes } from './read-bytes.js';

const ADVICE: Readonly<Record<LoadFault['kind'], string>> = {
  malformed: 'check that the file is a complete binary WebAssembly module',
  invalid: 'build the module again; its toolchain wrote what the specification forbids',
  refused: 'build the module without that feature, or below the limit',
  unlinkable: 'a command gives no imports; use the library to give host functions',
};

export async function loadModule(path: string, tier: Tier = 'auto'): Promise<LoadedModule> {
  const engine = createEngine({ tier });
  const loaded = await engine.load(readBytes(path, engine.limits.moduleBytes));
  if (loaded.ok) return loaded.module;
  throw loadError(path, loaded.fault);
}

export function loadError(path: string, fault: LoadFault): CliError {
  const { kind, code, offset, detail } = fault;
  return new CliError(`${printable(path)} is ${kind}: ${printable(describeFault(fault))} [${code}]`, ADVICE[kind], {
    fault: detail === undefined ? { kind, code, offset } : { kind, code, offset, detail },
  });
}
