/**
 * Files in a folder, named by the hash of their content. Invariant: what `get` returns has the requested hash, even if
 * others write to the folder; so no key is needed. Only files that do not match their hash are ever deleted.
 */

import { mkdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hash, isHex, toHex } from '../base/hash.js';
import { openRegular, readWithin } from './regular-file.js';
import { StoreError, systemCode } from './store-error.js';
import { replaceFile } from './temporary-file.js';

/** The kind of files in a folder. */
export interface FileKind {
  /** For messages, with its article. */
  readonly name: string;
  /** The ending of its files' names. */
  readonly ending: string;
}

export class HashedFolder {
  readonly #kind: FileKind;

  constructor(
    readonly folder: string,
    /** Bytes of the longest file. */
    readonly bytesMax: number,
    kind: FileKind,
  ) {
    this.#kind = kind;
  }

  /**
   * Stores bytes, whether or not they are valid.
   * @returns their identity: BLAKE2b-256 in lower-case hexadecimal
   * @throws StoreError `folder` if they cannot be written, `bound` for more than the folder accepts
   */
  async put(bytes: Uint8Array): Promise<string> {
    if (bytes.length > this.bytesMax) {
      throw new StoreError(
        'bound',
        `${this.#kind.name} of ${bytes.length} bytes is longer than the ${this.bytesMax} of bytesMax`,
      );
    }
    const own = new Uint8Array(bytes);
    const identity = toHex(hash(own));
    if ((await this.get(identity)) !== undefined) return identity;
    try {
      await replaceFile(this.folder, this.#fileName(identity), own);
    } catch (error) {
      throw new StoreError('folder', `${this.#kind.name} cannot be written to ${this.folder}`, { cause: error });
    }
    return identity;
  }

  /**
   * The content with this hash; undefined if it does not exist or has another hash.
   * @throws StoreError `identity` for a text that is not a hash, `folder` if the folder cannot be read
   */
  async get(identity: string): Promise<Uint8Array | undefined> {
    if (!isHex(identity)) throw new StoreError('identity', 'an identity must be 64 lower-case hexadecimal digits');
    const path = join(this.folder, this.#fileName(identity));
    try {
      const opened = await openRegular(path);
      if (opened === undefined) return await deleted(path);
      const bytes = await readWithin(opened, this.bytesMax);
      // It may be valid for others, with a larger bound.
      if (bytes === undefined) return undefined;
      return toHex(hash(bytes)) === identity ? bytes : await deleted(path);
    } catch (error) {
      const code = systemCode(error);
      // A folder with this name counts as missing, and is not touched.
      if (code === 'ENOENT' || code === 'EISDIR' || code === 'EPERM') return undefined;
      throw new StoreError('folder', `${path} cannot be read`, { cause: error });
    }
  }

  #fileName(identity: string): string {
    return `${identity}.${this.#kind.ending}`;
  }
}

async function deleted(path: string): Promise<undefined> {
  await unlink(path);
}

/**
 * The path of a folder, which is created if it does not exist.
 * @throws StoreError `folder` if that fails, `bound` for a bound that is not an integer
 */
export async function madeFolder(folder: string, bytesMax: number): Promise<string> {
  if (!Number.isSafeInteger(bytesMax) || bytesMax < 0) {
    throw new StoreError('bound', `bytesMax must be a number of bytes: an integer from 0, not ${bytesMax}`);
  }
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new StoreError('folder', `${folder} cannot be created`, { cause: error });
  }
  return folder;
}
