/**
 * `npm run agree:canaries`: runs the canaries with many seeds; prints how soon each is found and how small its case
 * becomes, and fails if one is not caught or its case stays too large.
 */
import type { AgreementNode } from '../../src/agreement/node.js';
import { flag, scriptLine, text, whole } from '../script-options.js';
import { oneChargeTooFew, staleGlobal, wrongNanSign } from './canary.js';
import { catchCanary, INSTRUCTIONS_MAX, RUNS } from './catch-canary.js';

const { options, refuse } = scriptLine({
  name: 'agree:canaries',
  about:
    'Nodes that disagree on purpose, at many seeds: how soon each is caught, and how small the module is made. Exit status 1 if one is not caught.',
  options: {
    seeds: whole('how many', 30, 1),
    from: whole('first seed', 1),
    only: text('text', 'canaries whose name contains it', ''),
    verbose: flag('shows the modules that stay too large'),
  },
});

interface Distribution {
  readonly cases: number[];
  readonly instructions: number[];
  readonly wrong: string[];
}

async function distributionOf(canary: AgreementNode): Promise<Distribution> {
  const found: Distribution = { cases: [], instructions: [], wrong: [] };
  const { from } = options;
  for (let seed = from; seed < from + options.seeds; seed++) {
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

const CANARIES = [wrongNanSign, oneChargeTooFew, staleGlobal];
const chosen = CANARIES.filter(({ name }) => name.includes(options.only));
if (chosen.length === 0) {
  refuse(`no canary has '${options.only}' in its name; there are ${CANARIES.map(({ name }) => name).join(', ')}`);
}
let wrong = 0;
for (const canary of chosen) {
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
