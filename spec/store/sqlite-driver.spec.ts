/** SQLite by Node's own module where there is one, else by `libsql`: both are used in the same way. */
import { expect } from 'chai';
import { openSqliteDriver, SQLITE_ADVICE, type SqliteValue } from '../../src/store/sqlite-driver.js';

/** What was asked of a module in the place of `node:sqlite`. */
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
  it('is that of Node where it has one: statements are prepared once, integers are bigints', async () => {
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

  it('says what to do where there is none', () => {
    expect(SQLITE_ADVICE).to.equal('npm install libsql, or use Node 22.5 or later');
  });
});
