/**
 * The tiers by name, and the choice between them. They obey one semantics, so the choice shows in no receipt: `auto` begins
 * in the interpreter and takes the instrumented tier when it is ready, where the host can run the module and passes the checks.
 */
import { type Hash, hash } from '../base/hash.js';
import { UsageError } from '../base/usage-error.js';
import { withBuiltins } from '../builtins/builtins.js';
import { type Host, isUnfit, learnHost, type UnfitHost } from '../instrumented/host.js';
import { isDeclined } from '../instrumented/program.js';
import { type Rewritten, rewrite } from '../instrumented/rewrite.js';
import { interpreterProgram } from '../interpreter/program.js';
import { LoopTraining } from '../interpreter/training.js';
import type { MeteredModule } from '../metering/meter.js';
import { compiledProgram } from './load/compiled-program.js';
import type { ModuleArtefacts } from './load/module-artefacts.js';
import { ModulePrograms } from './load/module-programs.js';
import { REWRITTEN_FORM, WarmUp } from './load/warm-up.js';

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

function interpreterMaker(): ProgramMaker {
  const training = new LoopTraining();
  return {
    make: async (metered) => withBuiltins(() => new ModulePrograms(interpreterProgram(metered, training), training)),
    hash,
  };
}

/** @internal @throws UsageError for a tier that is not there */
export function programMaker(tier: Tier): ProgramMaker {
  if (!TIERS.includes(tier)) {
    throw new UsageError('unknown-tier', `unknown tier '${tier}'; use one of ${TIERS.join(', ')}`);
  }
  return MAKERS[tier]();
}

/** Why the instrumented tier runs nothing on this host; undefined if it runs. */
export function instrumentedUnfit(): string | undefined {
  const host = withBuiltins(hostOrUnfit);
  return isUnfit(host) ? host.unfit : undefined;
}

function hostOrUnfit(): Host | UnfitHost {
  return typeof WebAssembly === 'undefined' ? { unfit: 'this host has no WebAssembly' } : learnHost();
}

/** Bytes that JavaScript hashes in less time than it takes to try the host out. */
const SHORT_BYTES = 16_384;

/**
 * A module begins in the interpreter. The host is tried out when a module that is not short is hashed, or when the first one is rewritten: a
 * program that makes one short call ends before.
 */
function autoMaker(): ProgramMaker {
  const training = new LoopTraining();
  let learnt: Host | UnfitHost | undefined;
  const host = (): Host | UnfitHost => {
    learnt ??= hostOrUnfit();
    return learnt;
  };
  const hashOnHost: Hash = (bytes) => {
    const known = host();
    return isUnfit(known) ? hash(bytes) : known.hash(bytes);
  };
  return {
    make: async (metered, artefacts) =>
      withBuiltins(() =>
        ModulePrograms.warming(metered, training, (onEnd) => new WarmUp(metered, host, artefacts, onEnd)),
      ),
    hash: (bytes) => (learnt === undefined && bytes.length <= SHORT_BYTES ? hash(bytes) : hashOnHost(bytes)),
  };
}

/** A module that the host cannot take runs in the interpreter, whatever was asked for: no result depends on it. */
function instrumentedMaker(): ProgramMaker {
  const host = hostOrUnfit();
  if (isUnfit(host)) {
    throw new UsageError('unknown-tier', `the tier 'instrumented' is not available on this host: ${host.unfit}`);
  }
  const training = new LoopTraining();
  const make: ProgramMaker['make'] = async (metered, artefacts) => {
    const program = await compiledProgram(metered, host, await rewrittenOf(metered, artefacts));
    return withBuiltins(() =>
      isDeclined(program) ? ModulePrograms.declined(metered, training, program) : new ModulePrograms(program, training),
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

/** Without WebAssembly there is nothing that `auto` could change to. */
const MAKERS: Readonly<Record<Tier, () => ProgramMaker>> = {
  auto: () => (typeof WebAssembly === 'undefined' ? interpreterMaker() : autoMaker()),
  interpreter: interpreterMaker,
  instrumented: instrumentedMaker,
};
