/**
 * The makers that need the instrumented tier: all of it is imported from here. The package's form for browsers loads this file when a
 * module is loaded, the other with the engine (`makers.ts`).
 */
import { type Hash, hash } from '../../base/hash.js';
import { UsageError } from '../../base/usage-error.js';
import { withBuiltins } from '../../builtins/builtins.js';
import { isDeclined } from '../../instrumented/declined.js';
import { type Host, learnHost } from '../../instrumented/host.js';
import { type Rewritten, rewrite } from '../../instrumented/rewrite.js';
import { isUnfit, type UnfitHost } from '../../instrumented/unfit.js';
import { LoopTraining } from '../../interpreter/loop-training.js';
import type { MeteredModule } from '../../metering/meter.js';
import { compiledProgram } from './compiled-program.js';
import { keepRewritten, keptRewritten } from './kept-rewritten.js';
import type { ModuleArtefacts } from './module-artefacts.js';
import { ModulePrograms } from './module-programs.js';
import type { ProgramMaker } from './program-maker.js';
import { WarmUp } from './warm-up.js';

function hostOrUnfit(): Host | UnfitHost {
  return typeof WebAssembly === 'undefined' ? { unfit: 'this host has no WebAssembly' } : learnHost();
}

/** Bytes that JavaScript hashes in less time than testing the host takes. */
const SHORT_BYTES = 16_384;

/**
 * A module begins in the interpreter. The host is tested when a module that is not short is hashed, or when the first
 * one is rewritten. A program that makes one short call ends before that.
 */
export function autoMaker(): ProgramMaker {
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

/**
 * A module that the host cannot compile runs in the interpreter, even if another tier was requested: no result depends
 * on it.
 */
export function instrumentedMaker(): ProgramMaker {
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
  const kept = await keptRewritten(artefacts);
  if (kept !== undefined) return kept;
  const rewritten = withBuiltins(() => rewrite(metered, 'own'));
  await keepRewritten(artefacts, rewritten);
  return rewritten;
}
