/**
 * MeteredModule -> the bytes of a module that carries its own fuel, stack words, canonical NaN and memory cap as plain
 * WebAssembly. Linear in the module's bytes.
 *
 * Nothing in it runs or can trap when it is instantiated: segments are passive and globals start as zero; exported
 * functions set the instance to its initial state, as often as needed. All names of imports and exports are this file's
 * own, so none can be one of the guest's. docs/SEMANTICS.md, sections 2 to 7.
 */
import { ByteWriter } from '../base/byte-writer.js';
import type { MeteredModule } from '../metering/meter.js';
import { type Module, SectionId, typeOfFunction } from '../wasm/module.js';
import { Opcode } from '../wasm/opcode.js';
import { type FunctionType, isReferenceType, ValueType } from '../wasm/types.js';
import { ELEMENTS_MAX, lengthMaxName, MEMORY_GROW, PAGES_MAX } from './added-code.js';
import { CodeWriter } from './code-writer.js';
import { functionOf, writeReference } from './constant-code.js';
import { FunctionRewriter, type Weight } from './function-rewriter.js';
import { MEMORY_BYTES } from './guarded-access.js';
import { bitsType, type Form, GAUGE_GLOBAL_TYPES, GaugeGlobal, GlobalImport, Layout, SELF } from './layout.js';
import {
  addBitsFunction,
  addData,
  addElements,
  addEnter,
  addFuel,
  addGlobalReader,
  addGlobalRestorer,
  addGlobals,
  addGlobalWriter,
  addReference,
  addWords,
  GLOBALS_PER_READER,
} from './setup-code.js';

/** A rewritten module, and how to find its parts. */
export interface Rewritten {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly form: Form;
  /** How each imported global is passed. */
  readonly globalImports: Uint8Array;
  /** The functions that something refers to, in the order of their segment. */
  readonly referred: readonly number[];
  /** Segments whose state a global holds (`data 3`, `element 0`), with the export of it. */
  readonly states: ReadonlySet<string>;
  /** Whether an instruction can change a table or drop an element segment. */
  readonly changesTables: boolean;
  /** Whether it grows its memory and can have the guarded form, which uses its memory and globals. */
  readonly guardable: boolean;
  /** The function that is the most expensive to compile. */
  readonly heaviest: Weight;
  /** Sum of (locals + operand height) x (control instructions + 1) over all functions. */
  readonly weightSum: number;
}

/** The module name of all imports, and the prefixes of their names, followed by an index. */
export const IMPORT_MODULE = 'a';
export const NAME = {
  function: 'f',
  table: 't',
  memory: 'm',
  global: 'g',
  gauge: 'x',
  set: 's',
  bits: 'b',
  restore: 'r',
} as const;

const FUNCTION_KIND = 0;
const TABLE_KIND = 1;
const MEMORY_KIND = 2;
const GLOBAL_KIND = 3;

export function rewrite(metered: MeteredModule, form: Form): Rewritten {
  const rewriting = new Rewriting(metered, form);
  rewriting.step(metered.module.bytes.length);
  return rewriting.finish();
}

/** Every function that can be referred to, ascending: what segments, globals and exports name. */
export function referredFunctions(module: Module): number[] {
  const found = new Set<number>();
  const note = (index: number | undefined) => {
    if (index !== undefined) found.add(index);
  };
  for (const { functions, expressions } of module.elements) {
    functions?.forEach(note);
    expressions?.forEach((start) => {
      note(functionOf(module.bytes, start));
    });
  }
  for (const { init } of module.globalDefinitions) note(functionOf(module.bytes, init.start));
  for (const { kind, index } of module.exports) if (kind === 'function') note(index);
  return [...found].sort((left, right) => left - right);
}

/** A module that is being rewritten, so that the work can be done a piece at a time. */
export class Rewriting {
  readonly #exports: { readonly name: string; readonly kind: number; readonly index: number }[] = [];
  #referred: number[] = [];
  readonly #heaviest: Weight = { locals: 0, height: 0, controls: 0, bytes: 0 };
  #weightSum = 0;

  readonly layout: Layout;
  readonly #functions: FunctionRewriter;
  readonly #bodies: ByteWriter;
  #nextBody = 0;

