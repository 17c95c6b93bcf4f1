/**
 * An instance on the host's WebAssembly. Its fuel and stack words live in its own globals while the guest runs and in
 * the store's gauge while the host does; they are moved at every crossing, so one gauge serves the whole call. Floats
 * never cross as numbers of the host: the rewritten module takes and returns bits. docs/SEMANTICS.md, sections 2, 6 and
 * 7.
 */
import type { TrapCode } from '../base/fault.js';
import { FunctionInstance } from '../machine/function-instance.js';
import { isWide } from '../machine/global.js';
import { callHost } from '../machine/host-function.js';
import type { ExternValue, Frame, GuestInstance } from '../machine/instance.js';
import { keepsPages, PAGE_BYTES } from '../machine/memory.js';
import {
  type Bits,
  EXHAUSTED_FUEL,
  EXHAUSTED_STACK,
  HostFailure,
  type Outcome,
  type Stop,
  trapped,
} from '../machine/outcome.js';
import { RerunNeeded, ReserveNeeded } from '../machine/rerun-needed.js';
import { FOREIGN_ELEMENT, type InstanceState, stateDigest, zeroOutside } from '../machine/state-digest.js';
import type { Store } from '../machine/store.js';
import type { MeteredModule } from '../metering/meter.js';
import { type Export, type Module, typeOfFunction } from '../wasm/module.js';
import { isReferenceType, ValueType } from '../wasm/types.js';
import { DROPPED, ELEMENTS_MAX, lengthMaxName, PAGES_MAX } from './added-code.js';
import { GUARDED_PAGES_MAX } from './guarded-access.js';
import { GuardedInstance } from './guarded-instance.js';
import type { GuardedProgram } from './guarded-program.js';
import type { Host } from './host.js';
import { HostGlobal, HostMemory, HostTable } from './host-items.js';
import { GaugeGlobal, GlobalImport, SELF, type SegmentKind, TABLES_MAX, Trapping } from './layout.js';
import { IMPORT_MODULE, NAME, type Rewritten } from './rewrite.js';
import { GLOBALS_PER_READER } from './setup-code.js';
import { TierState } from './tier-state.js';

type HostValue = number | bigint | object | null;
type HostCallable = (...args: HostValue[]) => unknown;

/** The parts of an instance. */
export interface Compiled {
  readonly metered: MeteredModule;
  readonly host: Host;
  readonly rewritten: Rewritten;
  readonly module: WebAssembly.Module;
  readonly guarded: GuardedProgram;
}

/** How many consecutive calls may end in guarded code before a new instance with less memory is better. */
const GUARDED_CALLS_MAX = 100;

/**
 * Size of an instance on the host, without its memory. V8 reserves 8 GiB of addresses for each memory, so few are
 * better.
 */
const INSTANCE_BYTES = 1024 * 1024;

export class InstrumentedInstance implements GuestInstance {
  readonly metered: MeteredModule;
  readonly #compiled: Compiled;
  readonly #tier: TierState;
  readonly #exports: WebAssembly.Exports;
  readonly #memory: HostMemory | undefined;
  readonly #tables: HostTable[] = [];
  readonly #importedGlobals: ExternValue[] = [];
  /** Imported functions as the host calls them, by their names in the rewritten module. */
  readonly #hostFunctions: WebAssembly.ModuleImports = {};
  readonly #functions = new Map<number, FunctionInstance>();
  readonly #importOfHandle = new Map<number, number>();
  readonly #globals = new Map<number, HostGlobal>();
  readonly #callables = new Map<number, HostCallable>();
  #referredIndices: Map<object, number> | undefined;
  #referredPositions: Map<number, number> | undefined;
  #exportsByName: Map<string, Export> | undefined;
  /** Runs while the memory is larger than its guest's size; set once an instance that has grown is used again. */
  #guarded: GuardedInstance | undefined;
  #guardedCalls = 0;
  /** Passive segments without a state that are dropped in a restored state. */
  readonly #droppedUnseen = new Set<string>();
  /** Number of segments, element segments first, that the instantiation completed. */
  #segmentsPassed = 0;
  /** Whether the instance shares no state, so that it can be reset. */
  readonly #isolated: boolean;

