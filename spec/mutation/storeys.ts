/**
 * The storeys that Stryker mutates: the source, the specs for it, the required score. The execution tiers are not
 * included: a mutant of a hot loop or of the rewriter has its own stages, which compare the tiers (`spec/mutants`).
 */
import type { Score } from './score.js';

export interface Storey {
  readonly name: string;
  readonly folders: readonly string[];
  /** Which files of the folders. */
  readonly isOwn: (file: string) => boolean;
  /** Patterns below `dist/spec`. Few and fast: they run before every round, and for many mutants. */
  readonly specs: readonly string[];
  readonly target: number;
}

interface Options {
  readonly target?: number;
  readonly folders?: readonly string[];
  readonly isOwn?: (file: string) => boolean;
}

function storey(name: string, specs: readonly string[], options: Options = {}): Storey {
  const { target = 0.9, folders = [`src/${name}`], isOwn = () => true } = options;
  return { name, folders, specs: specs.map((spec) => `${spec}.spec.js`), target, isOwn };
}

/** Code that generates and shrinks modules, calls and ops. Its faults make weaker cases, not wrong verdicts. */
const GENERATOR =
  /\/(agreement-case|assemble|.*arbitrary|generate-.*|host-functions|instruction-menu|module-shape|mutate-module|program|random-choice|repair-program|shrink-(?!calls).*|value-edges|values)\.ts$/;

/** Files tested by the slow specs of the zome storey. */
const DUMPS = /\/(conductor-dump|dump-bytes|dump-op|validate-dump)\.ts$/;
const HAPPS = /\/(chain-functions|create-happ|happ|happ-call)\.ts$/;

export const STOREYS: readonly Storey[] = [
  storey(
    'zome',
    [
      ...['zome-rules', 'zome-host', 'op-check', 'op-work', 'op-of', 'chain-walk', 'chain-query', 'chain-functions'],
      ...[
        'holo-hash',
        'hashes',
        'verify-signature',
        'host-functions',
        'host-prices',
        'wire',
        'every-op-byte',
        'every-wire-place',
      ],
      ...[
        'zome-json',
        'bundle',
        'dna-definition',
        'probe-entry-tag',
        'date-time',
        'told',
        'zome-edges',
        'zome-texts',
        'happ-rules',
      ],
    ]
      .map((name) => `zome/${name}`)
      .concat('docs/tables', 'cli/reports'),
    { isOwn: (file) => !DUMPS.test(file) && !HAPPS.test(file) },
  ),
  storey('zome-dumps', ['zome/conductor-dump'], { folders: ['src/zome'], isOwn: (file) => DUMPS.test(file) }),
  storey('zome-happs', ['zome/chain-functions', 'zome/happ', 'zome/happ-rules', 'zome/host-functions', 'docs/tables'], {
    folders: ['src/zome'],
    isOwn: (file) => HAPPS.test(file),
  }),
  // Without known-module: it takes half a minute, and tests the engine.
  storey(
    'profile',
    ['stacks', 'profile-json', 'vector-profiles', 'generated-profiles', 'lines', 'formats', 'budget', 'state-at'].map(
      (name) => `profile/${name}`,
    ),
  ),
  storey('store', [
    'store/store-rules',
    'store/disk-cache',
    'store/module-folder',
    'store/snapshot-folder',
    'store/odd-files',
    'store/read-up-to',
    'store/sqlite-driver',
    'store/system-calls',
  ]),
  // Without specs that start processes or run thousands of modules.
  storey(
    'agreement',
    [
      'agreement/decisions',
      'agreement/search',
      'agreement/node-kinds',
      'agreement/report',
      'agreement/kit-parts',
      'agreement/disassemble',
      'agreement/replay',
      'agreement/agreement',
      'agreement/zome-agreement',
    ],
    {
      isOwn: (file) => !GENERATOR.test(file),
    },
  ),
  storey(
    'generator',
    [
      'agreement/values',
      'agreement/disassemble',
      'agreement/module-arbitrary',
      'agreement/mutate-module',
      'agreement/generator-power',
      'agreement/zome-agreement',
    ],
    {
      folders: ['src/agreement'],
      isOwn: (file) => GENERATOR.test(file),
    },
  ),
  storey('boundary', ['boundary/*', 'engine/byte-call', 'zome/wire', 'zome/every-wire-place']),
  storey('engine', ['engine/**/*', 'zome/host-prices']),
  storey('session', ['session/*', 'session/linked/*']),
  storey('metering', [
    'metering/meter',
    'metering/metering-rules',
    'metering/schedule',
    'metering/fuel-table',
    'metering/trace-oracle',
  ]),
  storey('decode', [
    'validate/every-byte',
    'decode/codes',
    'decode/load-vectors',
    'decode/names',
    'validate/limits',
    'wasm/encode-module',
    'wasm/export-section',
  ]),
  storey('machine', ['machine/*', 'engine/call', 'engine/imports/host-import']),
  storey('validate', [
    'validate/every-byte',
    'validate/limits',
    'validate/module-rules',
    'validate/large-bodies',
    'decode/load-vectors',
    'decode/codes',
  ]),
  // `unchanged.ts` is generated from a list, and a spec compares them.
  storey('builtins', ['builtins/builtins'], { isOwn: (file) => !file.endsWith('/unchanged.ts') }),
  storey(
    'base',
    [
      ...['base/*', 'wasm/*', 'docs/tables', 'execution/numbers', 'execution/long-integers'],
      ...['decode/codes', 'decode/names', 'validate/limits', 'engine/own-options'],
    ],
    { folders: ['src/base', 'src/wasm'] },
  ),
  // Without kill, which ends processes.
  storey(
    'billing',
    [
      ...['price', 'price-table', 'request', 'merkle', 'statement', 'lease', 'ledger', 'audit', 'history', 'vectors'],
      ...[
        'second-verifier',
        'estimate-input',
        'exports',
        'billed-account',
        'command-bill',
        'ordered-run',
        'refusals',
        'formats',
        'usage-line',
        'evidence',
      ],
    ]
      .map((name) => `billing/${name}`)
      .concat('cli/recorded'),
  ),
  storey('memo', ['memo/*'], { target: 0.8 }),
  storey('pool', ['pool/pool', 'pool/pool-parts'], { target: 0.8 }),
  storey('service', ['service/*'], {
    target: 0.8,
    isOwn: (file) => !/\/protocol\/(?:messages|routes|problems)\.ts$/.test(file),
  }),
  storey('fleet', ['fleet/fleet', 'fleet/fleet-rules'], { target: 0.7 }),
  // Without process, which runs the packed program, and that is not mutated.
  storey(
    'cli',
    [
      ...['recorded', 'cli', 'parts', 'ops', 'reports', 'zomes', 'agree', 'budget', 'profile', 'fleet-commands', 'ui'],
      ...['module-page', 'serve', 'try', 'batch', 'dump-batch', 'vectors'],
    ]
      .map((name) => `cli/${name}`)
      .concat('billing/command-bill'),
    { target: 0.8 },
  ),
];

/** A sample fails a storey when not even the upper end of its interval reaches the target. */
export function isBelow({ high }: Score, { target }: Storey): boolean {
  return high < target;
}
