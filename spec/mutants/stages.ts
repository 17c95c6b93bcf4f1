/**
 * What judges a mutant, from fast to slow; the first that turns red has caught it. Only what compares the tiers, runs
 * vectors or asks an independent oracle is among it.
 */
import { engineNode } from '../../src/agreement/node-engine.js';
import { interpreterProgram } from '../../src/interpreter/program.js';
import { checkGoldenReceipts } from '../agreement/golden-receipts.js';
import { compareTiers } from '../fuzz/compare-tiers.js';
import { ownCase, randomOf } from '../fuzz/fuzz-cases.js';
import { instrument } from '../instrumented/run-export.js';

export interface Stage {
  readonly name: string;
  /** Specs, below `dist/spec` and without `.spec.js`. */
  readonly specs?: readonly string[];
  /** What is no spec: rejects if something differs. */
  run?(seed: number): Promise<void>;
}

const PORTION_MODULES = 60;

/** Random modules in both tiers, from the seed's n-th portion of them. */
async function randomPortion(seed: number, portion: number): Promise<void> {
  const random = randomOf(seed + portion);
  const share = () => random() / 2 ** 32;
  for (let n = 0; n < PORTION_MODULES; n++) {
    const { metered, calls } = ownCase(random());
    const { difference } = compareTiers(interpreterProgram(metered), instrument(metered), calls, share);
    if (difference !== undefined) throw new Error(`module ${n} of the portion, at fuel ${difference.limit}`);
  }
}

export const STAGES: readonly Stage[] = [
  { name: 'NaN', specs: ['instrumented/nan'] },
  { name: 'every limit', specs: ['agreement/every-limit'] },
  {
    name: 'calls after calls',
    specs: ['agreement/edge', 'agreement/caps', 'mutants/calls-after-traps', 'agreement/pristine'],
  },
  { name: 'outcomes and second runs', specs: ['agreement/vector-coverage', 'engine/second-run'] },
  { name: 'vectors of fuel', specs: ['instrumented/fuel'] },
  { name: 'instances', specs: ['instrumented/instance'] },
  { name: 'vectors of instructions', specs: ['agreement/instruction-vectors'] },
  { name: 'random modules 1', run: (seed) => randomPortion(seed, 1) },
  { name: 'fuel and its oracle', specs: ['execution/fuel'] },
  { name: 'other prices', specs: ['execution/other-prices'] },
  { name: 'reuse', specs: ['engine/reuse'] },
  {
    name: 'golden receipts',
    run: async () => {
      for (const tier of ['interpreter', 'instrumented'] as const) await checkGoldenReceipts(engineNode({ tier }));
    },
  },
  {
    name: 'answers written by hand',
    specs: ['engine/call', 'engine/host-import', 'engine/byte-call', 'engine/receipt-bytes'],
  },
  { name: 'cache on disk', specs: ['store/disk-cache'] },
  { name: 'oracles', specs: ['agreement/trace-oracle', 'agreement/host-oracle'] },
  { name: 'random modules 2', run: (seed) => randomPortion(seed, 2) },
  { name: 'guests', specs: ['instrumented/agreement'] },
  { name: 'fuzz with modules of binaryen', specs: ['fuzz/fuzz'] },
];

/** Stages that a fault in such a file most often turns red, so that they come first. The others follow all the same. */
const FIRST: readonly (readonly [path: string, stages: readonly string[]])[] = [
  ['instrumented/rewritten-form', ['cache on disk']],
  ['engine/engine', ['cache on disk', 'reuse']],
  ['metering/', ['fuel and its oracle', 'other prices', 'golden receipts']],
  ['wasm/', ['vectors of instructions']],
  ['instrumented/setup', ['calls after calls', 'instances']],
  ['instrumented/added', ['every limit', 'other prices', 'vectors of fuel']],
  ['instrumented/function', []],
  ['instrumented/float', []],
  ['instrumented/', ['calls after calls', 'outcomes and second runs']],
  ['interpreter/instance', ['calls after calls', 'every limit']],
  ['interpreter/interpreter', ['vectors of instructions', 'fuel and its oracle']],
  ['interpreter/', ['every limit', 'other prices', 'vectors of instructions']],
  ['engine/', ['outcomes and second runs', 'golden receipts', 'answers written by hand', 'reuse']],
  ['machine/', ['calls after calls', 'outcomes and second runs', 'every limit']],
  ['store/', ['cache on disk']],
];

export function stagesFor(file: string): readonly Stage[] {
  const first = FIRST.find(([path]) => file.startsWith(path))?.[1] ?? [];
  const order = [...first, ...STAGES.map(({ name }) => name).filter((name) => !first.includes(name))];
  return order.map((name) => STAGES.find((stage) => stage.name === name)!);
}
