/**
 * Refusals of billing and their messages: every error of a ledger, its tenants, leases, documents and places, compared
 * whole.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { amountOf } from '../../src/billing/amount.js';
import { audit } from '../../src/billing/audit.js';
import { BillingRefused, openAccount } from '../../src/billing/billed-account.js';
import { type Billing, openBilling } from '../../src/billing/billing.js';
import { BillingError } from '../../src/billing/billing-error.js';
import { EvidenceFolder } from '../../src/billing/evidence.js';
import { isIncluded } from '../../src/billing/merkle.js';
import { priceTableHash } from '../../src/billing/price-table.js';
import { checkVersion } from '../../src/billing/schema.js';
import { bytes, integer, storageError, text } from '../../src/billing/sql-database.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import { SQLITE_ADVICE } from '../../src/store/sqlite-driver.js';
import { StoreError } from '../../src/store/store-error.js';
import { prepareReceipts, receiptOf, START, TABLE } from './sample-billing.js';

type Work = (billing: Billing) => unknown;

async function failureOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was rejected');
}

/** Opens a ledger on a SQLite that cannot be opened for this reason. */
async function openedWithout(reason: Error): Promise<unknown> {
  const { getBuiltinModule } = process;
  class DatabaseSync {
    constructor() {
      throw reason;
    }
  }
  process.getBuiltinModule = ((name: string) =>
    name === 'node:sqlite' ? { DatabaseSync } : getBuiltinModule(name)) as typeof getBuiltinModule;
  try {
    return await failureOf(() => openSqlite('some.db'));
  } finally {
    process.getBuiltinModule = getBuiltinModule;
  }
}

describe('billing: a missing SQLite', () => {
  it('is reported with what to install, and why else it cannot be opened', async () => {
    for (const [cause, code, message] of [
      [new StoreError('library', 'none'), 'library', `an embedded ledger needs SQLite: ${SQLITE_ADVICE}`],
      [new StoreError('folder', 'gone'), 'storage', 'the billing database some.db cannot be opened: gone'],
      [new Error('locked'), 'storage', 'the billing database some.db cannot be opened: locked'],
    ] as const) {
      const error = await openedWithout(cause);
      expect(error).to.be.instanceOf(BillingError);
      expect(error).to.include({ code, message, cause });
    }
  });
});