  constructor(metered: MeteredModule, form: Form) {
    this.layout = new Layout(metered, form);
    this.#functions = new FunctionRewriter(this.layout);
    this.#bodies = new ByteWriter(Math.max(1024, metered.module.bytes.length * 2));
  }

  /** Rewrites functions until this many bytes of the guest are done; true if there are no more. */
  step(bytes: number): boolean {
    const { bodyStarts, bodyEnds } = this.layout.metered.module;
    const functions = this.#functions;
    for (let left = bytes; this.#nextBody < bodyStarts.length; this.#nextBody++) {
      if (left < 0) return false;
      functions.rewrite(this.#nextBody, this.#bodies);
      this.#weigh(functions.weight);
      left -= bodyEnds[this.#nextBody] - bodyStarts[this.#nextBody];
    }
    return true;
  }

  /** Returns the result. Call it once, when there are no more bodies. */
  finish(): Rewritten {
    const { layout } = this;
    const functions = this.#functions;
    if (layout.form === 'guarded') this.#addGuarded();
    else {
      if (functions.usesReferences || this.#hasReferences()) this.#referred = referredFunctions(layout.metered.module);
      this.#addFunctions();
      this.#addExports();
    }
    const bytes = this.#assemble(this.#bodies);
    return {
      bytes,
      form: layout.form,
      globalImports: layout.globalImports,
      referred: this.#referred,
      states: new Set(this.#segmentStates().map(([name]) => name)),
      changesTables: functions.setsElements || this.#changesTables(),
      guardable: this.#isGuardable(),
      heaviest: this.#heaviest,
      weightSum: this.#weightSum,
    };
  }

  #weigh({ locals, height, controls, bytes }: Weight): void {
    const heaviest = this.#heaviest;
    const weight = (locals + height) * (controls + 1);
    this.#weightSum += weight;
    if (bytes > heaviest.bytes) heaviest.bytes = bytes;
    if (weight <= (heaviest.locals + heaviest.height) * (heaviest.controls + 1)) return;
    heaviest.locals = locals;
    heaviest.height = height;
    heaviest.controls = controls;
  }

  /** This includes exported functions, because a host may put one into the table of another instance. */
  #hasReferences(): boolean {
    const { tables, elements, globals, exports } = this.layout.metered.module;
    const isFunction = exports.some(({ kind }) => kind === 'function');
    return (
      tables.length > 0 || elements.length > 0 || isFunction || globals.some(({ type }) => type === ValueType.FuncRef)
    );
  }

  #changesTables(): boolean {
    const { module } = this.layout.metered;
    if (module.importedTables > 0 || this.layout.segmentsWithState('element').length > 0) return true;
    return this.layout.helperNames().some((name) => name.startsWith('table.'));
  }

  /** The guarded form has its own tables, so nothing may change one or keep a function of one. */
  #isGuardable(): boolean {
    const { layout } = this;
    const { setsElements, usesReferences } = this.#functions;
    const grows = layout.helperNames().includes(MEMORY_GROW);
    const isFixed = !setsElements && !usesReferences && !this.#changesTables() && this.#segmentStates().length === 0;
    return grows && isFixed && hasOwnState(layout.metered.module);
  }

