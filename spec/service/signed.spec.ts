/**
 * Requests signed by a tenant: their work is billed under their ids and answered with a signature, and nothing else is.
 */
import { expect } from 'chai';
import { fromHex, hash, toHex } from '../../src/base/hash.js';
import { type Billing, openBilling } from '../../src/billing/billing.js';
import { priceTableHash } from '../../src/billing/price-table.js';
import { answerFault, readAnswer, readRequest, requestIdOf } from '../../src/billing/request.js';
import { callToOrder, requestSigner } from '../../src/billing/request-signer.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import { createEngine } from '../../src/engine/engine.js';
import { decodeReceipt } from '../../src/engine/receipt/receipt-bytes.js';
import { Client, ServiceError } from '../../src/service/client/client.js';
import { readTokens, TokenFileError } from '../../src/service/tokens.js';
import { agentFromSeed } from '../../src/zome/agent.js';
import { createZomeHost } from '../../src/zome/create-zome-host.js';
import { encodeDependencies } from '../../src/zome/dependency-file.js';
import { recordsSource } from '../../src/zome/dependency-source.js';
import { coreOf } from '../../src/zome/holo-hash.js';
import { TABLE } from '../billing/sample-billing.js';
import { guestFile, LINKS, OPS, RECORDS } from '../pool/pool-guests.js';
import { LINKS_WASM, POST, type Served, served } from './served.js';

const ENTRY = guestFile('entries/post-valid-plain.msgpack');
const OTHER = guestFile('entries/post-invalid-title-empty.msgpack');
const SECRET = new Uint8Array(32).fill(3);
const NODE = new Uint8Array(32).fill(4);
const FUEL = 1_000_000;
const keyOf = (secret: Uint8Array) => coreOf(agentFromSeed(secret).key);

/** A request signer that keeps the signed requests. */
function keeping(options: { secret?: Uint8Array; clock?: () => number; priceTable?: string } = {}) {
  const signed: object[] = [];
  const sign = requestSigner({ secret: SECRET, priceTable: toHex(priceTableHash(TABLE)), ...options });
  return {
    signed,
    sign: (call: Parameters<typeof sign>[0]) => {
      const request = sign(call);
      signed.push(request);
      return request;
    },
  };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ServiceError) return error.code;
  throw new Error(`no problem, but ${error}`);
}

