/** The fuel limit at which two nodes begin to differ, found by bisection. */
import type { AgreementCall, AgreementSubject } from './agreement-call.js';
import { differOnLast } from './find-disagreement.js';
import type { AgreementNode } from './node.js';

/**
 * A limit at which the nodes differ on the last call while with one unit less they agree; 0 if they differ without
 * fuel. Undefined if they do not differ at the limit of the call.
 */
export async function leastFuel(
  left: AgreementNode,
  right: AgreementNode,
  module: AgreementSubject,
  calls: readonly AgreementCall[],
): Promise<number | undefined> {
  const before = calls.slice(0, -1);
  const last = calls.at(-1)!;
  const differAt = async (fuel: number) =>
    (await differOnLast(left, right, module, [...before, { ...last, fuel }])) !== undefined;
  if (!(await differAt(last.fuel))) return undefined;
  if (await differAt(0)) return 0;
  let agreed = 0;
  let differing = last.fuel;
  while (differing - agreed > 1) {
    const middle = agreed + Math.floor((differing - agreed) / 2);
    if (await differAt(middle)) differing = middle;
    else agreed = middle;
  }
  return differing;
}
