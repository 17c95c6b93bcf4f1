/**
 * Where modules are stored: in a `ModuleFolder` of `assay/store`, or in memory. What `get` returns has the requested
 * hash.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hash, toHex } from '../base/hash.js';
import { type ModuleFolder, openModuleFolder } from '../store/module-folder.js';
import { StoreError } from '../store/store-error.js';

export interface ModulePlace {
  get(hash: string): Promise<Uint8Array | undefined>;
  put(bytes: Uint8Array): Promise<string>;
  /** Size of all stored modules in bytes. */
  bytes(): Promise<number>;
}

export class ModuleMemory implements ModulePlace {
  readonly #modules = new Map<string, Uint8Array>();
  #bytes = 0;

  async get(hash: string): Promise<Uint8Array | undefined> {
    return this.#modules.get(hash);
  }

  async put(bytes: Uint8Array): Promise<string> {
    const identity = toHex(hash(bytes));
    if (!this.#modules.has(identity)) this.#bytes += bytes.length;
    this.#modules.set(identity, bytes);
    return identity;
  }

  async bytes(): Promise<number> {
    return this.#bytes;
  }
}

/** Modules in a folder (`openModuleFolder`), with the sum of their bytes. @throws StoreError */
export async function openModuleFiles(folder: string): Promise<ModulePlace> {
  const modules = await openModuleFolder(folder);
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.wasm'));
    let bytes = 0;
    for (const name of names) bytes += (await stat(join(folder, name))).size;
    return new ModuleFiles(modules, bytes);
  } catch (error) {
    throw new StoreError('folder', `${folder} cannot be read`, { cause: error });
  }
}

class ModuleFiles implements ModulePlace {
  readonly #modules: ModuleFolder;
  #bytes: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(modules: ModuleFolder, bytes: number) {
    this.#modules = modules;
    this.#bytes = bytes;
  }

  get(hash: string): Promise<Uint8Array | undefined> {
    return this.#modules.get(hash);
  }

  /** One after the other, so that the same module sent twice at once counts once. */
  put(bytes: Uint8Array): Promise<string> {
    const put = this.#last.then(() => this.#put(bytes));
    this.#last = put.catch(() => undefined);
    return put;
  }

  async #put(bytes: Uint8Array): Promise<string> {
    const isThere = (await this.#modules.get(toHex(hash(bytes)))) !== undefined;
    const identity = await this.#modules.put(bytes);
    if (!isThere) this.#bytes += bytes.length;
    return identity;
  }

  async bytes(): Promise<number> {
    return this.#bytes;
  }
}