describe('service: signed requests', () => {
  let at: Served;
  let billing: Billing;
  let post: string;
  let links: string;

  before(async () => {
    billing = await openBilling(await openSqlite(':memory:'));
    for (const tenant of ['acme', 'small']) {
      await billing.openTenant(tenant);
      await billing.payIn(tenant, 10n ** 15n, 'deposit');
    }
    at = await served({
      small: { requestKey: toHex(keyOf(SECRET)), mustSign: true },
      billing: { billing, table: TABLE, secret: NODE },
    });
    [post, links] = [(await at.client.putModule(POST)).hash, (await at.client.putModule(LINKS_WASM)).hash];
  });

  after(async () => {
    await at.service.close();
    await billing.ledger.database.close();
  });

  const clientOf = (sign?: (call: Parameters<ReturnType<typeof requestSigner>>[0]) => object) =>
    new Client({ url: at.url, token: at.small, retries: 0, ...(sign === undefined ? {} : { sign }) });

  /** Request ids of the tenant's lines, once the usage is settled. */
  async function lineRequests(): Promise<string[]> {
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const ids: string[] = [];
    for await (const { requestId } of billing.lines('small')) ids.push(toHex(requestId));
    return ids;
  }

  it('are run, answered by the node, and billed once under the ids of the requests', async () => {
    const { sign, signed } = keeping();
    const client = clientOf(sign);
    const first = await client.validate({ module: post, inputBase64: ENTRY, fuel: FUEL, receipts: 'bytes' });
    expect(first.verdict).to.equal('Valid');
    const decoded = decodeReceipt(fromHex(first.receiptBytes![0]!));
    if (!decoded.ok) throw new Error(decoded.fault.code);
    const answer = readAnswer(first.signedAnswers![0]);
    expect(answerFault(readRequest(signed[0]), decoded.receipt, answer)).to.equal(undefined);
    expect(answer.nodeKey).to.deep.equal(keyOf(NODE));
    // The same order again as a new request: it is run again and billed once.
    await client.validate({ module: post, inputBase64: ENTRY, fuel: FUEL, signedRequests: [signed[0]] as never });
    const lines = [{ inputBase64: ENTRY }, { inputBase64: OTHER }];
    const results = [];
    for await (const one of client.batch({ module: post, fuel: FUEL }, lines)) results.push(one);
    expect(results.map((one) => 'signedAnswers' in one && one.signedAnswers!.length)).to.deep.equal([1, 1]);
    // An op, whose calls were determined by a dry run.
    const made = await createZomeHost({ engine: createEngine(), zomes: [LINKS], generation: '0.6' });
    if (!made.ok) throw new Error(made.fault.code);
    const dry = made.host.validateOp(OPS[0]!, { dependencies: recordsSource(RECORDS, { generation: '0.6' }) });
    const signedRequests = dry.calls.map(({ receipt }) => sign(callToOrder(receipt)));
    const op = await client.validate({
      zomes: [{ name: 'links', module: links }],
      generation: '0.6',
      opBase64: OPS[0]!,
      dependenciesBase64: encodeDependencies({ records: RECORDS }, '0.6'),
      signedRequests: signedRequests as never,
    });
    expect(op.signedAnswers).to.have.length(dry.calls.length);
    expect((await lineRequests()).sort()).to.deep.equal(
      signed.map((one) => toHex(requestIdOf(readRequest(one)))).sort(),
    );
  });

  it('are refused if they do not order the run, without billing', async () => {
    const before = await lineRequests();
    const table = toHex(hash(new Uint8Array(1)));
    const ask = { module: post, inputBase64: ENTRY, fuel: FUEL };
    const { sign, signed } = keeping();
    await clientOf(sign).validate({ ...ask, inputBase64: OTHER });
    const cases: Record<string, () => Promise<unknown>> = {
      unsigned: () => clientOf().validate(ask),
      'another key': () => clientOf(keeping({ secret: NODE }).sign).validate(ask),
      'an old one': () => clientOf(keeping({ clock: () => Date.now() - 400_000 }).sign).validate(ask),
      'another price table': () => clientOf(keeping({ priceTable: table }).sign).validate(ask),
      'another input': () => clientOf().validate({ ...ask, signedRequests: signed as never }),
      'more fuel': () =>
        clientOf().validate({ ...ask, inputBase64: OTHER, fuel: FUEL + 1, signedRequests: signed as never }),
      'another module': () => clientOf((call) => sign({ ...call, module: links })).validate(ask),
      'a changed one': () => clientOf((call) => ({ ...sign(call), fuelLimit: FUEL + 1 })).validate(ask),
      'no known key': () => at.client.validate({ ...ask, inputBase64: OTHER, signedRequests: signed as never }),
    };
    for (const [what, work] of Object.entries(cases)) expect(await codeOf(work()), what).to.equal('not-ordered');
    expect((await lineRequests()).length, 'only what was ordered').to.equal(before.length + 1);
    // A tenant that need not sign may still sign.
    expect((await at.client.validate(ask)).signedAnswers).to.equal(undefined);
  });

  it('count against the rate of the tenant what ran without being ordered, and nothing else', async () => {
    const own = await served({
      small: { requestKey: toHex(keyOf(SECRET)), mustSign: true, fuelPerSecond: 10 },
      billing: { billing, table: TABLE, secret: NODE },
    });
    await own.client.putModule(POST);
    const { sign, signed } = keeping();
    const client = new Client({ url: own.url, token: own.small, retries: 0, sign });
    const ask = { module: post, inputBase64: ENTRY, fuel: FUEL };
    expect(await codeOf(client.validate({ ...ask, export: 'none' }))).to.equal('unusable-input');
    expect(await codeOf(client.validate({ ...ask, fuel: 2 ** 52 }))).to.equal('unusable-input');
    sign({ module: post, export: 'validate', input: toHex(hash(new Uint8Array(1))), fuelLimit: FUEL });
    const another = { ...ask, signedRequests: [signed.at(-1)] as never };
    expect(await codeOf(client.validate(another))).to.equal('not-ordered');
    expect(await codeOf(client.validate(ask))).to.equal('rate-limited');
    await own.service.close();
  });

  it('need a key in the token file', () => {
    const file = JSON.stringify({ format: 'assay-tokens-1', tenants: [{ name: 'a', tokens: [], mustSign: true }] });
    expect(() => readTokens(file)).to.throw(TokenFileError, 'requestKey');
  });
});