  /** The exports of the states of segments, with their globals. */
  #segmentStates(): (readonly [name: string, index: number])[] {
    const { layout } = this;
    return (['data', 'element'] as const).flatMap((kind) =>
      layout.segmentsWithState(kind).map((i) => [`${kind} ${i}`, layout.segmentState(kind, i)] as const),
    );
  }

  #export(name: string, kind: number, index: number): void {
    this.#exports.push({ name, kind, index });
  }

  #addFunctions(): void {
    const { layout } = this;
    const { module } = layout.metered;
    const add = (name: string, index: number) => this.#export(name, FUNCTION_KIND, index);
    add('enter', addEnter(layout));
    add('fuel', addFuel(layout));
    add('words', addWords(layout));
    add('globals', addGlobals(layout));
    add('elements', addElements(layout));
    add('data', addData(layout));
    if (this.#referred.length > 0) add('reference', addReference(layout, module.elements.length, module.tables.length));
    for (let first = 0; first < module.globals.length; first += GLOBALS_PER_READER) {
      const count = Math.min(GLOBALS_PER_READER, module.globals.length - first);
      add(`${NAME.bits}${first / GLOBALS_PER_READER}`, addGlobalReader(layout, first, count));
      add(`${NAME.restore}${first / GLOBALS_PER_READER}`, addGlobalRestorer(layout, first, count));
    }
    for (const index of this.#writableGlobals()) add(`${NAME.set}${index}`, addGlobalWriter(layout, index));
    this.#exportFunctions();
  }

  /** Everything that the guarded form exports: it is set up with the instance whose state it uses. */
  #addGuarded(): void {
    const { layout } = this;
    this.#export('elements', FUNCTION_KIND, addElements(layout));
    this.#exportFunctions();
    this.#export(MEMORY_BYTES, GLOBAL_KIND, layout.state(MEMORY_BYTES));
    const pagesMax = layout.stateIndex(PAGES_MAX);
    if (pagesMax !== undefined) this.#export(PAGES_MAX, GLOBAL_KIND, pagesMax);
  }

  #exportFunctions(): void {
    for (const index of this.#calledFunctions()) {
      this.#export(`${NAME.function}${index}`, FUNCTION_KIND, addBitsFunction(this.layout, index));
    }
  }

  /** Own functions that the host calls by their index. */
  #calledFunctions(): Set<number> {
    const { module } = this.layout.metered;
    const called = new Set<number>();
    for (const { kind, index } of module.exports) if (kind === 'function') called.add(index);
    if (module.start !== undefined) called.add(module.start.functionIndex);
    for (let i = 0; i < module.importedFunctions; i++) called.delete(i);
    return called;
  }

  /** Globals of numbers that the host sets: the imported ones that are copied, and exported ones that can change. */
  #writableGlobals(): Set<number> {
    const { module } = this.layout.metered;
    const writable = new Set<number>();
    this.layout.globalImports.forEach((kind, i) => {
      if (kind === GlobalImport.Copied) writable.add(i);
    });
    for (const { kind, index } of module.exports) {
      if (kind === 'global' && module.globals[index].mutable && !isReferenceType(module.globals[index].type)) {
        writable.add(index);
      }
    }
    return writable;
  }

  #addExports(): void {
    const { layout } = this;
    const { module } = layout.metered;
    if (module.memories.length > 0) this.#export(NAME.memory, MEMORY_KIND, 0);
    module.tables.forEach((_, i) => {
      this.#export(`${NAME.table}${i}`, TABLE_KIND, i);
    });
    const exported = new Set<number>();
    for (const { kind, index } of module.exports) if (kind === 'global') exported.add(index);
    // Computed once, because it looks at every segment, and a module may have as many globals as segments.
    const guardable = this.#isGuardable();
    module.globals.forEach(({ type }, i) => {
      if (guardable || isReferenceType(type)) exported.add(i);
    });
    for (const index of exported) this.#export(`${NAME.global}${index}`, GLOBAL_KIND, layout.globals[index]);
    for (let i = 0; i < GaugeGlobal.Count; i++) this.#export(`${NAME.gauge}${i}`, GLOBAL_KIND, layout.gauge(i));
    for (const [name, index] of this.#segmentStates()) this.#export(name, GLOBAL_KIND, index);
    const states = [PAGES_MAX, ELEMENTS_MAX, SELF, ...module.tables.map((_, i) => lengthMaxName(i))];
    for (const name of states) {
      const index = layout.stateIndex(name);
      if (index !== undefined) this.#export(name, GLOBAL_KIND, index);
    }
  }

  #assemble(bodies: ByteWriter): Uint8Array<ArrayBuffer> {
    const { layout } = this;
    const { module } = layout.metered;
    const out = new ByteWriter(bodies.length + module.bytes.length + 4096);
    out.bytes(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    // Imports may need types, so the section of types is written when all the others are known.
    const imports = new ByteWriter();
    this.#writeImports(imports);
    out.section(SectionId.Type, (section) => this.#writeTypes(section));
    out.section(SectionId.Import, (section) => section.bytes(imports.finish()));
    out.section(SectionId.Function, (section) => this.#writeFunctions(section));
    out.section(SectionId.Table, (section) => this.#writeTables(section));
    if (module.memories.length > module.importedMemories && layout.form !== 'guarded') {
      out.section(SectionId.Memory, (section) => {
        section.u32(1);
        writeSize(section, module.memories[0].min, module.memories[0].max ?? 65_536);
      });
    }
    out.section(SectionId.Global, (section) => this.#writeGlobals(section));
    out.section(SectionId.Export, (section) => this.#writeExports(section));
    out.section(SectionId.Element, (section) => this.#writeElements(section));
    const hasData = module.data.length > 0 && layout.form !== 'guarded';
    if (hasData) out.section(SectionId.DataCount, (section) => section.u32(module.data.length));
    this.#writeCode(out, bodies);
    if (hasData) this.#writeData(out);
    return out.finish();
  }

  #writeTypes(section: ByteWriter): void {
    section.u32(this.layout.types.length);
    for (const { params, results } of this.layout.types) {
      section.u8(0x60);
      section.u32(params.length);
      section.bytes(params);
      section.u32(results.length);
      section.bytes(results);
    }
  }

  #writeImports(section: ByteWriter): void {
    const { layout } = this;
    const { module } = layout.metered;
    const guarded = layout.form === 'guarded';
    const copied = layout.globalImports.length - layout.linkedGlobals;
    const state = guarded ? 1 + module.globals.length : 0;
    section.u32(module.imports.length - copied + (layout.form === 'own' ? 0 : GaugeGlobal.Count) + state);
    const name = (text: string) => {
      section.name(IMPORT_MODULE);
      section.name(text);
    };
    if (layout.form !== 'own') {
      GAUGE_GLOBAL_TYPES.forEach((type, i) => {
        name(`${NAME.gauge}${i}`);
        section.bytes(Uint8Array.of(GLOBAL_KIND, type, 1));
      });
    }
    if (guarded) {
      module.globals.forEach(({ type }, i) => {
        name(`${NAME.global}${i}`);
        section.bytes(Uint8Array.of(GLOBAL_KIND, type, 1));
      });
      name(NAME.memory);
      section.u8(MEMORY_KIND);
      writeSize(section, 0, undefined);
    }
    const counts = { function: 0, table: 0, memory: 0, global: 0 };
    for (const { description } of module.imports) {
      const index = counts[description.kind]++;
      if (description.kind === 'function') {
        name(`${NAME.function}${index}`);
        section.u8(FUNCTION_KIND);
        const type: FunctionType = bitsType(typeOfFunction(module, index));
        section.u32(layout.typeIndex(type.params, type.results));
      } else if (description.kind === 'table') {
        name(`${NAME.table}${index}`);
        section.u8(TABLE_KIND);
        section.u8(description.type.type);
        writeSize(section, 0, undefined);
      } else if (description.kind === 'memory') {
        name(NAME.memory);
        section.u8(MEMORY_KIND);
        writeSize(section, 0, undefined);
      } else if (layout.globalImports[index] === GlobalImport.Linked) {
        name(`${NAME.global}${index}`);
        section.bytes(Uint8Array.of(GLOBAL_KIND, description.type.type, description.type.mutable ? 1 : 0));
      }
    }
  }

  #writeFunctions(section: ByteWriter): void {
    const { module } = this.layout.metered;
    const own = module.functionTypes.subarray(module.importedFunctions);
    section.u32(own.length + this.layout.addedFunctions.length);
    for (const type of own) section.u32(type);
    for (const { typeIndex } of this.layout.addedFunctions) section.u32(typeIndex);
  }

  #writeTables(section: ByteWriter): void {
    const { layout } = this;
    const { module } = layout.metered;
    const own = module.tables.length - module.importedTables;
    const extra = this.#referred.length > 0 ? 1 : 0;
    section.u32(own + extra);
    for (let i = module.importedTables; i < module.tables.length; i++) {
      const { type, min, max } = module.tables[i];
      section.u8(type);
      writeSize(section, min, max);
    }
    if (extra === 1) {
      section.u8(ValueType.FuncRef);
      writeSize(section, 1, 1);
    }
  }

  #writeGlobals(section: ByteWriter): void {
    const { layout } = this;
    const { module } = layout.metered;
    const types: ValueType[] = [];
    module.globals.forEach(({ type }, i) => {
      if (layout.form === 'guarded') return;
      if (i >= module.importedGlobals || layout.globalImports[i] === GlobalImport.Copied) types.push(type);
    });
    if (layout.form === 'own') types.push(...GAUGE_GLOBAL_TYPES);
    for (const { type } of layout.addedGlobals) types.push(type);
    section.u32(types.length);
    for (const type of types) {
      section.u8(type);
      section.u8(1);
      writeZero(section, type);
      section.u8(Opcode.End);
    }
  }

  #writeExports(section: ByteWriter): void {
    section.u32(this.#exports.length);
    for (const { name, kind, index } of this.#exports) {
      section.name(name);
      section.u8(kind);
      section.u32(index);
    }
  }

  #writeElements(section: ByteWriter): void {
    const { layout } = this;
    const { module } = layout.metered;
    section.u32(module.elements.length + (this.#referred.length > 0 ? 1 : 0));
    for (const { type, functions, expressions } of module.elements) {
      if (functions !== undefined) this.#writeFunctionElements(section, functions);
      else {
        const writer = new CodeWriter();
        for (const start of expressions ?? []) writeReference(writer, layout, start);
        section.u8(5);
        section.u8(type);
        section.u32(expressions?.length ?? 0);
        section.bytes(writer.finish());
      }
    }
    if (this.#referred.length > 0) this.#writeFunctionElements(section, this.#referred);
  }

  #writeFunctionElements(section: ByteWriter, functions: ArrayLike<number>): void {
    section.u8(1);
    section.u8(0);
    section.u32(functions.length);
    for (let i = 0; i < functions.length; i++) section.u32(this.layout.functionIndex(functions[i]));
  }

  #writeCode(out: ByteWriter, bodies: ByteWriter): void {
    const { module } = this.layout.metered;
    const added = new ByteWriter();
    for (const { body } of this.layout.addedFunctions) {
      added.u32(body.length);
      added.bytes(body);
    }
    const count = new ByteWriter(8);
    count.u32(module.bodyStarts.length + this.layout.addedFunctions.length);
    out.u8(SectionId.Code);
    out.u32(count.length + bodies.length + added.length);
    out.bytes(count.finish());
    out.bytes(bodies.finish());
    out.bytes(added.finish());
  }

  /** In place, because data is often most of a module. */
  #writeData(out: ByteWriter): void {
    const { bytes, data } = this.layout.metered.module;
    const lengthOf = ({ start, end }: { readonly start: number; readonly end: number }) => end - start;
    const count = new ByteWriter(8);
    count.u32(data.length);
    let size = count.length;
    for (const segment of data) size += 1 + lebBytes(lengthOf(segment.bytes)) + lengthOf(segment.bytes);
    out.u8(SectionId.Data);
    out.u32(size);
    out.bytes(count.finish());
    for (const segment of data) {
      out.u8(1);
      out.u32(lengthOf(segment.bytes));
      out.range(bytes, segment.bytes.start, segment.bytes.end);
    }
  }
}

