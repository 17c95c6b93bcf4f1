/**
 * The tiers by name, and the choice between them. They obey one semantics, so the choice shows in no receipt: `auto` takes
 * the instrumented tier where the host can run the module and passes the checks at the start, else the interpreter.
 */
import { type Host, learnHost, type UnfitHost } from '../instrumented/host.js';
import { instrumentedProgram, isDeclined } from '../instrumented/program.js';
import { type Rewritten, rewrite } from '../instrumented/rewrite.js';
import { decodeRewritten, encodeRewritten } from '../instrumented/rewritten-form.js';
import { interpreterProgram } from '../interpreter/program.js';
import type { Program } from '../machine/program.js';
import type { MeteredModule } from '../metering/meter.js';
import type { ArtefactCache, ArtefactKey } from './artefact-cache.js';
import { withBuiltins } from './builtins.js';
import { UsageError } from './usage-error.js';

/** `auto` is the fastest tier that is there. */
export type Tier = 'auto' | 'interpreter' | 'instrumented';

/** The tiers that can be chosen. */
export const TIERS: readonly Tier[] = ['auto', 'interpreter', 'instrumented'];

/** What may be kept of making a program, and under which key. */
export interface Artefacts {
  readonly cache: ArtefactCache;
  readonly key: ArtefactKey;
}

export type ProgramMaker = (metered: MeteredModule, artefacts: Artefacts | undefined) => Promise<Program>;

const makeInterpreter: ProgramMaker = async (metered) => withBuiltins(() => interpreterProgram(metered));

/** @throws UsageError for a tier that is not there */
export function programMaker(tier: Tier): ProgramMaker {
  if (!TIERS.includes(tier)) {
    throw new UsageError('unknown-tier', `there is no tier '${tier}' here; the tiers are ${TIERS.join(', ')}`);
  }
  return tier === 'interpreter' ? makeInterpreter : instrumentedMaker(tier);
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
  return async (metered, artefacts) => {
    const rewritten = await rewrittenOf(metered, artefacts);
    return withBuiltins(() => {
      const program = instrumentedProgram(metered, host, rewritten);
      return isDeclined(program) ? interpreterProgram(metered) : program;
    });
  };
}

async function rewrittenOf(metered: MeteredModule, artefacts: Artefacts | undefined): Promise<Rewritten> {
  if (artefacts === undefined) return withBuiltins(() => rewrite(metered, false));
  const { cache, key } = artefacts;
  const known = await cache.get(key);
  if (known !== undefined) return withBuiltins(() => decodeRewritten(known));
  const { rewritten, encoded } = withBuiltins(() => {
    const rewritten = rewrite(metered, false);
    return { rewritten, encoded: encodeRewritten(rewritten) };
  });
  await cache.put(key, encoded);
  return rewritten;
}

function withoutHost(tier: Tier, reason: string): ProgramMaker {
  if (tier === 'auto') return makeInterpreter;
  throw new UsageError('unknown-tier', `the tier 'instrumented' is not to be had here: ${reason}`);
}
