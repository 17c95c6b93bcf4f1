/**
 * Generates whole programs: first the items that bodies may name (signatures, memory, tables, globals, segments), then
 * the bodies, then the calls. Everything comes from one random source, so a program is a function of its seed.
 */
import { ValueType } from '../wasm/types.js';
import type { Value } from '../wasm/value.js';
import { BodyGenerator } from './generate-body.js';
import { HOST_FUNCTIONS, HOST_GLOBALS, type HostFunctionName, type HostNeed } from './host-functions.js';
import type { Callable, ModuleShape } from './module-shape.js';
import {
  type Constant,
  constant,
  type DataItem,
  type ElementItem,
  type FunctionDefinition,
  type GlobalItem,
  type Guard,
  type ImportedFunction,
  type ImportedGlobal,
  type MemoryItem,
  NO_NODES,
  NO_SHIFT,
  node,
  one,
  type Program,
  type ProgramCall,
  type Shift,
  type Signature,
  type TableItem,
  type TypeList,
  zero,
} from './program.js';
import type { RandomChoice } from './random-choice.js';

export interface ProgramOptions {
  /** Approximate number of instructions of one function; default 80. */
  readonly bodySizeMax: number;
  readonly functionsMax: number;
  readonly tailCalls: boolean;
  readonly extendedConstants: boolean;
  /** Capabilities of the runner that imported functions may need. No imports if empty. */
  readonly hostNeeds: readonly HostNeed[];
  readonly importedGlobals: boolean;
  /** Memories and tables without a declared maximum: then only the limits decide whether they grow. */
  readonly unboundedSizes: boolean;
  readonly calls: number;
  /** For every program; absent: that of its seed. */
  readonly shift: Shift | undefined;
}

export const PROGRAM_DEFAULTS: ProgramOptions = {
  bodySizeMax: 80,
  functionsMax: 6,
  tailCalls: true,
  extendedConstants: true,
  hostNeeds: ['bits', 'memory', 'fuel', 'stop'],
  importedGlobals: true,
  unboundedSizes: true,
  calls: 3,
  shift: undefined,
};

const TYPE_WEIGHTS: TypeList = [
  ...Array<ValueType>(6).fill(ValueType.I32),
  ...Array<ValueType>(4).fill(ValueType.I64),
  ...Array<ValueType>(5).fill(ValueType.F32),
  ...Array<ValueType>(5).fill(ValueType.F64),
  ValueType.FuncRef,
  ValueType.ExternRef,
];

const NUMBER_TYPES: TypeList = TYPE_WEIGHTS.slice(0, 20);

export function generateProgram(choice: RandomChoice, options: ProgramOptions): Program {
  return new ProgramGenerator(choice, options).generate();
}

class ProgramGenerator {
  readonly #choice: RandomChoice;
  readonly #options: ProgramOptions;
  #nextFunction = 0;

  constructor(choice: RandomChoice, options: ProgramOptions) {
    this.#choice = choice;
    this.#options = options;
  }

