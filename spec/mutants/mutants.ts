/** All single faults that `run.ts` plants in the built code, one at a time. */
import { ADDED_MUTANTS } from './added-mutants.js';
import { EDGE_MUTANTS } from './edge-mutants.js';
import { GUARDED_MUTANTS } from './guarded-mutants.js';
import { INTERPRETER_MUTANTS } from './interpreter-mutants.js';
import type { Mutant } from './mutant.js';
import { REWRITER_MUTANTS } from './rewriter-mutants.js';
import { SHARED_MUTANTS } from './shared-mutants.js';

export const MUTANTS: readonly Mutant[] = [
  ...GUARDED_MUTANTS,
  ...REWRITER_MUTANTS,
  ...ADDED_MUTANTS,
  ...INTERPRETER_MUTANTS,
  ...SHARED_MUTANTS,
  ...EDGE_MUTANTS,
];
