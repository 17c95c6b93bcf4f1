import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { moduleOfJson } from '../../src/agreement/agreement-call.js';
import { anyCase } from '../../src/agreement/agreement-case.js';
import { assertAgreement, DisagreementError } from '../../src/agreement/assert-agreement.js';
import { differOnLast } from '../../src/agreement/find-disagreement.js';
import { instructionCount } from '../../src/agreement/localise.js';
import type { AgreementNode } from '../../src/agreement/node.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import { readReplay } from '../../src/agreement/replay-file.js';
import { oneChargeTooFew, staleGlobal, wrongNanSign } from './canary.js';

const RUNS = 1_000;
const INSTRUCTIONS_MAX = 10;
const { ASSAY_SEED = '20' } = process.env;

/** Which field a canary shows itself in. */
const CANARIES: readonly (readonly [node: AgreementNode, fields: RegExp])[] = [
  [wrongNanSign, /^values$/],
  [oneChargeTooFew, /^(receipt\.fuel\.used|receipt\.outcome|values|stateDigest)/],
  [staleGlobal, /^(stateDigest|values|receipt\.)/],
];

async function disagreementOf(canary: AgreementNode, replayFolder: string): Promise<DisagreementError> {
  const nodes = [engineNode({ tier: 'interpreter' }), canary];
  try {
    await assertAgreement(nodes, anyCase({ bodySizeMax: 60 }), { runs: RUNS, seed: Number(ASSAY_SEED), replayFolder });
  } catch (error) {
    if (error instanceof DisagreementError) return error;
    throw error;
  }
  return assert.fail(`${canary.name} was not caught`);
}

describe('a node that disagrees on purpose', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-canary-'));
  after(() => rmSync(folder, { recursive: true }));

  for (const [canary, fields] of CANARIES) {
    it(`${canary.name}: is caught within ${RUNS} runs, made small and localised`, async () => {
      const error = await disagreementOf(canary, folder);
      const replay = readReplay(error.file!);
      assert.match(replay.difference.field, fields);
      assert.isAtMost(instructionCount(moduleOfJson(replay.module).bytes)!, INSTRUCTIONS_MAX, error.message);
      assert.isAtMost(replay.calls.length, 2);
      assert.match(replay.where.join('\n'), /they part at fuel \d+/);
      const again = await differOnLast(
        engineNode({ tier: 'interpreter' }),
        canary,
        moduleOfJson(replay.module),
        replay.calls,
      );
      assert.equal(again?.field, replay.difference.field);
    });
  }
});
