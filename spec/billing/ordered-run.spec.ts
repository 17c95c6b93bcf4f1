/**
 * A run ordered by a tenant: nothing runs, and nothing is billed, without a signed request; responses belong to their
 * requests.
 */
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { BillingError } from '../../src/billing/billing-error.js';
import { NotOrdered, OrderedRun } from '../../src/billing/ordered-run.js';
import { priceTableHash } from '../../src/billing/price-table.js';
import { answerFault, readRequest, requestIdOf, requestJson, signRequest } from '../../src/billing/request.js';
import { callToOrder, requestSigner } from '../../src/billing/request-signer.js';
import type { Receipt } from '../../src/engine/receipt/receipt.js';
import { encodeReceipt } from '../../src/engine/receipt/receipt-bytes.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import type { CallBilling } from '../../src/pool/call-billing.js';
import { PooledReceipt } from '../../src/pool/pooled-receipt.js';
import { checkedReceipt, prepareReceipts, receiptOf, START, TABLE } from './sample-billing.js';

const TENANT = new Uint8Array(32).fill(1);
const NODE = new Uint8Array(32).fill(2);
const PRICES = priceTableHash(TABLE);

/** The message of what it threw; undefined if nothing. */
function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

function refusal(work: () => unknown): readonly unknown[] {
  const error = thrown(work);
  expect(error).to.be.instanceOf(NotOrdered);
  const { name, fault, message, fuelUsed } = error as NotOrdered;
  expect(name).to.equal('NotOrdered');
  return [fault, message, fuelUsed];
}

