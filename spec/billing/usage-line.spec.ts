/** Lines are read in parts: each of them once, in their order, however many there are. */
import { expect } from 'chai';
import type { SqlDatabase, SqlRow, SqlTransaction, SqlValue } from '../../src/billing/sql-database.js';
import { usageLines } from '../../src/billing/usage-line.js';

const PART = 2_000;
const BYTES = new Uint8Array(32);

const rowOf = (sequence: bigint): SqlRow => ({
  id: BYTES,
  sequence,
  tenant: 'acme',
  subject: BYTES,
  request: BYTES,
  item: BYTES,
  price_table: BYTES,
  period: '2026-01',
  volume: 0n,
  amount: 1n,
  executed_at: 1n,
  settled_at: 2n,
});

/** A ledger with this many lines, whose sequence numbers are even; and the queries it received. */
function ledgerOf(count: number): { readonly database: SqlDatabase; readonly asked: (readonly SqlValue[])[] } {
  const asked: (readonly SqlValue[])[] = [];
  const rows = Array.from({ length: count }, (_, i) => rowOf(BigInt(2 * (i + 1))));
  const all = async (_: string, parameters: readonly SqlValue[] = []) => {
    asked.push(parameters);
    const [, after, most] = parameters as readonly [string, bigint, bigint];
    return rows.filter(({ sequence }) => (sequence as bigint) > after).slice(0, Number(most));
  };
  const read = <T>(work: (sql: SqlTransaction) => Promise<T>) => work({ all } as unknown as SqlTransaction);
  return { database: { read } as unknown as SqlDatabase, asked };
}

describe('billing: lines in parts', () => {
  for (const count of [0, 1, PART - 1, PART, PART + 1, 2 * PART + 3]) {
    it(`are complete: ${count}`, async () => {
      const { database, asked } = ledgerOf(count);
      const sequences: bigint[] = [];
      for await (const line of usageLines(database, 'acme', 0n)) sequences.push(line.sequence);
      expect(sequences).to.deep.equal(Array.from({ length: count }, (_, i) => BigInt(2 * (i + 1))));
      const afters = Array.from({ length: Math.floor(count / PART) + 1 }, (_, part) => BigInt(2 * PART * part));
      expect(asked).to.deep.equal(afters.map((after) => ['acme', after, BigInt(PART)]));
    });
  }

  it('begin after the named line', async () => {
    const { database } = ledgerOf(3);
    const sequences: bigint[] = [];
    for await (const line of usageLines(database, 'acme', 2n)) sequences.push(line.sequence);
    expect(sequences).to.deep.equal([4n, 6n]);
  });
});
