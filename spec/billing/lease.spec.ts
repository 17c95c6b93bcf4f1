/** Leases: which calls may begin, the cost of a call, the remainder, and who is refused before any work. */
import { expect } from 'chai';
import { amountOf } from '../../src/billing/amount.js';
import { type Billing, openBilling } from '../../src/billing/billing.js';
import { BillingError } from '../../src/billing/billing-error.js';
import type { Lease } from '../../src/billing/lease.js';
import type { PriceTable } from '../../src/billing/price-table.js';
import { onEachDatabase } from './databases.js';
import { prepareReceipts, receiptOf, START, TABLE, tier } from './sample-billing.js';

/** 1 unit per unit of fuel, 5 per call, no tax. */
const PLAIN: PriceTable = {
  ...TABLE,
  fuelUnit: 1n,
  tiers: [tier(0n, 1n, 1n, 1n, 1n, 1n)],
  call: amountOf(5n),
  taxPartsPerMillion: 0n,
};

onEachDatabase('billing: leases', (kind) => {
  let billing: Billing;
  let now: number;
  let requests = 0;

  before(prepareReceipts);
  beforeEach(async () => {
    now = START;
    billing = await openBilling(await kind.open(kind.place()), { clock: () => now });
    await billing.openTenant('a');
    await billing.payIn('a', 1_000n, 'deposit');
  });
  afterEach(() => billing.ledger.database.close());

  const request = () => new Uint8Array(32).fill(++requests);

  async function leased(amount: bigint, id = 'l', table = PLAIN): Promise<Lease> {
    const opened = await billing.lease('a', { id, table, amount, timeout: 1_000 });
    if (!opened.ok) throw new Error(opened.refusal.code);
    return opened.lease;
  }

  function run(lease: Lease, limit: number, used: number): void {
    const call = lease.begin(limit);
    if (!call.ok) throw new Error(call.refusal.code);
    call.finish(receiptOf(used), request());
  }

  it('reserve, spend what was used, settle and keep the rest', async () => {
    const lease = await leased(600n);
    expect(await billing.balance('a')).to.include({ balance: 1_000n, reserved: 600n, available: 400n });
    run(lease, 200, 95);
    expect(lease.left).to.equal(500n);
    expect(lease.unsettled).to.deep.equal({ lines: 1, amount: 100n });
    expect(await lease.settle()).to.include({ ok: true, lines: 1, net: 100n, reserved: 500n });
    expect(await billing.balance('a')).to.include({ balance: 900n, reserved: 500n, available: 400n });
    expect(await lease.close()).to.include({ ok: true, lines: 0 });
    expect(await billing.balance('a')).to.include({ balance: 900n, reserved: 0n, available: 900n });
  });

  it('start no call whose full limit they cannot pay, including the calls under way', async () => {
    const lease = await leased(300n);
    const first = lease.begin(200);
    expect(first.ok && first.fuel).to.equal(200);
    expect(lease.begin(100)).to.deep.equal({ ok: false, refusal: { code: 'allowance', left: 95n, wanted: 105n } });
    const lower = lease.begin(100, 50);
    expect(lower.ok && lower.fuel).to.equal(90);
    expect(lease.begin(1, 0).ok).to.equal(false);
    if (first.ok) first.cancel();
    expect(lease.left).to.equal(205n);
    expect(lease.unsettled.lines).to.equal(0);
  });

  it('bill no host failure, and no call twice', async () => {
    const lease = await leased(300n);
    const call = lease.begin(100);
    if (!call.ok) throw new Error(call.refusal.code);
    expect(() => call.finish(receiptOf(101), request())).to.throw(RangeError);
    call.cancel();
    expect(() => call.cancel()).to.throw(RangeError);
    expect(() => call.finish(receiptOf(1), request())).to.throw(RangeError);
    expect(() => lease.begin(-1)).to.throw(RangeError);
    expect(await lease.settle()).to.include({ lines: 0, net: 0n, reserved: 300n });
  });

  it('are refused to a tenant at its limit, with the available and the requested amount', async () => {
    const wanted = { ok: false, refusal: { code: 'limit', available: 1_000n, wanted: 1_001n } };
    expect(await billing.lease('a', { id: 'l', table: PLAIN, amount: 1_001n })).to.deep.equal(wanted);
    await billing.openTenant('a', { creditLimit: 1n });
    expect((await billing.lease('a', { id: 'l', table: PLAIN, amount: 1_001n })).ok).to.equal(true);
  });

  it('spend grants in order of priority, and not after they expire', async () => {
    await billing.grant('a', { id: 'late', amount: 50n, priority: 2n, expiresAt: START + 10_000 });
    await billing.grant('a', { id: 'first', amount: 30n, priority: 1n, expiresAt: START + 10_000 });
    const lease = await leased(100n);
    run(lease, 60, 55);
    await lease.settle();
    const spent = async (id: string) => (await billing.ledger.account(id))?.debitsPosted;
    expect([await spent('grant:a:first'), await spent('grant:a:late'), await spent('tenant:a')]).to.deep.equal([
      30n,
      30n,
      0n,
    ]);
    await lease.close();
    now += 10_000;
    expect(await billing.balance('a')).to.include({ grants: 0n, available: 1_000n });
  });

  it('are void after their time-out, and their runs are billed if the tenant can still pay', async () => {
    const lease = await leased(900n);
    run(lease, 200, 195);
    now += 1_000;
    expect(await billing.balance('a')).to.include({ reserved: 0n, available: 1_000n });
    const other = await leased(900n, 'other');
    expect(await lease.settle()).to.deep.equal({
      ok: false,
      refusal: { code: 'limit', available: 100n, wanted: 200n },
    });
    expect(lease.unsettled.lines).to.equal(1);
    await other.close();
    expect(await lease.settle()).to.include({ ok: true, lines: 1, net: 200n, reserved: 0n });
    expect(lease.begin(1).ok).to.equal(false);
  });

  it('are extended up to the funds of the tenant', async () => {
    const lease = await leased(100n);
    run(lease, 60, 55);
    expect(await lease.extend(500n)).to.include({ ok: true, reserved: 500n });
    expect(lease.left).to.equal(500n);
    expect(await lease.extend(5_000n)).to.include({ ok: true, reserved: 940n });
  });

  it('settle calls that finish during a settlement in the next batch', async () => {
    const lease = await leased(500n);
    run(lease, 10, 5);
    const first = lease.settle();
    const call = lease.begin(100);
    run(lease, 10, 5);
    const second = lease.settle();
    expect(await first).to.include({ lines: 1, reserved: 490n });
    expect(await second).to.include({ lines: 1, reserved: 480n });
    expect(lease.left).to.equal(480n - 105n);
    if (call.ok) call.cancel();
    expect(lease.left).to.equal(480n);
  });

  it('are a single lease when requested twice, but not for another tenant or table', async () => {
    await leased(100n);
    await leased(100n);
    expect(await billing.balance('a')).to.include({ reserved: 100n });
    const codeOf = async (run: Promise<unknown>) => {
      const error: unknown = await run.catch((reason: unknown) => reason);
      return error instanceof BillingError ? error.code : error;
    };
    expect(await codeOf(leased(100n, 'l', TABLE))).to.equal('id-reused');
    expect(await codeOf(leased(100n, 'new', { ...PLAIN, validFrom: START + 1 }))).to.equal('not-valid');
    expect(await codeOf(billing.lease('b', { id: 'm', table: PLAIN, amount: 1n }))).to.equal('unknown');
    expect(await codeOf(billing.openTenant('no blanks'))).to.equal('document');
  });

  it('bill memo hits, loads and storage by their own prices', async () => {
    const table = { ...PLAIN, memoHit: amountOf(2n), storageDay: amountOf(3n) };
    const lease = await leased(100n, 'l', table);
    expect(lease.spend({ kind: 'memo-hit', receipt: receiptOf(1_000) }, request())).to.equal(true);
    expect(lease.spend({ kind: 'load', module: new Uint8Array(32), fuel: 40 }, request())).to.equal(true);
    expect(lease.spend({ kind: 'storage', object: 'o', bytes: 1_048_576, days: 2 }, request())).to.equal(true);
    expect(lease.spend({ kind: 'load', module: new Uint8Array(32), fuel: 60 }, request())).to.equal(false);
    expect(await lease.settle()).to.include({ lines: 3, net: 48n, reserved: 52n });
  });

  it('bill a request once, whatever its retry used', async () => {
    const lease = await leased(500n);
    const id = request();
    for (const _ of [1, 2]) {
      const call = lease.begin(10);
      if (call.ok) call.finish(receiptOf(5), id);
    }
    lease.spend({ kind: 'memo-hit', receipt: receiptOf(5) }, id);
    expect(await lease.settle()).to.include({ lines: 1, duplicates: 2, net: 10n });
  });

  it('price by the volume of the period, which restarts at 0', async () => {
    const table = {
      ...PLAIN,
      call: amountOf(0n),
      volumePeriod: 'day',
      tiers: [tier(0n, 0n, 2n), tier(100n, 0n, 1n)],
    } as const;
    const lease = await leased(900n, 'l', table);
    run(lease, 150, 150);
    expect(await lease.settle()).to.include({ net: 250n });
    run(lease, 10, 10);
    expect(await lease.settle()).to.include({ net: 10n });
    now += 86_400_000;
    const next = await leased(100n, 'next', table);
    run(next, 10, 10);
    expect(await next.settle()).to.include({ net: 20n });
    const periods = [];
    for await (const { period, volume } of billing.lines('a')) periods.push([period, volume]);
    expect(periods).to.deep.equal([
      ['2026-11-21', 0n],
      ['2026-11-21', 150n],
      ['2026-11-22', 0n],
    ]);
  });

  it('reverse a line once, with its tax', async () => {
    const lease = await leased(500n, 'l', { ...PLAIN, taxPartsPerMillion: 190_000n });
    run(lease, 100, 95);
    run(lease, 100, 95);
    await lease.close();
    expect(await billing.balance('a')).to.include({ balance: 1_000n - 238n });
    const lines = [];
    for await (const line of billing.lines('a')) lines.push(line);
    const reversal = await billing.reverse(lines[0]!.id, 'the wrong tenant');
    expect(reversal.amount).to.equal(-100n);
    expect(await billing.reverse(lines[0]!.id, 'again')).to.deep.equal(reversal);
    expect(await billing.balance('a')).to.include({ balance: 1_000n - 119n });
    expect(await billing.reverse(reversal.id, 'no').catch((error: BillingError) => error.code)).to.equal('document');
    expect(await billing.reverse(new Uint8Array(32), 'no').catch((error: BillingError) => error.code)).to.equal(
      'unknown',
    );
  });
});
