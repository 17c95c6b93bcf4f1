/**
 * SQLite in a file, through Node's own module if Node has it (22.5 and later), otherwise through the library `libsql`.
 * Both are synchronous.
 */
import { StoreError } from './store-error.js';

export type SqliteValue = string | bigint | Uint8Array | null;
export type SqliteRow = Readonly<Record<string, SqliteValue>>;

export const SQLITE_ADVICE = 'npm install libsql, or use Node 22.5 or later';

/** The operations that both libraries have, synchronously. */
export interface SqliteDriver {
  exec(sql: string): void;
  all(sql: string, parameters: readonly SqliteValue[]): readonly SqliteRow[];
  close(): void;
}

/** @throws StoreError `library` if there is no SQLite, or the error of the library */
export async function openSqliteDriver(path: string): Promise<SqliteDriver> {
  const node = nodeSqlite();
  return node === undefined ? await libsqlDriver(path) : nodeDriver(node, path);
}

interface NodeStatement {
  setReadBigInts(enabled: boolean): void;
  all(...parameters: readonly SqliteValue[]): readonly SqliteRow[];
}

/** The part of `node:sqlite` that is used here; the types of Node 20 do not have it. */
interface NodeSqlite {
  readonly DatabaseSync: new (
    path: string,
  ) => { exec(sql: string): void; prepare(sql: string): NodeStatement; close(): void };
}

function nodeSqlite(): NodeSqlite | undefined {
  return process.getBuiltinModule('node:sqlite') as unknown as NodeSqlite | undefined;
}

function nodeDriver({ DatabaseSync }: NodeSqlite, path: string): SqliteDriver {
  const database = new DatabaseSync(path);
  const statements = new Map<string, NodeStatement>();
  const prepared = (sql: string) => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statement.setReadBigInts(true);
    statements.set(sql, statement);
    return statement;
  };
  return {
    exec: (sql) => database.exec(sql),
    all: (sql, parameters) => prepared(sql).all(...parameters),
    close: () => database.close(),
  };
}

/**
 * @param load other than the installed library in specs
 * @internal
 */
export async function libsqlDriver(path: string, load = () => import('libsql')): Promise<SqliteDriver> {
  const { default: Database } = await load().catch((error: unknown) => {
    throw new StoreError('library', `SQLite is not available: ${SQLITE_ADVICE}`, { cause: error });
  });
  const database = new Database(path);
  const statements = new Map<string, ReturnType<typeof database.prepare>>();
  const prepared = (sql: string) => {
    const statement = statements.get(sql) ?? database.prepare(sql).safeIntegers(true);
    statements.set(sql, statement);
    return statement;
  };
  return {
    exec: (sql) => void database.exec(sql),
    // Parameters are passed as one list: the library would read a first parameter that is an object as a list of names.
    all: (sql, parameters) => {
      if (/^(?:select|with|pragma)\b/.test(sql)) return prepared(sql).all([...parameters]) as readonly SqliteRow[];
      prepared(sql).run([...parameters]);
      return [];
    },
    close: () => void database.close(),
  };
}

/** Bytes come back as Uint8Array from Node's module and as ArrayBuffer from libsql. */
export function plainRow(row: Readonly<Record<string, SqliteValue | ArrayBuffer>>): SqliteRow {
  const plain: Record<string, SqliteValue> = {};
  for (const column in row) {
    const value = row[column];
    plain[column] = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
  }
  return plain;
}
