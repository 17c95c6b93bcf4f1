/**
 * The guarded form beside an instance in the module's own form: it runs while the host's memory is larger than the guest
 * knows. Functions have the same indices; gauge, globals and memory are the other's.
 */
import { PAGE_BYTES } from '../machine/memory.js';
import { PAGES_MAX } from './added-code.js';
import { MEMORY_BYTES } from './guarded-access.js';
import type { HostMemory } from './host-items.js';
import { IMPORT_MODULE, NAME } from './rewrite.js';

export class GuardedInstance {
  /** The size in bytes that the guest knows. */
  readonly size: WebAssembly.Global;
  readonly #exports: WebAssembly.Exports;
  readonly #memory: HostMemory;

  /** @param imports the functions of the host, gauge, globals and memory under the names of the rewriter */
  constructor(module: WebAssembly.Module, imports: WebAssembly.ModuleImports, memory: HostMemory) {
    this.#exports = new WebAssembly.Instance(module, { [IMPORT_MODULE]: imports }).exports;
    this.#memory = memory;
    this.size = this.#exports[MEMORY_BYTES] as WebAssembly.Global;
    const pagesMax = this.#exports[PAGES_MAX] as WebAssembly.Global | undefined;
    if (pagesMax !== undefined) pagesMax.value = memory.pagesMax;
    (this.#exports['elements'] as () => void)();
  }

  callable(functionIndex: number): unknown {
    return this.#exports[`${NAME.function}${functionIndex}`];
  }

  /** Frames of this form may continue after code of the other has grown the memory. */
  follow(): void {
    const { pages } = this.#memory.refresh();
    const bytes = (pages * PAGE_BYTES) | 0;
    if (this.size.value !== bytes) this.size.value = bytes;
  }
}
