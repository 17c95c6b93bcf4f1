/** Lets the kit find a faulty node, as a user would, and reports how small it made the case. */
import { type ModuleJson, moduleOfJson } from '../../src/agreement/agreement-call.js';
import { anyCase } from '../../src/agreement/agreement-case.js';
import { assertAgreement, DisagreementError } from '../../src/agreement/assert-agreement.js';
import { instructionCount } from '../../src/agreement/localise.js';
import type { AgreementNode } from '../../src/agreement/node.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import type { Replay } from '../../src/agreement/replay.js';

export const RUNS = 1_000;
export const INSTRUCTIONS_MAX = 10;

export interface Caught {
  readonly replay: Replay;
  readonly file: string | undefined;
  /** Cases on which the nodes agreed before. */
  readonly casesBefore: number;
  /** Instructions of the remaining module. */
  readonly instructions: number;
}

/** Undefined if the canary is not caught within `RUNS` cases. */
export async function catchCanary(
  canary: AgreementNode,
  seed: number,
  replayFolder?: string,
): Promise<Caught | undefined> {
  const nodes = [engineNode({ tier: 'interpreter' }), canary];
  let casesBefore = 0;
  try {
    await assertAgreement(nodes, anyCase({ bodySizeMax: 60 }), {
      runs: RUNS,
      seed,
      onCase: ({ cases }) => {
        casesBefore = cases;
      },
      ...(replayFolder === undefined ? {} : { replayFolder }),
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof DisagreementError)) throw error;
    const { replay, file } = error;
    return {
      replay,
      file,
      casesBefore,
      instructions: instructionCount(moduleOfJson(replay.module as ModuleJson).bytes)!,
    };
  }
}
