/** The databases that every spec of the ledger runs on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgres } from '../../src/billing/postgres-database.js';
import type { SqlDatabase } from '../../src/billing/sql-database.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import { type PostgresOptions, type PostgresServer, startPostgres, whyNoPostgres } from './postgres-server.js';

export interface DatabaseKind {
  readonly name: string;
  /** Why it cannot run here. A build that checks everything (CI) fails because of it. */
  readonly missing: string | undefined;
  start(): Promise<void>;
  /** A place for a new database: a path or a URL. */
  place(): string;
  open(place: string): Promise<SqlDatabase>;
  stop(): Promise<void>;
}

export function sqlite(): DatabaseKind {
  let folder = '';
  let count = 0;
  return {
    name: 'SQLite',
    missing: undefined,
    start: async () => {
      folder = mkdtempSync(join(tmpdir(), 'assay-bill-'));
    },
    place: () => join(folder, `ledger-${count++}.db`),
    open: openSqlite,
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** @param options of the server */
export function postgres(options: PostgresOptions = {}): DatabaseKind {
  let server: PostgresServer | undefined;
  let count = 0;
  return {
    name: 'PostgreSQL',
    missing: whyNoPostgres(),
    start: async () => {
      server = await startPostgres(options);
    },
    place: () => server!.database(`ledger_${count++}`),
    open: openPostgres,
    stop: async () => server?.stop(),
  };
}

/** Declares a suite for each database. */
export function onEachDatabase(title: string, suite: (kind: DatabaseKind) => void): void {
  for (const kind of [sqlite(), postgres()]) {
    describe(`${title} (${kind.name})`, () => {
      before(async function () {
        if (kind.missing === undefined) return kind.start();
        if ((process.env['CI'] ?? '') !== '') throw new Error(kind.missing);
        console.warn(`not run: ${kind.missing}`);
        this.skip();
      });
      after(() => kind.stop());
      suite(kind);
    });
  }
}
