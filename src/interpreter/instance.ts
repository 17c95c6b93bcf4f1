/** An instance in the interpreter. Specification: instantiation; docs/SEMANTICS.md, section 6. */
import type { TrapCode } from '../base/fault.js';
import { evaluateConstant } from '../machine/constant-expression.js';
import { FunctionInstance } from '../machine/function-instance.js';
import { Global, writeBits } from '../machine/global.js';
import type { ExternValue, Frame, GuestInstance, PausableCall } from '../machine/instance.js';
import { Memory } from '../machine/memory.js';
import { type Bits, type Outcome, trapped } from '../machine/outcome.js';
import { FOREIGN_ELEMENT, type InstanceState, stateDigest, zeroOutside } from '../machine/state-digest.js';
import type { Store } from '../machine/store.js';
import { Table } from '../machine/table.js';
import type { MeteredModule } from '../metering/meter.js';
import { type ElementSegment, type Export, typeOfFunction } from '../wasm/module.js';
import { isReferenceType } from '../wasm/types.js';
import { Interpreter } from './interpreter.js';
import type { InterpreterProgram } from './program.js';

const NO_VIEW = new DataView(new ArrayBuffer(0));
const NO_BYTES = new Uint8Array(0);
const NO_HANDLES = new Int32Array(0);
/** The loop's fast check works below this; `far` decides the rest. */
const NEAR_BYTES_MAX = 0x7fff_ffff;

/** The state after `initialise`. */
interface Pristine {
  readonly globals: Int32Array;
  readonly tables: readonly Int32Array[];
  readonly data: readonly { readonly at: number; readonly bytes: Uint8Array }[];
  readonly droppedData: Uint8Array;
  readonly droppedElements: Uint8Array;
}

/** The store's interpreter: its instances call each other without the host's stack. */
function machineOf(store: Store): Interpreter {
  const machine = (store.tierState as Interpreter | undefined) ?? new Interpreter(store);
  store.tierState = machine;
  return machine;
}

export class InterpreterInstance implements GuestInstance {
  readonly metered: MeteredModule;
  readonly tables: Table[] = [];
  memory: Memory | undefined;
  /** Two halves for each of the module's own globals. */
  readonly globals: Int32Array;
  /** The store's number for each type of the module. */
  readonly typeIds: Int32Array;
  /** A view of the memory's buffer as of the last `refresh`. */
  view: DataView = NO_VIEW;
  memory8: Uint8Array = NO_BYTES;
  /** Bytes of the memory, at most 2^31 - 1. */
  memoryEnd = 0;

  readonly #machine: Interpreter;
  /** By index; empty if nothing has referred to the function yet. */
  readonly #functions: (FunctionInstance | undefined)[];
  readonly #importedGlobals: Global[] = [];
  readonly #ownGlobals = new Map<number, Global>();
  readonly #elements: (Int32Array | undefined)[];
  readonly #droppedData: Uint8Array;
  readonly #droppedElements: Uint8Array;
  #exports: Map<string, Export> | undefined;
  /**
   * How many data segments `initialise` reached, and how it ended: segments that are out of bounds are so each time.
   */
  #dataPassed = 0;
  #trapped: TrapCode | undefined;
  #pristine: Pristine | undefined;

  constructor(
    readonly program: InterpreterProgram,
    readonly store: Store,
    imports: readonly ExternValue[],
  ) {
    this.metered = program.metered;
    const { module } = this.metered;
    this.#machine = machineOf(store);
    this.#functions = new Array(module.functionTypes.length);
    this.typeIds = Int32Array.from(module.types, (type) => store.typeId(type));
    this.globals = new Int32Array(module.globalDefinitions.length * 2);
    this.#elements = new Array(module.elements.length).fill(undefined);
    this.#droppedData = new Uint8Array(module.data.length);
    this.#droppedElements = new Uint8Array(module.elements.length);
    this.#import(imports);
    for (const type of module.tables.slice(module.importedTables)) {
      this.tables.push(new Table(type, store.limits.tableElements));
    }
    for (const type of module.memories.slice(module.importedMemories)) {
      this.memory = new Memory(type, store.limits.pages);
    }
    this.refresh();
    this.#initialiseGlobals();
  }

