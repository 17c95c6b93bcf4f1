/** Rewritten modules in a cache that outlives the engine. */
import { withBuiltins } from '../../builtins/builtins.js';
import type { Rewritten } from '../../instrumented/rewrite.js';
import { decodeRewritten, encodeRewritten } from '../../instrumented/rewritten-form.js';
import type { ModuleArtefacts } from './module-artefacts.js';

/** How the programs of this tier are rewritten. */
const REWRITTEN_FORM = 'host-bounds';

export async function keptRewritten(artefacts: ModuleArtefacts | undefined): Promise<Rewritten | undefined> {
  const kept = await artefacts?.rewritten(REWRITTEN_FORM);
  return kept && withBuiltins(() => decodeRewritten(kept));
}

export async function keepRewritten(artefacts: ModuleArtefacts | undefined, rewritten: Rewritten): Promise<void> {
  await artefacts?.keepRewritten(
    REWRITTEN_FORM,
    withBuiltins(() => encodeRewritten(rewritten)),
  );
}
