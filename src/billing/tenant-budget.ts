/** The budget of a tenant as its ledger has it: what was spent in a period, and the notices that come of it. */
import { type Amount, amountOf } from './amount.js';
import { type BudgetNotice, budgetNotice } from './budget.js';
import type { Moment } from './document.js';
import { integer, type SqlTransaction } from './sql-database.js';
import { balanceOf } from './tenant.js';

export interface BudgetOptions {
  /** From when spending is counted. Default: the beginning of the month, UTC. */
  readonly since?: Moment;
  /** Until when it is forecast. Default: the end of the month, UTC. */
  readonly until?: Moment;
  /** Below this the budget is low. Default: what a day costs at the rate so far. */
  readonly lowAt?: bigint;
}

export interface TenantBudget extends BudgetNotice {
  /** What a new lease can reserve. */
  readonly available: Amount;
  /** Settled from `since` on, tax included, less what was reversed. What is not settled yet is in no balance. */
  readonly spent: Amount;
  readonly since: Moment;
  readonly until: Moment;
}

export async function tenantBudget(
  sql: SqlTransaction,
  tenant: string,
  now: Moment,
  { since = monthOf(now, 0), until = monthOf(now, 1), lowAt }: BudgetOptions,
): Promise<TenantBudget> {
  const { available, reserved } = await balanceOf(sql, tenant, now);
  const spent = (await sumOf(sql, PAID, tenant, since)) - (await sumOf(sql, TAKEN_BACK, tenant, since));
  // What leases hold can still be spent.
  const facts = { available: available + reserved, spent: spent > 0n ? spent : 0n, since, now, periodEnd: until };
  const { perDay } = budgetNotice({ ...facts, lowAt: 0n });
  const notice = budgetNotice({ ...facts, lowAt: lowAt ?? perDay });
  return { ...notice, available: amountOf(available + reserved), spent: amountOf(facts.spent), since, until };
}

const OWN = 'select id from account where tenant = ?';
/** A post of a reservation may be of a part of it. */
const PAID = `debit in (${OWN}) and credit = 'house' and kind in ('post', 'post-pending')`;
const TAKEN_BACK = `credit in (${OWN}) and debit in ('house', 'tax') and kind = 'post'`;

async function sumOf(sql: SqlTransaction, what: string, tenant: string, since: Moment): Promise<bigint> {
  const [row] = await sql.all(
    `select cast(coalesce(sum(amount), 0) as bigint) as units from transfer where ${what} and at >= ?`,
    [tenant, BigInt(since)],
  );
  return row === undefined ? 0n : integer(row, 'units');
}

function monthOf(now: Moment, later: number): Moment {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later);
}
