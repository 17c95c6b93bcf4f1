/** Explains a difference for people: fewer and smaller calls, the place, and a file to run again. */
import type { AgreementCall, AgreementSubject } from './agreement-call.js';
import { callText } from './agreement-call.js';
import type { Disagreement } from './find-disagreement.js';
import { differOnLast } from './find-disagreement.js';
import { localisationLines, localise } from './localise.js';
import { type Replay, replayOf } from './replay.js';
import { shrinkCalls } from './shrink-calls.js';

/** `calls` are those in which the disagreement was found. */
export async function explainDisagreement(
  { left, right, call, difference }: Disagreement,
  module: AgreementSubject,
  calls: readonly AgreementCall[],
): Promise<Replay> {
  const smaller = await shrinkCalls(left, right, module, calls.slice(0, call + 1));
  const place = await localise(left, right, module, smaller);
  const where =
    place === undefined ? ['they did not differ when they ran again'] : localisationLines(place, smaller.at(-1)!);
  // With less fuel, a different field may differ.
  const shown = (await differOnLast(left, right, module, smaller)) ?? difference;
  const expected = await left.run(module, smaller);
  const names = [left.name, right.name] as const;
  return replayOf(names, module, smaller, { ...shown, nodes: names }, expected, where);
}

export function replayLines(replay: Replay): readonly string[] {
  const { difference, calls, where, text } = replay;
  const [left, right] = difference.nodes;
  return [
    `${left} and ${right} differ in ${difference.field}`,
    `  ${left}: ${difference.left}`,
    `  ${right}: ${difference.right}`,
    ...calls.map((call, index) => `${index === calls.length - 1 ? 'on the call' : 'after the call'} ${callText(call)}`),
    ...where,
    ...text,
  ];
}
