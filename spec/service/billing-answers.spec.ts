/** What a billed tenant can ask for, and what it is told when the ledger does not know it or cannot be used. */
import { expect } from 'chai';
import { type Billing, openBilling } from '../../src/billing/billing.js';
import { BillingError } from '../../src/billing/billing-error.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import { USAGE_KINDS } from '../../src/billing/usage-item.js';
import { TABLE } from '../billing/sample-billing.js';
import { DIVIDE, POST, type Served, served } from './served.js';

const FUEL = 1_000_000;
/** The first byte of the item of a load. */
const LOAD = USAGE_KINDS.indexOf('load');

describe('service: answers of the ledger', () => {
  let at: Served;
  let billing: Billing;

  before(async () => {
    billing = await openBilling(await openSqlite(':memory:'));
    await billing.openTenant('acme');
    await billing.payIn('acme', 10n ** 15n, 'deposit');
    at = await served({ billing: { billing, table: TABLE }, limits: { receiptBytes: 1 } });
  });

  after(async () => {
    await at.service.close();
    await billing.ledger.database.close();
  });

  const asked = async (path: string, token = at.acme, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/wasm' };
    const response = await fetch(`${at.url}${path}`, { ...init, headers });
    const { title: _title, type: _type, ...rest } = (await response.json()) as Readonly<Record<string, unknown>>;
    return { ...rest, wait: response.headers.get('retry-after') };
  };

  it('has receipts that the service no longer keeps, each for its tenant', async () => {
    const { hash: module } = await at.client.putModule(DIVIDE);
    const call = { module, export: 'divide', args: ['i32:7', 'i32:2'], fuel: FUEL };
    const { receipts, fuel } = await at.client.call(call);
    const path = `/v1/receipts/${receipts[0]}`;
    const until = performance.now() + 10_000;
    while ('code' in (await asked(path)) && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await asked(path)).to.deep.include({ hash: receipts[0], module, fuel: { limit: FUEL, ...fuel } });
    expect(await asked(path, at.small)).to.include({ status: 404, code: 'unknown-receipt' });
    const subjects: Uint8Array[] = [];
    for await (const line of billing.lines('acme')) if (line.item[0] === LOAD) subjects.push(line.subject);
    expect(subjects).to.have.length(1);
    const load = `/v1/receipts/${Buffer.from(subjects[0]!).toString('hex')}`;
    expect(await asked(load), 'a load has none').to.include({ status: 404, code: 'unknown-receipt' });
  });

  it('runs and stores nothing for a tenant without an account', async () => {
    const unknown = { status: 402, code: 'payment-required', detail: 'the tenant has no account', wait: null };
    expect(await asked('/v1/balance', at.small)).to.deep.equal(unknown);
    const { hash: module } = await at.client.putModule(POST);
    expect(await asked(`/v1/modules/${module}`, at.small, { method: 'PUT', body: POST as BodyInit })).to.deep.equal(
      unknown,
    );
    const body = JSON.stringify({ module, input: 1 });
    const headers = { authorization: `Bearer ${at.small}`, 'content-type': 'application/json' };
    const response = await fetch(`${at.url}/v1/validate`, { method: 'POST', headers, body });
    expect([response.status, ((await response.json()) as typeof unknown).detail]).to.deep.equal([402, unknown.detail]);
  });

  it('has no statements if none are issued, and numbers them from 1', async () => {
    for (const number of ['1', '999999999'])
      expect(await asked(`/v1/statements/${number}`)).to.include({ status: 404, code: 'unknown-statement' });
    for (const number of ['0', '01', 'x', '1000000000', '1.5'])
      expect(await asked(`/v1/statements/${number}`), number).to.deep.equal({
        status: 422,
        code: 'invalid-request',
        path: '$.number',
        detail: 'a number from 1',
        wait: null,
      });
  });

  it('says when to ask again if it cannot be used', async () => {
    const { balance } = billing;
    billing.balance = () => Promise.reject(new BillingError('storage', 'disk full at /var/ledger'));
    try {
      expect(await asked('/v1/balance')).to.deep.equal({
        status: 503,
        code: 'unavailable',
        detail: 'the ledger cannot be used',
        retryAfterSeconds: 5,
        wait: '5',
      });
    } finally {
      billing.balance = balance;
    }
    expect(await asked('/v1/balance')).to.include({ tenant: 'acme', creditLimit: '0' });
  });
});
