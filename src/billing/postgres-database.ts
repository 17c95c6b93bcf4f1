/**
 * PostgreSQL, for several writers: each writing transaction locks one row of the table `ledger`, so they run one after
 * another and none fails because of another. Needs the library `pg`.
 */
import type { Pool, PoolClient, QueryResult } from 'pg';
import { BillingError } from './billing-error.js';
import { appendOnlyTables, bareType, columnTypes, SCHEMA_VERSION, type TableName, tableStatements } from './schema.js';
import {
  LEDGER_ROW,
  type SqlDatabase,
  type SqlRow,
  type SqlTransaction,
  type SqlValue,
  storageError,
} from './sql-database.js';

const TYPES = { text: 'text', bytes: 'bytea', integer: 'bigint' } as const;

/** Object identifiers of types in PostgreSQL (pg_type.dat). */
const INT8 = 20;

/** Advisory lock number, so that two programs that create the tables at once wait for each other. */
const MAKING_LOCK = 7_227_225;

/**
 * @param url `postgres://user@host/database`, or `/folder-of-the-socket database` as in `pg`
 * @throws BillingError `storage` if it cannot be reached or written, `library` if `pg` is not installed
 */
export async function openPostgres(url: string): Promise<SqlDatabase> {
  const pg = await import('pg').catch((error: unknown) => {
    throw new BillingError('library', 'a ledger in PostgreSQL needs the library pg: npm install pg', { cause: error });
  });
  const pool = new pg.default.Pool({
    connectionString: url,
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === INT8
          ? BigInt
          : pg.default.types.getTypeParser(oid, format as 'text')) as typeof pg.default.types.getTypeParser,
    },
  });
  // An idle connection that breaks is replaced by the pool; the next transaction reports the failures that matter.
  pool.on('error', () => undefined);
  try {
    await makeTables(pool);
  } catch (error) {
    await pool.end();
    throw storageError(error, 'the billing database cannot be opened for writing');
  }
  return new PostgresDatabase(pool);
}

async function makeTables(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [MAKING_LOCK]);
    const made = await client.query("select to_regclass('ledger') is not null as made");
    if ((made.rows[0] as { readonly made: boolean }).made) {
      // They are created in one transaction. Creating them again would lock tables that another program writes.
      await client.query('commit');
      return;
    }
    for (const statement of tableStatements(TYPES, '')) await client.query(statement);
    await client.query(
      "create function assay_append_only() returns trigger language plpgsql as $$ begin raise exception '% is append only', tg_table_name; end $$",
    );
    for (const name of appendOnlyTables()) {
      await client.query(
        `create trigger ${name}_append_only before update or delete on ${name} for each statement execute function assay_append_only()`,
      );
    }
    await client.query(`insert into ledger values (1, '${SCHEMA_VERSION}', 0, 0)`);
    await client.query('commit');
  } finally {
    client.release();
  }
}

class PostgresDatabase implements SqlDatabase {
  readonly #pool: Pool;
  readonly #prepared = new PreparedNames();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  transaction<T>(work: (sql: SqlTransaction) => Promise<T>): Promise<T> {
    return this.#run('begin isolation level read committed', work);
  }

  read<T>(work: (sql: SqlTransaction) => Promise<T>): Promise<T> {
    return this.#run('begin isolation level repeatable read read only', work);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #run<T>(begin: string, work: (sql: SqlTransaction) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw storageError(error, 'the billing database cannot be reached');
    });
    // A broken connection in use also emits an event; the query in progress throws.
    const ignore = () => undefined;
    client.on('error', ignore);
    const sql = new PostgresTransaction(client, this.#prepared, begin);
    let broken: Error | undefined;
    try {
      const result = await work(sql);
      await sql.commit();
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.off('error', ignore);
      client.release(broken);
    }
  }
}

/** Names of the prepared statements of each connection: there are some dozens, none made from user data. */
class PreparedNames {
  readonly #names = new Map<string, string>();

  of(sql: string): string {
    let name = this.#names.get(sql);
    if (name === undefined) {
      name = `assay_${this.#names.size}`;
      this.#names.set(sql, name);
    }
    return name;
  }
}

class PostgresTransaction implements SqlTransaction {
  readonly #client: PoolClient;
  readonly #prepared: PreparedNames;
  /** The statement that begins the transaction; it is sent with the first one or before it. */
  #begin: string | undefined;

  constructor(client: PoolClient, prepared: PreparedNames, begin: string) {
    this.#client = client;
    this.#prepared = prepared;
    this.#begin = begin;
  }

  async query(sql: string, parameters: readonly unknown[] = []): Promise<Record<string, SqlValue>[]> {
    const query = { name: this.#prepared.of(sql), text: sql, values: [...parameters] };
    return await reported(async () => {
      const begin = this.#begun();
      if (begin !== undefined) await this.#client.query(begin);
      return (await this.#client.query<Record<string, SqlValue>>(query)).rows;
    });
  }

  async commit(): Promise<void> {
    // If nothing was sent, no transaction has begun.
    if (this.#begin === undefined) await this.query('commit');
  }

  #begun(): string | undefined {
    const begin = this.#begin;
    this.#begin = undefined;
    return begin;
  }

  async all(sql: string, parameters: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    let number = 0;
    const numbered = sql.replace(/\?/g, () => `$${++number}`);
    return (await this.query(numbered, parameters)).map(plainRow);
  }

  async insert(table: TableName, rows: readonly SqlRow[]): Promise<void> {
    if (rows.length === 0) return;
    const columns = Object.entries(columnTypes(table));
    const arrays = columns.map(([, type], i) => `$${i + 1}::${TYPES[bareType(type)]}[]`);
    const sql = `insert into ${table} (${columns.map(([name]) => name).join(', ')}) select * from unnest(${arrays.join(', ')})`;
    await this.query(
      sql,
      columns.map(([name]) => rows.map((row) => row[name])),
    );
  }

  async found(table: TableName, column: string, keys: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    if (keys.length === 0) return [];
    const rows = await this.all(`select ${column} as key from ${table} where ${column} = any(?::bytea[])`, [
      keys as unknown as SqlValue,
    ]);
    return rows.map(({ key }) => key as Uint8Array);
  }

  async lock(): Promise<SqlRow | undefined> {
    const begin = this.#begun();
    const row = `${LEDGER_ROW} for update`;
    // In one message: every writing transaction begins like this.
    const text = begin === undefined ? row : `${begin}; ${row}`;
    const results: unknown = await reported(() => this.#client.query(text));
    const last = (Array.isArray(results) ? results.at(-1) : results) as QueryResult<Record<string, SqlValue>>;
    return last.rows.map(plainRow)[0];
  }
}

async function reported<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageError(error, 'the billing database failed');
  }
}

function plainRow(row: Record<string, SqlValue>): SqlRow {
  for (const [column, value] of Object.entries(row)) {
    if (value instanceof Uint8Array) row[column] = new Uint8Array(value);
  }
  return row;
}
