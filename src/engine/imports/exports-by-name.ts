/**
 * The exports of a module by name. The first few names are looked for in the bytes, which is fast even among 75,000; for more names
 * a table is built.
 */
import { findExport } from '../../wasm/export-section.js';
import type { Export, Module } from '../../wasm/module.js';

/** Names that are looked for before a table is made. */
const SEARCHES_MAX = 8;

export class ExportsByName {
  readonly #known = new Map<string, Export>();
  #searches = 0;

  constructor(readonly module: Module) {}

  get(name: string): Export | undefined {
    const known = this.#known.get(name);
    if (known !== undefined || this.#searches > SEARCHES_MAX) return known;
    if (this.#searches++ === SEARCHES_MAX) {
      for (const item of this.module.exports) this.#known.set(item.name, item);
      return this.#known.get(name);
    }
    const found = findExport(this.module, name);
    if (found !== undefined) this.#known.set(name, found);
    return found;
  }
}
