/**
 * Both tiers on random modules; `npm run fuzz` continues with others. A difference is written to a file that can be
 * replayed.
 */
import { equal, match, ok } from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ModuleJson, moduleOfJson } from '../../src/agreement/agreement-call.js';
import { differOnLast } from '../../src/agreement/find-disagreement.js';
import { instructionCount } from '../../src/agreement/localise.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import { readReplay } from '../../src/agreement/replay-file.js';
import { interpreterProgram } from '../../src/interpreter/program.js';
import type { MeteredModule } from '../../src/metering/meter.js';
import { oneChargeTooFew } from '../agreement/canary.js';
import { oneChargeLess } from '../agreement/one-charge-too-few.js';
import { type FuzzResult, fuzz } from './fuzz.js';
import { writeReproduction } from './reproduction.js';

/** Every pair of instructions is run in `spec/systematic`, and `npm run fuzz` runs for any length of time. */
const RUNS = 1_000;
const SEED = 20_240_229;
/** With modules that no earlier run has seen. */
const NEW_RUNS = 500;

function checkAgreed({ failure }: FuzzResult, seed: number): void {
  const shown = JSON.stringify(failure?.difference, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
  equal(failure, undefined, `seed ${seed}: ${shown}`);
}

/** The same fault as the canary's: the last block that costs more than 1 costs one unit less. */
function spoiltProgram(metered: MeteredModule) {
  return interpreterProgram(oneChargeLess(metered));
}

describe('fuzz', () => {
  it(`the tiers agree in ${RUNS} runs of random modules, our own and those of binaryen`, async () => {
    const result = await fuzz({ seed: SEED, runs: RUNS });
    checkAgreed(result, SEED);
    ok(result.totals.runs >= RUNS);
    ok(result.totals.modules.binaryen > 0 && result.totals.modules.own > 0);
  });

  it(`the tiers agree in ${NEW_RUNS} runs of modules that are new each time`, async () => {
    const { ASSAY_SEED } = process.env;
    const seed = ASSAY_SEED === undefined ? randomInt(2 ** 31) : Number(ASSAY_SEED);
    checkAgreed(await fuzz({ seed, runs: NEW_RUNS, binaryenEvery: 0 }), seed);
  });

  it('writes a shrunk and localised difference that can be run again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-fuzz-spec-'));
    try {
      const file = join(folder, 'difference.json');
      const { failure } = await fuzz({ seed: SEED, runs: RUNS, makeProgram: spoiltProgram, binaryenEvery: 0 });
      ok(failure !== undefined, 'the fault is found');
      await writeReproduction(file, failure, SEED, { makeProgram: spoiltProgram, node: oneChargeTooFew });
      const { module, calls, difference, where } = readReplay(file);
      ok(instructionCount(moduleOfJson(module as ModuleJson).bytes)! <= 5);
      match(where.join('\n'), /they diverge at fuel \d+/);
      const again = await differOnLast(
        engineNode({ tier: 'interpreter' }),
        oneChargeTooFew,
        moduleOfJson(module),
        calls,
      );
      equal(again?.field, difference!.field);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
