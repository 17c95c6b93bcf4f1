/**
 * `npm run agree:canaries`: the canaries at many seeds; prints how soon each is found and how small it is made, and
 * fails if one is not caught or stays larger than it may.
 *
 *     --seeds N (default 30)  --from N (default 1)  --only TEXT  --verbose (the modules that stay too large)
 */
import type { AgreementNode } from '../../src/agreement/node.js';
import { scriptOptions } from '../script-options.js';
import { oneChargeTooFew, staleGlobal, wrongNanSign } from './canary.js';
import { catchCanary, INSTRUCTIONS_MAX, RUNS } from './catch-canary.js';

const USAGE = `npm run agree:canaries -- [options]

Runs nodes with a known fault at many seeds: how soon the fault is found, and how small the case is made.

  --seeds N     number of seeds (default 30)
  --from N      first seed (default 1)
  --only TEXT   canaries with this in the name
  --verbose     prints the modules that stay too large

Exit status 0; 1 if a fault is not found or its case stays too large; 2 for wrong usage.`;

const { values: options } = scriptOptions(USAGE, {
  options: {
    seeds: { type: 'string', default: '30' },
    from: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    verbose: { type: 'boolean', default: false },
  },
});

interface Distribution {
  readonly cases: number[];
  readonly instructions: number[];
  readonly wrong: string[];
}

async function distributionOf(canary: AgreementNode): Promise<Distribution> {
  const found: Distribution = { cases: [], instructions: [], wrong: [] };
  const from = Number(options.from);
  for (let seed = from; seed < from + Number(options.seeds); seed++) {
    const caught = await catchCanary(canary, seed);
    if (caught === undefined) {
      found.wrong.push(`seed ${seed}: not caught within ${RUNS} cases`);
      continue;
    }
    found.cases.push(caught.casesBefore);
    found.instructions.push(caught.instructions);
    if (caught.instructions <= INSTRUCTIONS_MAX) continue;
    const text = options.verbose ? `\n${caught.replay.text.join('\n')}` : '';
    found.wrong.push(`seed ${seed}: ${caught.instructions} instructions${text}`);
  }
  return found;
}

/** `0 to 123, median 4`. */
function rangeText(values: readonly number[]): string {
  const sorted = values.toSorted((left, right) => left - right);
  return `${sorted[0]} to ${sorted.at(-1)}, median ${sorted[sorted.length >> 1]}`;
}

let wrong = 0;
for (const canary of [wrongNanSign, oneChargeTooFew, staleGlobal]) {
  if (!canary.name.includes(options.only)) continue;
  const begin = performance.now();
  const found = await distributionOf(canary);
  wrong += found.wrong.length;
  const seconds = Math.round((performance.now() - begin) / 1000);
  console.log(`${canary.name}: ${found.cases.length} of ${options.seeds} seeds caught, ${seconds} s`);
  if (found.cases.length > 0) {
    console.log(`  cases that agreed before: ${rangeText(found.cases)}`);
    console.log(`  instructions left: ${rangeText(found.instructions)} (${found.instructions.join(' ')})`);
  }
  for (const text of found.wrong) console.log(`  WRONG ${text}`);
}
process.exitCode = wrong === 0 ? 0 : 1;
