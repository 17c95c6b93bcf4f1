/**
 * Every instruction with immediates that may be mistaken for something else, the triples that a tier fuses, constants
 * in each operand, accesses at each edge: both tiers agree. Pairs are in a separate file. `npm run agree:power` runs
 * all of it.
 */
import { deepEqual, ok, throws } from 'node:assert/strict';
import { interpreterProgram } from '../../src/interpreter/program.js';
import { oneChargeLess } from '../agreement/one-charge-too-few.js';
import { Cells } from './cells.js';
import { compareSequences } from './compare-sequences.js';
import { accesses, type Batch, constants, floats, singles, triples } from './sequences.js';

/** Opcodes of `if`, `br_if`, `local.set`, `local.tee`, and integers around the edges of one byte. */
const INDICES = [0, 1, 4, 13, 33, 34, 63, 64, 127, 128];

describe('the tiers agree, instruction by instruction', () => {
  const cells = new Cells();
  const agree = (batches: Iterable<Batch>, runsMin: number) => {
    let runs = 0;
    for (const { naming, sequences } of batches) {
      const compared = compareSequences(naming, sequences);
      runs += compared.runs;
      cells.addModule(compared.bytes);
    }
    ok(runs >= runsMin, `${runs} runs`);
  };

  // Two of the four types at each index, the other two at the next; `npm run agree:power` runs all four.
  it('by immediate', () => agree(singles(INDICES, 2), 20_000)).timeout(120_000);
  it('by triple', () => agree(triples(48), 15_000)).timeout(120_000);
  it('by constant', () => agree(constants(), 30_000)).timeout(120_000);
  it('by byte of a float', () => agree(floats(), 2_000)).timeout(120_000);
  it('by address and offset', () => agree(accesses(), 40_000)).timeout(120_000);

  it('with each immediate at each of these indices', () => {
    const asked = INDICES.map(BigInt);
    const left = cells.rows().flatMap(({ instruction, slot, missing: values }) => {
      const found = values.filter((value) => asked.includes(value));
      return found.length === 0 ? [] : [`${instruction} ${slot}: ${found.join()}`];
    });
    // The limit is a hundred tables.
    deepEqual(
      left.filter((row) => !/ table: (?:127|128)/.test(row)),
      [],
    );
  });

  it('and are found to differ where one charges less', () => {
    const [batch] = singles([33]);
    const { naming, sequences } = batch!;
    throws(
      () => compareSequences(naming, sequences, (metered) => interpreterProgram(oneChargeLess(metered))),
      /index 33, turn 0, operands by local/,
    );
  });
});
