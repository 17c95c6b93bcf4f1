/** Fuzzing of both tiers against each other, for the specs and the command line. */
import { interpreterProgram } from '../../src/interpreter/program.js';
import type { Program } from '../../src/machine/program.js';
import type { MeteredModule } from '../../src/metering/meter.js';
import { instrument } from '../instrumented/run-export.js';
import { compareTiers, type Difference } from './compare-tiers.js';
import { binaryenCase, type FuzzCase, type Origin, ownCase, randomOf } from './fuzz-cases.js';
import { FuzzTranslator } from './translate-to-fuzz.js';

export interface FuzzOptions {
  readonly seed: number;
  /** Ends after the module that reaches this number of runs. */
  readonly runs: number;
  /** Called after each module: true ends the fuzzing. */
  readonly isOver?: (totals: FuzzTotals) => boolean;
  /** The tier that is compared with the interpreter. Default: the instrumented one. */
  readonly makeProgram?: (metered: MeteredModule) => Program;
  /** One in this many modules is binaryen's; 0 for none. Default 4: our own are generated a hundred times faster. */
  readonly binaryenEvery?: number;
  /** Other modules, in turn with those: made from the next random number, or the reason why there is none. */
  readonly sources?: readonly ((random: () => number) => Promise<FuzzCase | string> | FuzzCase | string)[];
}

export interface FuzzTotals {
  runs: number;
  /** Number of modules by origin. */
  readonly modules: Record<Origin, number>;
  /** Modules that the engine does not accept, by fault. */
  readonly refused: Map<string, number>;
}

export interface FuzzResult {
  readonly totals: FuzzTotals;
  readonly failure: FuzzFailure | undefined;
}

export interface FuzzFailure {
  readonly fuzzCase: FuzzCase;
  readonly difference: Difference;
}

export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { seed, runs, isOver = () => false, makeProgram = instrument, binaryenEvery = 4, sources = [] } = options;
  const random = randomOf(seed);
  const share = () => random() / 2 ** 32;
  const translator = binaryenEvery > 0 ? new FuzzTranslator() : undefined;
  const totals: FuzzTotals = {
    runs: 0,
    modules: { own: 0, large: 0, binaryen: 0, smith: 0, mutated: 0 },
    refused: new Map(),
  };
  try {
    for (let n = 0; totals.runs < runs && !isOver(totals); n++) {
      const isOwn = translator === undefined || n % binaryenEvery !== 0;
      const source = sources[n % (sources.length + 1)];
      const fuzzCase =
        source !== undefined
          ? await source(random)
          : isOwn
            ? ownCase(random())
            : await binaryenCase(random, translator);
      if (typeof fuzzCase === 'string') {
        totals.refused.set(fuzzCase, (totals.refused.get(fuzzCase) ?? 0) + 1);
        continue;
      }
      totals.modules[fuzzCase.origin]++;
      const { metered, calls } = fuzzCase;
      const comparison = compareTiers(interpreterProgram(metered), makeProgram(metered), calls, share);
      totals.runs += comparison.runs;
      if (comparison.difference !== undefined) {
        return { totals, failure: { fuzzCase, difference: comparison.difference } };
      }
    }
    return { totals, failure: undefined };
  } finally {
    translator?.close();
  }
}
