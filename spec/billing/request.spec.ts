/** Signed requests and responses: what a node refuses, and what binds a receipt to an order. */
import { expect } from 'chai';
import { hash, utf8 } from '../../src/base/hash.js';
import { BillingError } from '../../src/billing/billing-error.js';
import { priceTableHash } from '../../src/billing/price-table.js';
import {
  answerFault,
  answerJson,
  type RequestFault,
  readAnswer,
  readRequest,
  requestFault,
  requestIdOf,
  requestJson,
  type SignedRequest,
  signAnswer,
  signRequest,
} from '../../src/billing/request.js';
import { prepareReceipts, receiptOf, START, TABLE } from './sample-billing.js';

const TENANT = new Uint8Array(32).fill(1);
const NODE = new Uint8Array(32).fill(2);

describe('billing: requests', () => {
  before(prepareReceipts);

  const receipt = () => receiptOf(500);
  function ordered(): SignedRequest {
    const { module, export: exportName, input, fuel } = receipt();
    const priceTable = priceTableHash(TABLE);
    const order = {
      module,
      export: exportName,
      input,
      fuelLimit: fuel.limit,
      priceTable,
      nonce: new Uint8Array(16),
      at: START,
    };
    return signRequest(order, TENANT);
  }
  const checks = () => ({ tenantKey: ordered().tenantKey, priceTable: priceTableHash(TABLE), now: START + 1_000 });

  it('verify as they were signed, and round-trip through JSON', () => {
    const request = ordered();
    expect(requestFault(request, checks())).to.equal(undefined);
    expect(readRequest(JSON.stringify(requestJson(request)))).to.deep.equal(request);
    const answer = signAnswer(request, receipt(), NODE);
    expect(readAnswer(JSON.stringify(answerJson(answer)))).to.deep.equal(answer);
    expect(answerFault(request, receipt(), answer)).to.equal(undefined);
  });

  it('are refused for another key, price table or time', () => {
    const cases: readonly (readonly [RequestFault, Partial<ReturnType<typeof checks>>])[] = [
      ['key', { tenantKey: NODE }],
      ['price-table', { priceTable: hash(utf8('other')) }],
      ['time', { now: START + 300_001 }],
      ['time', { now: START - 300_001 }],
    ];
    for (const [fault, change] of cases) expect(requestFault(ordered(), { ...checks(), ...change })).to.equal(fault);
  });

  /** Changes each byte of a text: counts the changed texts that still parse and are refused for their content. */
  function refusedBytes(text: string, faultOf: (changed: string) => RequestFault | undefined): number {
    let checked = 0;
    for (let at = 0; at < text.length; at += 1) {
      const changed = text.slice(0, at) + (text[at] === '1' ? '2' : '1') + text.slice(at + 1);
      try {
        expect(faultOf(changed), `byte ${at}: ${changed}`).not.to.equal(undefined);
        checked += 1;
      } catch (error) {
        expect(error).to.be.instanceOf(BillingError);
      }
    }
    return checked;
  }

  it('are refused with any byte changed, and so are answers', () => {
    const request = ordered();
    const checked = refusedBytes(JSON.stringify(requestJson(request)), (text) => {
      const read = readRequest(text);
      return requestFault(read, { ...checks(), tenantKey: read.tenantKey });
    });
    // 64 digits of five hashes and keys, 128 of the signature, 32 of the nonce, the export, the limit, the time.
    expect(checked).to.be.greaterThan(5 * 64 - 64 + 128 + 32);
    const answer = JSON.stringify(answerJson(signAnswer(request, receipt(), NODE)));
    const answers = refusedBytes(answer, (text) => answerFault(request, receipt(), readAnswer(text)));
    expect(answers).to.equal(3 * 64 + 128);
  });

  it('bind a receipt: another run, another answer and a signature by an unknown key are detected', () => {
    const request = ordered();
    const answer = signAnswer(request, receipt(), NODE);
    const other = receiptOf(500, 'another input');
    expect(answerFault(request, other, signAnswer(request, other, NODE))).to.equal('other-run');
    expect(answerFault(request, { ...receipt(), pages: 7 }, answer)).to.equal('other-answer');
    const signature = answer.signature.slice();
    signature[3]! ^= 1;
    expect(answerFault(request, receipt(), { ...answer, signature })).to.equal('signature');
    expect(answerFault({ ...request, signature }, receipt(), answer)).to.equal('signature');
  });

  it('have an id that depends on the nonce', () => {
    const request = ordered();
    expect(requestIdOf(request)).not.to.deep.equal(requestIdOf({ ...request, nonce: new Uint8Array(16).fill(1) }));
    expect(() => readAnswer('{}')).to.throw(BillingError);
    expect(() => readRequest('{')).to.throw(BillingError);
  });
});
