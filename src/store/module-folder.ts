/**
 * Modules in a folder by their identity. Invariant: what `get` returns has the hash that was asked for, whoever has
 * written there; so it needs no key. Nothing is ever deleted but what does not have its hash.
 */

import { mkdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hash, toHex } from '../base/hash.js';
import { LIMITS_1 } from '../base/limits.js';
import { own } from '../base/own.js';
import { openRegular, readWithin } from './regular-file.js';
import { StoreError, systemCode } from './store-error.js';
import { replaceFile } from './temporary-file.js';

export interface ModuleFolderOptions {
  /** Bytes of the longest module. Default 64 MiB, as `limits-1` accepts. */
  readonly bytesMax?: number;
}

const IDENTITY = /^[0-9a-f]{64}$/;

export class ModuleFolder {
  /** Made by `openModuleFolder`. */
  constructor(
    readonly folder: string,
    readonly bytesMax: number,
  ) {}

  /**
   * Keeps a module, valid or not.
   * @returns its identity: BLAKE2b-256 in lower-case hexadecimal, as `LoadedModule.hash`
   * @throws StoreError `folder` if it cannot be written, `bound` for a module that is longer than the folder takes
   */
  async put(bytes: Uint8Array): Promise<string> {
    if (bytes.length > this.bytesMax) {
      throw new StoreError(
        'bound',
        `a module of ${bytes.length} bytes is longer than the ${this.bytesMax} of bytesMax`,
      );
    }
    const own = new Uint8Array(bytes);
    const identity = toHex(hash(own));
    if ((await this.get(identity)) !== undefined) return identity;
    try {
      await replaceFile(this.folder, fileNameOf(identity), own);
    } catch (error) {
      throw new StoreError('folder', `a module cannot be written to ${this.folder}`, { cause: error });
    }
    return identity;
  }

  /**
   * The module, or undefined if it is not there or not what its name says.
   * @throws StoreError `identity` for what is no identity, `folder` if the folder cannot be read
   */
  async get(identity: string): Promise<Uint8Array | undefined> {
    if (!IDENTITY.test(identity))
      throw new StoreError('identity', 'an identity must be 64 lower-case hexadecimal digits');
    const path = join(this.folder, fileNameOf(identity));
    try {
      const opened = await openRegular(path);
      if (opened === undefined) return await deleted(path);
      const bytes = await readWithin(opened, this.bytesMax);
      // Others may take longer ones.
      if (bytes === undefined) return undefined;
      return toHex(hash(bytes)) === identity ? bytes : await deleted(path);
    } catch (error) {
      const code = systemCode(error);
      // A folder of this name is no module either, and is left as it is.
      if (code === 'ENOENT' || code === 'EISDIR' || code === 'EPERM') return undefined;
      throw new StoreError('folder', `${path} cannot be read`, { cause: error });
    }
  }
}

async function deleted(path: string): Promise<undefined> {
  await unlink(path);
}

function fileNameOf(identity: string): string {
  return `${identity}.wasm`;
}

/**
 * Opens a folder of modules, which is made if it is not there.
 * @throws StoreError `folder` if that cannot be done, `bound` for a bound that is no integer
 */
export async function openModuleFolder(folder: string, options: ModuleFolderOptions = {}): Promise<ModuleFolder> {
  const bytesMax = own(options, 'bytesMax') ?? LIMITS_1.moduleBytes;
  if (!Number.isSafeInteger(bytesMax) || bytesMax < 0) {
    throw new StoreError('bound', `bytesMax must be a number of bytes: an integer from 0, not ${bytesMax}`);
  }
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new StoreError('folder', `${folder} cannot be created`, { cause: error });
  }
  return new ModuleFolder(folder, bytesMax);
}
