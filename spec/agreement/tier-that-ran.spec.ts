/**
 * No suite compares the interpreter with itself: a rewritten module that the host refuses is an error, even though the
 * receipts are the same.
 */
import { equal, rejects } from 'node:assert/strict';
import { moduleOfSeed } from '../../src/agreement/module-arbitrary.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import { createEngine, type Engine } from '../../src/engine/engine.js';
import type { Compilation } from '../../src/engine/load/compilation.js';
import { instrument, loadModule } from '../instrumented/run-export.js';
import { wat } from '../instrumented/wat.js';
import { TIERS } from '../tiers.js';

const ANSWER = wat('(module (func (export "answer") (result i32) (i32.const 42)))');
const CALL = { kind: 'values', export: 'answer', args: [], fuel: 10_000 } as const;
const SUBJECT = { bytes: ANSWER, hosts: 'none' } as const;

/** An engine whose modules report this compilation. */
function engineWith(compilation: Compilation): () => Pick<Engine, 'load'> {
  const engine = createEngine({ tier: 'interpreter' });
  return () => ({
    load: async (...request) => {
      const loaded = await engine.load(...request);
      if (loaded.ok) Object.defineProperty(loaded.module, 'compilation', { value: compilation });
      return loaded;
    },
  });
}

describe('the tier that ran', () => {
  for (const [tier, makeProgram] of TIERS) {
    it(`is the ${tier} where a suite requests it`, () => {
      equal(makeProgram(loadModule(ANSWER)).tier, tier);
    });
  }

  for (const tier of ['interpreter', 'instrumented'] as const) {
    it(`is the ${tier} in an engine of it, for generated modules`, async () => {
      const engine = createEngine({ tier });
      for (let seed = 0; seed < 60; seed++) {
        const { bytes } = moduleOfSeed(seed, { hostNeeds: [], importedGlobals: false });
        const loaded = await engine.load(bytes);
        equal(loaded.ok && loaded.module.tier, tier, `seed ${seed}`);
        equal(instrument(loadModule(bytes)).tier, 'instrumented');
      }
    }).timeout(30_000);
  }

  it('is checked by a node: a module that the host refuses is an error, one that is too heavy is not', async () => {
    const node = (compilation: Compilation) =>
      engineNode({ tier: 'instrumented', makeEngine: engineWith(compilation) });
    const refused = { state: 'declined', reason: 'host-refused', detail: 'invalid local index' } as const;
    await rejects(node(refused).run(SUBJECT, [CALL]), /did not run: invalid local index/);
    await rejects(node({ state: 'failed', error: new Error('a bug') }).run(SUBJECT, [CALL]), /rewriter failed/);
    const [answer] = await node({ ...refused, reason: 'too-heavy' }).run(SUBJECT, [CALL]);
    equal(answer?.kind, 'receipt');
  });
});
