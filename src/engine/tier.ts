/**
 * The tiers by name, and the choice between them. They obey one semantics, so the choice shows in no receipt: `auto` takes
 * the instrumented tier where the host can run the module and passes the checks at the start, else the interpreter.
 */
import { learnHost } from '../instrumented/host.js';
import { instrumentedProgram, isDeclined } from '../instrumented/program.js';
import { interpreterProgram } from '../interpreter/program.js';
import type { Program } from '../machine/program.js';
import type { MeteredModule } from '../metering/meter.js';
import { UsageError } from './usage-error.js';

/** `auto` is the fastest tier that is there. */
export type Tier = 'auto' | 'interpreter' | 'instrumented';

/** The tiers that can be chosen. */
export const TIERS: readonly Tier[] = ['auto', 'interpreter', 'instrumented'];

type ProgramMaker = (metered: MeteredModule) => Program;

/** @throws UsageError for a tier that is not there */
export function programMaker(tier: Tier): ProgramMaker {
  if (!TIERS.includes(tier)) {
    throw new UsageError('unknown-tier', `there is no tier '${tier}' here; the tiers are ${TIERS.join(', ')}`);
  }
  return tier === 'interpreter' ? interpreterProgram : instrumentedMaker(tier);
}

/** A module that the host cannot take runs in the interpreter, whatever was asked for: no answer depends on it. */
function instrumentedMaker(tier: Tier): ProgramMaker {
  if (typeof WebAssembly === 'undefined') return withoutHost(tier, 'this host has no WebAssembly');
  const host = learnHost();
  if ('unfit' in host) return withoutHost(tier, host.unfit);
  return (metered) => {
    const program = instrumentedProgram(metered, host);
    return isDeclined(program) ? interpreterProgram(metered) : program;
  };
}

function withoutHost(tier: Tier, reason: string): ProgramMaker {
  if (tier === 'auto') return interpreterProgram;
  throw new UsageError('unknown-tier', `the tier 'instrumented' is not to be had here: ${reason}`);
}
