/**
 * A module while it is decoded. `build` returns what was decoded so far, so that validation can look for a fault before
 * the one that ended decoding.
 */
import { readExports } from '../wasm/export-section.js';
import type {
  DataSegment,
  ElementSegment,
  Export,
  GlobalDefinition,
  Import,
  Module,
  Sections,
} from '../wasm/module.js';
import type { FunctionType, GlobalType, SizeLimits, TableType } from '../wasm/types.js';

const NO_INDICES = new Uint32Array(0);

export class ModuleBuilder {
  types: FunctionType[] = [];
  imports: Import[] = [];
  /** Type indices of imported functions, until the function section merges all into one array. */
  importedFunctionTypes: number[] = [];
  ownFunctionTypes: Uint32Array = NO_INDICES;
  tables: TableType[] = [];
  importedTables = 0;
  memories: SizeLimits[] = [];
  importedMemories = 0;
  globals: GlobalType[] = [];
  importedGlobals = 0;
  globalDefinitions: GlobalDefinition[] = [];
  exports: Export[] = [];
  start: Module['start'] = undefined;
  elements: ElementSegment[] = [];
  dataCount: number | undefined = undefined;
  bodyStarts: Uint32Array = NO_INDICES;
  bodyEnds: Uint32Array = NO_INDICES;
  bodies = 0;
  data: DataSegment[] = [];

  #sectionIds = new Uint8Array(16);
  #sectionStarts = new Uint32Array(16);
  #sectionEnds = new Uint32Array(16);
  #sections = 0;

  /** @param readsExportsLater exports are read on demand, for bytes that are known to be valid */
  constructor(
    readonly bytes: Uint8Array,
    readonly readsExportsLater = false,
  ) {}

  addSection(id: number, start: number, end: number): void {
    if (this.#sections === this.#sectionIds.length) {
      const ids = new Uint8Array(this.#sections * 2);
      const starts = new Uint32Array(this.#sections * 2);
      const ends = new Uint32Array(this.#sections * 2);
      ids.set(this.#sectionIds);
      starts.set(this.#sectionStarts);
      ends.set(this.#sectionEnds);
      this.#sectionIds = ids;
      this.#sectionStarts = starts;
      this.#sectionEnds = ends;
    }
    this.#sectionIds[this.#sections] = id;
    this.#sectionStarts[this.#sections] = start;
    this.#sectionEnds[this.#sections] = end;
    this.#sections++;
  }

  get sections(): Sections {
    return {
      ids: this.#sectionIds.subarray(0, this.#sections),
      starts: this.#sectionStarts.subarray(0, this.#sections),
      ends: this.#sectionEnds.subarray(0, this.#sections),
    };
  }

  build(): Module {
    const importedFunctions = this.importedFunctionTypes.length;
    const functionTypes = new Uint32Array(importedFunctions + this.ownFunctionTypes.length);
    functionTypes.set(this.importedFunctionTypes);
    functionTypes.set(this.ownFunctionTypes, importedFunctions);
    const module: Module = {
      bytes: this.bytes,
      types: this.types,
      imports: this.imports,
      functionTypes,
      importedFunctions,
      tables: this.tables,
      importedTables: this.importedTables,
      memories: this.memories,
      importedMemories: this.importedMemories,
      globals: this.globals,
      importedGlobals: this.importedGlobals,
      globalDefinitions: this.globalDefinitions,
      exports: this.exports,
      start: this.start,
      elements: this.elements,
      dataCount: this.dataCount,
      bodyStarts: this.bodyStarts.subarray(0, this.bodies),
      bodyEnds: this.bodyEnds.subarray(0, this.bodies),
      data: this.data,
      sections: this.sections,
    };
    return this.readsExportsLater ? withExportsLater(module) : module;
  }
}

function withExportsLater(module: Module): Module {
  let exports: readonly Export[] | undefined;
  return {
    ...module,
    get exports() {
      exports ??= readExports(module);
      return exports;
    },
  };
}
