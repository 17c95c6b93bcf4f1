/** Lines in the ledger: read in order, and corrected by reversals. */
import { toHex } from '../base/hash.js';
import { type Amount, amountOf, exactNumber } from './amount.js';
import { BillingError } from './billing-error.js';
import type { Moment } from './document.js';
import type { LedgerTransaction } from './ledger.js';
import { priceTableOf } from './settlement.js';
import { bytes, integer, type SqlDatabase, type SqlRow, text } from './sql-database.js';
import { tenantAccount } from './tenant.js';
import { addToTotal, tableKey } from './totals.js';
import { itemBytes, lineId, subjectOf, type UsageItem } from './usage-item.js';

export interface UsageLine {
  /** 32 bytes: the hash of subject and request. */
  readonly id: Uint8Array;
  readonly sequence: bigint;
  readonly tenant: string;
  /** Hash of the receipt, or of the item if there is none. */
  readonly subject: Uint8Array;
  readonly requestId: Uint8Array;
  /** Canonical bytes of the item. */
  readonly item: Uint8Array;
  /** Hash of the price table. */
  readonly priceTable: Uint8Array;
  readonly period: string;
  /** The tenant's volume in the period before this line. */
  readonly volume: bigint;
  /** The price without tax. */
  readonly amount: Amount;
  readonly executedAt: Moment;
  readonly settledAt: Moment;
}

export function lineOf(row: SqlRow): UsageLine {
  return {
    id: bytes(row, 'id'),
    sequence: integer(row, 'sequence'),
    tenant: text(row, 'tenant'),
    subject: bytes(row, 'subject'),
    requestId: bytes(row, 'request'),
    item: bytes(row, 'item'),
    priceTable: bytes(row, 'price_table'),
    period: text(row, 'period'),
    volume: integer(row, 'volume'),
    amount: amountOf(integer(row, 'amount')),
    executedAt: exactNumber(integer(row, 'executed_at')),
    settledAt: exactNumber(integer(row, 'settled_at')),
  };
}

const PART_LINES = 2_000;

export async function* usageLines(database: SqlDatabase, tenant: string, after: bigint): AsyncGenerator<UsageLine> {
  let last = after;
  for (;;) {
    const parameters = [tenant, last, BigInt(PART_LINES)];
    const rows = await database.read((sql) =>
      sql.all('select * from usage_line where tenant = ? and sequence > ? order by sequence limit ?', parameters),
    );
    for (const row of rows) yield lineOf(row);
    if (rows.length < PART_LINES) return;
    last = integer(rows.at(-1)!, 'sequence');
  }
}

/** Reverses a line: adds a line with the negative price, and transfers that pay it back to the tenant's own account. */
export async function reverseLine(ledger: LedgerTransaction, id: Uint8Array, reason: string): Promise<UsageLine> {
  const [row] = await ledger.sql.all('select * from usage_line where id = ?', [id]);
  if (row === undefined) throw new BillingError('unknown', `line ${toHex(id)} does not exist`);
  const line = lineOf(row);
  const [there] = await ledger.sql.all('select * from usage_line where tenant = ? and request = ?', [line.tenant, id]);
  if (there !== undefined) return lineOf(there);
  if (line.item[0] === itemBytes({ kind: 'reversal', line: id, reason })[0]) {
    throw new BillingError('document', 'a reversal cannot be reversed; bill the request again');
  }
  const item: UsageItem = { kind: 'reversal', line: id, reason };
  const coded = itemBytes(item);
  const subject = subjectOf(coded);
  const table = await priceTableOf(ledger.sql, line.priceTable);
  const tax = await addToTotal(ledger, tableKey(line.tenant, line.priceTable), -line.amount, table);
  const credit = tenantAccount(line.tenant);
  const name = `reversal:${toHex(id)}`;
  if (line.amount > 0n) {
    await ledger.mustTransfer({ kind: 'post', id: name, debit: 'house', credit, amount: line.amount, memo: reason });
  }
  if (tax < 0n) {
    await ledger.mustTransfer({ kind: 'post', id: `${name}:tax`, debit: 'tax', credit, amount: -tax, memo: reason });
  }
  const reversal = {
    id: lineId(subject, id),
    sequence: ledger.nextSequence(),
    tenant: line.tenant,
    subject,
    request: id,
    item: coded,
    price_table: line.priceTable,
    period: line.period,
    volume: line.volume,
    amount: -line.amount,
    executed_at: BigInt(ledger.now),
    settled_at: BigInt(ledger.now),
    lease: '',
  };
  await ledger.sql.insert('usage_line', [reversal]);
  return lineOf(reversal);
}