  generate(): Program {
    const choice = this.#choice;
    const importedFunctions = this.#importedFunctions();
    const importedGlobals = this.#importedGlobals();
    const signatures = this.#signatures();
    const own: readonly Callable[] = signatures.map((signature) => ({ id: this.#nextFunction++, signature }));
    const callables = [...importedFunctions.map(({ id, signature }) => ({ id, signature })), ...own];
    const globals = this.#globals(importedGlobals, callables);
    const memory = this.#memory();
    const tables = this.#tables();
    const constants = [...importedGlobals.map((item) => ({ ...item, mutable: false })), ...globals];
    const data = this.#data(memory, constants);
    const elements = this.#elements(tables, callables, constants);
    const shape: ModuleShape = {
      callables,
      globals: constants,
      memory,
      tables,
      slots: slotsOf(tables, elements),
      data,
      elements,
      tailCalls: this.#options.tailCalls,
    };
    const bodies = new BodyGenerator(choice, shape);
    const functions = own.map((callable, index) => this.#function(callable, bodies, index === 0));
    const starts = callables.filter(({ signature }) => signature.params.length + signature.results.length === 0);
    return {
      importedFunctions,
      importedGlobals,
      functions,
      memory,
      tables,
      globals,
      data,
      elements,
      start: choice.chance(15) ? choice.pickOrNone(starts)?.id : undefined,
      guard: this.#guard(),
      dataCount: choice.chance(30),
      shift: this.#options.shift ?? NO_SHIFT,
      calls: this.#calls(functions),
    };
  }

  #types(countMax: number, from: TypeList): TypeList {
    return Array.from({ length: this.#choice.below(countMax + 1) }, () => this.#choice.pick(from));
  }

  /** The first one has only numbers as parameters and results, so that there is always something to call. */
  #signatures(): readonly Signature[] {
    const count = this.#choice.between(1, this.#options.functionsMax);
    return Array.from({ length: count }, (_, index): Signature => {
      const from = index === 0 ? NUMBER_TYPES : TYPE_WEIGHTS;
      if (index > 0 && this.#choice.chance(15)) return { params: [], results: [] };
      const results = this.#choice.chance(65) ? one(this.#choice.pick(from)) : this.#types(4, from);
      return { params: this.#types(4, from), results };
    });
  }

  #function({ id, signature }: Callable, bodies: BodyGenerator, exported: boolean): FunctionDefinition {
    const choice = this.#choice;
    const params = signature.params.map((type, index) => ({ id: index, type }));
    const declared = this.#types(choice.chance(5) ? 12 : 3, TYPE_WEIGHTS);
    const locals = declared.map((type, index) => ({ id: params.length + index, type }));
    const sizeMax = this.#options.bodySizeMax;
    const size = choice.chance(60) ? choice.between(3, sizeMax >> 2) : choice.between(sizeMax >> 2, sizeMax);
    const generated = bodies.generate({ params, locals, results: signature.results, size });
    return {
      id,
      params,
      locals: generated.locals,
      results: signature.results,
      body: generated.body,
      exported: exported || choice.chance(75),
      unguarded: false,
    };
  }

  #guard(): Guard {
    const kind = this.#choice.below(20);
    const budget = kind < 15 ? this.#choice.between(10, 200) : kind < 19 ? 1_000 : 6_000;
    return { budget, atZero: this.#choice.chance(85) ? 'return' : 'trap' };
  }

  #importedFunctions(): readonly ImportedFunction[] {
    const { hostNeeds } = this.#options;
    const names = (Object.keys(HOST_FUNCTIONS) as HostFunctionName[]).filter((name) =>
      hostNeeds.includes(HOST_FUNCTIONS[name].need),
    );
    if (names.length === 0 || this.#choice.chance(50)) return [];
    return Array.from({ length: this.#choice.between(1, 3) }, () => {
      const name = this.#choice.pick(names);
      return { id: this.#nextFunction++, name, signature: HOST_FUNCTIONS[name].signature };
    });
  }

  #importedGlobals(): readonly ImportedGlobal[] {
    if (!this.#options.importedGlobals || this.#choice.chance(70)) return [];
    const names = Object.entries(HOST_GLOBALS);
    return Array.from({ length: this.#choice.between(1, 2) }, (_, id) => {
      const [name, { type }] = this.#choice.pick(names);
      return { id, name, type };
    });
  }

  #globals(imported: readonly ImportedGlobal[], callables: readonly Callable[]): readonly GlobalItem[] {
    const globals: GlobalItem[] = [];
    const count = this.#choice.below(6);
    for (let index = 0; index < count; index++) {
      const type = this.#choice.pick(TYPE_WEIGHTS);
      const known = [...imported.map((item) => ({ ...item, mutable: false })), ...globals];
      const init = this.#constant(type, known, imported.length, callables);
      globals.push({ id: imported.length + index, type, mutable: this.#choice.chance(75), init });
    }
    return globals;
  }

  /** A constant expression. `known` are the globals before it, the imported ones first. */
  #constant(
    type: ValueType,
    known: readonly { readonly id: number; readonly type: ValueType; readonly mutable: boolean }[],
    importedCount: number,
    callables: readonly Callable[],
  ): Constant {
    const choice = this.#choice;
    const { extendedConstants } = this.#options;
    const usable = (extendedConstants ? known : known.slice(0, importedCount)).filter(
      (item) => item.type === type && !item.mutable,
    );
    const global = choice.chance(30) ? choice.pickOrNone(usable) : undefined;
    if (global !== undefined) return node('global.get', NO_NODES, one(type), global.id);
    if (extendedConstants && choice.chance(8) && (type === ValueType.I32 || type === ValueType.I64)) {
      const operand = () => this.#constant(type, known, importedCount, callables);
      const operator = choice.pick(['add', 'sub', 'mul'] as const);
      return node(type === ValueType.I32 ? `i32.${operator}` : `i64.${operator}`, [operand(), operand()], one(type));
    }
    if (type === ValueType.FuncRef && choice.chance(60)) {
      return node('ref.func', NO_NODES, one(type), choice.pick(callables).id);
    }
    if (type === ValueType.FuncRef || type === ValueType.ExternRef) return zero(type);
    return constant(type, choice.bitsOf(type));
  }

  #memory(): MemoryItem | undefined {
    const choice = this.#choice;
    if (choice.chance(12)) return undefined;
    const pagesMin = choice.chance(6) ? 0 : choice.chance(85) ? 1 : 2;
    const isUnbounded = this.#options.unboundedSizes && choice.chance(10);
    return { pagesMin, pagesMax: isUnbounded ? undefined : pagesMin + choice.below(6) };
  }

  #tables(): readonly TableItem[] {
    const choice = this.#choice;
    const count = choice.pick([0, 1, 1, 1, 2, 3]);
    return Array.from({ length: count }, (_, id) => {
      const type = choice.chance(id === 0 ? 90 : 50) ? ValueType.FuncRef : ValueType.ExternRef;
      const min = choice.chance(10) ? 0 : choice.between(2, 9);
      const isUnbounded = this.#options.unboundedSizes && choice.chance(10);
      return { id, type, min, max: isUnbounded ? undefined : min + choice.below(12) };
    });
  }

  /**
   * Nearly always such that `length` items fit into `size`: a module that traps during its instantiation shows little.
   */
  #offset(size: number, length: number, constants: ModuleShape['globals']): Constant {
    const choice = this.#choice;
    if (choice.chance(1)) return this.#constant(ValueType.I32, constants, 0, []);
    const at = choice.below(Math.max(0, Math.min(size - length, 64)) + 1);
    if (!this.#options.extendedConstants || choice.chance(96)) return constant(ValueType.I32, at);
    const base = choice.below(at + 1);
    return node('i32.add', [constant(ValueType.I32, at - base), constant(ValueType.I32, base)], one(ValueType.I32));
  }

  #data(memory: MemoryItem | undefined, constants: ModuleShape['globals']): readonly DataItem[] {
    const choice = this.#choice;
    return Array.from({ length: choice.below(4) }, (_, id) => {
      const bytes = Array.from({ length: choice.below(20) }, () => choice.below(256));
      const size = (memory?.pagesMin ?? 0) * 65_536;
      const isActive = memory !== undefined && choice.chance(size > 0 ? 50 : 3);
      return { id, offset: isActive ? this.#offset(size, bytes.length, constants) : undefined, bytes };
    });
  }

  #elements(
    tables: readonly TableItem[],
    callables: readonly Callable[],
    constants: ModuleShape['globals'],
  ): readonly ElementItem[] {
    const choice = this.#choice;
    return Array.from(
      { length: tables.length === 0 ? choice.below(2) : choice.between(1, 4) },
      (_, id): ElementItem => {
        const kind = choice.below(10);
        const table = choice.pickOrNone(tables);
        const mode = kind < 7 && table !== undefined ? 'active' : kind < 9 ? 'passive' : 'declarative';
        const type = mode === 'active' ? table!.type : choice.chance(80) ? ValueType.FuncRef : ValueType.ExternRef;
        const fits = mode === 'active' && choice.chance(99) ? table!.min : 8;
        const items = Array.from({ length: choice.below(Math.min(fits, 8) + 1) }, () =>
          type === ValueType.FuncRef && choice.chance(92) ? choice.pick(callables).id : undefined,
        );
        const offset = mode === 'active' ? this.#offset(table!.min, items.length, constants) : undefined;
        return { id, mode, type, table: table?.id ?? 0, offset, items, asExpressions: choice.chance(20) };
      },
    );
  }

  /** Calls of functions whose values can be passed to and from the host: numbers, and null references. */
  #calls(functions: readonly FunctionDefinition[]): readonly ProgramCall[] {
    const callable = functions.filter(
      ({ exported, results }) => exported && results.every((type) => NUMBER_TYPES.includes(type)),
    );
    return Array.from({ length: this.#options.calls }, () => {
      const { id, params } = this.#choice.pick(callable);
      return { function: id, args: params.map(({ type }) => this.#argument(type)) };
    });
  }

  #argument(type: ValueType): Value {
    switch (type) {
      case ValueType.I32:
        return { type: 'i32', bits: this.#choice.bitsOf(type) as number };
      case ValueType.F32:
        return { type: 'f32', bits: this.#choice.bitsOf(type) as number };
      case ValueType.I64:
        return { type: 'i64', bits: this.#choice.bitsOf(type) as bigint };
      case ValueType.F64:
        return { type: 'f64', bits: this.#choice.bitsOf(type) as bigint };
      case ValueType.FuncRef:
        return { type: 'funcref', ref: null };
      case ValueType.ExternRef:
        return { type: 'externref', ref: null };
    }
  }
}

/**
 * The items that active segments with a plain offset put into each slot; used to choose callees, and correct unless a
 * later segment overwrites them.
 */
function slotsOf(tables: readonly TableItem[], elements: readonly ElementItem[]): ModuleShape['slots'] {
  const slots = new Map<number, Map<number, number>>(tables.map(({ id }) => [id, new Map()]));
  for (const { mode, table, offset, items } of elements) {
    if (mode !== 'active' || offset?.name !== 'i32.const') continue;
    items.forEach((item, index) => {
      const at = Number(offset.bits) + index;
      if (item === undefined) slots.get(table)!.delete(at);
      else slots.get(table)!.set(at, item);
    });
  }
  return slots;
}
