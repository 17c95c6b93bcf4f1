/**
 * Artefacts in a folder. Invariant: `get` returns what a holder of the key stored under exactly this name, or nothing;
 * a file that was changed or truncated, or is of another version or folder, is a miss. No lock is needed: files appear
 * complete, contain their own name, and may vanish at any time. The folder stays below its bound of bytes, except for
 * what other processes are adding; the least recently used artefacts are deleted first. docs/STORE.md has the threat
 * model.
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
  /**
   * 32 to 64 secret bytes. Default: the folder's key, created when it is first opened and stored there with mode 600.
   */
  readonly key?: Uint8Array;
  /** Bound on the bytes of all files. Default 256 MiB. */
  readonly bytesMax?: number;
  /** Distinguishes artefacts of different code. Default: the hash of the package's files. */
  readonly version?: string;
}

/** Counts since the cache was opened. */
export interface DiskCacheCounts {
  hits: number;
  misses: number;
  /** Files that existed but were not authentic; they are deleted. */
  rejected: number;
  /** Failed system calls, with the last code: the disk is full, or a folder is gone. */
  failures: number;
  lastFailure: string | undefined;
}

const BYTES_MAX = 256 * 1024 * 1024;
const SUFFIX = '.sealed';
/** A file that is still temporary after this time was left by a process that died. */
const ABANDONED_MS = 3_600_000;
/** How much remains after a sweep, so that not every new file causes another one. */
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
  /** Size of the files, as far as this process knows. */
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
        // A read-only folder also has good artefacts.
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

  /** Deletes the least recently used files until the folder is below its bound, and files that dead processes left. */
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
      // An artefact is never a link, a FIFO or larger than the bound of all. A folder is not touched.
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

  /** Undefined for what cannot be an artefact: not a regular file, or too large. */
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

  /** Any failed system call is a miss: the artefact is made again. */
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
 * Opens the cache of a folder, which is created if it does not exist.
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
