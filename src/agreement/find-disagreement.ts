/** Runs the same calls on every node and finds the first call on which two of them differ. */
import type { AgreementCall, AgreementSubject } from './agreement-call.js';
import { compareAnswers, type FieldDifference } from './compare-answers.js';
import type { AgreementNode } from './node.js';
import type { NodeAnswer } from './node-answer.js';

export interface Disagreement {
  readonly left: AgreementNode;
  readonly right: AgreementNode;
  /** Position of the call among those that were made. */
  readonly call: number;
  readonly difference: FieldDifference;
}

export interface Asked {
  /** The results of each node, in the order of the nodes. */
  readonly answers: readonly (readonly NodeAnswer[])[];
  readonly disagreement: Disagreement | undefined;
}

/**
 * All nodes run at the same time. Each is compared with all those before it, because two nodes may differ in something
 * that the first cannot determine.
 * @param onNode called when a node has returned its results
 */
export async function askNodes(
  nodes: readonly AgreementNode[],
  module: AgreementSubject,
  calls: readonly AgreementCall[],
  onNode: () => void = () => undefined,
): Promise<Asked> {
  const answers = await Promise.all(
    nodes.map(async (node) => {
      const ofNode = await node.run(module, calls);
      onNode();
      return ofNode;
    }),
  );
  for (let call = 0; call < calls.length; call++) {
    for (let right = 1; right < nodes.length; right++) {
      for (let left = 0; left < right; left++) {
        const difference = compareAnswers(answers[left][call], answers[right][call]);
        if (difference === undefined) continue;
        return { answers, disagreement: { left: nodes[left], right: nodes[right], call, difference } };
      }
    }
  }
  return { answers, disagreement: undefined };
}

/** Whether two nodes differ on a call, the last one of these. */
export async function differOnLast(
  left: AgreementNode,
  right: AgreementNode,
  module: AgreementSubject,
  calls: readonly AgreementCall[],
): Promise<FieldDifference | undefined> {
  const [ofLeft, ofRight] = await Promise.all([left.run(module, calls), right.run(module, calls)]);
  return compareAnswers(ofLeft.at(-1)!, ofRight.at(-1)!);
}
