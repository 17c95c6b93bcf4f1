/**
 * The index spaces of a rewritten module. A guest's own items keep their indices: types, functions, tables, segments
 * and, unless it imports immutable numbers, globals; added items follow them. The shared form imports the
 * gauge's globals from the store's first instance; imports come first, so there the guest's globals move up. The guarded
 * form imports memory and globals, all of them, from an instance in the module's own form (`guarded-program.ts`).
 *
 * An imported function that takes or gives floats is called through an adapter, so that no float crosses to the host.
 * An imported number that cannot change becomes a global of the module's own, which the instance sets by its bits.
 */
import type { MeteredModule } from '../metering/meter.js';
import { typeOfFunction } from '../wasm/module.js';
import { type FunctionType, functionTypeText, isReferenceType, ValueType } from '../wasm/types.js';
import { CodeWriter } from './code-writer.js';
import { notedBelow } from './noted-memory.js';

/** The globals of the gauge, in their order in the rewritten module. */
export const enum GaugeGlobal {
  /** i64: fuel left; negative once a charge was not covered. */
  Fuel,
  /** i32: stack words left; negative once a frame did not fit. */
  Words,
  /** i32: why the code is about to trap (`Trapping`), if the host's message does not show it. */
  Trapping,
  /** i32: operand of the last `call_indirect` since the host entered, and its table with the instance it is in. */
  Element,
  Table,
  /** f64: operand of the last `trunc` since the host entered, or 0. */
  Operand,
  /** i32: the segment that is being copied at instantiation, element segments first. */
  Segment,
  /**
   * i32, unsigned: no byte of memory below it was written since the instance was new (`store-notes.ts`); 0 if it is not
   * used.
   */
  Lowest,
  Count,
}

export const GAUGE_GLOBAL_TYPES: readonly ValueType[] = [
  ValueType.I64,
  ValueType.I32,
  ValueType.I32,
  ValueType.I32,
  ValueType.I32,
  ValueType.F64,
  ValueType.I32,
  ValueType.I32,
];

/** Values of `GaugeGlobal.Trapping`. */
export const enum Trapping {
  No,
  TableAccess,
  MemoryAccess,
  /** The host did not allocate what the rule allows. */
  HostAllocation,
}

/** The name of the state with the number of the instance in its store, in the shared form. */
export const SELF = 'self';
/** The note of the last `call_indirect` is table + this times the number of the instance. */
export const TABLES_MAX = 0x1_0000;

/** The note of a table before the first `call_indirect`. */
export const NO_TABLE = -1;

export interface AddedGlobal {
  readonly type: ValueType;
}

export interface AddedFunction {
  readonly typeIndex: number;
  /** Locals and instructions, with the closing `end`. */
  readonly body: Uint8Array;
}

/** How an imported global reaches the rewritten module. */
export const enum GlobalImport {
  /** As an import. */
  Linked,
  /** By its bits. */
  Copied,
}

export type SegmentKind = 'data' | 'element';

/**
 * Where a rewritten module has its state: in itself, with the gauge in another instance, or entirely in another
 * instance.
 */
export const FORMS = ['own', 'shared', 'guarded'] as const;
export type Form = (typeof FORMS)[number];

export class Layout {
  readonly types: FunctionType[];
  readonly addedFunctions: AddedFunction[] = [];
  readonly addedGlobals: AddedGlobal[] = [];
  /** New index of each of the guest's globals. */
  readonly globals: Uint32Array;
  readonly globalImports: Uint8Array;
  /** Of guest globals that are linked; the gauge's, if shared, precede them. */
  readonly linkedGlobals: number;
  /** Number of own globals before `addedGlobals`, the gauge's not counted if they are imported. */
  readonly gaugeBase: number;
  /** Stores below this address are noted; 0 if none are. An instance that shares its store is not used again. */
  readonly notedBelow: number;
  /** Adapter or the function itself, by index of imported function. */
  readonly importTargets: Uint32Array;

  readonly #typeIndices = new Map<string, number>();
  readonly #helpers = new Map<string, number>();
  readonly #states = new Map<string, number>();
  readonly #segmentStates: Readonly<Record<SegmentKind, Map<number, number>>> = { data: new Map(), element: new Map() };

  constructor(
    readonly metered: MeteredModule,
    readonly form: Form,
  ) {
    const { module } = metered;
    this.types = [...module.types];
    module.types.forEach((type, i) => {
      const key = functionTypeText(type);
      if (!this.#typeIndices.has(key)) this.#typeIndices.set(key, i);
    });
    this.globalImports = Uint8Array.from(module.globals.slice(0, module.importedGlobals), ({ type, mutable }) =>
      mutable || isReferenceType(type) ? GlobalImport.Linked : GlobalImport.Copied,
    );
    this.linkedGlobals = this.globalImports.reduce((sum, kind) => sum + (kind === GlobalImport.Linked ? 1 : 0), 0);
    this.globals = this.#placeGlobals();
    this.gaugeBase = form === 'own' ? module.globals.length : 0;
    this.notedBelow = form === 'shared' ? 0 : notedBelow(module);
    this.importTargets = new Uint32Array(module.importedFunctions);
    for (let i = 0; i < module.importedFunctions; i++) {
      const type = typeOfFunction(module, i);
      this.importTargets[i] = hasFloats(type) ? this.addFunction(type, adapterBody(type, i, true)) : i;
    }
  }

  #placeGlobals(): Uint32Array {
    const { module } = this.metered;
    const places = new Uint32Array(module.globals.length);
    if (this.form === 'guarded') return places.map((_, i) => GaugeGlobal.Count + i);
    let linked = this.form === 'shared' ? GaugeGlobal.Count : 0;
    let own = linked + this.linkedGlobals;
    for (let i = 0; i < places.length; i++)
      places[i] = this.globalImports[i] === GlobalImport.Linked ? linked++ : own++;
    return places;
  }