describe('billing: what is refused', () => {
  let billing: Billing;
  let folder = '';
  let now = START;

  before(async () => {
    await prepareReceipts();
    folder = mkdtempSync(join(tmpdir(), 'assay-refusals-'));
  });
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    now = START;
    billing = await openBilling(await openSqlite(':memory:'), { clock: () => now });
    await billing.openTenant('a');
    await billing.payIn('a', 1_000n, 'deposit');
  });
  afterEach(() => billing.ledger.database.close());

  const lease = async (amount: bigint) => {
    const opened = await billing.lease('a', { id: 'l', table: TABLE, amount, timeout: 1_000 });
    if (!opened.ok) throw new Error(opened.refusal.code);
    return opened.lease;
  };
  const terms = { id: 'l', tenant: 'a', table: TABLE, timeout: 1_000 };
  const usage = (item: object) => ({ item, requestId: new Uint8Array(32), executedAt: START }) as never;

  const rows: readonly (readonly [string, Work, string])[] = [
    ['unknown', () => billing.balance('b'), 'tenant b does not exist'],
    ['unknown', () => billing.lease('b', { id: 'l', table: TABLE, amount: 1n }), 'tenant b does not exist'],
    ['unknown', () => billing.settle(terms, []), 'tenant a has no lease l'],
    ['unknown', () => lease(1n).then(() => billing.settle({ ...terms, tenant: 'b' }, [])), 'tenant b has no lease l'],
    ['unknown', () => billing.priceTable('0'.repeat(64)), `the ledger has no price table ${'0'.repeat(64)}`],
    ['document', () => billing.priceTable('0'.repeat(63)), 'a hash has 64 lower-case hexadecimal digits'],
    ['document', () => billing.priceTable(`${'0'.repeat(64)}0`), 'a hash has 64 lower-case hexadecimal digits'],
    ['document', () => billing.priceTable('A'.repeat(64)), 'a hash has 64 lower-case hexadecimal digits'],
    ['unknown', () => billing.statementAgain('a', 1), 'tenant a has no statement 1'],
    [
      'document',
      () => billing.openTenant('a b'),
      'a tenant\'s name must have 1 to 64 letters, digits and ._@-, not "a b"',
    ],
    [
      'document',
      () => billing.openTenant('x'.repeat(65)),
      `a tenant's name must have 1 to 64 letters, digits and ._@-, not "${'x'.repeat(65)}"`,
    ],
    [
      'transfer',
      async () => {
        await billing.openTenant('a', { creditLimit: 500n });
        await lease(1_200n);
        await billing.openTenant('a', { creditLimit: 199n });
      },
      'the tenant a owes more than the new credit limit',
    ],
    [
      'unknown',
      () => billing.ledger.transaction((open) => open.setCreditLimit('nobody', 1n)),
      'account nobody does not exist',
    ],
    ['transfer', () => billing.payIn('a', 0n, 'nothing'), 'the transfer payment:a:nothing is refused: amount'],
    ['transfer', () => billing.payIn('b', 1n, 'x'), 'the transfer payment:b:x is refused: unknown-account'],
    ['transfer', () => billing.payIn('a', 7n, 'deposit'), 'the transfer payment:a:deposit is refused: id-reused'],
    [
      'id-reused',
      async () => {
        await billing.grant('a', { id: 'g', amount: 1n, priority: 1n });
        await billing.grant('a', { id: 'g', amount: 1n, priority: 2n });
      },
      'the account grant:a:g was opened with other limits',
    ],
    [
      'document',
      async () => {
        await billing.keepPriceTable(TABLE);
        await billing.keepPriceTable({ ...TABLE, currency: 'USD' });
      },
      'this ledger is in EUR with 9 and 2 digits, the price table is not',
    ],
    [
      'document',
      async () => {
        await billing.keepPriceTable(TABLE);
        await billing.keepPriceTable({ ...TABLE, scale: 8 });
      },
      'this ledger is in EUR with 9 and 2 digits, the price table is not',
    ],
    [
      'document',
      async () => {
        await billing.keepPriceTable(TABLE);
        await billing.keepPriceTable({ ...TABLE, payableScale: 1 });
      },
      'this ledger is in EUR with 9 and 2 digits, the price table is not',
    ],
    [
      'document',
      async () => {
        await lease(100n);
        await billing.settle(terms, [usage({ kind: 'reversal', line: new Uint8Array(32), reason: 'no' })]);
      },
      'use reverseLine to reverse a line',
    ],
    [
      'storage',
      () => checkVersion('assay-billing-9'),
      'the billing database has version assay-billing-9; this program reads version assay-billing-1',
    ],
    ['storage', () => text({ a: 1n }, 'a'), 'column a has no text'],
    ['storage', () => integer({ a: '1' }, 'a'), 'column a has no integer'],
    ['storage', () => bytes({ a: '1' }, 'a'), 'column a has no bytes'],
    ['storage', () => text({}, 'b'), 'column b has no text'],
    ['storage', () => new EvidenceFolder('none').all().next(), `${join('none', 'runs')} cannot be read`],
  ];
  for (const [at, [code, work, message]] of rows.entries()) {
    it(`${at}: ${message.replaceAll(/0{20,}|x{20,}/g, '...')}`, async () => {
      const error = await failureOf(() => work(billing));
      expect(error).to.be.instanceOf(BillingError);
      const { name, code: found, message: said } = error as BillingError;
      expect([name, found, said]).to.deep.equal(['BillingError', code, message]);
    });
  }

  it('a database without a ledger, and one of another version', async () => {
    const { database } = billing.ledger;
    await database.transaction((sql) => sql.all("update ledger set version = 'assay-billing-0'"));
    expect(await failureOf(() => billing.balance('a'))).to.have.property(
      'message',
      'the billing database has version assay-billing-0; this program reads version assay-billing-1',
    );
    await database.transaction((sql) => sql.all('delete from ledger'));
    const error = await failureOf(() => billing.balance('a'));
    expect(error).to.include({ code: 'storage', message: 'the billing database has no ledger' });
  });

  it('an error of the database is wrapped with its reason, an error of billing is rethrown', () => {
    const own = new BillingError('unknown', 'x');
    expect(storageError(own, 'it failed')).to.equal(own);
    const cause = new TypeError('locked');
    const wrapped = storageError(cause, 'it failed');
    expect([wrapped.message, wrapped.cause]).to.deep.equal(['it failed: locked', cause]);
    expect(storageError('text', 'it failed').message).to.equal('it failed: text');
  });

  it('a file that is not a ledger, and a missing folder', async () => {
    const place = join(folder, 'plain.db');
    writeFileSync(place, 'this is not a database, but long enough to be looked at as one '.repeat(20));
    for (const [path, code] of [
      [place, 'storage'],
      [join(folder, 'none', 'ledger.db'), 'storage'],
      [folder, 'storage'],
    ] as const) {
      const error = await failureOf(() => openSqlite(path));
      expect(error).to.be.instanceOf(BillingError).with.property('code', code);
      expect((error as Error).message, path).to.include(path);
    }
  });

  it('an account that cannot pay, with the available and the requested amount', async () => {
    await billing.openTenant('poor');
    const options = { table: TABLE, amount: 1_000n };
    const empty = (await failureOf(() => openAccount(billing, 'poor', options))) as BillingRefused;
    expect(empty).to.be.instanceOf(BillingRefused);
    expect([empty.tenant, empty.refusal]).to.deep.equal(['poor', { code: 'limit', available: 0n, wanted: 1_000n }]);
    const account = await openAccount(billing, 'a', options);
    expect(account.unsettled).to.deep.equal({ lines: 0, amount: 0n });
    await account.spend({ kind: 'load', module: new Uint8Array(32), fuel: 1_000 }, new Uint8Array(32));
    expect(account.unsettled.lines).to.equal(1);
    const refused = (await failureOf(() =>
      account.spend({ kind: 'load', module: new Uint8Array(32), fuel: 1e12 }, new Uint8Array(32).fill(1)),
    )) as BillingRefused;
    expect(refused.refusal.code).to.equal('allowance');
    const job = await account.begin(1, 10);
    expect(() => job.finish([{}, {}] as never, false)).to.throw(RangeError, '2 receipts of 1 calls');
    await account.close();
  });

  it('an account that is reopened, unless its options are the same', async () => {
    const { ledger } = billing;
    await ledger.openAccounts({ id: 'x' });
    await ledger.openAccounts({ id: 'x', limit: 'none', creditLimit: amountOf(0n), priority: 0n });
    expect(await ledger.account('x')).to.include({ limit: 'none', creditLimit: 0n, priority: 0n });
    for (const other of [{ limit: 'debits' }, { priority: 1n }, { expiresAt: START }, { tenant: 'a' }] as const) {
      const error = await failureOf(() => ledger.openAccounts({ id: 'x', ...other }));
      expect(error).to.include({ code: 'id-reused', message: 'the account x was opened with other limits' });
    }
  });

  it('a price table is stored once, and is found by its hash', async () => {
    const hash = await billing.keepPriceTable(TABLE);
    expect(hash).to.deep.equal(priceTableHash(TABLE));
    expect(await billing.keepPriceTable(TABLE)).to.deep.equal(hash);
    expect(await billing.priceTable(toHex(hash))).to.deep.equal(TABLE);
  });

  it('an index that is not in a tree', () => {
    const [leaf, root] = [Uint8Array.of(1), new Uint8Array(32)];
    for (const index of [-1, 0.5, 1, 2]) expect(isIncluded(leaf, index, 1, [], root)).to.equal(false);
  });

  it('a sample that is not a number of lines', async () => {
    const invoice = { statement: { lines: [] }, hash: new Uint8Array(32) } as never;
    const source = new EvidenceFolder(folder);
    for (const sample of [-1, 0.5, Number.NaN]) {
      const error = await failureOf(() => audit(invoice, source, { seed: 's', sample }));
      expect(error).to.be.instanceOf(RangeError).with.property('message', 'a sample must be a whole number of lines');
    }
    expect(await audit(invoice, source, { seed: 's', sample: 0 })).to.include({ drawn: 0, lines: 0, risk: 0n });
  });

  it('a receipt of a call with a higher limit', () =>
    lease(1_000n).then((own) => {
      const call = own.begin(5);
      if (!call.ok) throw new Error(call.refusal.code);
      expect(() => call.finish(receiptOf(6), new Uint8Array(32))).to.throw(
        RangeError,
        'the receipt belongs to a call with a higher fuel limit',
      );
      for (const fuel of [-1, 0.5, 2 ** 60])
        expect(() => own.begin(fuel)).to.throw(RangeError, `${fuel} is not a fuel limit`);
      expect(own.left <= amountOf(1_000n)).to.equal(true);
    }));
});