  #initialiseGlobals(): void {
    const { module } = this.metered;
    this.globals.fill(0);
    module.globalDefinitions.forEach(({ init }, i) => {
      writeBits(this.globals, 2 * i, evaluateConstant(module, init, this));
    });
  }

  #import(imports: readonly ExternValue[]): void {
    let functionIndex = 0;
    for (const value of imports) {
      if (value.kind === 'function') this.#functions[functionIndex++] = value.function;
      else if (value.kind === 'table') this.tables.push(value.table);
      else if (value.kind === 'memory') this.memory = value.memory;
      else this.#importedGlobals.push(value.global);
    }
  }

  /** Reads the memory's buffer and size again: they change when it grows, here or in another instance. */
  refresh(): void {
    const { memory } = this;
    if (memory === undefined) return;
    if (this.memory8 !== memory.bytes) {
      this.view = new DataView(memory.bytes.buffer);
      this.memory8 = memory.bytes;
    }
    this.memoryEnd = Math.min(memory.byteLength, NEAR_BYTES_MAX);
  }

  /** A function of the index space; the module's own get their handle when something first refers to them. */
  functionAt(index: number): FunctionInstance {
    const known = this.#functions[index];
    if (known !== undefined) return known;
    const { module } = this.metered;
    const own = index - module.importedFunctions;
    const made = new FunctionInstance(this.store, typeOfFunction(module, index), this, own, undefined);
    this.#functions[index] = made;
    return made;
  }

  globalAt(index: number): Global {
    const { module } = this.metered;
    if (index < module.importedGlobals) return this.#importedGlobals[index];
    const known = this.#ownGlobals.get(index);
    if (known !== undefined) return known;
    const global = new Global(module.globals[index], this.globals, (index - module.importedGlobals) * 2);
    this.#ownGlobals.set(index, global);
    return global;
  }

  globalBits(index: number): Bits {
    return this.globalAt(index).bits;
  }

  functionHandle(index: number): number {
    return this.functionAt(index).handle;
  }

  // Segments

  dataBytes(segment: number): Uint8Array {
    if (this.#droppedData[segment] === 1) return NO_BYTES;
    const { bytes, data } = this.metered.module;
    return bytes.subarray(data[segment].bytes.start, data[segment].bytes.end);
  }

  dropData(segment: number): void {
    this.#droppedData[segment] = 1;
  }

  elementHandles(segment: number): Int32Array {
    if (this.#droppedElements[segment] === 1) return NO_HANDLES;
    this.#elements[segment] ??= this.#evaluateElements(this.metered.module.elements[segment]);
    return this.#elements[segment];
  }

  dropElements(segment: number): void {
    this.#droppedElements[segment] = 1;
    this.#elements[segment] = undefined;
  }

  #evaluateElements({ functions, expressions }: ElementSegment): Int32Array {
    if (functions !== undefined) return Int32Array.from(functions, (index) => this.functionHandle(index));
    const { module } = this.metered;
    return Int32Array.from(
      expressions ?? [],
      (start) => evaluateConstant(module, { start, end: module.bytes.length }, this) as number,
    );
  }

  /** The rule of `table.grow`: the table's maximum, and the cap on the elements of all tables. */
  canGrowTable(index: number, delta: number): boolean {
    if (!this.tables[index].canGrow(delta)) return false;
    let elements = delta;
    for (const { length } of this.tables) elements += length;
    return elements <= this.store.limits.tableElements;
  }

  /** Copies the active segments in order; false if one is out of bounds, with the trap in the gauge. */
  initialise(): boolean {
    const { module } = this.metered;
    for (let i = 0; i < module.elements.length; i++) {
      const { mode, tableIndex, offsetExpression } = module.elements[i];
      if (mode === 'passive') continue;
      if (mode === 'active') {
        const at = this.#offset(offsetExpression!);
        const handles = this.elementHandles(i);
        const table = this.tables[tableIndex];
        if (at + handles.length > table.length) return this.#trap('out-of-bounds-table-access');
        table.elements.set(handles, at);
      }
      this.dropElements(i);
    }
    for (let i = 0; i < module.data.length; i++) {
      const { mode, offsetExpression } = module.data[i];
      if (mode !== 'active') continue;
      const at = this.#offset(offsetExpression!);
      const bytes = this.dataBytes(i);
      const memory = this.memory!;
      if (at + bytes.length > memory.byteLength) {
        this.#dataPassed = i;
        return this.#trap('out-of-bounds-memory-access');
      }
      memory.write(at, bytes);
      this.dropData(i);
    }
    this.#dataPassed = module.data.length;
    return true;
  }

  #trap(code: TrapCode): false {
    this.#trapped = code;
    this.store.gauge.stopWith(trapped(code));
    return false;
  }

  #offset(expression: { readonly start: number; readonly end: number }): number {
    return (evaluateConstant(this.metered.module, expression, this) as number) >>> 0;
  }

  // Reuse

  /** False if it shares memory or tables with others. */
  get isReusable(): boolean {
    const { importedMemories, importedTables } = this.metered.module;
    return importedMemories === 0 && importedTables === 0;
  }

  get heldBytes(): number {
    const tableBytes = this.tables.reduce((sum, { elements }) => sum + 8 * elements.length, 0);
    return this.#machine.heldBytes + (this.memory?.bytes.length ?? 0) + tableBytes + 2 * this.globals.byteLength;
  }

  /**
   * Resets everything to the state after the first `initialise`. References keep their handles, which guests cannot
   * observe. The initial values are computed once and stored: expressions depend only on constants, so they do not
   * change.
   */
  reset(): void {
    const { module } = this.metered;
    this.#machine.stopped = [];
    this.memory?.reset(module.memories[0].min);
    if (this.#pristine === undefined) {
      this.#reinitialise();
      this.#pristine = this.#takePristine();
      return;
    }
    const { globals, tables, data, droppedData, droppedElements } = this.#pristine;
    this.globals.set(globals);
    tables.forEach((elements, i) => {
      this.tables[i].reset(elements);
    });
    for (const { at, bytes } of data) this.memory!.bytes.set(bytes, at);
    this.#droppedData.set(droppedData);
    this.#droppedElements.set(droppedElements);
    if (this.#trapped !== undefined) this.store.gauge.stopWith(trapped(this.#trapped));
  }

  #reinitialise(): void {
    const { module } = this.metered;
    this.tables.forEach((table, i) => {
      table.reset(new Int32Array(module.tables[i].min));
    });
    this.#droppedData.fill(0);
    this.#droppedElements.fill(0);
    this.#initialiseGlobals();
    this.initialise();
  }

  #takePristine(): Pristine {
    const { module } = this.metered;
    const active = module.data.filter(({ mode }, i) => mode === 'active' && i < this.#dataPassed);
    return {
      globals: this.globals.slice(),
      tables: this.tables.map(({ elements, length }) => elements.slice(0, length)),
      data: active.map(({ offsetExpression, bytes }) => ({
        at: this.#offset(offsetExpression!),
        bytes: module.bytes.subarray(bytes.start, bytes.end),
      })),
      droppedData: this.#droppedData.slice(),
      droppedElements: this.#droppedElements.slice(),
    };
  }

  // GuestInstance

  exported(name: string): ExternValue | undefined {
    this.#exports ??= new Map(this.metered.module.exports.map((item) => [item.name, item]));
    const item = this.#exports.get(name);
    if (item === undefined) return undefined;
    switch (item.kind) {
      case 'function':
        return { kind: 'function', function: this.functionAt(item.index) };
      case 'table':
        return { kind: 'table', table: this.tables[item.index] };
      case 'memory':
        return { kind: 'memory', memory: this.memory! };
      case 'global':
        return { kind: 'global', global: this.globalAt(item.index) };
    }
  }

  invoke(functionIndex: number, args: readonly Bits[]): Outcome {
    return this.#machine.call(this, this.functionAt(functionIndex), args);
  }

  begin(functionIndex: number, args: readonly Bits[], inParts: boolean): PausableCall {
    return this.#machine.begin(this, this.functionAt(functionIndex), args, inParts);
  }

  stopTrace(): () => readonly Frame[] {
    const { stopped } = this.#machine;
    return () =>
      stopped.map(({ instance, position }) => {
        const { definedIndex, offset } = instance.program.locate(position);
        const functionIndex = definedIndex + instance.metered.module.importedFunctions;
        return { functionIndex, offset, name: undefined };
      });
  }

  stateDigest(): Uint8Array {
    return stateDigest(this.state());
  }

  state(): InstanceState {
    const { memory } = this;
    const encode = this.#referenceEncoder();
    return {
      memory: memory === undefined ? [] : [{ at: 0, bytes: memory.bytes.subarray(0, memory.byteLength) }],
      pages: memory?.pages ?? 0,
      globals: this.#encodedGlobals(encode),
      tables: this.tables.map((table) => Uint32Array.from(table.elements.subarray(0, table.length), encode)),
      droppedData: this.#droppedData.slice(),
      droppedElements: this.#droppedElements.slice(),
    };
  }

  takeState(state: InstanceState): boolean {
    const { memory } = this;
    if (memory !== undefined) {
      zeroOutside(memory.bytes.subarray(0, memory.byteLength), state);
      memory.pages = Math.min(memory.pages, state.pages);
    }
    this.restore(state);
    return true;
  }

  /** Sets a state of the module in a new instance, whose memory is zero. */
  restore(state: InstanceState): void {
    const { memory } = this;
    if (memory !== undefined) {
      if (state.pages > memory.pages) memory.grow(state.pages - memory.pages);
      for (const { at, bytes } of state.memory) memory.bytes.set(bytes, at);
      this.refresh();
    }
    state.tables.forEach((elements, i) => {
      this.tables[i].reset(Int32Array.from(elements, (element) => this.#handleOf(element)));
    });
    this.#restoreGlobals(state.globals);
    this.#droppedData.set(state.droppedData);
    this.#droppedElements.set(state.droppedElements);
  }

  tableLength(table: number): number {
    return this.tables[table].length;
  }

  tableElement(table: number, at: number): number {
    return this.#referenceEncoder()(this.tables[table].elements[at]);
  }

  tableHandle(table: number, at: number): number {
    return this.tables[table].elements[at];
  }

  setTableHandle(table: number, at: number, handle: number): void {
    this.tables[table].elements[at] = handle;
  }

  setGlobalBits(index: number, bits: Bits): void {
    this.globalAt(index).bits = bits;
  }

  droppedSegments(kind: 'data' | 'element'): Uint8Array {
    return (kind === 'data' ? this.#droppedData : this.#droppedElements).slice();
  }

  setTableElement(table: number, at: number, element: number): void {
    this.tables[table].elements[at] = this.#handleOf(element);
  }

  growTable(table: number, delta: number, element: number): void {
    this.tables[table].grow(delta, this.#handleOf(element));
  }

  #restoreGlobals(halves: Int32Array): void {
    const { module } = this.metered;
    this.globals.set(halves);
    for (let i = 0; i < module.globalDefinitions.length; i++) {
      const isReference = isReferenceType(module.globals[module.importedGlobals + i].type);
      if (isReference) this.globals[2 * i] = this.#handleOf(halves[2 * i]);
    }
  }

  /** The handle of a reference in a state. */
  #handleOf(element: number): number {
    return element === 0 ? 0 : this.functionHandle(element - 1);
  }

  /** The globals' halves, with references encoded like elements, because handles are specific to a store. */
  #encodedGlobals(encode: (handle: number) => number): Int32Array {
    const { module } = this.metered;
    const halves = this.globals.slice();
    for (let i = 0; i < module.globalDefinitions.length; i++) {
      if (module.globals[module.importedGlobals + i].type < 0x7c) halves[2 * i] = encode(halves[2 * i]);
    }
    return halves;
  }

  /** How a handle is encoded: null, or the first index of its function here plus 1. */
  #referenceEncoder(): (handle: number) => number {
    const encoded = new Map<number, number>([[0, 0]]);
    this.#functions.forEach((instance, index) => {
      if (instance !== undefined && !encoded.has(instance.handle)) encoded.set(instance.handle, index + 1);
    });
    return (handle) => encoded.get(handle) ?? FOREIGN_ELEMENT;
  }
}

/** Makes an instance under the store's gauge (`Program.instantiate`). */
export function instantiate(
  program: InterpreterProgram,
  store: Store,
  imports: readonly ExternValue[],
  made?: (instance: GuestInstance) => void,
): InterpreterInstance | undefined {
  const { gauge } = store;
  const { instantiationCharge } = program.metered;
  if (!gauge.charge('instantiate', instantiationCharge)) return undefined;
  const instance = new InterpreterInstance(program, store, imports);
  made?.(instance);
  if (instance.initialise()) start(instance);
  return instance;
}

/** Resets a used instance under its store's gauge (`Program.reinstantiate`). */
export function reinstantiate(instance: InterpreterInstance): InterpreterInstance | undefined {
  if (!instance.store.gauge.charge('instantiate', instance.metered.instantiationCharge)) return undefined;
  instance.reset();
  if (instance.store.gauge.stop === undefined) start(instance);
  return instance;
}

function start(instance: InterpreterInstance): void {
  const { start: startFunction } = instance.metered.module;
  if (startFunction === undefined) return;
  const { gauge } = instance.store;
  gauge.instructionPart = 'instantiate';
  instance.invoke(startFunction.functionIndex, []);
  gauge.endInstantiation();
}
