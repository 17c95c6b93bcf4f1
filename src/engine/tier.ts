/** The tiers by name: what makes a program of a metered module. They obey one semantics, so the choice shows in no receipt. */
import { interpreterProgram } from '../interpreter/program.js';
import type { Program } from '../machine/program.js';
import type { MeteredModule } from '../metering/meter.js';
import { UsageError } from './usage-error.js';

/** `auto` is the fastest tier that is there. */
export type Tier = 'auto' | 'interpreter' | 'instrumented';

const PROGRAMS: Readonly<Record<string, (metered: MeteredModule) => Program>> = {
  auto: interpreterProgram,
  interpreter: interpreterProgram,
};

/** The tiers that can be chosen. */
export const TIERS: readonly string[] = Object.keys(PROGRAMS);

/** @throws UsageError for a tier that is not there */
export function programMaker(tier: Tier): (metered: MeteredModule) => Program {
  const make = Object.hasOwn(PROGRAMS, tier) ? PROGRAMS[tier] : undefined;
  if (make !== undefined) return make;
  throw new UsageError('unknown-tier', `there is no tier '${tier}' here; the tiers are ${TIERS.join(', ')}`);
}
