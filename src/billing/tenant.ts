/**
 * Tenants and the accounts of a billing ledger: names, opening, paying in, grants, and what a tenant can still spend.
 *
 *   payments      money from outside: debited when a tenant pays in
 *   tenant:NAME   what a tenant has; it may owe up to its credit limit (`max_unpaid_value`)
 *   grant:NAME:ID a grant, spent before the tenant's own money, lowest priority first, until it expires
 *   grants, house, tax, rounding   what was granted, earned, owed as tax, and left over below the payable unit
 */
import { type Amount, amountOf, smallerOf } from './amount.js';
import { BillingError } from './billing-error.js';
import type { Moment } from './document.js';
import type { LedgerTransaction } from './ledger.js';
import { integer, type SqlTransaction, text } from './sql-database.js';

export const HOUSE_ACCOUNTS = ['payments', 'house', 'grants', 'tax', 'rounding'] as const;

/** Letters, digits and `._@-`, because a name is part of ids and of labels of metrics. */
const TENANT = /^[A-Za-z0-9._@-]{1,64}$/;

export interface TenantOptions {
  /** What it may owe. Default 0: prepaid. */
  readonly creditLimit?: bigint;
}

export interface Grant {
  /** Unique among the grants of a tenant. */
  readonly id: string;
  readonly amount: bigint;
  /** Grants of a lower priority are spent first. Default 0. */
  readonly priority?: bigint;
  readonly expiresAt?: Moment;
}

/** What a tenant has and may spend. */
export interface TenantBalance {
  /** What was paid in minus what was spent, without grants; negative if the tenant owes. */
  readonly balance: Amount;
  readonly creditLimit: Amount;
  /** What is left of grants. */
  readonly grants: Amount;
  /** Reserved by leases. */
  readonly reserved: Amount;
  /** What a new lease can reserve. */
  readonly available: Amount;
}

/** @throws BillingError `document` for an invalid name */
export function tenantAccount(tenant: string): string {
  if (TENANT.test(tenant)) return `tenant:${tenant}`;
  throw new BillingError(
    'document',
    `a tenant's name must have 1 to 64 letters, digits and ._@-, not ${JSON.stringify(tenant)}`,
  );
}

export async function openTenant(
  ledger: LedgerTransaction,
  tenant: string,
  { creditLimit = 0n }: TenantOptions,
): Promise<void> {
  const id = tenantAccount(tenant);
  await ledger.openAccount({ id, limit: 'credits', tenant });
  if (!(await ledger.setCreditLimit(id, creditLimit))) {
    throw new BillingError('transfer', `the tenant ${tenant} owes more than the new credit limit`);
  }
}

export async function payIn(ledger: LedgerTransaction, tenant: string, amount: bigint, id: string): Promise<void> {
  const credit = tenantAccount(tenant);
  await ledger.mustTransfer({ kind: 'post', id: `payment:${tenant}:${id}`, debit: 'payments', credit, amount });
}

export async function openGrant(ledger: LedgerTransaction, tenant: string, grant: Grant): Promise<void> {
  const { id, amount, priority = 0n, expiresAt } = grant;
  tenantAccount(tenant);
  const account = `grant:${tenant}:${id}`;
  const spec = { id: account, limit: 'credits', tenant, priority } as const;
  await ledger.openAccount(expiresAt === undefined ? spec : { ...spec, expiresAt });
  await ledger.mustTransfer({ kind: 'post', id: account, debit: 'grants', credit: account, amount });
}

interface Source {
  readonly account: string;
  readonly available: bigint;
}

/** What a tenant can spend, in the order in which it is spent: grants by priority, then its own. */
async function sourcesOf(ledger: LedgerTransaction, tenant: string): Promise<Source[]> {
  await ledger.finishAccounts();
  const rows = await ledger.sql.all('select id, priority, expires_at from account where tenant = ?', [tenant]);
  const own = tenantAccount(tenant);
  const grants = rows
    .filter(
      (row) =>
        text(row, 'id') !== own && (row['expires_at'] === null || integer(row, 'expires_at') > BigInt(ledger.now)),
    )
    .map((row) => ({ id: text(row, 'id'), priority: integer(row, 'priority') }))
    .sort((a, b) => (a.priority === b.priority ? (a.id < b.id ? -1 : 1) : a.priority < b.priority ? -1 : 1));
  const sources: Source[] = [];
  for (const id of [...grants.map((grant) => grant.id), own]) {
    const account = await ledger.account(id);
    if (account === undefined) throw new BillingError('unknown', `tenant ${tenant} does not exist`);
    const { creditsPosted, creditLimit, debitsPosted, debitsPending } = account;
    sources.push({ account: id, available: creditsPosted + creditLimit - debitsPosted - debitsPending });
  }
  return sources;
}

/**
 * Reserves an amount from a tenant's sources by pending transfers `NAME:0`, `NAME:1` and so on.
 * @param least reserve what is available, if it is at least this much
 * @returns how many there are and what they reserve, or what is available
 */
export async function reserve(
  ledger: LedgerTransaction,
  tenant: string,
  name: string,
  amount: bigint,
  timeout: number,
  least = amount,
): Promise<
  | { readonly ok: true; readonly pieces: number; readonly reserved: Amount }
  | { readonly ok: false; readonly available: Amount }
> {
  const sources = (await sourcesOf(ledger, tenant)).filter(({ available }) => available > 0n);
  const available = sources.reduce((sum, source) => sum + source.available, 0n);
  if (available < least) return { ok: false, available: amountOf(available) };
  let rest = smallerOf(available, amount);
  const reserved = amountOf(rest);
  let pieces = 0;
  for (const source of sources) {
    const piece = smallerOf(source.available, rest);
    if (piece === 0n) break;
    const id = `${name}:${pieces}`;
    await ledger.mustTransfer({ kind: 'pending', id, debit: source.account, credit: 'house', amount: piece, timeout });
    pieces += 1;
    rest -= piece;
  }
  return { ok: true, pieces, reserved };
}

/** The balance of a tenant, within any reading transaction. */
export async function balanceOf(sql: SqlTransaction, tenant: string, now: Moment): Promise<TenantBalance> {
  const own = tenantAccount(tenant);
  const rows = await sql.all('select * from account where tenant = ?', [tenant]);
  const mine = rows.find((row) => text(row, 'id') === own);
  if (mine === undefined) throw new BillingError('unknown', `tenant ${tenant} does not exist`);
  const isOpen = (row: (typeof rows)[number]) => row['expires_at'] === null || integer(row, 'expires_at') > BigInt(now);
  const grants = rows.filter((row) => row !== mine && isOpen(row));
  const left = (row: (typeof rows)[number]) => integer(row, 'credits_posted') - integer(row, 'debits_posted');
  const held = (row: (typeof rows)[number]) => integer(row, 'debits_pending');
  const granted = grants.reduce((sum, row) => sum + left(row), 0n);
  const reserved = rows.reduce((sum, row) => sum + held(row), 0n);
  const spendable = [mine, ...grants].reduce((sum, row) => sum + left(row) - held(row), 0n);
  const creditLimit = integer(mine, 'credit_limit');
  return {
    balance: amountOf(left(mine)),
    creditLimit: amountOf(creditLimit),
    grants: amountOf(granted),
    reserved: amountOf(reserved),
    available: amountOf(spendable + creditLimit),
  };
}
