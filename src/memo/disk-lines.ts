/**
 * Lines in a SQLite file. A line is sealed with a keyed BLAKE2b over its key, its writer and its content: one that was
 * changed, moved to another key or written without the key is a miss and is deleted. Lines are written in groups, and
 * at `close`; lines that a crash loses are run again.
 *
 * What goes first is decided as in memory (`memory-lines.ts`), but a line has its worth from when it was written: a hit writes nothing. The
 * worth is under no seal: who changes it can only have lines go that could be deleted as well.
 *
 * A content is what `v8.serialize` makes, and is read only after its seal was checked: content sealed with the key is trusted.
 */
import { deserialize, serialize } from 'node:v8';
import { fromHex, type Hash, utf8 } from '../base/hash.js';
import { joinedBytes } from '../base/joined-bytes.js';
import { isSameSeal } from '../store/sealed.js';
import { openSqliteDriver, plainRow, type SqliteDriver } from '../store/sqlite-driver.js';
import type { Line, LineStore } from './line-store.js';
import type { Node } from './trie.js';

export interface WriterKey {
  readonly name: string;
  /** Keyed hash of this writer. */
  readonly mac: Hash;
}

export interface DiskLinesOptions {
  readonly path: string;
  readonly bytesMax: number;
  /** Seals the lines that are written. */
  readonly own: WriterKey;
  /** Other writers whose lines are read. */
  readonly others: readonly WriterKey[];
}

const BUSY_MS = 10_000;
/** Most lines that wait to be written. */
const UNWRITTEN_MAX = 256;
/** Share of the bound that remains after a file has exceeded it. */
const KEPT_SHARE = 0.75;
const MEAN_LINES = 64;

const TABLE = `create table if not exists lines (
  key blob primary key, writer text not null, fuel integer not null, content blob not null, seal blob not null,
  worth integer not null default 0
) without rowid, strict`;
/** Files of earlier versions have no such column. */
const WORTH_COLUMN = 'alter table lines add column worth integer not null default 0';
/** The resolution of fuel per byte. */
const WORTH_PARTS = 1_000n;
const WORTH_MAX = 1n << 62n;

export async function openDiskLines(options: DiskLinesOptions): Promise<DiskLines> {
  const driver = await openSqliteDriver(options.path);
  driver.exec(`pragma busy_timeout = ${BUSY_MS}`);
  driver.all('pragma journal_mode = wal', []);
  driver.exec('pragma synchronous = normal');
  driver.exec(TABLE);
  const columns = driver.all('pragma table_info(lines)', []);
  if (!columns.some(({ name }) => name === 'worth')) driver.exec(WORTH_COLUMN);
  return new DiskLines(driver, options);
}

export class DiskLines implements LineStore {
  readonly #driver: SqliteDriver;
  readonly #bytesMax: number;
  readonly #own: WriterKey;
  readonly #macs: ReadonlyMap<string, Hash>;
  readonly #unwritten = new Map<string, Line>();
  #count = 0;
  #bytes = 0;
  /** About the lowest worth in the file: that of the last deleted line. */
  #floor = 0n;
  /** Lines that were not authentic. */
  rejected = 0;
  failures = 0;

  constructor(driver: SqliteDriver, { bytesMax, own, others }: DiskLinesOptions) {
    this.#driver = driver;
    this.#bytesMax = bytesMax;
    this.#own = own;
    this.#macs = new Map([own, ...others].map(({ name, mac }) => [name, mac]));
    this.#recount();
  }

  get count(): number {
    return this.#count + this.#unwritten.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Line | undefined {
    const unwritten = this.#unwritten.get(key);
    if (unwritten !== undefined) return unwritten;
    return this.#tried(() => this.#read(key), undefined);
  }

