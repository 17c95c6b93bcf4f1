/**
 * The interface to a database: transactions, rows, and bulk inserts. SQLite and PostgreSQL implement it
 * (`sqlite-database.ts`, `postgres-database.ts`). Its SQL is the part that both understand, with `?` for parameters.
 *
 * Invariant: integers are bigint, bytes are Uint8Array, and a transaction is stored completely or not at all.
 */
import { BillingError } from './billing-error.js';
import type { TableName } from './schema.js';

export type SqlValue = string | bigint | Uint8Array | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

export interface SqlTransaction {
  all(sql: string, parameters?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** Adds rows that all have the same columns. */
  insert(table: TableName, rows: readonly SqlRow[]): Promise<void>;
  /** Which of the keys exist in a column of bytes. */
  found(table: TableName, column: string, keys: readonly Uint8Array[]): Promise<readonly Uint8Array[]>;
  /**
   * Makes every other writer wait until this transaction ends. Must come first in it; returns the row of the ledger, if
   * there is one.
   */
  lock(): Promise<SqlRow | undefined>;
}

export interface SqlDatabase {
  /**
   * Runs a function in one transaction. If it throws, the transaction is rolled back.
   * @throws BillingError `storage` if the database fails; then nothing was stored, unless the commit itself was
   * interrupted
   */
  transaction<T>(work: (sql: SqlTransaction) => Promise<T>): Promise<T>;
  /** Runs a function that only reads, on one state of the database. */
  read<T>(work: (sql: SqlTransaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The row that `lock` returns. */
export const LEDGER_ROW = 'select version, now, sequence from ledger where id = 1';

/** Turns an error of a database into a `BillingError`; our own errors are returned unchanged. */
export function storageError(error: unknown, what: string): Error {
  if (error instanceof BillingError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new BillingError('storage', `${what}: ${reason}`, { cause: error });
}

export function text(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value === 'string') return value;
  throw new BillingError('storage', `column ${column} has no text`);
}

export function integer(row: SqlRow, column: string): bigint {
  const value = row[column];
  if (typeof value === 'bigint') return value;
  throw new BillingError('storage', `column ${column} has no integer`);
}

export function bytes(row: SqlRow, column: string): Uint8Array {
  const value = row[column];
  if (value instanceof Uint8Array) return value;
  throw new BillingError('storage', `column ${column} has no bytes`);
}
