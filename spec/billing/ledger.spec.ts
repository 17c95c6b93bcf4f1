/** The ledger on both databases: the effects of transfers, refusals, and that nothing is changed afterwards. */
import { expect } from 'chai';
import { amountOf } from '../../src/billing/amount.js';
import { BillingError } from '../../src/billing/billing-error.js';
import { Ledger } from '../../src/billing/ledger.js';
import type { SqlDatabase } from '../../src/billing/sql-database.js';
import type { TransferRefusal, TransferSpec } from '../../src/billing/transfer.js';
import { onEachDatabase } from './databases.js';
import { START } from './sample-billing.js';

type Post = Extract<TransferSpec, { kind: 'post' }>;
type Hold = Extract<TransferSpec, { kind: 'pending' }>;

onEachDatabase('billing: ledger', (kind) => {
  let database: SqlDatabase;
  let ledger: Ledger;
  let now: number;
  let place: string;

  beforeEach(async () => {
    now = START;
    place = kind.place();
    database = await kind.open(place);
    ledger = new Ledger(database, { clock: () => now });
    await ledger.openAccounts(
      { id: 'payments' },
      { id: 'house' },
      { id: 'grants' },
      { id: 'tenant:a', limit: 'credits', tenant: 'a' },
      { id: 'stock', limit: 'debits' },
    );
    await made(paid('deposit', 100n));
  });
  afterEach(() => database.close());

  const paid = (id: string, amount: bigint): Post => ({
    kind: 'post',
    id,
    debit: 'payments',
    credit: 'tenant:a',
    amount,
  });
  const spent = (id: string, amount: bigint, debit = 'tenant:a'): Post => ({
    kind: 'post',
    id,
    debit,
    credit: 'house',
    amount,
  });
  const held = (id: string, amount: bigint, timeout?: number): Hold => ({
    ...spent(id, amount),
    kind: 'pending',
    ...(timeout === undefined ? {} : { timeout }),
  });

  async function made(...specs: TransferSpec[]): Promise<void> {
    expect(await ledger.transfers(...specs)).to.include({ ok: true });
  }

  async function refused(refusal: TransferRefusal, ...specs: TransferSpec[]): Promise<void> {
    const before = await balances();
    expect(await ledger.transfers(...specs)).to.deep.equal({ ok: false, index: specs.length - 1, refusal });
    expect(await balances()).to.deep.equal(before);
  }

  async function balances(): Promise<Record<string, readonly bigint[]>> {
    const accounts = await ledger.accounts();
    const sums = accounts.map(
      ({ id, debitsPending, debitsPosted, creditsPending, creditsPosted }) =>
        [id, [debitsPosted, creditsPosted, debitsPending, creditsPending]] as const,
    );
    for (const [debit, credit] of [
      [0, 1],
      [2, 3],
    ] as const) {
      const total = (at: number) => sums.reduce((sum, [, numbers]) => sum + numbers[at]!, 0n);
      expect(total(debit), 'debits equal credits').to.equal(total(credit));
    }
    return Object.fromEntries(sums);
  }

  it('transfers, reserves, posts a part and releases the rest', async () => {
    await made(held('hold', 60n));
    expect((await balances())['tenant:a']).to.deep.equal([0n, 100n, 60n, 0n]);
    await made({ kind: 'post-pending', id: 'use', pending: 'hold', amount: 25n });
    expect((await balances())['tenant:a']).to.deep.equal([25n, 100n, 0n, 0n]);
    await made(held('hold 2', 75n), { kind: 'post-pending', id: 'use 2', pending: 'hold 2' });
    expect((await balances())['house']).to.deep.equal([0n, 100n, 0n, 0n]);
  });

  it('refuses with the cause, and discards the whole batch', async () => {
    await refused('exceeds-credits', spent('one', 60n), spent('two', 41n));
    await refused('exceeds-credits', held('hold', 101n));
    await refused('exceeds-debits', spent('s', 1n), { ...spent('t', 1n), credit: 'stock' });
    await refused('amount', spent('zero', 0n));
    await refused('amount', spent('less', -1n));
    await refused('amount', paid('much', 2n ** 63n));
    await refused('overflow', paid('much', 2n ** 63n - 1n));
    await refused('same-account', spent('self', 1n, 'house'));
    await refused('unknown-account', spent('who', 1n, 'tenant:b'));
    await refused('unknown-pending', { kind: 'void-pending', id: 'void', pending: 'none' });
    await made(held('hold', 10n), held('gone', 10n), held('late', 10n, 1_000));
    await refused('exceeds-pending', { kind: 'post-pending', id: 'more', pending: 'hold', amount: 11n });
    await refused('amount', { kind: 'post-pending', id: 'neg', pending: 'hold', amount: -1n });
    await made(
      { kind: 'post-pending', id: 'use', pending: 'hold' },
      { kind: 'void-pending', id: 'no', pending: 'gone' },
    );
    await refused('already-posted', { kind: 'post-pending', id: 'again', pending: 'hold' });
    await refused('already-voided', { kind: 'post-pending', id: 'again', pending: 'gone' });
    now += 1_000;
    await refusedAfterTick('already-expired', { kind: 'post-pending', id: 'slow', pending: 'late' });
  });

  async function refusedAfterTick(refusal: TransferRefusal, spec: TransferSpec): Promise<void> {
    await ledger.tick();
    await refused(refusal, spec);
  }

  it('makes a transfer once, and refuses another one with the same id', async () => {
    const hold = held('hold', 10n, 5_000);
    const use: TransferSpec = { kind: 'post-pending', id: 'use', pending: 'hold' };
    await made(hold, use);
    const before = await balances();
    expect(await ledger.transfers(paid('deposit', 100n), hold, use)).to.deep.equal({ ok: true, existed: 3 });
    expect(await balances()).to.deep.equal(before);
    await refused('id-reused', paid('deposit', 101n));
    await refused('id-reused', { ...hold, timeout: 6_000 });
    await refused('id-reused', { ...use, amount: 9n });
    await refused('id-reused', { kind: 'void-pending', id: 'use', pending: 'hold' });
  });

  it('lets a tenant owe up to its credit limit', async () => {
    expect(await ledger.transaction((open) => open.setCreditLimit('tenant:a', 50n))).to.equal(true);
    await refused('exceeds-credits', spent('much', 151n));
    await made(spent('all', 150n));
    expect(await ledger.transaction((open) => open.setCreditLimit('tenant:a', 49n))).to.equal(false);
    expect((await ledger.account('tenant:a'))?.creditLimit).to.equal(50n);
  });

  it('times out by its own clock, which never runs backwards', async () => {
    await made(held('hold', 60n, 1_000));
    now += 999;
    await ledger.tick();
    expect((await balances())['tenant:a']).to.deep.equal([0n, 100n, 60n, 0n]);
    now += 1;
    await ledger.tick();
    expect((await balances())['tenant:a']).to.deep.equal([0n, 100n, 0n, 0n]);
    now -= 100_000;
    await made(held('next', 60n, 1_000));
    now += 100_000;
    await ledger.tick();
    expect((await balances())['tenant:a']).to.deep.equal([0n, 100n, 60n, 0n]);
    const times = [];
    for await (const { at } of ledger.allTransfers(2)) times.push(at);
    expect(times).to.deep.equal([...times].sort());
  });

  it('takes back the rest of an expired grant, and what is returned to it later', async () => {
    await ledger.openAccounts({ id: 'grant:a:1', limit: 'credits', tenant: 'a', expiresAt: now + 1_000 });
    await made({ kind: 'post', id: 'grant', debit: 'grants', credit: 'grant:a:1', amount: 40n });
    await made({ ...held('hold', 15n, 5_000), debit: 'grant:a:1' });
    now += 1_000;
    await ledger.tick();
    expect((await balances())['grant:a:1']).to.deep.equal([25n, 40n, 15n, 0n]);
    now += 4_000;
    await ledger.tick();
    expect((await balances())['grant:a:1']).to.deep.equal([40n, 40n, 0n, 0n]);
    expect((await balances())['grants']).to.deep.equal([40n, 40n, 0n, 0n]);
  });

  it('rolls back a transaction that throws, and rethrows its error', async () => {
    const before = await balances();
    const failure = new RangeError('a bug of the caller');
    const run = ledger.transaction(async (open) => {
      await open.mustTransfer(spent('one', 1n));
      throw failure;
    });
    expect(await run.catch((error: unknown) => error)).to.equal(failure);
    expect(await balances()).to.deep.equal(before);
  });

  it('is unchanged when it is reopened', async () => {
    await made(spent('one', 30n));
    const before = await balances();
    await database.close();
    database = await kind.open(place);
    ledger = new Ledger(database, { clock: () => now });
    expect(await balances()).to.deep.equal(before);
    expect(await ledger.transfers(spent('one', 30n))).to.deep.equal({ ok: true, existed: 1 });
  });

  it('refuses to change or delete a transfer, and a balance over its limit, in the database itself', async () => {
    for (const sql of [
      "update transfer set amount = 1 where id = 'deposit'",
      "delete from transfer where id = 'deposit'",
      "update account set debits_posted = 101 where id = 'tenant:a'",
    ]) {
      const error: unknown = await database.transaction((open) => open.all(sql)).catch((reason: unknown) => reason);
      expect(error, sql).to.be.instanceOf(BillingError).with.property('code', 'storage');
    }
    expect((await balances())['tenant:a']).to.deep.equal([0n, 100n, 0n, 0n]);
  });

  it('opens an account once, and not with other limits', async () => {
    await ledger.openAccounts({ id: 'tenant:a', limit: 'credits', tenant: 'a' });
    const error: unknown = await ledger.openAccounts({ id: 'tenant:a' }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(BillingError).with.property('code', 'id-reused');
    expect(amountOf(0n)).to.equal((await ledger.account('tenant:a'))?.creditLimit);
    expect(await ledger.account('tenant:b')).to.equal(undefined);
  });
});
