/**
 * The tiers by name, and the choice between them. They obey one semantics, so the choice shows in no receipt: `auto` begins
 * in the interpreter and takes the instrumented tier when it is ready, where the host can run the module and passes the checks.
 */
import { hash } from '../base/hash.js';
import { UsageError } from '../base/usage-error.js';
import { withBuiltins } from '../builtins/builtins.js';
import { LoopTraining } from '../interpreter/loop-training.js';
import { interpreterProgram } from '../interpreter/program.js';
import { makerOf } from './load/makers.js';
import { ModulePrograms } from './load/module-programs.js';
import type { ProgramMaker } from './load/program-maker.js';

/** `auto` is the fastest tier that is there. */
export type Tier = 'auto' | 'interpreter' | 'instrumented';

/** The tiers that can be chosen. */
export const TIERS: readonly Tier[] = ['auto', 'interpreter', 'instrumented'];

function interpreterMaker(): ProgramMaker {
  const training = new LoopTraining();
  return {
    make: async (metered) => withBuiltins(() => new ModulePrograms(interpreterProgram(metered, training), training)),
    hash,
  };
}

/**
 * @internal
 * @returns the maker; for browsers that of another tier than the interpreter when it is loaded
 * @throws UsageError for a tier that is not there
 */
export function programMaker(tier: Tier): ProgramMaker | (() => Promise<ProgramMaker>) {
  if (!TIERS.includes(tier)) {
    throw new UsageError('unknown-tier', `unknown tier '${tier}'; use one of ${TIERS.join(', ')}`);
  }
  // Without WebAssembly there is nothing that `auto` could change to.
  if (tier === 'interpreter' || (tier === 'auto' && typeof WebAssembly === 'undefined')) return interpreterMaker();
  return makerOf(tier);
}
