/**
 * The rules of a module except its bodies, section by section in the order of the bytes. The module's data have few
 * offsets; if one is needed, the item is read again. Specification: validation of modules.
 */
import { ByteReader } from '../base/byte-reader.js';
import { raise } from '../base/fault.js';
import type { Limits } from '../base/limits.js';
import { readMemoryType, readTableType } from '../decode/read-types.js';
import type { DataSegment, ElementSegment, Export, ExternKind, Import, Module } from '../wasm/module.js';
import { SectionId } from '../wasm/module.js';
import { type SizeLimits, ValueType } from '../wasm/types.js';
import { BodyValidator } from './body-validator.js';

/** The specification's limit on a memory, independent of the limits record. */
const PAGES_MAX = 65_536;

const UNKNOWN_BY_KIND = {
  function: 'unknown-function',
  table: 'unknown-table',
  memory: 'unknown-memory',
  global: 'unknown-global',
} as const satisfies Record<ExternKind, string>;

export class ModuleValidator {
  readonly #module: Module;
  readonly #limits: Limits;
  readonly #reader: ByteReader;
  readonly #bodies: BodyValidator;
  #tableElements = 0;

  constructor(module: Module, limits: Limits) {
    this.#module = module;
    this.#limits = limits;
    this.#reader = new ByteReader(module.bytes);
    this.#bodies = new BodyValidator(module, limits, new ByteReader(module.bytes));
  }

