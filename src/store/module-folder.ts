/**
 * Modules in a folder by their identity. Invariant: what `get` answers has the hash that was asked for, whoever has
 * written there; so it needs no key. Nothing is ever deleted but what does not have its hash.
 */
import { mkdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hash, toHex } from '../base/hash.js';
import { StoreError, systemCode } from './store-error.js';
import { replaceFile } from './temporary-file.js';

const IDENTITY = /^[0-9a-f]{64}$/;

export class ModuleFolder {
  /** Made by `openModuleFolder`. */
  constructor(readonly folder: string) {}

  /**
   * Keeps a module, valid or not.
   * @returns its identity: BLAKE2b-256 in lower-case hexadecimal, as `LoadedModule.hash`
   * @throws StoreError `folder` if it cannot be written
   */
  async put(bytes: Uint8Array): Promise<string> {
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
    if (!IDENTITY.test(identity)) throw new StoreError('identity', 'an identity is 64 lower-case hexadecimal digits');
    const path = join(this.folder, fileNameOf(identity));
    try {
      const bytes = new Uint8Array(await readFile(path));
      if (toHex(hash(bytes)) === identity) return bytes;
      await unlink(path);
      return undefined;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw new StoreError('folder', `${path} cannot be read`, { cause: error });
    }
  }
}

function fileNameOf(identity: string): string {
  return `${identity}.wasm`;
}

/**
 * Opens a folder of modules, which is made if it is not there.
 * @throws StoreError `folder` if that cannot be done
 */
export async function openModuleFolder(folder: string): Promise<ModuleFolder> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new StoreError('folder', `${folder} cannot be made`, { cause: error });
  }
  return new ModuleFolder(folder);
}
