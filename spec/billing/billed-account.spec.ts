/**
 * Billing over a pool: every receipt is a line with its price, work without a receipt costs nothing, and a tenant who
 * cannot pay is refused before any work.
 */
import { expect } from 'chai';
import { hash, toHex, utf8 } from '../../src/base/hash.js';
import { type BilledAccount, BillingRefused, openAccount } from '../../src/billing/billed-account.js';
import { type Billing, openBilling } from '../../src/billing/billing.js';
import { mostOf, price } from '../../src/billing/price.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import { itemOf } from '../../src/billing/usage-item.js';
import type { UsageLine } from '../../src/billing/usage-line.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import { openPool, type Pool } from '../../src/pool/open-pool.js';
import type { PooledModule } from '../../src/pool/pooled-module.js';
import { i32 } from '../../src/wasm/value.js';
import { guestFile, LINKS, OPS, RECORDS } from '../pool/pool-guests.js';
import { TABLE } from './sample-billing.js';

const FUEL = 100_000;
const CALLS = 200;

describe('billing: a pool', () => {
  let pool: Pool;
  let divide: PooledModule;
  let billing: Billing;
  let account: BilledAccount;

  before(async () => {
    pool = openPool({ threads: 1, memo: {} });
    const added = await pool.addModule(guestFile('wat/divide.wasm'));
    if (!added.ok) throw new Error(added.fault.code);
    divide = added.module;
  });
  beforeEach(async () => {
    billing = await openBilling(await openSqlite(':memory:'));
    await billing.openTenant('a');
    await billing.payIn('a', 10_000_000n, 'deposit');
    account = await openAccount(billing, 'a', { table: TABLE, amount: 1_000_000n });
  });
  afterEach(() => billing.ledger.database.close());
  after(() => pool.terminate());

  async function lines(): Promise<readonly UsageLine[]> {
    const read: UsageLine[] = [];
    for await (const line of billing.lines('a')) read.push(line);
    return read;
  }

  const call = (x: number, options: object = {}) =>
    divide.call('divide', [i32(x), i32(x % 7)], { fuel: FUEL, billing: account, ...options });

  it('bills each receipt once, at its price, whatever its outcome', async () => {
    const made = await Promise.all(Array.from({ length: CALLS }, (_, i) => call(i)));
    await account.close();
    const billed = await lines();
    expect(billed.map(({ subject }) => toHex(subject)).sort()).to.deep.equal(
      made.map(({ receipt }) => toHex(receipt.hash)).sort(),
    );
    expect(new Set(made.map(({ outcome }) => outcome.kind))).to.deep.equal(new Set(['returned', 'trapped']));
    let volume = 0n;
    let net = 0n;
    for (const { item } of billed) {
      const priced = price(itemOf(item) as Parameters<typeof price>[0], TABLE, volume);
      volume += priced.fuel;
      net += priced.amount;
    }
    const { balance, reserved } = await billing.balance('a');
    expect(10_000_000n - balance).to.equal(net + (net * TABLE.taxPartsPerMillion) / 1_000_000n);
    expect(reserved).to.equal(0n);
    expect(account.lines).to.equal(CALLS);
  });

  it('bills a request with an id once, also after retries', async () => {
    const requestId = hash(utf8('order 17'));
    await call(4, { requestId });
    await account.settle();
    await call(4, { requestId });
    await account.close();
    expect(await lines()).to.have.length(1);
  });

  it('keeps the reservations of running calls beyond the life of a lease, and renews one that expired while idle', async () => {
    const timeout = 400;
    const options = { table: TABLE, amount: 1_000_000n, timeout, settleEvery: 50 };
    await billing.openTenant('slow');
    await billing.payIn('slow', 1_000_000n, 'deposit');
    const slow = await openAccount(billing, 'slow', options);
    const reserved = async () => (await billing.balance('slow')).reserved;
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const held = await slow.begin(1, FUEL);
    await pause(3 * timeout);
    expect(await reserved()).to.equal(1_000_000n);
    held.cancel();
    await pause(2 * timeout);
    expect(await reserved()).to.equal(0n);
    // The tenant's balance is lower by now: it is refused, although its account in memory once had enough.
    const other = await billing.lease('slow', { id: 'other', table: TABLE, amount: 999_999n });
    expect(other.ok).to.equal(true);
    const refused = await Promise.resolve(slow.begin(1, FUEL)).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(BillingRefused);
    await slow.close();
  });

  it('bills nothing for a call without a receipt', async () => {
    const wrong = await divide.call('nothing', [], { fuel: FUEL, billing: account }).catch((error: unknown) => error);
    expect(wrong).to.have.property('code', 'unknown-export');
    await account.close();
    expect(await billing.balance('a')).to.include({ balance: 10_000_000n, reserved: 0n });
    expect(await lines()).to.deep.equal([]);
  });

  it('refuses work that a tenant cannot pay before it starts, and continues after a payment', async () => {
    await billing.openTenant('poor');
    await billing.payIn('poor', mostOf(BigInt(FUEL), TABLE) + 100n, 'deposit');
    const poor = await openAccount(billing, 'poor', { table: TABLE, amount: 1_000_000n });
    const done = pool.counts.done;
    const refused = await call(1, { billing: poor, fuel: FUEL * 2 }).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(BillingRefused);
    expect(pool.counts.done).to.equal(done);
    expect((await call(1, { billing: poor })).outcome.kind).to.equal('returned');
    await poor.close();
    const rich = await openAccount(billing, 'a', { table: TABLE, amount: mostOf(BigInt(FUEL), TABLE) });
    // More at once than the lease covers: later ones wait for the fuel that earlier ones give back.
    const made = await Promise.all(Array.from({ length: 20 }, (_, i) => call(i, { billing: rich })));
    await rich.close();
    expect(made).to.have.length(20);
    const nobody = await openAccount(billing, 'nobody', { table: TABLE, amount: 1n }).catch((error: unknown) => error);
    expect(nobody).to.have.property('code', 'unknown');
  });

  it('bills memo hits at their own price', async () => {
    const zomes = await pool.addZomes({ zomes: [LINKS], generation: '0.6' });
    if (!zomes.ok) throw new Error(zomes.fault.code);
    const validate = () =>
      zomes.host.validateOp(OPS[0]!, { fuel: 10_000_000, billing: account, dependencies: { records: RECORDS } });
    const first = await validate();
    const second = await validate();
    expect([first.isHit, second.isHit]).to.deep.equal([false, true]);
    expect(second.calls.map(({ receipt }) => toHex(receipt.bytes))).to.deep.equal(
      first.calls.map(({ receipt }) => toHex(receipt.bytes)),
    );
    await account.close();
    const billed = await lines();
    expect(billed.map(({ item }) => itemOf(item).kind)).to.deep.equal([
      ...first.calls.map(() => 'call'),
      ...first.calls.map(() => 'memo-hit'),
    ]);
    expect(billed.at(-1)!.amount).to.equal(TABLE.memoHit);
    expect(billed[0]!.subject).to.deep.equal(receiptHash(first.calls[0]!.receipt.value));
  });
});