  gauge(global: GaugeGlobal): number {
    return this.gaugeBase + global;
  }

  /** Index of the function that stands for a guest's function in calls and references. */
  functionIndex(index: number): number {
    return index < this.importTargets.length ? this.importTargets[index] : index;
  }

  typeIndex(params: readonly number[] | Uint8Array, results: readonly number[] | Uint8Array): number {
    const type = { params: Uint8Array.from(params), results: Uint8Array.from(results) };
    const key = functionTypeText(type);
    const known = this.#typeIndices.get(key);
    if (known !== undefined) return known;
    const index = this.types.push(type) - 1;
    this.#typeIndices.set(key, index);
    return index;
  }

  addFunction(type: FunctionType, body: Uint8Array): number {
    const typeIndex = this.typeIndex(type.params, type.results);
    return this.metered.module.functionTypes.length + this.addedFunctions.push({ typeIndex, body }) - 1;
  }

  /** The added function with this name; `make` writes it on first use. */
  helper(name: string, type: FunctionType, make: (writer: CodeWriter) => void): number {
    const known = this.#helpers.get(name);
    if (known !== undefined) return known;
    const writer = new CodeWriter();
    make(writer);
    const index = this.addFunction(type, writer.finish());
    this.#helpers.set(name, index);
    return index;
  }

  helperNames(): string[] {
    return [...this.#helpers.keys()];
  }

  /** The added i32 global with this name. */
  state(name: string): number {
    return this.#stateOf(this.#states, name);
  }

  /** The added i32 global that holds the state of a segment. */
  segmentState(kind: SegmentKind, segment: number): number {
    return this.#stateOf(this.#segmentStates[kind], segment);
  }

  /** Whether the state of a segment is used. */
  hasSegmentState(kind: SegmentKind, segment: number): boolean {
    return this.#segmentStates[kind].has(segment);
  }

  /** Segments whose state is used, ascending. */
  segmentsWithState(kind: SegmentKind): number[] {
    return [...this.#segmentStates[kind].keys()].sort((left, right) => left - right);
  }

  #stateOf<K>(states: Map<K, number>, key: K): number {
    const known = states.get(key);
    if (known !== undefined) return known;
    const before = this.metered.module.globals.length + GaugeGlobal.Count;
    const index = before + this.addedGlobals.push({ type: ValueType.I32 }) - 1;
    states.set(key, index);
    return index;
  }

  stateIndex(name: string): number | undefined {
    return this.#states.get(name);
  }
}

export function hasFloats({ params, results }: FunctionType): boolean {
  return params.some(isFloat) || results.some(isFloat);
}

export function isFloat(type: number): boolean {
  return type === ValueType.F32 || type === ValueType.F64;
}

/** A type with the bits of floats in their place. */
export function bitsType({ params, results }: FunctionType): FunctionType {
  return { params: params.map(bitsOf), results: results.map(bitsOf) };
}

function bitsOf(type: number): number {
  if (type === ValueType.F32) return ValueType.I32;
  return type === ValueType.F64 ? ValueType.I64 : type;
}

/**
 * The body of a function that calls `target` with its own arguments. With `toBits` it has the guest's type and the
 * target takes and returns bits; without, the other way round.
 */
export function adapterBody(type: FunctionType, target: number, toBits: boolean): Uint8Array {
  const writer = new CodeWriter();
  const given = toBits ? bitsType(type).results : type.results;
  const convertsResults = type.results.some(isFloat);
  writer.u32(convertsResults ? given.length : 0);
  if (convertsResults) for (const result of given) writer.bytes(Uint8Array.of(1, result));
  type.params.forEach((param, i) => {
    writer.localGet(i);
    if (isFloat(param)) writer.u8(toBits ? toBitsOpcode(param) : fromBitsOpcode(param));
  });
  writer.call(target);
  if (convertsResults) {
    const base = type.params.length;
    for (let i = given.length - 1; i >= 0; i--) writer.localSet(base + i);
    type.results.forEach((result, i) => {
      writer.localGet(base + i);
      if (isFloat(result)) writer.u8(toBits ? fromBitsOpcode(result) : toBitsOpcode(result));
    });
  }
  writer.u8(0x0b);
  return writer.finish();
}

function toBitsOpcode(type: number): number {
  return type === ValueType.F32 ? 0xbc : 0xbd;
}

function fromBitsOpcode(type: number): number {
  return type === ValueType.F32 ? 0xbe : 0xbf;
}
