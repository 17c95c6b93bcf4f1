/** A service with billing: what it reserves, refuses, settles and states, depending on its settings. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { type Billing, openBilling } from '../../src/billing/billing.js';
import { checkInvoice } from '../../src/billing/invoice.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import type { StatementLine } from '../../src/billing/statement.js';
import { Client, type ServiceError } from '../../src/service/client/client.js';
import { agentFromSeed } from '../../src/zome/agent.js';
import { coreOf } from '../../src/zome/holo-hash.js';
import { TABLE } from '../billing/sample-billing.js';
import { assay } from '../cli/command-line.js';
import { guestFile } from '../pool/pool-guests.js';
import { DIVIDE, POST, type Served, served } from './served.js';

const ENTRY = guestFile('entries/post-valid-plain.msgpack');
const HOUSE = new Uint8Array(32).fill(5);
const ALLOWANCE = 200_000_000n;
const FUEL = 1_000_000;

describe('service: billed', () => {
  let at: Served;
  let billing: Billing;

  before(async () => {
    billing = await openBilling(await openSqlite(':memory:'));
    for (const tenant of ['acme', 'small']) await billing.openTenant(tenant);
    await billing.payIn('acme', 10n ** 12n, 'deposit');
    at = await served({
      billing: {
        billing,
        table: TABLE,
        allowance: ALLOWANCE,
        statements: { house: 'Notes Host', secret: HOUSE, every: 50 },
      },
    });
  });
  after(async () => {
    await at.service.close();
    expect((await billing.balance('acme')).reserved).to.equal(0n);
    await billing.ledger.database.close();
  });

  const get = (path: string, token = at.acme) =>
    fetch(`${at.url}${path}`, { headers: { authorization: `Bearer ${token}` } });

  /** The text of a statement, once it is issued. */
  async function statement(number: number): Promise<string> {
    for (const until = performance.now() + 20_000; performance.now() < until; ) {
      const response = await get(`/v1/statements/${number}`);
      if (response.status === 200) return await response.text();
      expect(response.status).to.equal(404);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`no statement ${number}`);
  }

  /**
   * The lines of the statements from a number on, until there are `count` lines; and the number of the next statement.
   */
  async function statedUntil(count: number, from: number): Promise<readonly [readonly StatementLine[], number]> {
    const lines: StatementLine[] = [];
    let number = from;
    for (; lines.length < count; number += 1) {
      const checked = checkInvoice(await statement(number), coreOf(agentFromSeed(HOUSE).key));
      if (!checked.ok) throw new Error(checked.fault.code);
      const { house, tenant, lines: some } = checked.invoice.statement;
      expect({ house, tenant, number }).to.deep.equal({ house: 'Notes Host', tenant: 'acme', number });
      lines.push(...some);
    }
    return [lines, number];
  }

  it('reserves the allowance, bills a load once and each call, and returns a statement signed by the house', async () => {
    const { hash: module } = await at.client.putModule(POST);
    await at.client.putModule(POST);
    const first = await at.client.validate({ module, inputBase64: ENTRY, fuel: FUEL });
    expect(first.verdict).to.equal('Valid');
    // The load may be stated before the call has run.
    const [one, next] = await statedUntil(2, 1);
    expect(one.map(({ kind }) => kind)).to.deep.equal(['load', 'call']);
    expect(one.map((line) => line.module && toHex(line.module))).to.deep.equal([module, module]);
    const balance = await at.client.balance();
    const reserved = BigInt(balance.reserved);
    const used = one.reduce((sum, { amount }) => sum + amount, 0n);
    // Tax is a fifth of it, at most.
    expect(reserved >= ALLOWANCE - 2n * used && reserved <= ALLOWANCE, `${reserved} reserved, ${used} used`).to.equal(
      true,
    );
    // Nothing was used since then; the next statement has the second call.
    expect((await get(`/v1/statements/${next}`)).status).to.equal(404);
    await at.client.validate({ module, inputBase64: ENTRY, fuel: FUEL });
    const [second] = await statedUntil(1, next);
    expect(second.map(({ kind }) => kind)).to.deep.equal(['call']);
    // Another tenant sees only its own.
    expect((await get('/v1/statements/1', at.small)).status).to.equal(404);
  });

  it('refuses before any work a tenant that cannot pay the full limit', async () => {
    const { hash: module } = await at.client.putModule(DIVIDE);
    const call = { module, export: 'divide', args: ['i32:84', 'i32:2'] };
    const codeOf = (client: Client, fuel: number) =>
      client.call({ ...call, fuel }).then(
        () => 'ran',
        (error: unknown) => (error as ServiceError).code,
      );
    const poor = new Client({ url: at.url, token: at.small, retries: 0 });
    expect(await codeOf(poor, FUEL)).to.equal('payment-required');
    // More than the service reserves at a time for any tenant.
    expect(await codeOf(at.client, 10_000_000_000)).to.equal('payment-required');
    expect(await codeOf(at.client, FUEL)).to.equal('ran');
    await billing.payIn('small', 10n ** 9n, 'deposit');
    expect(await codeOf(poor, FUEL)).to.equal('ran');
  });

  it('does not start with incomplete settings', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-serve-spec-'));
    try {
      const [ledger, key] = ['ledger.db', 'key'].map((name) => join(folder, name));
      writeFileSync(key!, 'no key');
      const refused: readonly (readonly [readonly string[], RegExp])[] = [
        [['--billing', ledger!], /--billing needs --prices/],
        [['--house', 'H'], /--house and --key-file/],
        [['--billing', ledger!, '--prices', 'vectors/billing/prices.json'], /not a valid price table/],
        [['--billing', ledger!, '--prices', 'vectors/billing/price-table.json', '--key-file', key!], /key/],
        [['--statement-hours', '0'], /whole number of hours/],
        [['--allowance', '1.5'], /whole number of units/],
        [['--billing', '/no/such/folder/l.db', '--prices', 'vectors/billing/price-table.json'], /no\/such\/folder/],
      ];
      for (const [options, said] of refused) {
        const { status, err } = await assay(['serve', '--no-auth', '--port', '0', ...options]);
        expect({ status, said: said.test(err) }, `${options.join(' ')}: ${err}`).to.deep.equal({
          status: 2,
          said: true,
        });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
