/** Modules in a folder by their hash (`LoadedModule.hash`). */
import { LIMITS_1 } from '../base/limits.js';
import { own } from '../base/own.js';
import { type FileKind, HashedFolder, madeFolder } from './hashed-folder.js';

export interface ModuleFolderOptions {
  /** Bytes of the longest module. Default 64 MiB, as `limits-1` accepts. */
  readonly bytesMax?: number;
}

const MODULE: FileKind = { name: 'a module', ending: 'wasm' };

export class ModuleFolder extends HashedFolder {
  /** Made by `openModuleFolder`. */
  constructor(folder: string, bytesMax: number) {
    super(folder, bytesMax, MODULE);
  }
}

/**
 * Opens a folder of modules, which is created if it does not exist.
 * @throws StoreError `folder` if that fails, `bound` for a bound that is not an integer
 */
export async function openModuleFolder(folder: string, options: ModuleFolderOptions = {}): Promise<ModuleFolder> {
  const bytesMax = own(options, 'bytesMax') ?? LIMITS_1.moduleBytes;
  return new ModuleFolder(await madeFolder(folder, bytesMax), bytesMax);
}
