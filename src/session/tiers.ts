/** The programs of a session's modules. All instances of a store are in one tier, which is in no receipt. */
import { withBuiltins } from '../builtins/builtins.js';
import { failingWith, hostFailing } from '../engine/call/host-failing.js';
import type { ModulePrograms } from '../engine/load/module-programs.js';
import type { Program, TierName } from '../machine/program.js';
import { RerunNeeded } from '../machine/rerun-needed.js';

/** The program of a module in a tier. */
export function programIn(programs: ModulePrograms, tier: TierName): Program {
  const program = tier === 'interpreter' ? programs.reference() : programs.instrumented;
  if (program === undefined) throw new Error('a module without a program in the tier');
  return program;
}

/**
 * The fastest tier in which all modules are available. An instance that is kept is worth creating on the host,
 * regardless of what other calls waste on theirs.
 */
export function fastestTier(modules: readonly ModulePrograms[]): TierName {
  for (const { instrumented } of modules) if (instrumented === undefined) return 'interpreter';
  return 'instrumented';
}

/** Creates programs at once if calls have used the interpreter for long enough. */
export function hurryTiers(modules: readonly ModulePrograms[]): void {
  for (const programs of modules) if (programs.fuelAllowed === 0) programs.hurry();
}

/** Work of a step, with the built-ins that were there; where the host itself fails, it is a host failure. */
export function guardedFor<T>(modules: readonly ModulePrograms[], work: () => T): T {
  return hostFailing(
    () => withBuiltins(work),
    () => renewed(modules),
  );
}

/** The error to throw for an error of a step, if the caller checks the built-ins. */
export function failureFor(modules: readonly ModulePrograms[], error: unknown): unknown {
  return failingWith(error, () => renewed(modules));
}

function renewed(modules: readonly ModulePrograms[]): void {
  for (const programs of modules) programs.renew();
}

/**
 * Creates something in a tier, or in the interpreter if the host cannot.
 * @param between is called before the second try
 */
export function inTierOrInterpreter<M>(tier: TierName, make: (tier: TierName) => M, between?: () => void): M {
  try {
    return make(tier);
  } catch (error) {
    if (!(error instanceof RerunNeeded)) throw error;
    between?.();
    return make('interpreter');
  }
}