  /** Raises the first fault. */
  validate(): void {
    this.#module.imports.forEach((item) => {
      this.#import(item);
    });
    this.#functions();
    this.#tables();
    this.#memories();
    this.#globals();
    this.#exports();
    this.#start();
    this.#module.elements.forEach((segment) => {
      this.#element(segment);
    });
    this.#code();
    this.#module.data.forEach((segment) => {
      this.#data(segment);
    });
  }

  /** Moves the reader to the first item of a section; false if there is none. */
  #enterSection(id: SectionId): boolean {
    const { ids, starts } = this.#module.sections;
    const index = ids.indexOf(id);
    if (index < 0) return false;
    this.#reader.pos = starts[index];
    this.#reader.u32();
    return true;
  }

  #import({ description, offset }: Import): void {
    if (description.kind === 'global') return;
    const reader = this.#reader;
    reader.pos = offset;
    reader.skip(reader.u32());
    reader.skip(reader.u32());
    reader.u8();
    const at = reader.pos;
    if (description.kind === 'function') this.#requireType(description.typeIndex, at);
    else if (description.kind === 'table') this.#table(description.type, at + 1);
    else this.#memory(description.type, at);
  }

  #requireType(typeIndex: number, offset: number): void {
    if (typeIndex >= this.#module.types.length) raise('unknown-type', offset, `${typeIndex}`);
  }

  #functions(): void {
    const { functionTypes, importedFunctions } = this.#module;
    if (!this.#enterSection(SectionId.Function)) return;
    for (let i = importedFunctions; i < functionTypes.length; i++) {
      const offset = this.#reader.pos;
      this.#requireType(this.#reader.u32(), offset);
    }
  }

  #tables(): void {
    const { tables, importedTables } = this.#module;
    if (!this.#enterSection(SectionId.Table)) return;
    for (let i = importedTables; i < tables.length; i++) {
      const offset = this.#reader.pos;
      readTableType(this.#reader);
      this.#table(tables[i], offset + 1);
    }
  }

  #memories(): void {
    const { memories, importedMemories } = this.#module;
    if (!this.#enterSection(SectionId.Memory)) return;
    for (let i = importedMemories; i < memories.length; i++) {
      const offset = this.#reader.pos;
      readMemoryType(this.#reader);
      this.#memory(memories[i], offset);
    }
  }

  /** `flagOffset` is that of the limits' flag, which precedes the minimum. A limit refuses only valid input. */
  #table(table: SizeLimits, flagOffset: number): void {
    this.#sizeOrder(table, flagOffset);
    this.#tableElements += table.min;
    const limit = this.#limits.tableElements;
    if (this.#tableElements > limit)
      raise('limit-table-elements', flagOffset + 1, `${this.#tableElements}, the limit is ${limit}`);
  }

  #memory(memory: SizeLimits, flagOffset: number): void {
    if (memory.min > PAGES_MAX) raise('memory-size', flagOffset + 1, `${memory.min} pages`);
    this.#sizeOrder(memory, flagOffset);
    if (memory.min > this.#limits.pages)
      raise('limit-pages', flagOffset + 1, `${memory.min}, the limit is ${this.#limits.pages}`);
    if (memory.max !== undefined && memory.max > PAGES_MAX)
      raise('memory-size', this.#offsetOfMaximum(flagOffset), `${memory.max} pages`);
  }

  #sizeOrder({ min, max }: SizeLimits, flagOffset: number): void {
    if (max !== undefined && min > max) raise('limits-order', flagOffset + 1, `${min} > ${max}`);
  }

  #offsetOfMaximum(flagOffset: number): number {
    const reader = new ByteReader(this.#module.bytes, flagOffset + 1);
    reader.u32();
    return reader.pos;
  }

  #globals(): void {
    const { globals, globalDefinitions, importedGlobals } = this.#module;
    globalDefinitions.forEach(({ init }, i) => {
      const index = importedGlobals + i;
      this.#bodies.validateConstant(globals[index].type, init.start, init.end, index);
    });
  }

  #exports(): void {
    const names = new Set<string>();
    for (const item of this.#module.exports) {
      if (names.has(item.name)) raise('duplicate-export', item.offset, item.name);
      names.add(item.name);
      const count = this.#countOf(item.kind);
      if (item.index >= count) raise(UNKNOWN_BY_KIND[item.kind], this.#offsetOfExportIndex(item), `${item.index}`);
      if (item.kind === 'function') this.#bodies.declareFunction(item.index);
    }
  }

  #countOf(kind: ExternKind): number {
    switch (kind) {
      case 'function':
        return this.#module.functionTypes.length;
      case 'table':
        return this.#module.tables.length;
      case 'memory':
        return this.#module.memories.length;
      case 'global':
        return this.#module.globals.length;
    }
  }

  #offsetOfExportIndex(item: Export): number {
    const reader = new ByteReader(this.#module.bytes, item.offset);
    reader.skip(reader.u32());
    reader.u8();
    return reader.pos;
  }

  #start(): void {
    const { start, functionTypes, types } = this.#module;
    if (start === undefined) return;
    const { functionIndex, offset } = start;
    if (functionIndex >= functionTypes.length) raise('unknown-function', offset, `${functionIndex}`);
    const { params, results } = types[functionTypes[functionIndex]];
    if (params.length + results.length > 0) raise('bad-start-function', offset, `${functionIndex}`);
  }

  #element(segment: ElementSegment): void {
    const { tables, globals } = this.#module;
    const reader = this.#reader;
    reader.pos = segment.offset;
    const isImplicit = (reader.u32() & 3) === 0;
    if (segment.mode === 'active') {
      const tableOffset = isImplicit ? segment.offset : reader.pos;
      const table = tables[segment.tableIndex];
      if (table === undefined) raise('unknown-table', tableOffset, `${segment.tableIndex}`);
      // An implicit type is in the flag, any other after the offset expression.
      if (isImplicit && table.type !== segment.type) raise('type-mismatch', segment.offset, 'segment and table differ');
      const expression = segment.offsetExpression;
      if (expression === undefined) return;
      this.#bodies.validateConstant(ValueType.I32, expression.start, expression.end, globals.length);
      reader.pos = expression.end;
      if (table.type !== segment.type) raise('type-mismatch', reader.pos, 'segment and table differ');
    }
    if (!isImplicit) reader.u8();
    this.#elementItems(segment);
  }

  /** The reader is at the count of the items. */
  #elementItems({ type, functions, expressions, length }: ElementSegment): void {
    const { functionTypes, globals, bytes } = this.#module;
    const itemsOffset = this.#reader.pos;
    for (let i = 0; i < length; i++) {
      if (expressions !== undefined) {
        this.#bodies.validateConstant(type, expressions[i], bytes.length, globals.length);
      } else if (functions !== undefined) {
        const index = functions[i];
        if (index >= functionTypes.length) raise('unknown-function', this.#offsetOfItem(itemsOffset, i), `${index}`);
        this.#bodies.declareFunction(index);
      }
    }
  }

  #offsetOfItem(itemsOffset: number, item: number): number {
    const reader = new ByteReader(this.#module.bytes, itemsOffset);
    for (let i = 0; i <= item; i++) reader.u32();
    return reader.pos;
  }

  #code(): void {
    const { bodyStarts, bodyEnds, functionTypes, importedFunctions } = this.#module;
    for (let i = 0; i < bodyStarts.length; i++)
      this.#bodies.validateBody(functionTypes[importedFunctions + i], bodyStarts[i], bodyEnds[i]);
  }

  #data(segment: DataSegment): void {
    if (segment.mode !== 'active') return;
    const { memories, globals } = this.#module;
    if (segment.memoryIndex >= memories.length) raise('unknown-memory', this.#offsetOfMemoryIndex(segment));
    const expression = segment.offsetExpression;
    if (expression === undefined) return;
    this.#bodies.validateConstant(ValueType.I32, expression.start, expression.end, globals.length);
  }

  /** Flag 0 implies memory 0. */
  #offsetOfMemoryIndex({ offset }: DataSegment): number {
    const reader = new ByteReader(this.#module.bytes, offset);
    return reader.u32() === 0 ? offset : reader.pos;
  }
}
