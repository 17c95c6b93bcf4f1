/**
 * Artefacts in a folder. Invariant: `get` returns what a holder of the key put under this very name, or nothing; what is
 * tampered with, cut short, of another version or another folder is a miss. No lock is needed: files appear whole, hold
 * their own name, and may vanish at any time. The folder stays below its bound of bytes, up to what other processes
 * are adding; the artefact that was used longest ago goes first. docs/STORE.md has the threat model.
 */

import { lstat, mkdir, readdir, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type Hash, toHex, utf8 } from '../base/hash.js';
import { ownOf } from '../base/own.js';
import type { ArtefactCache, ArtefactKey } from '../engine/load/artefact-cache.js';
import { codeFingerprint } from './code-fingerprint.js';
import { macKeyOf } from './mac-key.js';
import { readRegular } from './regular-file.js';
import { macOf, seal, sealedBytes, unseal } from './sealed.js';
import { StoreError, systemCode } from './store-error.js';
import { isTemporary, replaceFile } from './temporary-file.js';

export interface DiskCacheOptions {
  /** 32 to 64 secret bytes. Default: the folder's own, made when it is first opened and kept there with mode 600. */
  readonly key?: Uint8Array;
  /** Bytes of the files. Default 256 MiB. */
  readonly bytesMax?: number;
  /** Distinguishes artefacts of different code. Default: the hash of the package's files. */
  readonly version?: string;
}

/** What has happened since the cache was opened. */
export interface DiskCacheCounts {
  hits: number;
  misses: number;
  /** Files that were there but not authentic; they are deleted. */
  rejected: number;
  /** System calls that failed, with the last of their codes: the disk is full, a folder is gone. */
  failures: number;
  lastFailure: string | undefined;
}

const BYTES_MAX = 256 * 1024 * 1024;
const SUFFIX = '.sealed';
/** A file that is still being written after this time was left by a process that died. */
const ABANDONED_MS = 3_600_000;
/** What is left after a sweep, so that not every file brings on the next one. */
const SWEPT_SHARE = 0.75;

interface Found {
  readonly path: string;
  readonly bytes: number;
  readonly usedMs: number;
}

class DiskCache implements ArtefactCache {
  readonly counts: DiskCacheCounts = { hits: 0, misses: 0, rejected: 0, failures: 0, lastFailure: undefined };
  readonly #folder: string;
  readonly #mac: Hash;
  readonly #version: Uint8Array;
  readonly #bytesMax: number;
  /** Of the files, as far as this process knows. */
  #bytes = 0;

  constructor(folder: string, mac: Hash, version: Uint8Array, bytesMax: number) {
    this.#folder = folder;
    this.#mac = mac;
    this.#version = version;
    this.#bytesMax = bytesMax;
  }

