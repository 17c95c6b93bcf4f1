/** The budget of a tenant from its ledger: what was spent in a period, and the resulting notices. */
import { type Amount, amountOf } from './amount.js';
import { type BudgetNotice, budgetNotice } from './budget.js';
import type { Moment } from './document.js';
import { integer, type SqlTransaction } from './sql-database.js';
import { balanceOf } from './tenant.js';

export interface BudgetOptions {
  /** The start of the period in which spending is counted. Default: the beginning of the month, UTC. */
  readonly since?: Moment;
  /** The end of the forecast. Default: the end of the month, UTC. */
  readonly until?: Moment;
  /** Below this the budget is low. Default: the spending of a day at the rate so far. */
  readonly lowAt?: bigint;
}

export interface TenantBudget extends BudgetNotice {
  /** What a new lease can reserve. */
  readonly available: Amount;
  /** Settled from `since` on, including tax, minus reversals. Unsettled lines are in no balance. */
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
  // Funds reserved by leases can still be spent.
  const facts = { available: available + reserved, spent: spent > 0n ? spent : 0n, since, now, periodEnd: until };
  const { perDay } = budgetNotice({ ...facts, lowAt: 0n });
  const notice = budgetNotice({ ...facts, lowAt: lowAt ?? perDay });
  return { ...notice, available: amountOf(available + reserved), spent: amountOf(facts.spent), since, until };
}

const OWN = 'select id from account where tenant = ?';
/** A post may cover only a part of a reservation. */
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