  constructor(
    compiled: Compiled,
    readonly store: Store,
    imports: readonly ExternValue[],
  ) {
    this.#compiled = compiled;
    this.metered = compiled.metered;
    this.#tier = TierState.of(store);
    this.#isolated = imports.every(({ kind }) => kind === 'function' || kind === 'global');
    const { module } = this.metered;
    this.#exports = this.#instantiate(imports);
    if (!this.#tier.hasGauge) this.#tier.adopt(this.#exports);
    const number = this.#tier.instances.push(this) - 1;
    this.#setState(SELF, number * TABLES_MAX);
    this.#memory = this.#wrapMemory(imports);
    const importedTables = imports.filter((value) => value.kind === 'table');
    module.tables.forEach((type, i) => {
      const web = this.#exports[`${NAME.table}${i}`] as WebAssembly.Table;
      const imported = importedTables[i];
      this.#tables.push(
        imported?.kind === 'table'
          ? (imported.table as HostTable)
          : new HostTable(type, store.limits.tableElements, web),
      );
      this.#setState(lengthMaxName(i), this.#tables[i].lengthMax);
    });
    if (module.tables.length > 1) this.#setState(ELEMENTS_MAX, store.limits.tableElements);
    if (this.#memory !== undefined) this.#setState(PAGES_MAX, this.#memory.pagesMax);
  }

  #wrapMemory(imports: readonly ExternValue[]): HostMemory | undefined {
    const [type] = this.metered.module.memories;
    if (type === undefined) return undefined;
    for (const value of imports) if (value.kind === 'memory') return value.memory as HostMemory;
    return new HostMemory(type, this.store.limits.pages, this.#exports[NAME.memory] as WebAssembly.Memory);
  }

  #setState(name: string, value: number): void {
    const global = this.#exports[name] as WebAssembly.Global | undefined;
    if (global !== undefined) global.value = value | 0;
  }

  #instantiate(imports: readonly ExternValue[]): WebAssembly.Exports {
    const values = this.#importValues(imports);
    try {
      return new WebAssembly.Instance(this.#compiled.module, { [IMPORT_MODULE]: values }).exports;
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      // The interpreter allocates only the guest's memory, without reserving addresses for its maximum.
      throw new RerunNeeded('the host cannot allocate an instance', { cause });
    }
  }

  #importValues(imports: readonly ExternValue[]): WebAssembly.ModuleImports {
    const isShared = this.#compiled.rewritten.form === 'shared';
    const values: WebAssembly.ModuleImports = isShared ? this.#tier.gaugeImports() : {};
    const counts = { function: 0, table: 0 };
    for (const value of imports) {
      switch (value.kind) {
        case 'function': {
          const index = counts.function++;
          this.#adopt(index, value.function);
          this.#hostFunctions[`${NAME.function}${index}`] = this.#importFunction(value.function);
          break;
        }
        case 'table':
          values[`${NAME.table}${counts.table++}`] = ofThisTier(value.table, HostTable).web;
          break;
        case 'memory':
          values[NAME.memory] = ofThisTier(value.memory, HostMemory).web;
          break;
        case 'global': {
          const index = this.#importedGlobals.push(value) - 1;
          if (this.#compiled.rewritten.globalImports[index] === GlobalImport.Linked) {
            values[`${NAME.global}${index}`] = this.#linkedGlobal(value);
          }
          break;
        }
      }
    }
    return Object.assign(values, this.#hostFunctions);
  }