  /**
   * A file that is damaged, busy or on a full disk counts as empty and stores nothing; validation continues without it.
   */
  #tried<T>(work: () => T, otherwise: T, lines = 1): T {
    try {
      return work();
    } catch {
      this.failures += lines;
      return otherwise;
    }
  }

  #read(key: string): Line | undefined {
    const [found] = this.#driver.all('select writer, fuel, content, seal from lines where key = ?', [fromHex(key)]);
    if (found === undefined) return undefined;
    const { writer, fuel, content, seal } = plainRow(found) as {
      readonly writer: string;
      readonly fuel: bigint;
      readonly content: Uint8Array;
      readonly seal: Uint8Array;
    };
    const mac = this.#macs.get(writer);
    if (mac === undefined || !isSameSeal(seal, sealOf(mac, key, writer, fuel, content))) {
      this.rejected += 1;
      this.delete(key);
      return undefined;
    }
    const root = deserialize(content) as Node;
    return { root, writer: writer === this.#own.name ? undefined : writer, fuel: Number(fuel) };
  }

  put(key: string, line: Line): void {
    this.#unwritten.set(key, line);
    if (this.#unwritten.size >= UNWRITTEN_MAX) this.flush();
  }

  delete(key: string): void {
    this.#unwritten.delete(key);
    this.#tried(() => {
      this.#forget(key);
      this.#driver.all('delete from lines where key = ?', [fromHex(key)]);
    }, undefined);
  }

  /** Removes the line of a key from the sums. Other processes also change the file, so the sums are approximate. */
  #forget(key: string): void {
    const [row] = this.#driver.all('select length(content) as bytes from lines where key = ?', [fromHex(key)]);
    if (row === undefined) return;
    this.#count -= 1;
    this.#bytes -= Number(row['bytes']);
  }

  deleteOf(writer: string): number {
    return this.#tried(() => {
      const [row] = this.#driver.all('select count(*) as count from lines where writer = ?', [writer]);
      this.#driver.all('delete from lines where writer = ?', [writer]);
      this.#recount();
      return Number(row!['count']);
    }, 0);
  }

  /** Writes waiting lines, in one transaction. Lines that cannot be written are dropped, and run again later. */
  flush(): void {
    if (this.#unwritten.size === 0) return;
    this.#tried(() => this.#write(), undefined, this.#unwritten.size);
    this.#unwritten.clear();
  }

  #write(): void {
    const { name, mac } = this.#own;
    this.#driver.exec('begin immediate');
    try {
      for (const [key, { root, fuel }] of this.#unwritten) {
        const content = new Uint8Array(serialize(root));
        const cost = BigInt(fuel);
        this.#forget(key);
        this.#count += 1;
        this.#bytes += content.length;
        this.#driver.all(
          'insert or replace into lines (key, writer, fuel, content, seal, worth) values (?, ?, ?, ?, ?, ?)',
          [fromHex(key), name, cost, content, sealOf(mac, key, name, cost, content), this.#worthOf(cost, content)],
        );
      }
      this.#driver.exec('commit');
    } catch (error) {
      this.#driver.exec('rollback');
      this.#recount();
      throw error;
    }
    if (this.#bytes > this.#bytesMax) this.#shrink();
  }

  close(): void {
    this.flush();
    this.#driver.close();
  }

  #worthOf(fuel: bigint, content: Uint8Array): bigint {
    const worth = this.#floor + (fuel * WORTH_PARTS) / BigInt(content.length);
    return worth < WORTH_MAX ? worth : WORTH_MAX;
  }

  /** Deletes the lines with the lowest worth, down to a share of the bound. */
  #shrink(): void {
    while (this.#bytes > this.#bytesMax * KEPT_SHARE && this.#count > 0) {
      const some = Math.max(MEAN_LINES, Math.ceil(this.#count / 8));
      this.#driver.all('delete from lines where key in (select key from lines order by worth, key limit ?)', [
        BigInt(some),
      ]);
      this.#recount();
    }
  }

  #recount(): void {
    const [row] = this.#driver.all(
      'select count(*) as count, coalesce(sum(length(content)), 0) as bytes, coalesce(min(worth), 0) as floor from lines',
      [],
    );
    this.#count = Number(row!['count']);
    this.#bytes = Number(row!['bytes']);
    this.#floor = BigInt(row!['floor'] as bigint);
  }
}

function sealOf(mac: Hash, key: string, writer: string, fuel: bigint, content: Uint8Array): Uint8Array {
  const head = utf8(`assay-memo-line-1\n${key}\n${JSON.stringify(writer)}\n${fuel}\n`);
  return mac(joinedBytes(head, content));
}