describe('billing: ordered runs', () => {
  let receipts: readonly Receipt[];
  let sign: ReturnType<typeof requestSigner>;
  let checks: { tenantKey: Uint8Array; priceTable: Uint8Array; now: number };
  const order = (of: readonly Receipt[]) => of.map((receipt) => sign(callToOrder(receipt)));
  const read = (of: readonly Receipt[]) => OrderedRun.read(order(of), checks);

  before(async () => {
    await prepareReceipts();
    receipts = ['a', 'b', 'c'].map((input, i) => checkedReceipt(receiptOf(100 + i, input)));
    sign = requestSigner({ secret: TENANT, priceTable: toHex(PRICES), clock: () => START });
    const { tenantKey } = readRequest(order(receipts)[0]!);
    checks = { tenantKey, priceTable: PRICES, now: START };
  });

  it('are ordered by what a receipt states, each with its own nonce', () => {
    const { module, export: name, input, fuel } = receipts[0]!;
    const ordered = { module: toHex(module), export: name, input: toHex(input), fuelLimit: fuel.limit };
    expect(callToOrder(receipts[0]!)).to.deep.equal(ordered);
    const [first, second] = order([receipts[0]!, receipts[0]!]).map(readRequest);
    expect(first!.nonce).to.have.length(16).and.not.deep.equal(second!.nonce);
    expect(first).to.deep.include({
      module,
      export: name,
      input,
      fuelLimit: fuel.limit,
      priceTable: PRICES,
      at: START,
    });
    const now = readRequest(requestSigner({ secret: TENANT, priceTable: toHex(PRICES) })(ordered)).at;
    expect(Math.abs(Date.now() - now)).to.be.below(60_000);
  });

  it('are refused before anything runs', () => {
    const documents = order(receipts);
    const rows: readonly (readonly [object, string, string])[] = [
      [{ tenantKey: NODE }, 'key', 'a request is signed by another key than the tenant has here'],
      [{ now: START + 300_001 }, 'time', 'a request is too old, or from the future'],
      [{ priceTable: NODE }, 'price-table', 'a request agrees to another price table'],
    ];
    for (const [change, fault, message] of rows)
      expect(refusal(() => OrderedRun.read(documents, { ...checks, ...change }))).to.deep.equal([fault, message, 0]);
    // The last of them is unsigned.
    const last = readRequest(documents[2]!);
    const forged = [...documents.slice(0, 2), requestJson({ ...last, export: 'other' })];
    expect(refusal(() => OrderedRun.read(forged, checks))).to.deep.equal([
      'signature',
      'a request is not signed by the key that it names',
      0,
    ]);
    expect(thrown(() => OrderedRun.read([{}], checks))).to.be.instanceOf(BillingError);
  });

  it('are limited to the modules and the fuel limit that were ordered', () => {
    const run = read(receipts);
    const { module } = receipts[0]!;
    const least = receipts[0]!.fuel.limit;
    const other = 'no request orders this module, export, input and fuel limit';
    expect(thrown(() => run.check([NODE, module], least))).to.equal(undefined);
    expect(refusal(() => run.check([module], least + 1))).to.deep.equal(['other-run', other, 0]);
    expect(refusal(() => run.check([NODE], 1))).to.deep.equal(['other-run', other, 0]);
    expect(thrown(() => read([]).check([], 1))).to.equal(undefined);
  });

  it('are billed under the ids of their requests, in any order', async () => {
    const documents = order(receipts);
    const ids = documents.map((document) => requestIdOf(readRequest(document)));
    const said: unknown[] = [];
    const inner: CallBilling = {
      begin: async (...asked) => {
        said.push(['begin', ...asked]);
        return { finish: (...made) => said.push(['finish', ...made]), cancel: () => said.push(['cancel']) };
      },
    };
    const billing = OrderedRun.read(documents, checks).billing(inner);
    const made = [receipts[2]!, receipts[0]!].map((receipt) => new PooledReceipt(encodeReceipt(receipt)));
    const job = await billing.begin(2, 7);
    job.finish(made, true);
    expect(said.splice(0)).to.deep.equal([
      ['begin', 2, 7, ids[0]],
      ['finish', made, true, [ids[2], ids[0]]],
    ]);
    (await billing.begin(1, 1)).cancel();
    expect(said.splice(0).slice(1)).to.deep.equal([['cancel']]);
    // Ordered once, and run twice.
    const twice = [receipts[0]!, receipts[0]!].map((receipt) => new PooledReceipt(encodeReceipt(receipt)));
    const again = await billing.begin(2, 7);
    expect(refusal(() => again.finish(twice, false))).to.deep.equal([
      'other-run',
      'no request orders this module, export, input and fuel limit',
      200,
    ]);
    expect(said.splice(0).slice(1)).to.deep.equal([['cancel']]);
    // Other errors are handled elsewhere.
    const failing = OrderedRun.read(documents, checks).billing({
      begin: async () => ({
        finish: () => {
          throw new RangeError('ended');
        },
        cancel: () => said.push(['cancel']),
      }),
    });
    const wrong = await failing.begin(1, 1);
    expect(thrown(() => wrong.finish(made, false))).to.be.instanceOf(RangeError);
    expect(said).to.deep.equal([]);
    await read([]).billing(inner).begin(0, 1);
    expect(said).to.deep.equal([['begin', 0, 1, undefined]]);
  });

  it('are answered, each request with the receipt that it ordered', () => {
    const documents = order(receipts);
    const run = OrderedRun.read(documents, checks);
    const turned = [...receipts].reverse();
    const answers = run.answers(turned, NODE);
    for (const [at, answer] of answers.entries()) {
      const request = readRequest(documents[2 - at]!);
      expect(answerFault(request, turned[at]!, answer)).to.equal(undefined);
      expect(answer.receipt).to.deep.equal(receiptHash(turned[at]!));
    }
    const stranger = checkedReceipt(receiptOf(5, 'stranger'));
    expect(refusal(() => run.answers([receipts[0]!, stranger], NODE))).to.deep.equal([
      'other-run',
      'no request orders this module, export, input and fuel limit',
      105,
    ]);
  });

  it('have an export name of at most 1,000 characters', () => {
    const { fuel, module, input } = receipts[0]!;
    const signed = (name: string) =>
      requestJson(
        signRequest(
          {
            module,
            export: name,
            input,
            fuelLimit: fuel.limit,
            priceTable: PRICES,
            nonce: new Uint8Array(16),
            at: START,
          },
          TENANT,
        ),
      );
    expect(readRequest(signed('x'.repeat(1_000))).export).to.have.length(1_000);
    for (const document of [signed('x'.repeat(1_001)), { ...signed('x'), export: 7 }])
      expect(thrown(() => readRequest(document)))
        .to.have.property('message')
        .that.includes('$.export');
  });
});
