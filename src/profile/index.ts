/**
 * `assay/profile`: where the fuel of a call went, by call stack, to the unit. docs/PROFILING.md.
 *
 *   import { profileOf, foldedText } from 'assay/profile';
 */
export {
  BUDGET_FORMAT,
  type Budget,
  type BudgetCase,
  type BudgetCheck,
  type BudgetRun,
  budgetFunctions,
  budgetText,
  checkCase,
  readBudget,
} from './budget.js';
export { type DiffRow, diffProfiles, type ProfileDiff } from './diff-profiles.js';
export {
  expectFuel,
  FuelAssertionError,
  type FuelExpectation,
  type FuelExpectationOptions,
} from './expect-fuel.js';
export { flameHtml } from './flame-html.js';
export { foldedText } from './folded.js';
export { type FunctionRow, functionTable } from './function-table.js';
export { mergeProfiles, ProfileMerge } from './merge-profiles.js';
export { pprofBytes } from './pprof.js';
export {
  type FrameKind,
  PROFILE_FORMAT,
  type Profile,
  type ProfileBlock,
  type ProfileFrame,
  type ProfileLine,
  type ProfileNode,
} from './profile.js';
export { profileJson, readProfile } from './profile-json.js';
export { type Profiled, type ProfileOptions, Profiler, profileOf } from './profile-of.js';
export { speedscopeText } from './speedscope.js';
