/**
 * The storeys that Stryker mutates: the source, the specs that aim at it, the score that is asked. The execution tiers are not
 * among them: a mutant of a hot loop or of the rewriter has its own stages, which compare the tiers (`spec/mutants`).
 */
import type { Score } from './score.js';

export interface Storey {
  readonly name: string;
  readonly folders: readonly string[];
  /** Patterns below `dist/spec`. Few and fast: they run in front of every round, and for many a mutant. */
  readonly specs: readonly string[];
  readonly target: number;
}

const storey = (name: string, specs: readonly string[], target = 0.9, folders = [`src/${name}`]): Storey => ({
  name,
  folders,
  specs: [`${name}/**/*.spec.js`, ...specs],
  target,
});

export const STOREYS: readonly Storey[] = [
  storey('zome', []),
  storey('store', []),
  storey('agreement', []),
  storey('boundary', ['engine/byte-call.spec.js']),
  storey('engine', []),
  storey('metering', ['execution/fuel.spec.js']),
  storey('decode', ['validate/limits.spec.js', 'wasm/encode-module.spec.js']),
  storey('machine', ['engine/call.spec.js', 'engine/host-import.spec.js']),
  storey('validate', []),
  storey('base', ['wasm/**/*.spec.js'], 0.9, ['src/base', 'src/wasm']),
  storey('cli', [], 0.8),
];

/** @throws with the names there are. */
export function storeyNamed(name: string): Storey {
  const found = STOREYS.find((one) => one.name === name);
  if (found === undefined)
    throw new Error(`no storey is named '${name}': ${STOREYS.map((one) => one.name).join(', ')}`);
  return found;
}

/** A sample fails a storey when not even the upper end of its interval reaches the target. */
export function isBelow({ high }: Score, { target }: Storey): boolean {
  return high < target;
}
