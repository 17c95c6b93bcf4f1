/**
 * Notices about a tenant's budget: how fast it spends, how long it lasts, and whether it is low. Uses integers and
 * moments.
 */
import { type Amount, amountOf, divided, exactNumber } from './amount.js';
import type { Moment } from './document.js';

export interface BudgetFacts {
  /** What can still be spent. */
  readonly available: bigint;
  /** What was spent from `since` to `now`, tax included. */
  readonly spent: bigint;
  readonly since: Moment;
  readonly now: Moment;
  readonly periodEnd: Moment;
  /** Below this the budget is low. */
  readonly lowAt: bigint;
}

export interface BudgetNotice {
  readonly low: boolean;
  /** Spending per day at the rate so far, rounded up. */
  readonly perDay: Amount;
  /** Spending until the end of the period at that rate, rounded up. */
  readonly forecast: Amount;
  /** When nothing is left at that rate; undefined if that is after the end of the period. */
  readonly exhaustedAt: Moment | undefined;
}

const DAY_MS = 86_400_000n;

export function budgetNotice({ available, spent, since, now, periodEnd, lowAt }: BudgetFacts): BudgetNotice {
  const elapsed = BigInt(Math.max(now - since, 1));
  const remaining = BigInt(Math.max(periodEnd - now, 0));
  const forecast = divided(spent * remaining, elapsed, 'up');
  // Exhausted within the period: available / (spent / elapsed) milliseconds from now.
  const left = spent > 0n && available < forecast ? (available > 0n ? (available * elapsed) / spent : 0n) : undefined;
  return {
    low: available < lowAt,
    perDay: amountOf(divided(spent * DAY_MS, elapsed, 'up')),
    forecast: amountOf(forecast),
    exhaustedAt: left === undefined ? undefined : now + exactNumber(left),
  };
}
