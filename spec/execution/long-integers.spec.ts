/**
 * Modules whose integers take more bytes than necessary: all code that walks over them finds the same instructions, and
 * both tiers agree.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { disassembleBody } from '../../src/agreement/disassemble.js';
import { moduleOfSeed } from '../../src/agreement/module-arbitrary.js';
import { NO_SHIFT } from '../../src/agreement/program.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { interpreterProgram } from '../../src/interpreter/program.js';
import { compareTiers } from '../fuzz/compare-tiers.js';
import { caseOfGenerated, randomOf } from '../fuzz/fuzz-cases.js';
import { instrument } from '../instrumented/run-export.js';

const SEEDS = 12;

describe('long integers', () => {
  for (const longIntegers of [1, 4, 9]) {
    it(`with ${longIntegers} extra bytes mean the same, in both tiers`, () => {
      const random = randomOf(longIntegers);
      let runs = 0;
      for (let seed = 0; seed < SEEDS; seed++) {
        const short = moduleOfSeed(seed, { shift: NO_SHIFT });
        const long = moduleOfSeed(seed, { shift: { ...NO_SHIFT, longIntegers } });
        ok(long.bytes.length > short.bytes.length);
        const [left, right] = [short, long].map(({ bytes }) => decode(bytes, LIMITS_1).module);
        for (let own = 0; own < left!.bodyStarts.length; own++) {
          const text = (module: typeof left) => disassembleBody(module!, own).map((line) => line.text);
          deepEqual(text(right), text(left));
        }
        const { metered, calls } = caseOfGenerated(long);
        const compared = compareTiers(
          interpreterProgram(metered),
          instrument(metered),
          calls,
          () => random() / 2 ** 32,
        );
        equal(compared.difference, undefined, `seed ${seed}`);
        runs += compared.runs;
      }
      ok(runs > 200);
    }).timeout(240_000);
  }
});
