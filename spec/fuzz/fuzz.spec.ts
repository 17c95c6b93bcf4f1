/** Both tiers on random modules of a fixed seed; `npm run fuzz` goes on with others. */
import { equal, ok } from 'node:assert/strict';
import { fuzz } from './fuzz.js';

const RUNS = 2_000;
const SEED = 20_240_229;

describe('fuzz', () => {
  it(`the tiers agree in ${RUNS} runs of random modules, our own and binaryen's`, async () => {
    const { totals, failure } = await fuzz({ seed: SEED, runs: RUNS, isOver: () => false });
    const shown = JSON.stringify(failure?.difference, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
    equal(failure, undefined, `seed ${SEED}: ${shown}`);
    ok(totals.runs >= RUNS);
    ok(totals.binaryen > 0 && totals.own > 0);
  });
});
