/**
 * A database that fails at a place set by a spec: before a statement, like a crash, or after the commit, so that the
 * reply is lost.
 */
import type { SqlDatabase, SqlTransaction } from '../../src/billing/sql-database.js';

export class Crash extends Error {}

export class FailingDatabase implements SqlDatabase {
  /** Statements until the crash; undefined for no crash. */
  statementsLeft: number | undefined;
  /** Whether the next commit is kept without a reply. */
  losesReply = false;
  /** Transactions that were begun, and those that were kept. */
  begun = 0;
  commits = 0;

  constructor(readonly inner: SqlDatabase) {}

  async transaction<T>(work: (sql: SqlTransaction) => Promise<T>): Promise<T> {
    this.begun += 1;
    const result = await this.inner.transaction((sql) => work(this.#failing(sql)));
    this.commits += 1;
    if (this.losesReply) {
      this.losesReply = false;
      throw new Crash('the reply is lost');
    }
    return result;
  }

  read<T>(work: (sql: SqlTransaction) => Promise<T>): Promise<T> {
    return this.inner.read(work);
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  #failing(sql: SqlTransaction): SqlTransaction {
    const step = () => {
      if (this.statementsLeft === undefined) return;
      this.statementsLeft -= 1;
      if (this.statementsLeft >= 0) return;
      this.statementsLeft = undefined;
      throw new Crash('the power is gone');
    };
    const before = async <T>(run: () => Promise<T>): Promise<T> => {
      step();
      return run();
    };
    return {
      all: (text, parameters) => before(() => sql.all(text, parameters)),
      insert: (table, rows) => before(() => sql.insert(table, rows)),
      found: (table, column, keys) => before(() => sql.found(table, column, keys)),
      lock: () => before(() => sql.lock()),
    };
  }
}
