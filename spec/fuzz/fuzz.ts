/** Fuzzing of both tiers against each other, for the spec and the command line. */

import { interpreterProgram } from '../../src/interpreter/program.js';
import { instrument } from '../instrumented/run-export.js';
import { compareTiers, type Difference } from './compare-tiers.js';
import { binaryenCase, type FuzzCase, ownCase, randomOf } from './fuzz-cases.js';
import { FuzzTranslator } from './translate-to-fuzz.js';

export interface FuzzOptions {
  readonly seed: number;
  /** Ends after the module with which so many runs are reached. */
  readonly runs: number;
  /** Asked after each module: true ends the fuzzing. */
  readonly isOver: (totals: FuzzTotals) => boolean;
}

export interface FuzzTotals {
  runs: number;
  own: number;
  binaryen: number;
  /** Modules of binaryen that the engine does not accept, by fault. */
  readonly refused: Map<string, number>;
}

export interface FuzzResult {
  readonly totals: FuzzTotals;
  readonly failure: { readonly fuzzCase: FuzzCase; readonly difference: Difference } | undefined;
}

/** Our own modules are made a hundred times faster; of so many in a row one is binaryen's. */
const BINARYEN_EVERY = 4;

export async function fuzz({ seed, runs, isOver }: FuzzOptions): Promise<FuzzResult> {
  const random = randomOf(seed);
  const share = () => random() / 2 ** 32;
  const translator = new FuzzTranslator();
  const totals: FuzzTotals = { runs: 0, own: 0, binaryen: 0, refused: new Map() };
  try {
    for (let n = 0; totals.runs < runs && !isOver(totals); n++) {
      const fuzzCase = n % BINARYEN_EVERY === 0 ? await binaryenCase(random, translator) : ownCase(random());
      if (typeof fuzzCase === 'string') {
        totals.refused.set(fuzzCase, (totals.refused.get(fuzzCase) ?? 0) + 1);
        continue;
      }
      totals[fuzzCase.origin]++;
      const { metered, calls } = fuzzCase;
      const comparison = compareTiers(interpreterProgram(metered), instrument(metered), calls, share);
      totals.runs += comparison.runs;
      if (comparison.difference !== undefined) {
        return { totals, failure: { fuzzCase, difference: comparison.difference } };
      }
    }
    return { totals, failure: undefined };
  } finally {
    translator.close();
  }
}
