/** Every pair of neighbours that fits, in one of the four forms of a pair: both tiers agree. `npm run agree:power` runs all four. */
import { deepEqual, ok } from 'node:assert/strict';
import { Cells } from './cells.js';
import { compareSequences } from './compare-sequences.js';
import { pairs } from './sequences.js';

describe('the tiers agree on adjacent instructions', () => {
  it('by pair, without exception', () => {
    const cells = new Cells();
    let runs = 0;
    for (const { naming, sequences } of pairs(4)) {
      const compared = compareSequences(naming, sequences);
      runs += compared.runs;
      cells.addModule(compared.bytes);
    }
    ok(runs >= 100_000, `${runs} runs`);
    const { wanted, missing } = cells.missingPairs();
    ok(wanted > 10_000);
    deepEqual(missing, []);
  }).timeout(240_000);
});
