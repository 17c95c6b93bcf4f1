/** Running sums of a tenant under a price table: the volume of a period, the net of its lines, the tax on it. */
import { toHex } from '../base/hash.js';
import type { LedgerTransaction } from './ledger.js';
import { taxOn } from './price.js';
import type { PriceTable } from './price-table.js';
import { integer } from './sql-database.js';

/** The key of a volume or a total, for a tenant and a table. */
export function tableKey(tenant: string, table: Uint8Array): string {
  return `${tenant} ${toHex(table)}`;
}

/** Adds to a tenant's sum under a table; returns the tax on the sum minus the tax so far. */
export async function addToTotal(
  ledger: LedgerTransaction,
  key: string,
  net: bigint,
  table: PriceTable,
): Promise<bigint> {
  const before = await counterOf(ledger, 'total', key, 'net');
  const taxBefore = await counterOf(ledger, 'total', key, 'tax');
  const tax = taxOn(before + net, table);
  await keepCounter(ledger, 'total', key, { net: before + net, tax });
  return tax - taxBefore;
}

export async function counterOf(
  ledger: LedgerTransaction,
  table: 'volume' | 'total',
  id: string,
  column: string,
): Promise<bigint> {
  const [row] = await ledger.sql.all(`select ${column} from ${table} where id = ?`, [id]);
  return row === undefined ? 0n : integer(row, column);
}

export async function keepCounter(
  ledger: LedgerTransaction,
  table: 'volume' | 'total',
  id: string,
  counters: Readonly<Record<string, bigint>>,
): Promise<void> {
  const columns = Object.keys(counters);
  const marks = columns.map(() => '?').join(', ');
  const updates = columns.map((column) => `${column} = excluded.${column}`).join(', ');
  await ledger.sql.all(
    `insert into ${table} (id, ${columns.join(', ')}) values (?, ${marks}) on conflict (id) do update set ${updates}`,
    [id, ...Object.values(counters)],
  );
}
