/** How a call ended, without its values: the key of counts in reports. */
import type { NodeAnswer, ValidationAnswer } from './node-answer.js';

/** `returned`, `trapped unreachable`, `exhausted fuel`, `fault bad-magic`, `failure` ... */
export function outcomeKey(answer: NodeAnswer): string {
  if (answer.kind === 'fault') return `fault ${answer.fault.code}`;
  if (answer.kind === 'validation') return validationKey(answer);
  if (answer.kind !== 'receipt') return answer.kind;
  const { outcome } = answer.receipt;
  const detail = 'code' in outcome ? ` ${outcome.code}` : 'resource' in outcome ? ` ${outcome.resource}` : '';
  return `${outcome.kind}${detail}`;
}

/** How the last guest ended: earlier ones returned. */
function validationKey({ calls }: ValidationAnswer): string {
  const last = calls.at(-1);
  return last === undefined ? 'no zome asked' : outcomeKey(last);
}
