/**
 * The flows between the functions of a module, as nodes of one `FlowGraph`: parameters get what calls pass, results
 * what functions return, globals what is written to them; calls through tables have one node for each type.
 */
import { InstructionReader } from '../../wasm/instruction-reader.js';
import { type Module, typeOfFunction } from '../../wasm/module.js';
import { Opcode } from '../../wasm/opcode.js';
import type { BodyFacts } from './body-scan.js';
import { CALLER, FlowGraph, GLOBAL, HOST, INPUT, MEMORY, sourceNames, sourcesAround, TURN } from './flow-graph.js';
import type { LoopSources } from './loop-sources.js';
import { PlainValues } from './plain-values.js';
import { strongComponents } from './strong-components.js';
import type { TableUse } from './table-use.js';

/**
 * Most nodes, edges and meeting locals for each byte of the module; beyond that, everything is assumed to depend on
 * everything.
 */
const WORK_PER_BYTE = 64;
const WORK_FREE = 100_000;

/** How many arguments of a function are distinguished. Later ones do not count as arguments. */
const ARGUMENTS_MAX = 24;

export class ModuleFlows {
  readonly graph = new FlowGraph();
  readonly reader: InstructionReader;
  readonly values: PlainValues;
  /** Globals that were assumed to be restored but that some function changes. */
  readonly changed = new Set<number>();
  readonly globals: readonly number[];
  /** By function of the module and loop: the conditions that decide its turns. */
  readonly deciders: number[][] = [];
  /** By function, once used. */
  readonly #parameters = new Map<number, readonly number[]>();
  readonly #results = new Map<number, readonly number[]>();
  /** Parameters and results of calls through a table, by the number of a type in `TableUse`. */
  readonly #tableParameters = new Map<number, readonly number[]>();
  readonly #tableResults = new Map<number, readonly number[]>();
  /**
   * By function of the module: the strongly connected component, and whether it is a cycle. Calls through tables are
   * followed.
   */
  readonly #component: Int32Array;
  readonly #cyclic: Uint8Array;
  #work = 0;

  /** @param restored globals that are assumed to be restored by every function */
  constructor(
    readonly module: Module,
    readonly bodies: readonly BodyFacts[],
    readonly tables: TableUse,
    readonly restored: readonly number[],
  ) {
    this.reader = new InstructionReader(module.bytes);
    this.values = new PlainValues(this.reader, this.graph);
    const { of, cyclic } = this.#components();
    this.#component = of;
    this.#cyclic = cyclic;
    this.globals = this.#globalNodes();
    this.#initGlobals();
    this.#enterFromOutside();
  }

