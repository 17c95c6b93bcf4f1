/** Evidence as a document: reading returns what was written, whatever the host's results. */
import { expect } from 'chai';
import { evidenceJson, readEvidence, zomeEvidence } from '../../src/billing/evidence.js';
import type { Recording } from '../../src/zome/recording.js';
import { prepareReceipts, receiptOf } from './sample-billing.js';

describe('billing: evidence', () => {
  before(prepareReceipts);

  it('round-trips every kind of host answer', () => {
    const input = Uint8Array.of(1, 255);
    const recording: Recording = [
      { name: 'first', input, fuel: 7, answer: { kind: 'output', bytes: Uint8Array.of(2) } },
      { name: 'second', input, fuel: 0, answer: { kind: 'short-circuited', payload: Uint8Array.of(3, 4) } },
      { name: 'third', input, fuel: 9, answer: undefined },
    ];
    const call = { zome: 'z', callback: 'validate', payload: input, recording, receipt: receiptOf(1) } as const;
    const written = JSON.parse(JSON.stringify(evidenceJson(zomeEvidence(call, '0.6')))) as {
      readonly call: { readonly recording: readonly object[] };
    };
    expect(written.call.recording).to.deep.equal([
      { name: 'first', input: '01ff', fuel: 7, answer: { kind: 'output', bytes: '02' } },
      { name: 'second', input: '01ff', fuel: 0, answer: { kind: 'short-circuited', payload: '0304' } },
      { name: 'third', input: '01ff', fuel: 9 },
    ]);
    expect(evidenceJson(readEvidence(written)), 'read again').to.deep.equal(written);
  });
});
