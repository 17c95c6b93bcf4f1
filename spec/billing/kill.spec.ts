/**
 * A process that settles is killed at any moment: what it was told is kept is there, once, and nothing else by halves.
 *
 * `BILLING_KILLS=200 npx mocha dist/spec/billing/kill.spec.js` kills that often on each database.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { openBilling } from '../../src/billing/billing.js';
import { BillingError } from '../../src/billing/billing-error.js';
import { taxOn } from '../../src/billing/price.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import { onEachDatabase } from './databases.js';
import { prepareReceipts, receiptOf, TABLE } from './sample-billing.js';

const KILLS = Number(process.env['BILLING_KILLS'] ?? 3);
const BATCH_LINES = 20;
/** About as long as a dozen batches take. */
const LIFE_MS = 250;

/** Runs a child and kills it some time after its first batch; how many batches it was told are kept. */
async function killedChild(kind: string, place: string, name: string, life: number): Promise<number> {
  const child = spawn(process.execPath, ['dist/spec/billing/settling-child.js', kind, place, name]);
  let told = '';
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  child.stdout.on('data', (chunk: Buffer) => {
    if (told === '') setTimeout(() => child.kill('SIGKILL'), life);
    told += chunk.toString();
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(signal, errors).to.equal('SIGKILL');
  return told.split('\n').length - 1;
}

onEachDatabase('billing: killed while it settles', (kind) => {
  before(prepareReceipts);

  it('has lost nothing that was acknowledged, and bills nothing twice', async () => {
    const place = kind.place();
    let database = await kind.open(place);
    const first = await openBilling(database);
    await first.openTenant('busy');
    await first.payIn('busy', 10n ** 15n, 'deposit');
    await database.close();
    const told = new Map<string, number>();
    for (let kill = 0; kill < KILLS; kill += 1) {
      // A database for several writers has two at once.
      const names = kind.name === 'SQLite' ? [`k${kill}`] : [`k${kill}a`, `k${kill}b`];
      const life = (kill * 97) % LIFE_MS;
      const counts = await Promise.all(names.map((name) => killedChild(kind.name, place, name, life)));
      names.forEach((name, i) => {
        told.set(name, counts[i]!);
      });
    }
    database = await kind.open(place);
    try {
      const billing = await openBilling(database);
      const lines = new Map<string, number>();
      const ids = new Set<string>();
      let net = 0n;
      for await (const { requestId, amount, id } of billing.lines('busy')) {
        const name = new TextDecoder().decode(requestId.subarray(4)).replace(/\0+$/, '');
        lines.set(name, (lines.get(name) ?? 0) + 1);
        ids.add(Buffer.from(id).toString('hex'));
        net += amount;
      }
      expect(ids.size, 'each once').to.equal([...lines.values()].reduce((sum, count) => sum + count, 0));
      for (const [name, batches] of told) {
        const kept = lines.get(name)! / BATCH_LINES;
        expect(kept, 'whole batches').to.equal(Math.floor(kept));
        // The reply to the last one may have been on its way.
        expect(kept - batches, name).to.be.oneOf([0, 1]);
      }
      const account = await billing.ledger.account('tenant:busy');
      expect(account?.debitsPosted).to.equal(net + taxOn(net, TABLE));
    } finally {
      await database.close();
    }
  });
});

describe('billing: a disk that is full, a folder that is not there', () => {
  before(prepareReceipts);

  it('is an error with its cause, and the ledger stays as it was', async () => {
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

  it('names the file', async () => {
    const error: unknown = await openSqlite('/no/such/folder/ledger.db').catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(BillingError).with.property('code', 'storage');
    expect((error as BillingError).message).to.include('/no/such/folder/ledger.db');
  });
});
