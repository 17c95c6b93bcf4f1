/** The two memos: one in memory, one in a folder. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { own } from '../base/own.js';
import { macKeyOf } from '../store/mac-key.js';
import { macOf } from '../store/sealed.js';
import { StoreError } from '../store/store-error.js';
import { openDiskLines, type WriterKey } from './disk-lines.js';
import { Memo } from './memo.js';
import { MemoryLines } from './memory-lines.js';

export interface MemoryMemoOptions {
  /** Bytes, about, of what is kept. Default 256 MiB. */
  readonly bytesMax?: number;
  /** Validations that wait for a dependency and are found by it. Default 1,000,000. */
  readonly waitingMax?: number;
}

/** Another who writes lines into the same folder. */
export interface MemoWriter {
  readonly name: string;
  /** 32 to 64 secret bytes: those that this writer passes as `key`. */
  readonly key: Uint8Array;
  /** Share of the hits on their lines that are run again, from 0 (trusted) to 1 (never trusted). */
  readonly share: number;
}

export interface DiskMemoOptions extends MemoryMemoOptions {
  /** Who writes here. Default `own`. */
  readonly name?: string;
  /** 32 to 64 secret bytes. Default the folder's own, made when it is first opened and kept there with mode 600. */
  readonly key?: Uint8Array;
  /** Whose lines are read beside one's own. */
  readonly writers?: readonly MemoWriter[];
}

const BYTES_MAX = 268_435_456;
const WAITING_MAX = 1_000_000;
const SECRET_BYTES = 32;

/** @throws StoreError `bound` */
export function memoInMemory(options: MemoryMemoOptions = {}): Memo {
  const bytesMax = boundOf('bytesMax', own(options, 'bytesMax') ?? BYTES_MAX);
  const waitingMax = boundOf('waitingMax', own(options, 'waitingMax') ?? WAITING_MAX);
  return new Memo({
    lines: new MemoryLines(bytesMax),
    secret: randomBytes(SECRET_BYTES),
    shareOf: () => 0,
    waitingMax,
  });
}

/**
 * Opens the memo of a folder, which is created if it does not exist. Several processes may have it open.
 * @throws StoreError if the folder, its key or its file cannot be used
 */
export async function openMemo(folder: string, options: DiskMemoOptions = {}): Promise<Memo> {
  const { name = 'own', key, writers = [], bytesMax = BYTES_MAX, waitingMax = WAITING_MAX } = options;
  boundOf('bytesMax', bytesMax);
  boundOf('waitingMax', waitingMax);
  for (const writer of [...writers, ...(key === undefined ? [] : [{ key, share: 0 }])]) checkWriter(writer);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StoreError('folder', `${folder} cannot be created`, { cause: error });
  }
  const secret = key ?? (await macKeyOf(folder));
  const others: WriterKey[] = writers.map((writer) => ({ name: writer.name, mac: macOf(writer.key) }));
  const own: WriterKey = { name, mac: macOf(secret) };
  const shares = new Map(writers.map((writer) => [writer.name, writer.share]));
  const path = join(folder, 'memo.db');
  try {
    const lines = await openDiskLines({ path, bytesMax, own, others });
    return new Memo({ lines, secret, shareOf: (writer) => shares.get(writer) ?? 1, waitingMax });
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError('folder', `the memo in ${folder} cannot be opened`, { cause: error });
  }
}

function boundOf(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new StoreError('bound', `${name} must be an integer from 0, not ${value}`);
}

function checkWriter({ key, share }: Pick<MemoWriter, 'key' | 'share'>): void {
  if (key.length < 32 || key.length > 64)
    throw new StoreError('key', `a key must have 32 to 64 bytes, not ${key.length}`);
  if (!(share >= 0 && share <= 1)) throw new StoreError('bound', `a share must be from 0 to 1, not ${share}`);
}
