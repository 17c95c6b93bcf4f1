/**
 * The embedded database: SQLite in a file, through Node's module if it has one (22.5 and later), otherwise the library
 * `libsql`. One process at a time writes; others wait for it. A committed transaction survives a crash of the process
 * and of the machine (journal in WAL mode, synchronous FULL).
 */

import { openSqliteDriver, plainRow, SQLITE_ADVICE, type SqliteDriver } from '../store/sqlite-driver.js';
import { StoreError } from '../store/store-error.js';
import { BillingError } from './billing-error.js';
import { appendOnlyTables, columnTypes, SCHEMA_VERSION, type TableName, tableStatements } from './schema.js';
import {
  LEDGER_ROW,
  type SqlDatabase,
  type SqlRow,
  type SqlTransaction,
  type SqlValue,
  storageError,
} from './sql-database.js';

/** How long a writer waits for another process. */
const BUSY_MS = 10_000;

/**
 * Lines are found by their hash, so a batch touches as many index pages as it has lines: the cache has room for the
 * index of some hundred thousand lines, and pages stay in the journal until most have changed more than once.
 */
const CACHE_KIB = 32_768;
const CHECKPOINT_PAGES = 8_000;

/** Rows in one statement, with up to 13 columns each; SQLite allows 32,766 parameters. */
const ROWS_AT_ONCE = 50;

const TYPES = { text: 'text', bytes: 'blob', integer: 'integer' } as const;

/**
 * @param path a file, which is created if it does not exist, in an existing folder
 * @throws BillingError `storage` if it cannot be opened or written, `library` if there is no SQLite
 */
export async function openSqlite(path: string): Promise<SqlDatabase> {
  const driver = await openDriver(path);
  try {
    driver.exec(`pragma busy_timeout = ${BUSY_MS}`);
    driver.all('pragma journal_mode = wal', []);
    driver.exec('pragma synchronous = full');
    driver.exec(`pragma cache_size = -${CACHE_KIB}`);
    driver.all(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`, []);
    driver.exec('begin immediate');
    for (const statement of tableStatements(TYPES, ' strict')) driver.exec(statement);
    for (const name of appendOnlyTables()) {
      for (const change of ['update', 'delete']) {
        driver.exec(
          `create trigger if not exists ${name}_no_${change} before ${change} on ${name} begin select raise(abort, '${name} is append only'); end`,
        );
      }
    }
    driver.exec(`insert or ignore into ledger values (1, '${SCHEMA_VERSION}', 0, 0)`);
    driver.exec('commit');
  } catch (error) {
    driver.close();
    throw storageError(error, `the billing database ${path} cannot be opened for writing`);
  }
  return new SqliteDatabase(reporting(driver, path));
}

/** A driver whose failures become billing errors. */
function reporting(driver: SqliteDriver, path: string): SqliteDriver {
  const reported = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw storageError(error, `the billing database ${path} failed`);
    }
  };
  return {
    exec: (sql) => reported(() => driver.exec(sql)),
    all: (sql, parameters) => reported(() => driver.all(sql, parameters)),
    close: () => reported(() => driver.close()),
  };
}

async function openDriver(path: string): Promise<SqliteDriver> {
  try {
    return await openSqliteDriver(path);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'library') {
      throw new BillingError('library', `an embedded ledger needs SQLite: ${SQLITE_ADVICE}`, { cause: error });
    }
    throw storageError(error, `the billing database ${path} cannot be opened`);
  }
}

class SqliteDatabase implements SqlDatabase {
  readonly #driver: SqliteDriver;
  /** A connection runs one transaction at a time: resolves at the end of the previous one. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(driver: SqliteDriver) {
    this.#driver = driver;
  }

  transaction<T>(work: (sql: SqlTransaction) => Promise<T>): Promise<T> {
    return this.#inTurn(() => this.#run('begin immediate', work));
  }

  read<T>(work: (sql: SqlTransaction) => Promise<T>): Promise<T> {
    return this.#inTurn(() => this.#run('begin', work));
  }

  async close(): Promise<void> {
    await this.#inTurn(async () => this.#driver.close());
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#last.then(work);
    // The next one begins whether this one failed or not; the failure is reported to its caller.
    this.#last = run.catch(() => undefined);
    return run;
  }

  async #run<T>(begin: string, work: (sql: SqlTransaction) => Promise<T>): Promise<T> {
    this.#driver.exec(begin);
    try {
      const result = await work(new SqliteTransaction(this.#driver));
      this.#driver.exec('commit');
      return result;
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  #rollback(): void {
    try {
      this.#driver.exec('rollback');
    } catch (error) {
      // After some errors, such as a full disk, SQLite has already rolled back; then there is nothing to undo.
      if (!/no transaction is active/.test(String(error))) throw error;
    }
  }
}

class SqliteTransaction implements SqlTransaction {
  constructor(readonly driver: SqliteDriver) {}

  async all(sql: string, parameters: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return this.driver.all(sql, parameters).map(plainRow);
  }

  async insert(table: TableName, rows: readonly SqlRow[]): Promise<void> {
    const columns = Object.keys(columnTypes(table));
    const row = `(${places(columns.length)})`;
    for (const some of inParts(rows)) {
      this.driver.all(
        `insert into ${table} (${columns.join(', ')}) values ${some.map(() => row).join(', ')}`,
        some.flatMap((one) => columns.map((column) => one[column])),
      );
    }
  }

  async found(table: TableName, column: string, keys: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    return inParts(keys).flatMap((some) =>
      this.driver
        .all(`select ${column} from ${table} where ${column} in (${places(some.length)})`, some)
        .map((row) => plainRow(row)[column] as Uint8Array),
    );
  }

  async lock(): Promise<SqlRow | undefined> {
    // `begin immediate` takes the only write lock.
    const [row] = await this.all(LEDGER_ROW);
    return row;
  }
}

const places = (count: number): string => Array.from({ length: count }, () => '?').join(', ');

/** Full parts and then single rows, so that there are only two statements of a kind to prepare. */
function inParts<T>(all: readonly T[]): (readonly T[])[] {
  const full = all.length - (all.length % ROWS_AT_ONCE);
  const parts: (readonly T[])[] = [];
  for (let at = 0; at < full; at += ROWS_AT_ONCE) parts.push(all.slice(at, at + ROWS_AT_ONCE));
  for (let at = full; at < all.length; at += 1) parts.push([all[at]]);
  return parts;
}
