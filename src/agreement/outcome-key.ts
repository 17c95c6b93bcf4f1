/** How a call ended, without its values: what reports count by. */
import type { NodeAnswer } from './node-answer.js';

/** `returned`, `trapped unreachable`, `exhausted fuel`, `fault bad-magic`, `failure` ... */
export function outcomeKey(answer: NodeAnswer): string {
  if (answer.kind === 'fault') return `fault ${answer.fault.code}`;
  if (answer.kind !== 'receipt') return answer.kind;
  const { outcome } = answer.receipt;
  const detail = 'code' in outcome ? ` ${outcome.code}` : 'resource' in outcome ? ` ${outcome.resource}` : '';
  return `${outcome.kind}${detail}`;
}
