/** The ledger and price tables that a command line names: opened while the command runs, with errors in plain words. */
import type { BilledAccount } from '../billing/billed-account.js';
import type { Billing } from '../billing/billing.js';
import { BillingError } from '../billing/billing-error.js';
import type { PriceTable } from '../billing/price-table.js';
import { CliError } from './cli-error.js';
import { printable } from './layout.js';
import { readBytesWithin } from './read-bytes.js';

const TABLE_BYTES_MAX = 2 ** 20;

const ADVICE: Readonly<Record<BillingError['code'], string>> = {
  amount: 'amounts are whole units of the ledger, below 2^63',
  document: 'docs/BILLING.md describes the format of every document',
  'other-schedule': 'use a price table for the schedule of the receipts',
  'not-valid': 'use a price table that is currently valid',
  unknown: 'check the name',
  transfer: 'check the balance: assay bill balance',
  'id-reused': 'use another id, or the same details',
  storage: 'nothing was changed; check the path, its permissions and the free space',
  library: 'install the library that is missing',
};

/** Runs something; billing errors become errors of the command line. */
export async function billingErrors<T>(run: () => Promise<T>): Promise<T> {
  const { BillingRefused } = await import('../billing/billed-account.js');
  try {
    return await run();
  } catch (error) {
    if (error instanceof BillingError) throw new CliError(printable(error.message), ADVICE[error.code]);
    if (error instanceof BillingRefused) {
      throw new CliError(printable(error.message), 'look at assay bill balance; pay in, or set a lower --fuel limit');
    }
    throw error;
  }
}

/** @param place an SQLite file, or `postgres://…` */
export async function openLedger(place: string): Promise<Billing> {
  const { openBilling } = await import('../billing/billing.js');
  const isPostgres = /^postgres(?:ql)?:\/\//.test(place);
  const database = isPostgres
    ? await (await import('../billing/postgres-database.js')).openPostgres(place)
    : await (await import('../billing/sqlite-database.js')).openSqlite(place);
  return await openBilling(database);
}

export async function priceTableAt(path: string): Promise<PriceTable> {
  const { readPriceTable } = await import('../billing/price-table.js');
  return readPriceTable(new TextDecoder().decode(readBytesWithin(path, TABLE_BYTES_MAX, 'a price table')));
}

/** Default amount of fuel reserved at a time: a thousand calls of a billion units each. */
const USUAL_FUEL = 1_000_000_000_000n;

export async function usualAllowance(table: PriceTable, fuel = USUAL_FUEL): Promise<bigint> {
  const { AMOUNT_MAX, smallerOf } = await import('../billing/amount.js');
  const { mostOf } = await import('../billing/price.js');
  return smallerOf(mostOf(fuel, table), AMOUNT_MAX);
}

export interface LedgerOptions {
  readonly billing?: string;
  readonly prices?: string;
  readonly tenant?: string;
  readonly allowance?: bigint;
}

/**
 * Runs something with the account of a tenant, if the command line names a ledger, and settles at its end.
 * @param usualFuel the default amount reserved at a time
 */
export async function withAccount<T>(
  { billing: place, prices, tenant, allowance }: LedgerOptions,
  run: (account: BilledAccount | undefined) => Promise<T>,
  usualFuel = USUAL_FUEL,
): Promise<T> {
  if (place === undefined) return await run(undefined);
  if (prices === undefined || tenant === undefined) {
    throw new CliError('--billing needs --prices and --tenant', 'pass --prices FILE and --tenant NAME');
  }
  return await billingErrors(async () => {
    const table = await priceTableAt(prices);
    const billing = await openLedger(place);
    try {
      const { openAccount } = await import('../billing/billed-account.js');
      const amount = allowance ?? (await usualAllowance(table, usualFuel));
      const account = await openAccount(billing, tenant, { table, amount });
      try {
        return await run(account);
      } finally {
        await account.close();
      }
    } finally {
      await billing.ledger.database.close();
    }
  });
}
