/** SQLite through Node's own module if there is one, otherwise through `libsql`: both are used in the same way. */
import { expect } from 'chai';
import {
  libsqlDriver,
  openSqliteDriver,
  plainRow,
  SQLITE_ADVICE,
  type SqliteValue,
} from '../../src/store/sqlite-driver.js';
import { StoreError } from '../../src/store/store-error.js';

/** The requests to a module that replaces `node:sqlite`. */
async function askedOf(use: (path: string) => Promise<void>): Promise<readonly unknown[]> {
  const asked: unknown[] = [];
  class DatabaseSync {
    constructor(path: string) {
      asked.push(['open', path]);
    }
    exec(sql: string): void {
      asked.push(['exec', sql]);
    }
    prepare(sql: string) {
      asked.push(['prepare', sql]);
      return {
        setReadBigInts: (enabled: boolean) => asked.push(['bigints', enabled]),
        all: (...parameters: readonly SqliteValue[]) => {
          asked.push(['all', ...parameters]);
          return [{ n: 1n }];
        },
      };
    }
    close(): void {
      asked.push(['close']);
    }
  }
  const { getBuiltinModule } = process;
  process.getBuiltinModule = ((name: string) =>
    name === 'node:sqlite' ? { DatabaseSync } : getBuiltinModule(name)) as typeof getBuiltinModule;
  try {
    await use('lines.sqlite');
  } finally {
    process.getBuiltinModule = getBuiltinModule;
  }
  return asked;
}

describe('SQLite in a file', () => {
  it('is that of Node where available: statements are prepared once, integers are bigints', async () => {
    const asked = await askedOf(async (path) => {
      const driver = await openSqliteDriver(path);
      driver.exec('create table t (n integer)');
      expect(driver.all('select n from t where n = ? and b = ?', [1n, null])).to.deep.equal([{ n: 1n }]);
      driver.all('select n from t where n = ? and b = ?', [2n, null]);
      driver.close();
    });
    expect(asked).to.deep.equal([
      ['open', 'lines.sqlite'],
      ['exec', 'create table t (n integer)'],
      ['prepare', 'select n from t where n = ? and b = ?'],
      ['bigints', true],
      ['all', 1n, null],
      ['bigints', true],
      ['all', 2n, null],
      ['close'],
    ]);
  });

  for (const [name, open] of Object.entries({ openSqliteDriver, libsqlDriver })) {
    it(`returns the rows of a query, and none of a change: ${name}`, async () => {
      const driver = await open(':memory:');
      driver.exec('create table t (n integer, b blob, s text)');
      const insert = 'insert into t (b, n, s) values (?, ?, ?)';
      const rows = [
        { n: 1n, b: Uint8Array.of(1, 2, 255), s: 'text' },
        { n: 2n ** 62n, b: Uint8Array.of(), s: null },
      ];
      for (const { n, b, s } of rows) expect(driver.all(insert, [b, n, s])).to.deep.equal([]);
      const asked = (sql: string, ...parameters: readonly SqliteValue[]) => driver.all(sql, parameters).map(plainRow);
      expect(asked('select n, b, s from t order by n')).to.deep.equal(rows);
      for (const row of rows) {
        expect(asked('select n, b, s from t where b = ?', row.b), 'bytes as the first parameter').to.deep.equal([row]);
        expect(asked('with one as (select ? as n) select n from one', row.n)).to.deep.equal([{ n: row.n }]);
      }
      expect(asked('pragma user_version')).to.deep.equal([{ user_version: 0n }]);
      expect(driver.all('insert into t select n, b, s from t', []), 'a change that selects').to.deep.equal([]);
      expect(driver.all('delete from t where n in (select max(n) from t)', [])).to.deep.equal([]);
      expect(asked('select count(*) as count from t')).to.deep.equal([{ count: 2n }]);
      driver.close();
    });
  }

  it('prepares a statement of libsql once, and closes its file', async () => {
    const asked: unknown[] = [];
    const statement = {
      safeIntegers: (isOn: boolean) => {
        asked.push(['bigints', isOn]);
        return statement;
      },
      all: (parameters: unknown) => [asked.push(['all', parameters])],
      run: (parameters: unknown) => asked.push(['run', parameters]),
    };
    class Database {
      constructor(path: string) {
        asked.push(['open', path]);
      }
      exec(sql: string): void {
        asked.push(['exec', sql]);
      }
      prepare(sql: string) {
        asked.push(['prepare', sql]);
        return statement;
      }
      close(): void {
        asked.push(['close']);
      }
    }
    const driver = await libsqlDriver('lines.sqlite', async () => ({ default: Database }) as never);
    driver.exec('create table t (n integer)');
    for (const n of [1n, 2n]) driver.all('select ?', [n]);
    for (const n of [3n, 4n]) expect(driver.all('insert into t select ?', [n])).to.deep.equal([]);
    driver.close();
    expect(asked).to.deep.equal([
      ['open', 'lines.sqlite'],
      ['exec', 'create table t (n integer)'],
      ['prepare', 'select ?'],
      ['bigints', true],
      ['all', [1n]],
      ['all', [2n]],
      ['prepare', 'insert into t select ?'],
      ['bigints', true],
      ['run', [3n]],
      ['run', [4n]],
      ['close'],
    ]);
  });

  it('reports what to do where there is none, and why', async () => {
    expect(SQLITE_ADVICE).to.equal('npm install libsql, or use Node 22.5 or later');
    const cause = new Error('not installed');
    const error: unknown = await libsqlDriver(':memory:', () => Promise.reject(cause)).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(StoreError);
    expect(error).to.deep.include({ code: 'library', message: `SQLite is not available: ${SQLITE_ADVICE}`, cause });
  });
});
