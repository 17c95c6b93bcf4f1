/** Compares two results field by field, the most useful fields first, and returns the first that differs. */
import type { NodeAnswer, ValidationAnswer } from './node-answer.js';

export interface FieldDifference {
  /** `receipt.fuel.used`, `stateDigest`, `fault.code` ... */
  readonly field: string;
  readonly left: string;
  readonly right: string;
}

type Fields = readonly (readonly [name: string, value: string | number | null])[];

/**
 * Undefined if they agree, or if one has nothing to compare. A field that a node cannot determine (null) agrees with
 * any.
 */
export function compareAnswers(left: NodeAnswer, right: NodeAnswer): FieldDifference | undefined {
  if (left.kind === 'none' || right.kind === 'none') return undefined;
  if (left.kind !== right.kind) return { field: 'answer', left: kindText(left), right: kindText(right) };
  const theirs = new Map(fieldsOf(right));
  for (const [field, value] of fieldsOf(left)) {
    const other = theirs.get(field) ?? null;
    if (value !== null && other !== null && value !== other) {
      return { field, left: String(value), right: String(other) };
    }
  }
  return undefined;
}

function kindText(answer: NodeAnswer): string {
  if (answer.kind === 'failure') return `failure: ${answer.message}`;
  if (answer.kind === 'fault') return `fault: ${answer.fault.code}`;
  return answer.kind;
}

function fieldsOf(answer: NodeAnswer): Fields {
  switch (answer.kind) {
    case 'receipt':
      return receiptFields(answer);
    case 'validation':
      return validationFields(answer);
    case 'fault':
      return [
        ['fault.offset', answer.fault.offset],
        ['fault.code', answer.fault.code],
        ['fault.kind', answer.fault.kind],
      ];
    case 'usage':
      return [['usage.code', answer.code]];
    // Two nodes that both fail may have different messages.
    default:
      return [];
  }
}

function receiptFields({ receipt, stateDigest, values, verdict }: Extract<NodeAnswer, { kind: 'receipt' }>): Fields {
  const { outcome, fuel } = receipt;
  return [
    ['receipt.profile', receipt.profile],
    ['receipt.schedule', receipt.schedule],
    ['receipt.limits', receipt.limits],
    ['receipt.module', receipt.module],
    ['receipt.export', receipt.export],
    ['receipt.input', receipt.input],
    ['receipt.fuel.limit', fuel.limit],
    ['receipt.outcome.kind', outcome.kind],
    ['receipt.outcome.code', 'code' in outcome ? outcome.code : 'resource' in outcome ? outcome.resource : null],
    ['values', values === null ? null : values.join(' ')],
    ['receipt.output', receipt.output],
    ['receipt.fuel.used', fuel.used],
    ['receipt.fuel.parts.instantiate', fuel.parts.instantiate],
    ['receipt.fuel.parts.guest', fuel.parts.guest],
    ['receipt.fuel.parts.host', fuel.parts.host],
    ['receipt.fuel.parts.boundary', fuel.parts.boundary],
    ['receipt.pages', receipt.pages],
    ['receipt.hosts', receipt.hosts],
    ['receipt.hostCalls', receipt.hostCalls],
    ['receipt.hash', receipt.hash],
    ['verdict', verdict],
    ['stateDigest', stateDigest],
  ];
}

/** First the guests, one after the other, then the verdict. */
function validationFields({ verdict, calls }: ValidationAnswer): Fields {
  return [
    ...calls.flatMap(
      (call, at): Fields => [
        [`calls[${at}].zome`, call.zome],
        ...receiptFields(call).map(([field, value]): Fields[number] => [`calls[${at}].${field}`, value]),
        [`calls[${at}].traces`, call.traces.join('\n')],
      ],
    ),
    ['calls', calls.length],
    ['verdict', verdict],
  ];
}