  async get(key: ArtefactKey): Promise<Uint8Array | undefined> {
    const name = this.#nameOf(key);
    const path = this.#pathOf(name);
    const content = await this.#attempt(async () => {
      const found = await this.#read(path);
      if (found === 'nothing') return undefined;
      const opened = found && unseal(this.#mac, name, found);
      if (opened !== undefined) {
        const now = new Date();
        // A folder that can only be read has good artefacts, too.
        await this.#attempt(() => utimes(path, now, now).catch(ifGone));
        return opened;
      }
      this.counts.rejected += 1;
      await unlink(path).catch(ifGone);
      return undefined;
    });
    if (content === undefined) this.counts.misses += 1;
    else this.counts.hits += 1;
    return content;
  }

  async put(key: ArtefactKey, content: Uint8Array): Promise<void> {
    const name = this.#nameOf(key);
    if (sealedBytes(name.length, content.length) > this.#bytesMax * SWEPT_SHARE) return;
    const bytes = seal(this.#mac, name, content);
    await this.#attempt(async () => {
      await replaceFile(this.#folder, this.#fileNameOf(name), bytes);
      this.#bytes += bytes.length;
      if (this.#bytes > this.#bytesMax) await this.sweep();
    });
  }

  /** Deletes what was used longest ago until the folder is below its bound, and what dead processes have left. */
  async sweep(): Promise<void> {
    const found: Found[] = [];
    const now = Date.now();
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      if (!name.endsWith(SUFFIX) && !isTemporary(name)) continue;
      const stats = await this.#attempt(() => lstat(path).catch(ifGone));
      if (stats === undefined) continue;
      const item = { path, bytes: stats.size, usedMs: stats.mtimeMs };
      const isOver = isTemporary(name) && now - item.usedMs > ABANDONED_MS;
      // No artefact is a link, a FIFO or larger than all may be together. A folder is left as it is.
      const isNone = !isTemporary(name) && (!stats.isFile() || stats.size > this.#bytesMax);
      if (isOver || isNone) await this.#delete(path);
      else if (!isTemporary(name)) found.push(item);
    }
    found.sort((a, b) => a.usedMs - b.usedMs);
    let bytes = found.reduce((sum, item) => sum + item.bytes, 0);
    if (bytes > this.#bytesMax) {
      for (const item of found) {
        if (bytes <= this.#bytesMax * SWEPT_SHARE) break;
        await this.#delete(item.path);
        bytes -= item.bytes;
      }
    }
    this.#bytes = bytes;
  }

  /** Undefined for what no artefact can be: no regular file, or one that somebody has blown up. */
  async #read(path: string): Promise<Uint8Array | 'nothing' | undefined> {
    try {
      return await readRegular(path, this.#bytesMax);
    } catch (error) {
      return ifGone(error) ?? 'nothing';
    }
  }

  /** A file that cannot be deleted is counted, and the sweep continues. */
  async #delete(path: string): Promise<void> {
    await this.#attempt(() => unlink(path).catch(ifGone));
  }

  /** Whatever a system call says, it is a miss: the artefact is made again. */
  async #attempt<T>(action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      const code = systemCode(error);
      if (code === undefined) throw error;
      this.counts.failures += 1;
      this.counts.lastFailure = code;
      return undefined;
    }
  }

  #nameOf(key: ArtefactKey): Uint8Array {
    const kind = key.kind === 'valid' ? [key.kind] : [key.kind, key.form, toHex(key.schedule)];
    return utf8(`${[...kind, toHex(key.module), toHex(key.limits), toHex(this.#version)].join('\n')}\n`);
  }

  #fileNameOf(name: Uint8Array): string {
    return `${toHex(this.#mac(name))}${SUFFIX}`;
  }

  #pathOf(name: Uint8Array): string {
    return join(this.#folder, this.#fileNameOf(name));
  }
}

export type { DiskCache };

/** Another process may delete any file at any time. */
function ifGone(error: unknown): undefined {
  if (systemCode(error) === 'ENOENT') return undefined;
  throw error;
}

/**
 * Opens the cache of a folder, which is made if it is not there.
 * @throws StoreError if the folder or its key cannot be used
 */
export async function openDiskCache(folder: string, options: DiskCacheOptions = {}): Promise<DiskCache> {
  const { key, bytesMax = BYTES_MAX, version } = ownOf(options);
  if (!Number.isSafeInteger(bytesMax) || bytesMax < 0) {
    throw new StoreError('bound', `bytesMax must be a number of bytes: an integer from 0, not ${bytesMax}`);
  }
  if (key !== undefined && (key.length < 32 || key.length > 64)) {
    throw new StoreError('key', `the key must have 32 to 64 bytes, not ${key.length}`);
  }
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StoreError('folder', `${folder} cannot be created`, { cause: error });
  }
  const macKey = key === undefined ? await macKeyOf(folder) : new Uint8Array(key);
  const made = version === undefined ? await codeFingerprint() : utf8(version);
  const cache = new DiskCache(folder, macOf(macKey), made, bytesMax);
  try {
    await cache.sweep();
  } catch (error) {
    throw new StoreError('folder', `${folder} cannot be read`, { cause: error });
  }
  return cache;
}
