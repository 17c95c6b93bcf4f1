// Which lines stay on disk: those that save much fuel for their bytes, until they have not been written for a long
// time.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openDiskLines } from '../../src/memo/disk-lines.js';
import type { Leaf } from '../../src/memo/trie.js';
import { macOf } from '../../src/store/sealed.js';
import { openSqliteDriver } from '../../src/store/sqlite-driver.js';

const own = { name: 'own', mac: macOf(new Uint8Array(32)) };
const BYTES_MAX = 1_000_000;

const keyOf = (number: number) => number.toString(16).padStart(64, '0');
const lineOf = (fuel: number) => ({
  root: { kind: 'leaf', verdict: { kind: 'Valid' }, calls: [], zomes: ['x'.repeat(1000)] } as Leaf,
  writer: undefined,
  fuel,
});

describe('lines on disk', () => {
  let folder: string;
  const open = (path: string) => openDiskLines({ path: join(folder, path), bytesMax: BYTES_MAX, own, others: [] });
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-lines-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('are kept longer the more fuel they cost, but not forever', async () => {
    const lines = await open('lines.db');
    const [expensive, cheap] = [0, 1].map((part) => Array.from({ length: 30 }, (_, i) => keyOf(2 * i + part)));
    for (const key of expensive) lines.put(key, lineOf(1_000_000));
    for (const key of cheap) lines.put(key, lineOf(10_000));
    const held = (keys: readonly string[]) => keys.filter((key) => lines.get(key) !== undefined).length;
    let number = 1_000;
    const others = (count: number) => {
      for (let i = 0; i < count; i++) lines.put(keyOf(number++), lineOf(100_000));
      lines.flush();
    };
    others(1_200);
    expect(lines.bytes).to.be.at.most(BYTES_MAX);
    expect([held(expensive), held(cheap)]).to.deep.equal([30, 0]);
    others(12_000);
    expect(held(expensive)).to.equal(0);
    expect(lines.count).to.be.above(500);
    lines.close();
    // A reopened store continues: new lines are worth more than the least valuable of the old ones.
    const again = await open('lines.db');
    again.put(keyOf(number), lineOf(200_000));
    for (let i = 1; i < 600; i++) again.put(keyOf(number + i), lineOf(100_000));
    again.flush();
    expect(again.get(keyOf(number))).not.to.equal(undefined);
    again.close();
  });

  it('are read from a file of an earlier version', async () => {
    const written = await open('old.db');
    written.put(keyOf(1), lineOf(5));
    written.close();
    const driver = await openSqliteDriver(join(folder, 'old.db'));
    driver.exec('alter table lines drop column worth');
    driver.close();
    const lines = await open('old.db');
    expect(lines.get(keyOf(1))?.fuel).to.equal(5);
    lines.put(keyOf(2), lineOf(7));
    lines.close();
    expect((await open('old.db')).count).to.equal(2);
  });
});
