/** The input of an estimate: the same for an op to be validated and for the evidence of one that was validated. */
import { expect } from 'chai';
import { inputOfOp, UsageSampler } from '../../src/billing/estimate-input.js';
import { zomeEvidence } from '../../src/billing/evidence.js';
import { encodeBytes, insideBytes } from '../../src/boundary/codec-bytes.js';
import type { Generation } from '../../src/boundary/generation.js';
import { op as opCodec } from '../../src/zome/op.js';
import { samples } from '../zome/sample-ops.js';
import { prepareReceipts, receiptOf } from './sample-billing.js';

describe('billing: the key of an estimate', () => {
  before(prepareReceipts);

  for (const generation of ['0.2', '0.6', '0.7'] satisfies Generation[]) {
    it(`is the same for an op of ${generation} and for the evidence of its validation`, () => {
      const sampler = new UsageSampler();
      const receipt = receiptOf(1);
      for (const { op } of samples({ generation }).ops) {
        const payload = encodeBytes(insideBytes(opCodec(generation)), op);
        const call = { zome: 'z', callback: 'validate', payload, recording: [], receipt } as const;
        const { fuel, ...input } = sampler.sample(zomeEvidence(call, generation));
        expect(input).to.deep.equal(inputOfOp(op, generation));
        expect(input.inputBytes).to.equal(payload.length);
        expect(fuel).to.equal(receipt.fuel.used);
      }
    });
  }

  it('is only the size for other callbacks, payloads that are not ops, and plain values', () => {
    const sampler = new UsageSampler();
    const receipt = receiptOf(1);
    const call = { zome: 'z', callback: 'init', payload: Uint8Array.of(0xc0), recording: [], receipt } as const;
    expect(sampler.sample(zomeEvidence(call, '0.6'))).to.deep.equal({ inputBytes: 1, fuel: receipt.fuel.used });
    const noOp = zomeEvidence({ ...call, callback: 'validate' }, '0.6');
    expect(sampler.sample(noOp)).to.deep.equal({ inputBytes: 1, fuel: receipt.fuel.used });
    // An op that is given to a function that does not validate is treated as ordinary bytes.
    const payload = encodeBytes(insideBytes(opCodec('0.6')), samples().ops[0]!.op);
    const size = { inputBytes: payload.length, fuel: receipt.fuel.used };
    expect(sampler.sample(zomeEvidence({ ...call, payload }, '0.6'))).to.deep.equal(size);
    expect(sampler.sample({ receipt, call: { kind: 'bytes', payload, generation: '0.6' } })).to.deep.equal(size);
    const values = { receipt, call: { kind: 'values', args: ['i32:1', 'i32:2'] } } as const;
    expect(sampler.sample(values)).to.deep.equal({ inputBytes: 11, fuel: receipt.fuel.used });
  });
});
