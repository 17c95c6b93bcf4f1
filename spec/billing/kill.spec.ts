/** A settling process is killed a few times on each database; `npm run billing -- --only kills` does so 200 times. */
import { expect } from 'chai';
import { openBilling } from '../../src/billing/billing.js';
import { BillingError } from '../../src/billing/billing-error.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import { onEachDatabase } from './databases.js';
import { killSettlements } from './killed-settlements.js';
import { resumeBatch } from './resumed-batch.js';
import { prepareReceipts, receiptOf, TABLE } from './sample-billing.js';

const KILLS = 3;

onEachDatabase('billing: killed while it settles', (kind) => {
  before(prepareReceipts);

  it('loses nothing that was acknowledged, and bills nothing twice', async () => {
    const { kills, acknowledged } = await killSettlements(kind, KILLS);
    expect(kills).to.be.at.least(KILLS);
    expect(acknowledged).to.be.at.least(KILLS);
  });
});

describe('billing: a batch of the command line', () => {
  it('is billed once if it is killed and resumed', async () => {
    expect(await resumeBatch({ inputs: 500, kills: 1 })).to.include({ inputs: 500 });
  });
});

describe('billing: a full disk, a missing folder', () => {
  before(prepareReceipts);

  it('is reported with its cause, and the ledger is unchanged', async () => {
    const database = await openSqlite(':memory:');
    const billing = await openBilling(database);
    await billing.openTenant('a');
    await billing.payIn('a', 1_000_000_000n, 'deposit');
    const opened = await billing.lease('a', { id: 'l', table: TABLE, amount: 900_000_000n });
    if (!opened.ok) throw new Error(opened.refusal.code);
    const [{ page_count: pages = 0n } = {}] = await database.read((sql) => sql.all('pragma page_count'));
    await database.read((sql) => sql.all(`pragma max_page_count = ${(pages as bigint) + 4n}`));
    for (let line = 0; line < 500; line += 1) {
      const call = opened.lease.begin(1_000);
      if (call.ok) call.finish(receiptOf(line), new Uint8Array(32));
    }
    const before = await billing.ledger.accounts();
    const error: unknown = await opened.lease.settle().catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(BillingError).with.property('code', 'storage');
    expect((error as BillingError).message).to.match(/full/);
    expect(await billing.ledger.accounts()).to.deep.equal(before);
    expect(opened.lease.unsettled.lines).to.equal(500);
    // With room again the same lines are settled.
    await database.read((sql) => sql.all('pragma max_page_count = 1000000'));
    expect(await opened.lease.settle()).to.include({ ok: true, lines: 500 });
    await database.close();
  });

  it('is reported with the name of the file', async () => {
    const error: unknown = await openSqlite('/no/such/folder/ledger.db').catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(BillingError).with.property('code', 'storage');
    expect((error as BillingError).message).to.include('/no/such/folder/ledger.db');
  });
});
