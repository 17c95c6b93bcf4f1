/** Canaries: nodes with planted faults, and whether the kit finds them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { moduleOfJson } from '../../src/agreement/agreement-call.js';
import { differOnLast } from '../../src/agreement/find-disagreement.js';
import type { AgreementNode } from '../../src/agreement/node.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import { readReplay } from '../../src/agreement/replay-file.js';
import { oneChargeTooFew, staleGlobal, wrongNanSign } from './canary.js';
import { catchCanary, INSTRUCTIONS_MAX, RUNS } from './catch-canary.js';

/** Each canary, and the fields in which it is visible. */
export const CANARIES = {
  wrongNanSign: [wrongNanSign, /^values$/],
  oneChargeTooFew: [oneChargeTooFew, /^(receipt\.fuel\.used|receipt\.outcome|values|stateDigest)/],
  staleGlobal: [staleGlobal, /^(stateDigest|values|receipt\.)/],
} as const satisfies Record<string, readonly [node: AgreementNode, fields: RegExp]>;

/** One, since every seed uses the same search; `npm run agree:canaries` is the long run with many seeds. */
const SEEDS = [3];

export function describeCanaries(canaries: readonly (readonly [node: AgreementNode, fields: RegExp])[]): void {
  describe('a node that disagrees on purpose', () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-canary-'));
    after(() => rmSync(folder, { recursive: true }));

    for (const [canary, fields] of canaries) {
      it(`${canary.name}: is caught within ${RUNS} runs, shrunk and localised`, async () => {
        for (const seed of SEEDS) {
          const caught = await catchCanary(canary, seed, folder);
          if (caught === undefined) assert.fail(`seed ${seed}: not caught`);
          const replay = readReplay(caught.file!);
          const module = moduleOfJson(replay.module);
          assert.match(replay.difference!.field, fields);
          assert.isAtMost(caught.instructions, INSTRUCTIONS_MAX, `seed ${seed}: ${replay.text.join('\n')}`);
          assert.isAtMost(replay.calls.length, 2);
          assert.match(replay.where.join('\n'), /they diverge at fuel \d+/);
          const again = await differOnLast(engineNode({ tier: 'interpreter' }), canary, module, replay.calls);
          assert.equal(again?.field, replay.difference!.field);
        }
      });
    }
  });
}
