/**
 * The tiers by name, and the choice between them. They obey one semantics, so the choice shows in no receipt: `auto` begins
 * in the interpreter and takes the instrumented tier when it is ready, where the host can run the module and passes the checks.
 */
import { type Hash, hash } from '../base/hash.js';
import { type Host, learnHost, type UnfitHost } from '../instrumented/host.js';
import { isDeclined } from '../instrumented/program.js';
import { type Rewritten, rewrite } from '../instrumented/rewrite.js';
import { interpreterProgram } from '../interpreter/program.js';
import type { MeteredModule } from '../metering/meter.js';
import { withBuiltins } from './builtins.js';
import { compiledProgram } from './compiled-program.js';
import type { ModuleArtefacts } from './module-artefacts.js';
import { ModulePrograms } from './module-programs.js';
import { UsageError } from './usage-error.js';
import { REWRITTEN_FORM, WarmUp } from './warm-up.js';

/** `auto` is the fastest tier that is there. */
export type Tier = 'auto' | 'interpreter' | 'instrumented';

/** The tiers that can be chosen. */
export const TIERS: readonly Tier[] = ['auto', 'interpreter', 'instrumented'];

/** @internal */
export interface ProgramMaker {
  /** Makes the programs of a module. That of `auto` resolves at once, and makes the rest behind. */
  make(metered: MeteredModule, artefacts: ModuleArtefacts | undefined): Promise<ModulePrograms>;
  /** BLAKE2b-256 as the tier computes it. */
  readonly hash: Hash;
}

const INTERPRETER: ProgramMaker = {
  make: async (metered) => withBuiltins(() => new ModulePrograms(interpreterProgram(metered))),
  hash,
};

/** @internal @throws UsageError for a tier that is not there */
export function programMaker(tier: Tier): ProgramMaker {
  if (!TIERS.includes(tier)) {
    throw new UsageError('unknown-tier', `there is no tier '${tier}' here; the tiers are ${TIERS.join(', ')}`);
  }
  return tier === 'interpreter' ? INTERPRETER : instrumentedMaker(tier);
}

/** Why the instrumented tier runs nothing on this host; undefined if it runs. */
export function instrumentedUnfit(): string | undefined {
  const host = withBuiltins(hostOrUnfit);
  return 'unfit' in host ? host.unfit : undefined;
}

function hostOrUnfit(): Host | UnfitHost {
  return typeof WebAssembly === 'undefined' ? { unfit: 'this host has no WebAssembly' } : learnHost();
}

/** A module that the host cannot take runs in the interpreter, whatever was asked for: no answer depends on it. */
function instrumentedMaker(tier: Tier): ProgramMaker {
  const host = hostOrUnfit();
  if ('unfit' in host) return withoutHost(tier, host.unfit);
  const make: ProgramMaker['make'] = async (metered, artefacts) => {
    if (tier === 'auto') {
      return withBuiltins(() =>
        ModulePrograms.warming(metered, (onEnd) => new WarmUp(metered, host, artefacts, onEnd)),
      );
    }
    const program = await compiledProgram(metered, host, await rewrittenOf(metered, artefacts));
    return withBuiltins(() =>
      isDeclined(program) ? ModulePrograms.declined(metered, program) : new ModulePrograms(program),
    );
  };
  return { make, hash: host.hash };
}

async function rewrittenOf(metered: MeteredModule, artefacts: ModuleArtefacts | undefined): Promise<Rewritten> {
  const kept = await artefacts?.rewritten(REWRITTEN_FORM);
  if (kept !== undefined) return kept;
  const rewritten = withBuiltins(() => rewrite(metered, 'own'));
  await artefacts?.keepRewritten(REWRITTEN_FORM, rewritten);
  return rewritten;
}

function withoutHost(tier: Tier, reason: string): ProgramMaker {
  if (tier === 'auto') return INTERPRETER;
  throw new UsageError('unknown-tier', `the tier 'instrumented' is not to be had here: ${reason}`);
}