  #linkedGlobal({ global }: Extract<ExternValue, { kind: 'global' }>): WebAssembly.ImportValue {
    if (global.type.mutable) return ofThisTier(global, HostGlobal).web;
    return this.#toHost(global.type.type, global.bits) as unknown as WebAssembly.ImportValue;
  }

  #adopt(index: number, instance: FunctionInstance): FunctionInstance {
    this.#functions.set(index, instance);
    if (!this.#importOfHandle.has(instance.handle)) this.#importOfHandle.set(instance.handle, index);
    return instance;
  }

  /** A guest's function is linked as it is; a call of a host function moves the gauge over and back. */
  #importFunction(target: FunctionInstance): HostCallable {
    const { owner } = target;
    if (owner instanceof InstrumentedInstance) return owner.#callable(indexOf(target));
    return (...raw) => this.#callHost(target, raw);
  }

  #callHost(target: FunctionInstance, raw: readonly HostValue[]): unknown {
    const tier = this.#tier;
    const { params, results } = target.type;
    let answer: readonly Bits[] | undefined;
    try {
      tier.leave();
      const args = raw.map((value, i) => this.#fromHost(params[i], value));
      if (target.host === undefined) answer = this.#callOtherTier(target, args);
      else answer = callHost(this.store, this, target.host, args);
    } catch (error) {
      throw tier.fail(isNativeOverflow(error) ? overflow(error) : (error as Error));
    }
    if (tier.failure !== undefined) throw tier.failure;
    if (answer === undefined) throw tier.unwinding;
    this.#guarded?.follow();
    tier.enter();
    if (results.length === 0) return undefined;
    if (results.length === 1) return this.#toHost(results[0], answer[0]);
    const list = answer;
    return Array.from(results, (type, i) => this.#toHost(type, list[i]));
  }

  #callOtherTier(target: FunctionInstance, args: readonly Bits[]): readonly Bits[] | undefined {
    const outcome = target.owner?.invoke(indexOf(target), args);
    return outcome?.kind === 'returned' ? outcome.results : undefined;
  }

  // Values

  #toHost(type: number, bits: Bits): HostValue {
    if (!isReferenceType(type)) return bits;
    if (bits === 0) return null;
    if (type === ValueType.ExternRef) return bits;
    const target = this.store.functions[(bits as number) - 1];
    const { owner } = target;
    if (owner instanceof InstrumentedInstance) return owner.#reference(indexOf(target));
    // A host function uses the reference of an instance that imports it.
    for (const instance of this.#tier.instances) {
      const index = instance.#importOfHandle.get(bits as number);
      if (index !== undefined && instance.#refersTo(index)) return instance.#reference(index);
    }
    throw new Error('no instance of the store refers to this host function');
  }

  #fromHost(type: number, value: HostValue): Bits {
    if (!isReferenceType(type)) return value as Bits;
    if (value === null) return 0;
    return type === ValueType.ExternRef ? (value as number) : this.#handleOf(value as object);
  }

  /** The handle of a function of the host. */
  #handleOf(callable: object): number {
    for (const instance of [this, ...this.#tier.instances]) {
      const index = instance.#indices().get(callable);
      if (index !== undefined) return instance.functionAt(index).handle;
    }
    throw new Error('no instance of the store has this function');
  }

  /** The functions that something refers to, as functions of the host. */
  #indices(): ReadonlyMap<object, number> {
    if (this.#referredIndices === undefined) {
      this.#referredIndices = new Map();
      for (const index of this.#compiled.rewritten.referred) this.#referredIndices.set(this.#reference(index), index);
    }
    return this.#referredIndices;
  }

  #refersTo(index: number): boolean {
    this.#referredPositions ??= new Map(this.#compiled.rewritten.referred.map((referred, at) => [referred, at]));
    return this.#referredPositions.has(index);
  }

  #reference(index: number): object {
    const position = this.#refersTo(index) ? this.#referredPositions!.get(index) : undefined;
    const reference = this.#exports['reference'] as ((position: number) => object) | undefined;
    if (position === undefined || reference === undefined) throw new Error(`nothing refers to function ${index}`);
    return reference(position);
  }

  // Functions

  functionAt(index: number): FunctionInstance {
    const known = this.#functions.get(index);
    if (known !== undefined) return known;
    const { module } = this.metered;
    const own = index - module.importedFunctions;
    const instance = new FunctionInstance(this.store, typeOfFunction(module, index), this, own, undefined);
    this.#functions.set(index, instance);
    return instance;
  }

  #callable(index: number): HostCallable {
    if (this.#guarded !== undefined && this.#memory!.isGuarded) return this.#guarded.callable(index) as HostCallable;
    const known = this.#callables.get(index);
    if (known !== undefined) return known;
    const callable = this.#exports[`${NAME.function}${index}`] as HostCallable | undefined;
    if (callable === undefined) throw new Error(`function ${index} is not exported`);
    this.#callables.set(index, callable);
    return callable;
  }

  invoke(functionIndex: number, args: readonly Bits[]): Outcome {
    const { gauge } = this.store;
    if (gauge.stop !== undefined) return gauge.stop;
    const target = this.functionAt(functionIndex);
    if (target.host !== undefined) {
      const answer = callHost(this.store, this, target.host, args);
      return answer === undefined ? this.#stop() : { kind: 'returned', results: answer };
    }
    if (target.owner !== this) {
      if (target.owner === undefined) throw new Error('a function without owner and host');
      return target.owner.invoke(indexOf(target), args);
    }
    const tier = this.#tier;
    const callable = this.#callable(functionIndex);
    const { params, results } = target.type;
    let raw: unknown;
    try {
      tier.enter();
      raw = callable(...this.#arguments(params, args));
      tier.leave();
    } catch (error) {
      this.#unwound(error);
      return this.#stop();
    }
    if (tier.failure !== undefined) throw tier.failure;
    return { kind: 'returned', results: this.#results(results, raw) };
  }

  #arguments(types: Uint8Array, args: readonly Bits[]): HostValue[] {
    const list: HostValue[] = [];
    for (let i = 0; i < types.length; i++) list.push(this.#toHost(types[i], args[i]));
    return list;
  }

  #stop(): Stop {
    const { stop } = this.store.gauge;
    if (stop === undefined) throw new Error('a call ended without an outcome');
    return stop;
  }

  #results(types: Uint8Array, raw: unknown): Bits[] {
    if (types.length === 0) return [];
    if (types.length === 1) return [this.#result(types[0], raw as HostValue)];
    return (raw as HostValue[]).map((value, i) => this.#result(types[i], value));
  }

  #result(type: number, value: HostValue): Bits {
    const bits = this.#fromHost(type, value);
    return typeof bits === 'bigint' ? BigInt.asUintN(64, bits) : bits;
  }

  /** The guest's frames are gone: records the outcome in the gauge, or throws an error that is not an outcome. */
  #unwound(error: unknown): void {
    const tier = this.#tier;
    if (tier.failure !== undefined) throw tier.failure;
    if (tier.isUnwinding(error)) return;
    if (!(error instanceof WebAssembly.RuntimeError)) {
      throw tier.fail(isNativeOverflow(error) ? overflow(error) : unexpected(error));
    }
    const { gauge } = this.store;
    const fuelLeft = tier.fuelLeft;
    if (fuelLeft < 0 && gauge.fuelReserved > 0) throw tier.fail(new ReserveNeeded());
    gauge.fuelLeft = Math.max(fuelLeft, 0);
    if (fuelLeft < 0) gauge.stopWith(EXHAUSTED_FUEL);
    else if (tier.wordsLeft < 0) gauge.stopWith(EXHAUSTED_STACK);
    else gauge.stopWith(trapped(this.#trapCode(error)));
  }

  #trapCode(error: WebAssembly.RuntimeError): TrapCode {
    const tier = this.#tier;
    switch (tier.note(GaugeGlobal.Trapping) as Trapping) {
      case Trapping.TableAccess:
        return 'out-of-bounds-table-access';
      case Trapping.MemoryAccess:
        return 'out-of-bounds-memory-access';
      case Trapping.HostAllocation:
        throw tier.fail(new HostFailure('the host could not allocate memory that the limits allow', { cause: error }));
      default:
        break;
    }
    const { host } = this.#compiled;
    const trap = this.#notedTrap() ?? host.traps.get(host.messageOf(error));
    switch (trap) {
      case undefined:
        throw tier.fail(unexpected(error));
      case 'indirect-call': {
        // The last attempted `call_indirect` is the one that trapped; its table has not changed since.
        const table = this.#lastTable();
        return table.get(tier.note(GaugeGlobal.Element) >>> 0) === null
          ? 'uninitialized-element'
          : 'indirect-call-type-mismatch';
      }
      default:
        return trap;
    }
  }

  /**
   * The traps that are known whatever the host reports: a `trunc` of a NaN and a `call_indirect` beyond its table always
   * trap, so while a note has such an operand nothing else can have trapped.
   */
  #notedTrap(): TrapCode | undefined {
    const tier = this.#tier;
    const operand = tier.note(GaugeGlobal.Operand);
    const tried = tier.note(GaugeGlobal.Table) >= 0;
    const beyond = tried && tier.note(GaugeGlobal.Element) >>> 0 >= this.#lastTable().length;
    return Number.isNaN(operand) ? 'invalid-conversion-to-integer' : beyond ? 'undefined-element' : undefined;
  }

  #lastTable(): WebAssembly.Table {
    const note = this.#tier.note(GaugeGlobal.Table);
    return this.#tier.instances[Math.floor(note / TABLES_MAX)].#tables[note % TABLES_MAX].web;
  }

  // Instantiation

  /**
   * Gives globals and segments their initial state; false if a segment is out of bounds, with the trap in the gauge.
   * @param tablesToo false if tables are unchanged since the first time
   */
  initialise(tablesToo = true): boolean {
    const tier = this.#tier;
    this.copyImportedGlobals();
    try {
      tier.enter();
      (this.#exports['globals'] as () => void)();
      if (tablesToo) (this.#exports['elements'] as () => void)();
      (this.#exports['data'] as () => void)();
      return true;
    } catch (error) {
      this.#unwound(error);
      return false;
    } finally {
      this.#segmentsPassed = tier.note(GaugeGlobal.Segment);
    }
  }

  /** Sets the bits of imported immutable numbers. */
  copyImportedGlobals(): void {
    this.#importedGlobals.forEach((value, i) => {
      if (this.#compiled.rewritten.globalImports[i] !== GlobalImport.Copied || value.kind !== 'global') return;
      const { bits } = value.global;
      (this.#exports[`${NAME.set}${i}`] as (bits: bigint) => void)(BigInt(bits));
    });
  }

  /**
   * False if a table has grown, a memory has grown by much, either is shared with others, or the last call failed. An
   * instance whose segments are out of bounds can be used again, because they are so each time.
   */
  get isReusable(): boolean {
    const { module } = this.metered;
    if (!this.#isolated || this.#tier.failure !== undefined || this.#tier.instances.length > 1) return false;
    if (this.#tables.some((table, i) => table.web.length !== module.tables[i].min)) return false;
    return this.#memory === undefined || this.#canShrink(this.#memory, module.memories[0].min);
  }

  #canShrink(memory: HostMemory, pages: number): boolean {
    const { hostPages, pagesMax } = memory;
    if (hostPages === pages) return true;
    if (!keepsPages(hostPages, pages) || pagesMax > GUARDED_PAGES_MAX) return false;
    this.#guardedCalls = memory.isGuarded ? this.#guardedCalls + 1 : 0;
    if (this.#guardedCalls > GUARDED_CALLS_MAX) return false;
    this.#guarded ??= this.#makeGuarded(memory);
    return this.#guarded !== undefined;
  }

  #makeGuarded(memory: HostMemory): GuardedInstance | undefined {
    const { module } = this.#compiled.guarded;
    if (module === undefined) return undefined;
    const imports: WebAssembly.ModuleImports = { ...this.#hostFunctions, ...this.#tier.gaugeImports() };
    imports[NAME.memory] = memory.web;
    for (let i = 0; i < this.metered.module.globals.length; i++) {
      imports[`${NAME.global}${i}`] = this.#exports[`${NAME.global}${i}`] as WebAssembly.Global;
    }
    try {
      return new GuardedInstance(module, imports, memory);
    } catch (error) {
      // A host without enough memory keeps no instance; this does not affect the call that has just ended.
      if (!(error instanceof RangeError)) throw error;
      return undefined;
    }
  }

  get heldBytes(): number {
    const tableBytes = this.#tables.reduce((sum, { web }) => sum + 8 * web.length, 0);
    return INSTANCE_BYTES + (this.#memory?.hostPages ?? 0) * PAGE_BYTES + tableBytes;
  }

  /** Resets everything to its state after `initialise` in a new instance. The store resets the gauge. */
  reset(): boolean {
    const lowest = this.#tier.note(GaugeGlobal.Lowest) >>> 0;
    this.#memory?.shrink(this.metered.module.memories[0].min, lowest, this.#guarded?.size);
    const { changesTables } = this.#compiled.rewritten;
    if (changesTables) {
      for (const { web } of this.#tables) for (let i = 0; i < web.length; i++) web.set(i, null);
    }
    return this.initialise(changesTables || this.#segmentsPassed < this.metered.module.elements.length);
  }

  // GuestInstance

  get memory(): HostMemory | undefined {
    return this.#memory?.refresh();
  }

  exported(name: string): ExternValue | undefined {
    this.#exportsByName ??= new Map(this.metered.module.exports.map((item) => [item.name, item]));
    const item = this.#exportsByName.get(name);
    if (item === undefined) return undefined;
    switch (item.kind) {
      case 'function':
        return { kind: 'function', function: this.functionAt(item.index) };
      case 'table':
        return { kind: 'table', table: this.#tables[item.index].refresh() };
      case 'memory':
        return { kind: 'memory', memory: this.memory! };
      case 'global':
        return this.#globalValue(item.index);
    }
  }

  #globalValue(index: number): ExternValue {
    const { module } = this.metered;
    const type = module.globals[index];
    if (index < module.importedGlobals && type.mutable) return this.#importedGlobals[index];
    let global = this.#globals.get(index);
    if (global === undefined) {
      const web = this.#exports[`${NAME.global}${index}`] as WebAssembly.Global;
      global = new HostGlobal(
        type,
        web,
        () => this.globalBits(index),
        (bits) => this.setGlobalBits(index, bits),
      );
      this.#globals.set(index, global);
    }
    return { kind: 'global', global };
  }

  globalBits(index: number): Bits {
    const { type } = this.metered.module.globals[index];
    if (isReferenceType(type)) {
      return this.#fromHost(type, (this.#exports[`${NAME.global}${index}`] as WebAssembly.Global).value as HostValue);
    }
    const reader = `${NAME.bits}${Math.floor(index / GLOBALS_PER_READER)}`;
    const bits = (this.#exports[reader] as (n: number) => bigint)(index % GLOBALS_PER_READER);
    return isWide(type) ? BigInt.asUintN(64, bits) : Number(BigInt.asIntN(32, bits));
  }

  setGlobalBits(index: number, bits: Bits): void {
    const { type } = this.metered.module.globals[index];
    if (isReferenceType(type)) {
      (this.#exports[`${NAME.global}${index}`] as WebAssembly.Global).value = this.#toHost(type, bits);
    } else (this.#exports[`${NAME.set}${index}`] as (bits: bigint) => void)(BigInt(bits));
  }

  /** Not recorded in this tier: the interpreter reports it when the call runs there. */
  stopTrace(): () => readonly Frame[] {
    return () => [];
  }

  stateDigest(): Uint8Array {
    return stateDigest(this.state());
  }

  state(): InstanceState {
    const { module } = this.metered;
    const memory = this.memory;
    return {
      memory: memory === undefined ? [] : [{ at: 0, bytes: memory.bytes }],
      pages: memory?.pages ?? 0,
      globals: this.#encodedGlobals(module),
      tables: this.#tables.map(({ web, type }) =>
        Uint32Array.from({ length: web.length }, (_, i) =>
          this.#encode(this.#fromHost(type.type, web.get(i) as HostValue) as number, type.type),
        ),
      ),
      droppedData: this.droppedSegments('data'),
      droppedElements: this.droppedSegments('element'),
    };
  }

  droppedSegments(kind: SegmentKind): Uint8Array {
    const { module } = this.metered;
    const segments: readonly { readonly mode: string }[] = kind === 'data' ? module.data : module.elements;
    const before = kind === 'data' ? module.elements.length : 0;
    // A segment without a state is dropped by the instantiation, or never.
    return Uint8Array.from(segments, ({ mode }, i) =>
      this.#dropped(`${kind} ${i}`, mode !== 'passive' && before + i < this.#segmentsPassed),
    );
  }

  takeState(state: InstanceState): boolean {
    // The host's memories and tables do not shrink.
    if (this.#memory !== undefined && this.#memory.hostPages !== state.pages) return false;
    if (this.#tables.some(({ web }, i) => web.length !== state.tables[i].length)) return false;
    if (this.#memory !== undefined) zeroOutside(this.#memory.refresh().bytes, state);
    this.#tables.forEach(({ web }, i) => {
      state.tables[i].forEach((element, at) => {
        if (element === 0) web.set(at, null);
      });
    });
    this.#droppedUnseen.clear();
    this.restore(state);
    return true;
  }

  /** Sets a state of the module in a new instance, whose memory is zero and whose tables are null. */
  restore(state: InstanceState): void {
    const { module } = this.metered;
    const memory = this.#memory;
    if (memory !== undefined) {
      if (state.pages > memory.hostPages) memory.grow(state.pages - memory.hostPages);
      for (const { at, bytes } of state.memory) memory.write(at, bytes);
    }
    state.tables.forEach((elements, i) => {
      const { web, type } = this.#tables[i];
      // Without a value a table of externrefs would grow by `undefined`, which is not null.
      if (elements.length > web.length) web.grow(elements.length - web.length, null);
      elements.forEach((element, at) => {
        if (element !== 0) web.set(at, this.#restored(type.type, element));
      });
    });
    for (let i = 0; i < module.globalDefinitions.length; i++) {
      this.#restoreGlobal(module.importedGlobals + i, state.globals[2 * i], state.globals[2 * i + 1]);
    }
    this.#restoreSegments('data', state.droppedData);
    this.#restoreSegments('element', state.droppedElements);
    // The state decides which segments are dropped: if several instances share a store, one may have failed at a
    // segment.
    this.#segmentsPassed = 0;
  }

  tableLength(table: number): number {
    return this.#tables[table].web.length;
  }

  tableElement(table: number, at: number): number {
    const { web, type } = this.#tables[table];
    return this.#encode(this.#fromHost(type.type, web.get(at) as HostValue) as number, type.type);
  }

  tableHandle(table: number, at: number): number {
    const { web, type } = this.#tables[table];
    return this.#fromHost(type.type, web.get(at) as HostValue) as number;
  }

  setTableHandle(table: number, at: number, handle: number): void {
    const { web, type } = this.#tables[table];
    web.set(at, this.#toHost(type.type, handle));
  }

  setTableElement(table: number, at: number, element: number): void {
    const { web, type } = this.#tables[table];
    web.set(at, this.#restored(type.type, element));
  }

  canGrowTable(table: number, delta: number): boolean {
    const { web, lengthMax } = this.#tables[table];
    const elements = this.#tables.reduce((sum, { web: each }) => sum + each.length, delta);
    return web.length + delta <= lengthMax && elements <= this.store.limits.tableElements;
  }

  growTable(table: number, delta: number, element: number): void {
    const { web, type } = this.#tables[table];
    web.grow(delta, this.#restored(type.type, element));
  }

  #restoreGlobal(index: number, low: number, high: number): void {
    const { type } = this.metered.module.globals[index];
    if (isReferenceType(type)) {
      (this.#exports[`${NAME.global}${index}`] as WebAssembly.Global).value = this.#restored(type, low);
      return;
    }
    const writer = this.#exports[`${NAME.restore}${Math.floor(index / GLOBALS_PER_READER)}`];
    const bits = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    (writer as (n: number, bits: bigint) => void)(index % GLOBALS_PER_READER, bits);
  }

  /** The host's reference for one in a state. */
  #restored(type: ValueType, element: number): object | null {
    if (element === 0) return null;
    if (type === ValueType.ExternRef) throw new Error('a state cannot contain a reference of the host');
    return this.#reference(element - 1);
  }

  #restoreSegments(kind: SegmentKind, dropped: Uint8Array): void {
    const { module } = this.metered;
    dropped.forEach((isDropped, i) => {
      const global = this.#exports[`${kind} ${i}`] as WebAssembly.Global | undefined;
      if (global === undefined) {
        // Nothing refers to it, so only a digest can show it.
        if (isDropped === 1) this.#droppedUnseen.add(`${kind} ${i}`);
        return;
      }
      const length =
        kind === 'data' ? module.data[i].bytes.end - module.data[i].bytes.start : module.elements[i].length;
      global.value = isDropped === 1 ? DROPPED : length;
    });
  }

  #encodedGlobals(module: Module): Int32Array {
    const halves = new Int32Array(module.globalDefinitions.length * 2);
    for (let i = 0; i < module.globalDefinitions.length; i++) {
      const index = module.importedGlobals + i;
      const { type } = module.globals[index];
      const bits = this.globalBits(index);
      if (isReferenceType(type)) halves[2 * i] = this.#encode(bits as number, type);
      else {
        halves[2 * i] = Number(BigInt.asIntN(32, BigInt(bits)));
        if (typeof bits === 'bigint') halves[2 * i + 1] = Number(BigInt.asIntN(32, bits >> 32n));
      }
    }
    return halves;
  }

  /** A reference as the state digest writes it. */
  #encode(handle: number, type: ValueType): number {
    if (handle === 0) return 0;
    if (type === ValueType.ExternRef) return FOREIGN_ELEMENT;
    const imported = this.#importOfHandle.get(handle);
    if (imported !== undefined) return imported + 1;
    const target = this.store.functions[handle - 1];
    return target.owner === this ? indexOf(target) + 1 : FOREIGN_ELEMENT;
  }

  #dropped(state: string, without: boolean): number {
    const global = this.#exports[state] as WebAssembly.Global | undefined;
    const isDropped = global === undefined ? without || this.#droppedUnseen.has(state) : global.value === DROPPED;
    return isDropped ? 1 : 0;
  }
}

/** Index in its owner's index space of a function that has an owner. */
function indexOf({ owner, definedIndex }: FunctionInstance): number {
  return (owner?.metered.module.importedFunctions ?? 0) + definedIndex;
}

function ofThisTier<T>(value: unknown, kind: new (...args: never[]) => T): T {
  if (value instanceof kind) return value;
  throw new Error('an imported memory, table or mutable global must come from an instance of the same tier');
}

/** Whether it is the host's error for an exhausted stack: a RangeError, in SpiderMonkey an InternalError. */
function isNativeOverflow(error: unknown): boolean {
  return error instanceof RangeError || (error instanceof Error && error.name === 'InternalError');
}

function overflow(cause: unknown): RerunNeeded {
  return new RerunNeeded("the host's stack overflowed", { cause });
}

function unexpected(cause: unknown): RerunNeeded {
  return new RerunNeeded('the host ended a call in an unexpected way', { cause });
}
