/** The modules that vectors call, each loaded once. */
import { join } from 'node:path';
import { describeFault } from '../../base/fault.js';
import { createEngine, type Engine } from '../../engine/engine.js';
import type { HostImport } from '../../engine/imports/host-import.js';
import type { LoadedModule } from '../../engine/loaded-module.js';
import { CliError } from '../cli-error.js';
import { readFile } from './vector-file.js';

export class VectorModules {
  readonly #engine: Engine = createEngine();
  readonly #loaded = new Map<string, LoadedModule>();

  constructor(
    readonly folder: string,
    readonly imports: readonly HostImport[] = [],
  ) {}

  /** A module by its path in the folder of vectors. */
  async ofFile(path: string): Promise<LoadedModule> {
    const known = this.#loaded.get(path);
    if (known !== undefined) return known;
    const module = await this.ofBytes(path, readFile(join(this.folder, path)));
    this.#loaded.set(path, module);
    return module;
  }

  async ofBytes(name: string, bytes: Uint8Array): Promise<LoadedModule> {
    const loaded = await this.#engine.load(bytes, { imports: this.imports });
    if (loaded.ok) return loaded.module;
    throw new CliError(`the module of ${name} does not load: ${describeFault(loaded.fault)}`, 'restore the file');
  }
}
