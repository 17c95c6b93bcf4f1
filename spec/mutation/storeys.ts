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
  specs,
  target,
});

export const STOREYS: readonly Storey[] = [
  storey('zome', ['zome/*.spec.js']),
  // Without known-module.spec: it takes half a minute, and aims at the engine.
  storey('store', ['store/store-rules.spec.js', 'store/disk-cache.spec.js', 'store/module-folder.spec.js']),
  storey(
    'agreement',
    [
      'decisions',
      'search',
      'node-kinds',
      'values',
      'disassemble',
      'mutate-module',
      'module-arbitrary',
      'agreement',
      'replay',
      'zome-agreement',
      'node',
    ].map((name) => `agreement/${name}.spec.js`),
  ),
  storey('boundary', ['boundary/*.spec.js', 'engine/byte-call.spec.js']),
  storey(
    'engine',
    [
      'call',
      'host-import',
      'byte-call',
      'receipt-bytes',
      'rust-name',
      'second-run',
      'byte-copies',
      'reuse',
      'auto-tier',
      'builtins',
    ].map((name) => `engine/${name}.spec.js`),
  ),
  storey('metering', [
    'metering/schedule.spec.js',
    'metering/fuel-table.spec.js',
    'metering/trace-oracle.spec.js',
    'metering/meter.spec.js',
  ]),
  storey('decode', ['decode/*.spec.js', 'validate/limits.spec.js', 'wasm/encode-module.spec.js']),
  storey('machine', ['machine/*.spec.js', 'engine/call.spec.js', 'engine/host-import.spec.js']),
  storey('validate', ['validate/limits.spec.js', 'validate/mutation.spec.js']),
  storey('base', ['base/*.spec.js', 'wasm/*.spec.js'], 0.9, ['src/base', 'src/wasm']),
  storey('cli', ['cli/*.spec.js'], 0.8),
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
