/**
 * One database whose ledger is emptied again and again, because creating the tables takes longer than a history. Only
 * the specs can do this, because transfers and lines are append-only.
 */
import pg from 'pg';
import { type Billing, openBilling } from '../../src/billing/billing.js';
import { appendOnlyTables, TABLES, type TableName } from '../../src/billing/schema.js';
import { type SqlDatabase, type SqlRow, text } from '../../src/billing/sql-database.js';
import type { DatabaseKind } from './databases.js';

const NAMES = Object.keys(TABLES) as TableName[];
const ACCOUNTS = 'select * from account';

/** The database-specific parts. */
interface Own {
  /** Statements that delete every row, bypassing the triggers. */
  readonly empty: readonly string[];
  readonly accounts: () => Promise<readonly SqlRow[]>;
  readonly tidy: () => Promise<unknown>;
  readonly close: () => Promise<void>;
}

export class EmptiedLedger {
  readonly database: SqlDatabase;
  readonly #own: Own;
  readonly #initial: ReadonlyMap<TableName, readonly SqlRow[]>;

  private constructor(database: SqlDatabase, own: Own, initial: ReadonlyMap<TableName, readonly SqlRow[]>) {
    this.database = database;
    this.#own = own;
    this.#initial = initial;
  }

  /** @param begin sets up the initial content of every ledger */
  static async open(kind: DatabaseKind, begin: (billing: Billing) => Promise<void>): Promise<EmptiedLedger> {
    const isSqlite = kind.name === 'SQLite';
    const place = isSqlite ? ':memory:' : kind.place();
    const database = await kind.open(place);
    await begin(await openBilling(database, { clock: () => 0 }));
    const initial = new Map<TableName, readonly SqlRow[]>();
    for (const table of NAMES) {
      const rows = await database.read((sql) => sql.all(`select * from ${table}`));
      if (rows.length > 0) initial.set(table, rows);
    }
    const own = isSqlite ? await ownOfSqlite(database) : await ownOfPostgres(place);
    return new EmptiedLedger(database, own, initial);
  }

  async empty(): Promise<void> {
    await this.database.transaction(async (sql) => {
      for (const statement of this.#own.empty) await sql.all(statement);
      for (const [table, rows] of this.#initial) await sql.insert(table, rows);
    });
  }

  /** The rows of all accounts; in PostgreSQL as another connection sees them. */
  accounts(): Promise<readonly SqlRow[]> {
    return this.#own.accounts();
  }

  /** Removes deleted rows from the files; otherwise searches would become slow. */
  async tidy(): Promise<void> {
    await this.#own.tidy();
  }

  async close(): Promise<void> {
    await this.#own.close();
    await this.database.close();
  }
}

async function ownOfSqlite(database: SqlDatabase): Promise<Own> {
  const rows = await database.read((sql) => sql.all("select name, sql from sqlite_master where type = 'trigger'"));
  if (rows.length !== 2 * appendOnlyTables().length) throw new Error(`there are ${rows.length} triggers`);
  const empty = [
    ...rows.map((row) => `drop trigger ${text(row, 'name')}`),
    ...NAMES.map((table) => `delete from ${table}`),
    ...rows.map((row) => text(row, 'sql')),
  ];
  const nothing = async () => {};
  return { empty, accounts: () => database.read((sql) => sql.all(ACCOUNTS)), tidy: nothing, close: nothing };
}

const INT8 = 20;

async function ownOfPostgres(place: string): Promise<Own> {
  const types = { getTypeParser: (oid: number) => (oid === INT8 ? BigInt : (value: string) => value) };
  const client = new pg.Client({ connectionString: place, types });
  // A stopped server closes its connections; a query in progress reports that.
  client.on('error', () => undefined);
  await client.connect();
  // One statement, because each one is a round trip to the server.
  const all = NAMES.map((table) => `delete from ${table};`).join(' ');
  const local = (role: string) => `set local session_replication_role = ${role};`;
  return {
    empty: [`do $$ begin ${local('replica')} ${all} ${local('origin')} end $$`],
    accounts: async () => (await client.query<Record<string, string | bigint | null>>(ACCOUNTS_READ)).rows,
    tidy: () => client.query(`vacuum ${NAMES.join(', ')}`),
    close: () => client.end(),
  };
}

const ACCOUNTS_READ = { name: 'accounts', text: ACCOUNTS };
