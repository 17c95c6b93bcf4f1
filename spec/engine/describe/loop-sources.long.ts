/**
 * Loops reported as constant, in thousands of generated modules and in every call of the vectors' guests: all entries
 * have the same number of turns. And for each source alone: if the analysis omitted it, the check would notice.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { SOURCES, type Source } from '../../../src/engine/describe/flow-graph.js';
import { createEngine, type LoadedModule } from '../../../src/index.js';
import { Profiler } from '../../../src/profile/profile-of.js';
import { vectorCalls } from '../../profile/vector-calls.js';
import { LoopCheck, NotConstant } from './check-loops.js';
import { anyLoopProgram } from './loop-programs.js';
import { checkProgram, nothingSeen } from './loop-soundness.js';

/** What the programs can vary. Their memory does not grow. */
const VARIED = SOURCES.filter((source) => source !== 'memory.size');

async function loaded(path: string): Promise<LoadedModule> {
  const made = await createEngine({ tier: 'interpreter' }).load(readFileSync(path));
  if (!made.ok) throw new Error(made.fault.code);
  return made.module;
}

describe('loops that are reported as constant', function () {
  this.timeout(600_000);

  it('are constant in generated modules', async () => {
    const seen = nothingSeen();
    await fc.assert(
      fc.asyncProperty(anyLoopProgram(), (program) => checkProgram(program, seen)),
      { numRuns: 3_000 },
    );
    expect(seen.compared, JSON.stringify(seen)).to.be.greaterThan(300);
  });

  it('are constant in the guests of the vectors', async () => {
    const checks = new Map<string, LoopCheck>();
    const profiler = new Profiler();
    for (const { path, run } of vectorCalls()) {
      const result = await run('interpreter');
      if (result.receipt.outcome.kind !== 'returned') continue;
      const { metered } = await loaded(path);
      const check = checks.get(path) ?? new LoopCheck(metered);
      checks.set(path, check);
      check.add(profiler.profileOf(result));
    }
    const compared = [...checks.values()].reduce((sum, check) => sum + check.compared, 0);
    expect(compared).to.be.greaterThan(20);
  });

  // This takes some hundred programs, and some thousand for the rarest source.
  for (const source of VARIED) {
    it(`are refuted if ${source} is not counted as a source`, async () => {
      const wrong = fc.asyncProperty(anyLoopProgram(), (program) =>
        checkProgram(
          program,
          nothingSeen(),
          ({ endless, decidedBy }) => !endless && decidedBy.every((one: Source) => one === source),
        ),
      );
      const { errorInstance } = await fc.check(wrong, { numRuns: 20_000, endOnFailure: true });
      expect(errorInstance).to.be.instanceOf(NotConstant);
    });
  }
});
