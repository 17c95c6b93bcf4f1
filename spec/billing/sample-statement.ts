/** A statement to look at: one with every kind of line, under two price tables. */
import { type Billing, openBilling } from '../../src/billing/billing.js';
import type { PriceTable } from '../../src/billing/price-table.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import type { Statement } from '../../src/billing/statement.js';
import { receiptOf, START, TABLE, tier } from './sample-billing.js';

/** The house's secret key. */
export const HOUSE = new Uint8Array(32).fill(7);
export const TIERED: PriceTable = {
  ...TABLE,
  name: 'tiered <b>',
  freeFuel: 500n,
  tiers: [tier(0n, 1n, 900n), tier(2_000n, 1n, 300n)],
};

export interface StatementSample {
  readonly billing: Billing;
  readonly statement: Statement;
}

/** A statement with every kind of line, under two price tables. */
export async function sampleStatement(place = ':memory:', open = openSqlite): Promise<StatementSample> {
  let now = START;
  const billing = await openBilling(await open(place), { clock: () => now });
  await billing.openTenant('acme');
  await billing.payIn('acme', 10n ** 12n, 'deposit');
  let request = 0;
  const requestId = () => new Uint8Array(32).fill(++request);
  for (const [id, table] of [
    ['one', TABLE],
    ['two', TIERED],
  ] as const) {
    const opened = await billing.lease('acme', { id, table, amount: 10n ** 11n });
    if (!opened.ok) throw new Error(opened.refusal.code);
    for (const fuel of [1_500, 900, 777]) {
      const call = opened.lease.begin(5_000);
      if (call.ok) call.finish(receiptOf(fuel, id), requestId(), now - 5_000);
    }
    opened.lease.spend({ kind: 'memo-hit', receipt: receiptOf(1_500, 'found') }, requestId());
    opened.lease.spend({ kind: 'load', module: receiptOf(1).module, fuel: 12_345 }, requestId());
    opened.lease.spend({ kind: 'storage', object: 'notes', bytes: 5_000_000, days: 3 }, requestId());
    now += 1_000;
    await opened.lease.close();
  }
  for await (const { id, sequence } of billing.lines('acme')) {
    if (sequence % 5n === 0n) {
      await billing.reverse(id, 'as agreed');
      break;
    }
  }
  const statement = await billing.statement('acme', 'Notes Host');
  return { billing, statement: statement! };
}
