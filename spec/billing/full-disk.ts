/** Ledgers on a separate disk that becomes full or read-only: a clear error, and an unchanged ledger. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Billing, openBilling } from '../../src/billing/billing.js';
import { BillingError } from '../../src/billing/billing-error.js';
import type { Lease } from '../../src/billing/lease.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import { type DatabaseKind, postgres } from './databases.js';
import { receiptOf, TABLE } from './sample-billing.js';

const DEPOSIT = 10n ** 12n;
const MEGABYTE = 1_000_000;

/** A separate file system in a folder. */
export interface Disk {
  readonly folder: string;
  /** Fills the disk up to this many free bytes. */
  fill(left: number): void;
  empty(): void;
  /** Another folder for the same disk, read-only. */
  readOnly(): string;
  remove(): void;
}

/** Why no disk can be created here; undefined if one can. */
export function whyNoDisk(): string | undefined {
  if (process.getuid?.() !== 0) return 'mounting a separate disk needs root';
  const folder = mkdtempSync(join(tmpdir(), 'assay-disk-'));
  try {
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
    if (status !== 0) return 'no disk can be mounted here';
    execFileSync('umount', [folder]);
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function makeDisk(bytes: number): Disk {
  const folder = mkdtempSync(join(tmpdir(), 'assay-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]);
  chmodSync(folder, 0o755);
  const mounted = [folder];
  const filler = join(folder, 'filler');
  return {
    folder,
    fill: (left) => {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(filler, new Uint8Array(Math.max(bavail * bsize - left, 0)));
    },
    empty: () => rmSync(filler),
    readOnly: () => {
      const place = mkdtempSync(join(tmpdir(), 'assay-disk-'));
      mounted.push(place);
      execFileSync('mount', ['--bind', folder, place]);
      execFileSync('mount', ['-o', 'remount,bind,ro', place]);
      return place;
    },
    remove: () => {
      for (const place of mounted) {
        // Lazily, because a failed operation may have left a file open.
        execFileSync('umount', ['-l', place]);
        rmdirSync(place);
      }
    },
  };
}

async function leaseOf(billing: Billing): Promise<Lease> {
  await billing.openTenant('a');
  await billing.payIn('a', DEPOSIT, 'deposit');
  const opened = await billing.lease('a', { id: 'l', table: TABLE, amount: 10n ** 11n });
  if (!opened.ok) throw new Error(opened.refusal.code);
  return opened.lease;
}

/** More lines than fit. */
const LINES = 5_000;

function spend(lease: Lease): void {
  for (let line = 0; line < LINES; line += 1) {
    const call = lease.begin(LINES);
    if (!call.ok) throw new Error(call.refusal.code);
    call.finish(receiptOf(line), new Uint8Array(32));
  }
}

async function failureOf(work: Promise<unknown>): Promise<BillingError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof BillingError && error.code === 'storage') return error;
  throw new Error('the operation did not fail on a full disk', { cause: error });
}

async function stateOf({ ledger }: Billing): Promise<string> {
  const accounts = await ledger.accounts();
  return JSON.stringify(accounts, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** Settles on a disk without room, then with room. @returns the error message */
async function settleWithoutRoom(billing: Billing, disk: Disk, left: number): Promise<string> {
  const lease = await leaseOf(billing);
  spend(lease);
  const before = await stateOf(billing);
  disk.fill(left);
  const { message } = await failureOf(lease.settle());
  if ((await stateOf(billing)) !== before) throw new Error('the ledger has changed');
  if (lease.unsettled.lines !== LINES) throw new Error(`${lease.unsettled.lines} lines wait, not ${LINES}`);
  disk.empty();
  const settled = await lease.settle();
  if (!settled.ok || settled.lines !== LINES) throw new Error('the lines are not settled after space was freed');
  return message;
}

const SQLITE_DISK = 8 * MEGABYTE;
const POSTGRES_DISK = 200 * MEGABYTE;

/** @returns the error messages */
export async function fullSqlite(): Promise<string> {
  const disk = makeDisk(SQLITE_DISK);
  try {
    const database = await openSqlite(join(disk.folder, 'ledger.db'));
    try {
      return await settleWithoutRoom(await openBilling(database), disk, MEGABYTE / 10);
    } finally {
      await database.close();
    }
  } finally {
    disk.remove();
  }
}

export async function fullPostgres(): Promise<string> {
  const disk = makeDisk(POSTGRES_DISK);
  const kind: DatabaseKind = postgres({ folder: disk.folder });
  try {
    await kind.start();
    const database = await kind.open(kind.place());
    try {
      return await settleWithoutRoom(await openBilling(database), disk, MEGABYTE / 10);
    } finally {
      await database.close();
    }
  } finally {
    await kind.stop();
    disk.remove();
  }
}

/** A ledger that is readable but not writable, and a new one beside it. */
export async function readOnlySqlite(): Promise<string> {
  const disk = makeDisk(SQLITE_DISK);
  try {
    const path = join(disk.folder, 'ledger.db');
    const database = await openSqlite(path);
    const lease = await leaseOf(await openBilling(database));
    await lease.close();
    await database.close();
    const folder = disk.readOnly();
    const read = join(folder, 'ledger.db');
    const { message } = await failureOf(openSqlite(read));
    if (!message.includes(read)) throw new Error(`the error does not name the file: ${message}`);
    await failureOf(openSqlite(join(folder, 'other.db')));
    const again = await openSqlite(path);
    const { balance } = await (await openBilling(again)).balance('a');
    await again.close();
    if (balance !== DEPOSIT) throw new Error(`the ledger has changed: ${balance}`);
    return message;
  } finally {
    disk.remove();
  }
}
