/**
 * A validation with unresolved dependencies must not request the same ones again and again: with what it requested, it
 * must continue. The module's author defines how an attempt changes when its dependencies have arrived.
 */
import { fromHex, toHex } from '../base/hash.js';
import { encodeBytes } from '../boundary/codec-bytes.js';
import type { Generation } from '../boundary/generation.js';
import { type Dependencies, unresolvedDependencies } from '../boundary/validation-result.js';
import type { HostImport } from '../engine/imports/host-import.js';
import type { LoadedModule } from '../engine/loaded-module.js';
import { generationOfModule } from './generation-of-module.js';

export interface Attempt {
  readonly entry: Uint8Array;
  /** The module's imports in this attempt. Default: the imports that it was loaded with. */
  readonly imports?: readonly HostImport[];
}

/** Returns the next attempt, with these dependencies; undefined if they are not available. */
export type Resolve = (attempt: Attempt, dependencies: Dependencies) => Attempt | undefined;

/** The number of attempts after which a validation that always requests something new is given up. */
const ATTEMPTS_MAX = 64;

/**
 * What is wrong, or undefined.
 * @param generation of the module's data; default: detected from the modules
 */
export function findUnresolvedLoop(
  module: LoadedModule,
  exportName: string,
  first: Attempt,
  resolve: Resolve,
  generation: Generation = generationOfModule(module.metered.module.bytes),
): string | undefined {
  const asked = new Set<string>();
  let attempt: Attempt | undefined = first;
  for (let count = 0; attempt !== undefined; count++) {
    const { entry, imports } = attempt;
    const options = { exportName, generation, ...(imports === undefined ? {} : { imports }) };
    const { verdict } = module.validate(entry, options);
    if (verdict.kind !== 'UnresolvedDependencies') return undefined;
    const { dependencies } = verdict;
    const key = toHex(encodeBytes(unresolvedDependencies(generation), inOrder(dependencies)));
    if (asked.has(key)) return `it requested ${textOf(dependencies)} again after receiving it`;
    if (count === ATTEMPTS_MAX) return `it still requests new dependencies after ${ATTEMPTS_MAX} attempts`;
    asked.add(key);
    attempt = resolve(attempt, dependencies);
  }
  return undefined;
}

/** The same hashes in another order are the same request; another part of the same chain is another. */
function inOrder(dependencies: Dependencies): Dependencies {
  if (dependencies.kind !== 'Hashes') return dependencies;
  return { kind: 'Hashes', hashes: dependencies.hashes.map(toHex).sort().map(fromHex) };
}

function textOf(dependencies: Dependencies): string {
  if (dependencies.kind === 'Hashes') return dependencies.hashes.map(toHex).sort().join(' ');
  return `the activity of ${toHex(dependencies.agent)} up to ${toHex(dependencies.filter.chain_top)}`;
}