  /** Functions, then the types of tables with the functions that a call through one may reach. */
  #components() {
    const first = this.module.importedFunctions;
    const own = (callee: number): readonly number[] => (callee < first ? [] : [callee - first]);
    const functions = this.bodies.map(({ calls, indirectCalls }) => [
      ...[...calls.keys()].flatMap(own),
      ...[...indirectCalls.keys()].map((type) => this.bodies.length + this.tables.typeNumber(type)),
    ]);
    const types = this.tables.candidates.map((callees) => callees.flatMap(own));
    return strongComponents([...functions, ...types]);
  }

  #globalNodes(): readonly number[] {
    const module = this.module;
    const exported = new Set(module.exports.filter(({ kind }) => kind === 'global').map(({ index }) => index));
    return module.globals.map(({ mutable }, index) => {
      const isForeign = index < module.importedGlobals || (mutable && exported.has(index));
      return this.graph.value(isForeign ? GLOBAL : 0);
    });
  }

  #initGlobals(): void {
    const module = this.module;
    const reader = this.reader;
    module.globalDefinitions.forEach(({ init }, own) => {
      reader.enter(init.start, init.end);
      const operands: number[] = [];
      for (let opcode = reader.opcode(); opcode !== Opcode.End; opcode = reader.opcode()) {
        if (opcode === Opcode.GlobalGet) operands.push(this.globals[reader.u32()]);
        else operands.push(this.values.literal(opcode) ?? this.values.computed(opcode, operands));
      }
      this.graph.give(operands[0], this.globals[module.importedGlobals + own], GLOBAL);
    });
  }

  /** Exports, and what the embedder may call through a table or a reference. */
  #enterFromOutside(): void {
    const module = this.module;
    const entered = new Set(module.exports.filter(({ kind }) => kind === 'function').map(({ index }) => index));
    for (const index of this.tables.openFunctions) entered.add(index);
    for (const index of entered) {
      const count = typeOfFunction(module, index).params.length;
      for (const [i, node] of this.parametersOf(index).entries()) this.graph.seed(node, i < count ? INPUT : CALLER);
    }
    this.tables.candidates.forEach((callees, type) => {
      for (const callee of callees) {
        const parameters = this.parametersOf(callee);
        for (const [i, node] of this.tableParametersOf(type).entries()) this.graph.give(node, parameters[i], 0);
        const results = this.tableResultsOf(type);
        for (const [i, node] of this.resultsOf(callee).entries()) this.graph.give(node, results[i], MEMORY);
      }
      if (this.tables.isOpen) for (const node of this.tableResultsOf(type)) this.graph.seed(node, HOST);
    });
  }

  #nodesOf(known: Map<number, readonly number[]>, key: number, count: number, make: () => number): readonly number[] {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = Array.from({ length: count }, make);
    known.set(key, made);
    return made;
  }

  parametersOf(index: number): readonly number[] {
    const { params } = typeOfFunction(this.module, index);
    const count = params.length + this.restored.length;
    return this.#nodesOf(this.#parameters, index, count, () => this.graph.parameter());
  }

  resultsOf(index: number): readonly number[] {
    const { results } = typeOfFunction(this.module, index);
    return this.#nodesOf(this.#results, index, results.length, () => {
      const node = this.graph.result();
      if (index < this.module.importedFunctions) this.graph.seed(node, HOST);
      return node;
    });
  }

  tableParametersOf(type: number): readonly number[] {
    const { params } = this.tables.types[type];
    const count = params.length + this.restored.length;
    return this.#nodesOf(this.#tableParameters, type, count, () => this.graph.parameter());
  }

  tableResultsOf(type: number): readonly number[] {
    const { results } = this.tables.types[type];
    return this.#nodesOf(this.#tableResults, type, results.length, () => this.graph.result());
  }

  /** Whether a function can lead back to itself. */
  isRecursive(own: number): boolean {
    return this.#cyclic[this.#component[own]] === 1;
  }

  /** Whether what an own function calls, another or a type of tables, can lead back to it. */
  isCycle(own: number, callee: number): boolean {
    return this.#component[callee] === this.#component[own] && this.isRecursive(own);
  }

  /** Counts what is no part of the graph. */
  work(count: number): void {
    this.#work += count;
  }

  isTooMuch(): boolean {
    return this.#work + this.graph.size > WORK_PER_BYTE * this.module.bytes.length + WORK_FREE;
  }

  solve(): readonly (readonly LoopSources[])[] {
    const module = this.module;
    const masks = this.graph.solve();
    const seeds = new Map<number, number>();
    for (const index of this.#parameters.keys())
      for (const [i, node] of this.#arguments(index).entries()) seeds.set(node, 1 << i);
    const within = this.graph.solveWithin(seeds, masks, ARGUMENTS_MAX);
    return this.bodies.map(({ loops }, own) => {
      const parameters = this.#arguments(module.importedFunctions + own);
      return loops.map(({ depth }, loop) => {
        const node = this.deciders[own][loop];
        const all = sourcesAround(masks[node], depth);
        const byArguments = parameters.flatMap((parameter, index) =>
          (within[node] >> index) & 1 ? [{ index, from: sourceNames(sourcesAround(masks[parameter], 0)) }] : [],
        );
        const direct = (within[node] >> ARGUMENTS_MAX) | (all & TURN);
        return { decidedBy: sourceNames(all), direct: sourceNames(direct), byArguments };
      });
    });
  }

  /** The parameters of a function that are kept apart, without restored globals. */
  #arguments(index: number): readonly number[] {
    const count = typeOfFunction(this.module, index).params.length;
    return this.parametersOf(index).slice(0, Math.min(count, ARGUMENTS_MAX));
  }
}