/** Most globals for the guarded form: an instance can export this many without being slow to create. */
const GUARDED_GLOBALS_MAX = 64;

/** Whether a module's memory, tables and globals are its own and its globals are numbers. */
function hasOwnState({ importedMemories, importedTables, importedGlobals, globals }: Module): boolean {
  return (
    importedMemories + importedTables === 0 &&
    globals.length <= GUARDED_GLOBALS_MAX &&
    globals.every(({ type, mutable }, i) => !isReferenceType(type) && (i >= importedGlobals || !mutable))
  );
}

/** Bytes of an unsigned LEB128. */
function lebBytes(value: number): number {
  let bytes = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes++;
  return bytes;
}

function writeSize(section: ByteWriter, min: number, max: number | undefined): void {
  section.u8(max === undefined ? 0 : 1);
  section.u32(min);
  if (max !== undefined) section.u32(max);
}

function writeZero(section: ByteWriter, type: ValueType): void {
  switch (type) {
    case ValueType.I32:
      section.bytes(Uint8Array.of(Opcode.I32Const, 0));
      break;
    case ValueType.I64:
      section.bytes(Uint8Array.of(Opcode.I64Const, 0));
      break;
    case ValueType.F32:
      section.bytes(Uint8Array.of(Opcode.F32Const, 0, 0, 0, 0));
      break;
    case ValueType.F64:
      section.bytes(Uint8Array.of(Opcode.F64Const, 0, 0, 0, 0, 0, 0, 0, 0));
      break;
    default:
      section.bytes(Uint8Array.of(Opcode.RefNull, type));
  }
}
