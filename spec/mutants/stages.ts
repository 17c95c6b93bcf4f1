/**
 * The stages that judge a mutant, from fast to slow; the first that fails has caught it. They include only suites that
 * compare the tiers, run vectors or use an independent oracle.
 */
import { engineNode } from '../../src/agreement/node-engine.js';
import { interpreterProgram } from '../../src/interpreter/program.js';
import { checkGoldenReceipts } from '../agreement/golden-receipts.js';
import { compareTiers } from '../fuzz/compare-tiers.js';
import { ownCase, randomOf } from '../fuzz/fuzz-cases.js';
import { instrument } from '../instrumented/run-export.js';
import type { MutantKind } from './mutant.js';

export interface Stage {
  readonly name: string;
  /** Specs, below `dist/spec` and without `.js`. */
  readonly specs?: readonly string[];
  /** A stage that is not a spec; rejects if there is a difference. */
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
  { name: 'NaN', specs: ['instrumented/nan.spec', 'instrumented/nan-marks.spec'] },
  {
    name: 'edges of instructions',
    specs: [
      'execution/instruction-edges.spec',
      'execution/slot-numbers.spec',
      'execution/instruction-edges.long',
      'execution/long-integers.spec',
    ],
  },
  { name: 'behind dead code', specs: ['instrumented/dead-code.long', 'instrumented/constant-code.spec'] },
  { name: 'every limit', specs: ['agreement/every-limit.spec'] },
  { name: 'edge and caps', specs: ['agreement/edge.spec', 'agreement/caps.spec'] },
  { name: 'calls after traps', specs: ['mutants/calls-after-traps.spec'] },
  { name: 'instances set back', specs: ['agreement/pristine.spec'] },
  { name: 'grown and set back', specs: ['agreement/guarded.spec', 'agreement/noted-stores.spec'] },
  { name: 'outcomes and second runs', specs: ['agreement/vector-coverage.spec', 'engine/second-run.spec'] },
  { name: 'vectors of fuel', specs: ['instrumented/fuel.spec'] },
  { name: 'instances', specs: ['instrumented/instance.spec'] },
  { name: 'vectors of instructions', specs: ['agreement/instruction-vectors.spec'] },
  { name: 'instruction by instruction', specs: ['systematic/systematic.long'] },
  { name: 'random modules 1', run: (seed) => randomPortion(seed, 1) },
  { name: 'fuel and its oracle', specs: ['execution/fuel.spec'] },
  { name: 'other prices', specs: ['execution/other-prices.spec'] },
  { name: 'reuse', specs: ['engine/reuse.spec'] },
  {
    name: 'golden receipts',
    run: async () => {
      for (const tier of ['interpreter', 'instrumented'] as const) await checkGoldenReceipts(engineNode({ tier }));
    },
  },
  {
    name: 'answers written by hand',
    specs: [
      'engine/call.spec',
      'engine/imports/host-import.spec',
      'engine/byte-call.spec',
      'engine/receipt/receipt-bytes.spec',
    ],
  },
  { name: 'host-call log', specs: ['machine/host-call-log.spec'] },
  {
    name: 'artefacts and their cache',
    specs: [
      'store/disk-cache.spec',
      'store/store-rules.spec',
      'engine/load/module-artefacts.spec',
      'store/known-module.long',
    ],
  },
  { name: 'oracles', specs: ['agreement/trace-oracle.spec', 'agreement/host-oracle.spec'] },
  { name: 'random modules 2', run: (seed) => randomPortion(seed, 2) },
  { name: 'guests', specs: ['instrumented/agreement.spec'] },
  { name: 'fuzz with modules of binaryen', specs: ['fuzz/fuzz.spec'] },
];

/** Stages that most often catch a fault of a kind, so that they come first. The others follow in any case. */
const FIRST: Readonly<Record<MutantKind, readonly string[]>> = {
  'static charges': ['every limit', 'vectors of instructions'],
  'charges by data': ['every limit', 'other prices'],
  'stack words': ['edge and caps', 'every limit'],
  'NaN bits': ['NaN'],
  growing: ['edge and caps'],
  'segments and bulk operations': ['calls after traps', 'edge and caps', 'every limit'],
  'trap codes': ['calls after traps'],
  numbers: ['vectors of instructions'],
  'reset and reuse': ['grown and set back', 'instances set back', 'reuse'],
  'host edge': ['edge and caps'],
  'parts, log and receipt': ['edge and caps', 'outcomes and second runs', 'golden receipts', 'host-call log'],
  'second run': ['outcomes and second runs'],
  caches: ['artefacts and their cache', 'reuse'],
  'looking ahead': ['edges of instructions', 'behind dead code', 'instruction by instruction'],
  'indices and heights': ['instruction by instruction'],
  'dead code': ['behind dead code', 'NaN', 'grown and set back'],
};
/** Code that both tiers share can be checked only by vectors and the oracle. */
const METERING_FIRST = ['fuel and its oracle', 'other prices'];

/** @param kind of a fault in this file; undefined for the run without a fault */
export function stagesFor(kind: MutantKind | undefined, file: string): readonly Stage[] {
  const first = file.startsWith('metering/') ? METERING_FIRST : kind === undefined ? [] : FIRST[kind];
  const order = [...first, ...STAGES.map(({ name }) => name).filter((name) => !first.includes(name))];
  return order.map((name) => STAGES.find((stage) => stage.name === name)!);
}
