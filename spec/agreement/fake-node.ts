/** Hand-made nodes and results, to test comparison and judgement with every possible difference. */
import type { AgreementCall, AgreementModule } from '../../src/agreement/agreement-call.js';
import type { AgreementNode } from '../../src/agreement/node.js';
import type { NodeAnswer, ReceiptAnswer, ValidationAnswer } from '../../src/agreement/node-answer.js';
import type { ReceiptJson } from '../../src/engine/receipt/receipt-json.js';

const hex = (digit: string): string => digit.repeat(64);

export const RECEIPT: ReceiptJson = {
  format: 'assay-receipt-2',
  profile: 'wasm-1',
  schedule: hex('1'),
  limits: hex('2'),
  hosts: hex('9'),
  module: hex('3'),
  export: 'f',
  input: hex('4'),
  fuel: { limit: 100, used: 10, parts: { instantiate: 1, guest: 2, host: 3, boundary: 4 } },
  outcome: { kind: 'returned' },
  output: hex('5'),
  pages: 1,
  hostCalls: hex('6'),
  hash: hex('7'),
};

export const ANSWER: ReceiptAnswer = {
  kind: 'receipt',
  receipt: RECEIPT,
  stateDigest: hex('8'),
  values: ['i32:0x00000001', 'i32:0x00000002'],
  verdict: null,
  tier: 'interpreter',
};

export const VALIDATION: ValidationAnswer = {
  kind: 'validation',
  verdict: 'Valid',
  calls: [
    { ...ANSWER, zome: 'one', traces: ['INFO a', 'WARN b'] },
    { ...ANSWER, zome: 'two', traces: [] },
  ],
};

/** A receipt with some fields changed. */
export function answer(changes: Partial<ReceiptJson> = {}, beside: Partial<ReceiptAnswer> = {}): ReceiptAnswer {
  return { ...ANSWER, ...beside, receipt: { ...RECEIPT, ...changes } };
}

export function used(fuel: number): ReceiptAnswer {
  return answer({ fuel: { ...RECEIPT.fuel, used: fuel } });
}

export const SUBJECT: AgreementModule = { bytes: Uint8Array.of(0), hosts: 'none' };

export const CALL: AgreementCall = { kind: 'values', export: 'f', args: ['i32:7'], fuel: 100 };

/** The n-th of `count` distinguishable calls. */
export function callAt(n: number, fuel = 100): AgreementCall {
  return { kind: 'bytes', export: 'f', payload: n.toString(16).padStart(2, '0'), fuel };
}

export interface FakeNode extends AgreementNode {
  /** The batches that it received, and how often it was closed. */
  readonly asked: AgreementCall[][];
  closed: number;
}

/** A node whose results come from a function; its second argument is the position in the batch. */
export function fakeNode(
  name: string,
  give: (call: AgreementCall, at: number) => NodeAnswer,
  tier?: AgreementNode['tier'],
): FakeNode {
  const asked: AgreementCall[][] = [];
  const node: FakeNode = {
    name,
    ...(tier === undefined ? {} : { tier }),
    asked,
    closed: 0,
    describe: async () => `runtime of ${name}`,
    run: async (_, calls) => {
      asked.push([...calls]);
      return calls.map(give);
    },
    close: async () => {
      node.closed += 1;
    },
  };
  return node;
}
