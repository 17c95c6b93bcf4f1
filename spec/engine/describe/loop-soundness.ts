/**
 * Generated modules with loops in the interpreter: checks the loop analysis against profiles of runs with different
 * input.
 */
import { type HostImport, i32 } from '../../../src/index.js';
import { Profiler } from '../../../src/profile/profile-of.js';
import { loadText } from '../load-text.js';
import { LoopCheck } from './check-loops.js';
import type { LoopProgram } from './loop-programs.js';

const FUEL = 100_000;

export interface Seen {
  runs: number;
  /** Number of constant loops in the modules, and number of comparisons of their runs. */
  constant: number;
  compared: number;
}

export function nothingSeen(): Seen {
  return { runs: 0, constant: 0, compared: 0 };
}

/** @throws NotConstant for a loop that is reported as constant and is not */
export async function checkProgram(
  { text, runs }: LoopProgram,
  seen: Seen,
  isConstant?: ConstructorParameters<typeof LoopCheck>[1],
): Promise<void> {
  let answer = 0;
  const host: HostImport = {
    module: 'env',
    name: 'host',
    type: { params: [], results: ['i32'] },
    run: ({ memory }) => {
      memory!.write(answer % 8, Uint8Array.of(answer % 7));
      return [i32(answer++ % 5)];
    },
  };
  const module = await loadText(text, [host], { tier: 'interpreter' });
  const check = new LoopCheck(module.metered, isConstant);
  const profiler = new Profiler();
  for (const args of runs) {
    for (const name of ['f0', 'f1']) {
      const result = module.call(name, args.map(i32), { fuel: FUEL });
      if (result.outcome.kind !== 'returned') continue;
      seen.runs++;
      check.add(profiler.profileOf(result));
    }
  }
  seen.constant += check.loops.length;
  seen.compared += check.compared;
}
