/**
 * What decides over the turns of a module's loops. Each body is walked once more, and what its values are computed from becomes a
 * `FlowGraph` over all functions: parameters have what calls give them, results what functions return, globals what is written to them.
 *
 * A global that every function leaves as it found it, as the pointer to the stack of C and Rust is, is followed like an argument that is
 * passed to every call: its value is that at the function's entry, shifted by constants.
 *
 * Locals are followed from write to read. Where ways meet, a local that was written on one of them depends on the conditions that chose
 * the way, and behind a loop on what decides over its turns. Whatever comes out of a memory or a table is from memory, and a value
 * that may come from outside is from there.
 *
 * Invariant: of a loop without sources all entries have the same number of turns, in every call with any input, unless the call ends
 * within it. Whether a condition leads to a trap is of no interest, since what follows is the end of the call.
 */
import type { MeteredModule } from '../../metering/meter.js';
import { InstructionReader } from '../../wasm/instruction-reader.js';
import { OPCODE_INDEX_COUNT, ROW_BY_INDEX } from '../../wasm/instructions.js';
import { type Module, typeOfFunction } from '../../wasm/module.js';
import { Opcode } from '../../wasm/opcode.js';
import { skipImmediates } from '../../wasm/skip-immediates.js';
import { ValueType } from '../../wasm/types.js';
import type { BodyFacts } from './body-scan.js';
import {
  CALLER,
  EVERYTHING,
  FlowGraph,
  GLOBAL,
  HOST,
  INPUT,
  MEMORY,
  MEMORY_SIZE,
  NO_NODE,
  type Source,
  sourceNames,
  sourcesAround,
  TURN,
  turnOf,
} from './flow-graph.js';
import { passDead } from './pass-dead.js';
import { strongComponents } from './strong-components.js';
import type { TableUse } from './table-use.js';

/** Nodes, edges and locals that meet, for a byte of the module: beyond that many everything is taken to depend on everything. */
const WORK_PER_BYTE = 64;
const WORK_FREE = 100_000;

/** Own arguments of a function that are kept apart. One behind them counts as something that is no argument. */
const ARGUMENTS_MAX = 24;

/** Mutable globals that are looked at for being restored by every function. */
const RESTORED_MAX = 4;

export interface LoopSources {
  /** What decides over the number of turns, wherever it comes from; none for a loop whose entries all have the same. */
  readonly decidedBy: readonly Source[];
  /** The part of it that does not come by way of the function's arguments. */
  readonly direct: readonly Source[];
  /** Of the function's own arguments those that do, with what calls give them. */
  readonly byArguments: readonly { readonly index: number; readonly from: readonly Source[] }[];
}

const enum Kind {
  Function,
  Block,
  Loop,
  Then,
  Else,
}

/** Conditions that chose a way, and how far out the ways lead: the smallest place in `#frames`. */
interface Gate {
  node: number;
  out: number;
}

/** What a local is where ways meet. */
interface Meeting {
  readonly node: number;
  /** Ways on which it was written. */
  count: number;
  /** What it is on all of these; `NO_NODE` if that differs. */
  same: number;
}

interface Frame {
  kind: Kind;
  /** Operand height below its parameters. */
  readonly base: number;
  readonly params: number;
  /** Where in the trail its writes begin. */
  readonly trail: number;
  /** Of an `if`. */
  readonly condition: number;
  /** Only a trap comes behind its end. */
  readonly doomed: boolean;
  /** Depth of the loops around its code; of a loop with itself. */
  readonly depth: number;
  /** Of a loop that is one: its place among the body's loops. */
  readonly loop: number;
  /** Conditions of ways that end in a trap left out ... */
  readonly turns: Gate;
  /** ... or not. */
  readonly ways: Gate;
  /** What ways bring to its end, by local. */
  readonly met: Map<number, Meeting>;
  /** Results at its end; parameters at the head of a loop. */
  readonly values: readonly number[];
  /** Ways to its end, or back to the head of a loop. */
  arrivals: number;
  /** Those of them that are branches. */
  branches: number;
  /** Its parameters when it was entered. */
  readonly entry: readonly number[];
  /** Of a loop: locals that it writes, and what they are at its head. */
  readonly heads: ReadonlyMap<number, number>;
  /** What restored globals are at its beginning. */
  readonly globals: readonly number[];
}

interface Shape {
  readonly pops: number;
  readonly pushes: number;
  /** The source of what it pushes, beside its operands. */
  readonly adds: number;
}

/** Of the rules by which the table types an instruction that needs no case of its own. */
const RULES: Readonly<Record<string, readonly [pops: number, pushes: number]>> = {
  drop: [1, 0],
  select: [3, 1],
  select_t: [3, 1],
  'table.get': [1, 1],
  'table.set': [2, 0],
  'table.grow': [2, 1],
  'table.fill': [3, 0],
  'ref.null': [0, 1],
  'ref.is_null': [1, 1],
};

const SHAPES: readonly Shape[] = Array.from({ length: OPCODE_INDEX_COUNT }, (_, index) => {
  const row = ROW_BY_INDEX[index];
  if (row === undefined) return { pops: 0, pushes: 0, adds: 0 };
  const [operands = '', results = ''] = row.type.split('->');
  const counted = (types: string) => types.split(' ').filter((type) => type !== '').length;
  const [pops, pushes] = RULES[row.type] ?? (row.type.includes('->') ? [counted(operands), counted(results)] : [0, 0]);
  const isSize = row.name === 'memory.size' || row.name === 'memory.grow';
  const reads = row.immediates === 'memarg' || row.name.startsWith('table.');
  return { pops, pushes, adds: isSize ? MEMORY_SIZE : reads ? MEMORY : 0 };
});

/** @returns by own function, by loop of `BodyFacts.loops` */
export function loopSources(
  metered: MeteredModule,
  bodies: readonly BodyFacts[],
  tables: TableUse,
): readonly (readonly LoopSources[])[] {
  const { module } = metered;
  const candidates = ownMutableGlobals(module);
  const first = new LoopFlows(module, bodies, tables, candidates);
  if (!first.walk()) return first.everything();
  if (first.changed.size === 0) return first.solve();
  const restored = candidates.filter((global) => !first.changed.has(global));
  const second = new LoopFlows(module, bodies, tables, restored);
  return second.walk() ? second.solve() : second.everything();
}

/** Globals of integers that nothing but the module's functions can change. */
function ownMutableGlobals(module: Module): readonly number[] {
  const exported = new Set(module.exports.filter(({ kind }) => kind === 'global').map(({ index }) => index));
  return [...module.globals.keys()]
    .filter((index) => index >= module.importedGlobals && !exported.has(index))
    .filter((index) => module.globals[index].mutable && module.globals[index].type === ValueType.I32)
    .slice(0, RESTORED_MAX);
}

class LoopFlows {
  /** Globals of those that were taken to be restored that some function changes otherwise. */
  readonly changed = new Set<number>();
  readonly #module: Module;
  readonly #bodies: readonly BodyFacts[];
  readonly #tables: TableUse;
  readonly #graph = new FlowGraph();
  readonly #reader: InstructionReader;
  /** By function, once they are used. */
  readonly #parameters = new Map<number, readonly number[]>();
  readonly #results = new Map<number, readonly number[]>();
  /** What calls through a table give and return, by the number of a type in `TableUse`. */
  readonly #tableParameters = new Map<number, readonly number[]>();
  readonly #tableResults = new Map<number, readonly number[]>();
  readonly #globals: readonly number[];
  /** By own function and loop: conditions that decide over its turns. */
  readonly #deciders: number[][] = [];
  /** By own function: the strongly connected component, and whether it is a cycle. Calls through tables are followed. */
  readonly #component: Int32Array;
  readonly #cyclic: Uint8Array;
  /** Taken to be restored by every function. */
  readonly #restored: readonly number[];
  /** Of literals of type i32. */
  readonly #integers = new Map<number, number>();
  #work = 0;

  #own = 0;
  /** Restored globals are behind the locals, in the order of `#restored`. */
  #localCount = 0;
  /** Of the function that is walked: what a restored global was at its entry and how it is shifted, both ways. */
  readonly #shifts = new Map<number, { readonly at: number; readonly by: number }>();
  readonly #shifted = new Map<string, number>();
  /** The conditions of the function, if it calls itself by whatever way. */
  #conditions = NO_NODE;
  #current = new Int32Array(0);
  /** By local: where in the trail its last write is. */
  #stamps = new Int32Array(0);
  #marks = new Int32Array(0);
  #mark = 0;
  /** Writes that can be undone: the local, what it was, its stamp. */
  readonly #trail: number[] = [];
  readonly #operands: number[] = [];
  readonly #frames: Frame[] = [];
  /** Live frames and loops so far, as `BodyScan` counts them. */
  #order = 0;
  #loops = 0;

  constructor(module: Module, bodies: readonly BodyFacts[], tables: TableUse, restored: readonly number[]) {
    this.#module = module;
    this.#restored = restored;
    this.#bodies = bodies;
    this.#tables = tables;
    this.#reader = new InstructionReader(module.bytes);
    const { of, cyclic } = this.#components();
    this.#component = of;
    this.#cyclic = cyclic;
    this.#globals = this.#globalNodes();
  }

  /** Functions, then the types of tables: whom a call through one may reach. */
  #components() {
    const first = this.#module.importedFunctions;
    const own = (callee: number): readonly number[] => (callee < first ? [] : [callee - first]);
    const functions = this.#bodies.map(({ calls, indirectCalls }) => [
      ...[...calls.keys()].flatMap(own),
      ...[...indirectCalls.keys()].map((type) => this.#bodies.length + this.#tables.typeNumber(type)),
    ]);
    const types = this.#tables.candidates.map((callees) => callees.flatMap(own));
    return strongComponents([...functions, ...types]);
  }

  #globalNodes(): readonly number[] {
    const module = this.#module;
    const exported = new Set(module.exports.filter(({ kind }) => kind === 'global').map(({ index }) => index));
    return module.globals.map(({ mutable }, index) => {
      const isForeign = index < module.importedGlobals || (mutable && exported.has(index));
      return this.#graph.value(isForeign ? GLOBAL : 0);
    });
  }

  #initGlobals(): void {
    const module = this.#module;
    const reader = this.#reader;
    module.globalDefinitions.forEach(({ init }, own) => {
      reader.enter(init.start, init.end);
      const operands: number[] = [];
      for (let opcode = reader.opcode(); opcode !== Opcode.End; opcode = reader.opcode()) {
        if (opcode === Opcode.GlobalGet) operands.push(this.#globals[reader.u32()]);
        else operands.push(this.#literal(opcode) ?? this.#computed(opcode, operands));
      }
      this.#graph.give(operands[0], this.#globals[module.importedGlobals + own], GLOBAL);
    });
  }

  /** Makes the graph; false if it would become too large. */
  walk(): boolean {
    this.#initGlobals();
    this.#enterFromOutside();
    for (let own = 0; own < this.#bodies.length; own++) {
      if (this.#isTooMuch() || !this.#bodies[own].hasWritten) return false;
      this.#walkBody(own);
    }
    return !this.#isTooMuch();
  }

  #isTooMuch(): boolean {
    return this.#work + this.#graph.size > WORK_PER_BYTE * this.#module.bytes.length + WORK_FREE;
  }

  solve(): readonly (readonly LoopSources[])[] {
    const module = this.#module;
    const masks = this.#graph.solve();
    const seeds = new Map<number, number>();
    for (const index of this.#parameters.keys())
      for (const [i, node] of this.#arguments(index).entries()) seeds.set(node, 1 << i);
    const within = this.#graph.solveWithin(seeds, masks, ARGUMENTS_MAX);
    return this.#bodies.map(({ loops }, own) => {
      const parameters = this.#arguments(module.importedFunctions + own);
      return loops.map(({ depth }, loop) => {
        const node = this.#deciders[own][loop];
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
    const count = typeOfFunction(this.#module, index).params.length;
    return this.#parametersOf(index).slice(0, Math.min(count, ARGUMENTS_MAX));
  }

  /** What is said where the graph would become too large. */
  everything(): readonly (readonly LoopSources[])[] {
    const decidedBy = sourceNames(EVERYTHING);
    return this.#bodies.map(({ loops }) => loops.map(() => ({ decidedBy, direct: decidedBy, byArguments: [] })));
  }

  /** Exports, and what the module's embedder may call by way of a table or a reference. */
  #enterFromOutside(): void {
    const module = this.#module;
    const entered = new Set(module.exports.filter(({ kind }) => kind === 'function').map(({ index }) => index));
    for (const index of this.#tables.openFunctions) entered.add(index);
    for (const index of entered) {
      const count = typeOfFunction(module, index).params.length;
      for (const [i, node] of this.#parametersOf(index).entries()) this.#graph.seed(node, i < count ? INPUT : CALLER);
    }
    this.#tables.candidates.forEach((callees, type) => {
      for (const callee of callees) {
        const parameters = this.#parametersOf(callee);
        for (const [i, node] of this.#tableParametersOf(type).entries()) this.#graph.give(node, parameters[i], 0);
        const results = this.#tableResultsOf(type);
        for (const [i, node] of this.#resultsOf(callee).entries()) this.#graph.give(node, results[i], MEMORY);
      }
      if (this.#tables.isOpen) for (const node of this.#tableResultsOf(type)) this.#graph.seed(node, HOST);
    });
  }

  #nodesOf(known: Map<number, readonly number[]>, key: number, count: number, make: () => number): readonly number[] {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = Array.from({ length: count }, make);
    known.set(key, made);
    return made;
  }

  #parametersOf(index: number): readonly number[] {
    const { params } = typeOfFunction(this.#module, index);
    const count = params.length + this.#restored.length;
    return this.#nodesOf(this.#parameters, index, count, () => this.#graph.parameter());
  }

  #resultsOf(index: number): readonly number[] {
    const { results } = typeOfFunction(this.#module, index);
    return this.#nodesOf(this.#results, index, results.length, () => {
      const node = this.#graph.result();
      if (index < this.#module.importedFunctions) this.#graph.seed(node, HOST);
      return node;
    });
  }

  #tableParametersOf(type: number): readonly number[] {
    const { params } = this.#tables.types[type];
    const count = params.length + this.#restored.length;
    return this.#nodesOf(this.#tableParameters, type, count, () => this.#graph.parameter());
  }

  #tableResultsOf(type: number): readonly number[] {
    const { results } = this.#tables.types[type];
    return this.#nodesOf(this.#tableResults, type, results.length, () => this.#graph.result());
  }

  #walkBody(own: number): void {
    const module = this.#module;
    const index = module.importedFunctions + own;
    const reader = this.#reader;
    reader.enter(module.bodyStarts[own], module.bodyEnds[own]);
    const { params, results } = typeOfFunction(module, index);
    const parameters = this.#parametersOf(index);
    const locals = parameters.slice(0, params.length);
    for (let groups = reader.u32(); groups > 0; groups--) {
      const count = reader.u32();
      const zero = this.#zero(reader.u8());
      for (let left = count; left > 0; left--) locals.push(zero);
    }
    this.#localCount = locals.length;
    locals.push(...parameters.slice(params.length));
    this.#shifts.clear();
    this.#shifted.clear();
    for (const [at, node] of parameters.slice(params.length).entries()) this.#shifts.set(node, { at, by: 0 });
    this.#own = own;
    this.#conditions = this.#cyclic[this.#component[own]] === 1 ? this.#graph.value() : NO_NODE;
    this.#current = Int32Array.from(locals);
    this.#stamps = new Int32Array(locals.length).fill(-1);
    this.#marks = new Int32Array(locals.length);
    this.#mark = 0;
    this.#trail.length = 0;
    this.#operands.length = 0;
    this.#order = 0;
    this.#loops = 0;
    this.#deciders[own] = this.#bodies[own].loops.map(() => NO_NODE);
    this.#open(Kind.Function, { params: 0, results: results.length });
    while (this.#frames.length > 0) this.#instruction();
  }

  /** What a local of this type is at first. */
  #zero(type: number): number {
    const keys: Readonly<Record<number, string>> = { 127: 'i 0', 126: 'l 0 0', 125: 'f 0,0,0,0' };
    return this.#graph.literal(keys[type] ?? `zero ${type}`);
  }

  #open(kind: Kind, type: { readonly params: number; readonly results: number }, condition = NO_NODE): void {
    const graph = this.#graph;
    const { params, results } = type;
    const order = this.#order++;
    const outer = this.#frames.at(-1);
    const base = this.#operands.length - params;
    const entry = this.#operands.slice(base);
    const { loops, doomed } = this.#bodies[this.#own];
    const number = kind === Kind.Loop ? this.#loops++ : -1;
    const loop = number >= 0 && loops[number].again ? number : -1;
    const depth = loop < 0 ? (outer?.depth ?? 0) : (outer?.depth ?? 0) + 1;
    const heads = new Map<number, number>();
    const values: number[] = [];
    if (loop >= 0) {
      const turn = turnOf(depth - 1);
      for (let i = base; i < base + params; i++) {
        const head = graph.value(turn);
        graph.flow(this.#operands[i], head);
        this.#operands[i] = head;
        values.push(head);
      }
    } else for (let left = kind === Kind.Loop ? 0 : results; left > 0; left--) values.push(graph.value());
    const trail = this.#trail.length;
    const out = this.#frames.length;
    this.#frames.push({
      kind,
      base,
      params,
      trail,
      condition,
      doomed: doomed.has(order),
      depth,
      loop,
      turns: { node: NO_NODE, out },
      ways: { node: NO_NODE, out },
      met: new Map(),
      values,
      arrivals: 0,
      branches: 0,
      entry,
      heads,
      globals: Array.from(this.#current.subarray(this.#localCount)),
    });
    if (loop < 0) return;
    for (const local of loops[loop].written) {
      const head = graph.value(turnOf(depth - 1));
      graph.flow(this.#current[local], head);
      heads.set(local, head);
      this.#write(local, head);
    }
    this.#work += heads.size;
  }

  #write(local: number, node: number): void {
    const trail = this.#trail;
    if (this.#stamps[local] < this.#frames[this.#frames.length - 1].trail) {
      trail.push(local, this.#current[local], this.#stamps[local]);
      this.#stamps[local] = trail.length - 3;
    }
    this.#current[local] = node;
  }

  #undo(to: number): void {
    const trail = this.#trail;
    while (trail.length > to) {
      const stamp = trail.pop()!;
      const node = trail.pop()!;
      const local = trail.pop()!;
      this.#current[local] = node;
      this.#stamps[local] = stamp;
    }
  }

  #collect(gate: Gate, condition: number): void {
    if (condition === NO_NODE) return;
    if (gate.node === NO_NODE) gate.node = this.#graph.value();
    this.#graph.flow(condition, gate.node);
  }

  /** A live branch from here, on a condition or without one. */
  #branch(label: number, condition: number): void {
    const place = this.#frames.length - 1 - label;
    const target = this.#frames[place];
    const from = this.#frames[this.#frames.length - 1];
    for (const gate of target.doomed && target.kind !== Kind.Loop ? [from.ways] : [from.ways, from.turns]) {
      this.#collect(gate, condition);
      gate.out = Math.min(gate.out, place);
    }
    if (this.#conditions !== NO_NODE) this.#graph.flow(condition, this.#conditions);
    target.branches++;
    this.#arrive(target);
  }

  /** Brings what locals and operands are to the end of a frame, or to the head of a loop. */
  #arrive(target: Frame): void {
    const graph = this.#graph;
    target.arrivals++;
    const { values, met, heads } = target;
    const height = this.#operands.length - values.length;
    for (let i = 0; i < values.length; i++) graph.flow(this.#operands[height + i], values[i]);
    this.#work += values.length;
    if (target.kind === Kind.Loop || target.kind === Kind.Function) this.#checkRestored(target);
    if (target.kind === Kind.Loop) {
      this.#work += heads.size;
      if (!this.#isTooMuch()) for (const [local, head] of heads) graph.flow(this.#current[local], head);
      return;
    }
    if (target.kind === Kind.Function) return;
    this.#work += (this.#trail.length - target.trail) / 3;
    if (this.#isTooMuch()) return;
    this.#mark++;
    for (let at = target.trail; at < this.#trail.length; at += 3) {
      const local = this.#trail[at];
      if (this.#marks[local] === this.#mark) continue;
      this.#marks[local] = this.#mark;
      const value = this.#current[local];
      const known = met.get(local) ?? { node: graph.value(), count: 0, same: value };
      met.set(local, known);
      known.count++;
      if (known.same !== value) known.same = NO_NODE;
      graph.flow(value, known.node);
    }
  }

  /** A turn, and a function, leaves restored globals as they were at its beginning. */
  #checkRestored({ globals }: Frame): void {
    globals.forEach((node, at) => {
      if (this.#current[this.#localCount + at] !== node) this.changed.add(this.#restored[at]);
    });
  }

  #instruction(): void {
    const reader = this.#reader;
    const index = reader.opcode();
    switch (index) {
      case Opcode.Unreachable:
        this.#passDead();
        break;
      case Opcode.Block:
      case Opcode.Loop: {
        const type = this.#blockType();
        this.#open(index === Opcode.Loop ? Kind.Loop : Kind.Block, type);
        break;
      }
      case Opcode.If: {
        const condition = this.#operands.pop()!;
        if (this.#conditions !== NO_NODE) this.#graph.flow(condition, this.#conditions);
        this.#open(Kind.Then, this.#blockType(), condition);
        break;
      }
      case Opcode.Else:
        this.#else(true);
        break;
      case Opcode.End:
        this.#end(true);
        break;
      case Opcode.Br:
        this.#branch(reader.u32(), NO_NODE);
        this.#passDead();
        break;
      case Opcode.BrIf: {
        const condition = this.#operands.pop()!;
        this.#branch(reader.u32(), condition);
        break;
      }
      case Opcode.BrTable: {
        const condition = this.#operands.pop()!;
        const labels = new Set<number>();
        for (let left = reader.u32() + 1; left > 0; left--) labels.add(reader.u32());
        for (const label of labels) this.#branch(label, condition);
        this.#passDead();
        break;
      }
      case Opcode.Return:
        this.#branch(this.#frames.length - 1, NO_NODE);
        this.#passDead();
        break;
      case Opcode.Call:
        this.#call(reader.u32());
        break;
      case Opcode.ReturnCall:
        this.#call(reader.u32());
        this.#branch(this.#frames.length - 1, NO_NODE);
        this.#passDead();
        break;
      case Opcode.CallIndirect:
        this.#callTable();
        break;
      case Opcode.ReturnCallIndirect:
        this.#callTable();
        this.#branch(this.#frames.length - 1, NO_NODE);
        this.#passDead();
        break;
      default:
        this.#plain(index);
    }
  }

  #blockType(): { readonly params: number; readonly results: number } {
    const { params, results } = this.#reader.blockType(this.#module.types);
    return { params: params.length, results: results.length };
  }

  #plain(index: number): void {
    const reader = this.#reader;
    switch (index) {
      case Opcode.LocalGet:
        this.#operands.push(this.#current[reader.u32()]);
        return;
      case Opcode.LocalSet:
        this.#write(reader.u32(), this.#operands.pop()!);
        return;
      case Opcode.LocalTee:
        this.#write(reader.u32(), this.#operands[this.#operands.length - 1]);
        return;
      case Opcode.GlobalGet: {
        const global = reader.u32();
        const at = this.#restored.indexOf(global);
        this.#operands.push(at < 0 ? this.#globals[global] : this.#current[this.#localCount + at]);
        return;
      }
      case Opcode.GlobalSet:
        this.#setGlobal(reader.u32(), this.#operands.pop()!);
        return;
      case Opcode.I32Add:
      case Opcode.I32Sub:
        if (!this.#shift(index === Opcode.I32Add ? 1 : -1)) this.#computed(index, this.#operands);
        return;
      default: {
        const literal = this.#literal(index);
        if (literal !== undefined) this.#operands.push(literal);
        else this.#computed(index, this.#operands);
      }
    }
  }

  #setGlobal(global: number, value: number): void {
    const at = this.#restored.indexOf(global);
    if (at < 0) this.#graph.give(value, this.#globals[global], GLOBAL);
    else {
      if (this.#shifts.get(value)?.at !== at) this.changed.add(global);
      this.#write(this.#localCount + at, value);
    }
  }

  /** A restored global and a constant: the same sum is the same node. */
  #shift(sign: number): boolean {
    const operands = this.#operands;
    const shift = this.#shifts.get(operands[operands.length - 2]);
    const integer = this.#integers.get(operands[operands.length - 1]);
    if (shift === undefined || integer === undefined) return false;
    const { at } = shift;
    const by = (shift.by + sign * integer) | 0;
    const key = `${at} ${by}`;
    const entry = this.#frames[0].globals[at];
    const known = by === 0 ? entry : this.#shifted.get(key);
    const node = known ?? this.#graph.value();
    if (known === undefined) {
      this.#graph.flow(entry, node);
      this.#shifted.set(key, node);
      this.#shifts.set(node, { at, by });
    }
    operands.length -= 2;
    operands.push(node);
    return true;
  }

  /** The value of a constant instruction, whose immediates are read; undefined for any other. */
  #literal(index: number): number | undefined {
    const reader = this.#reader;
    const graph = this.#graph;
    switch (index) {
      case Opcode.I32Const:
        return this.#integer(reader.s32());
      case Opcode.I64Const:
        return graph.literal(`l ${reader.s64()} ${reader.high}`);
      case Opcode.F32Const:
        return graph.literal(`f ${this.#bytes(4)}`);
      case Opcode.F64Const:
        return graph.literal(`d ${this.#bytes(8)}`);
      case Opcode.RefNull:
        reader.skip(1);
        return graph.literal('null');
      case Opcode.RefFunc:
        return graph.literal(`func ${reader.u32()}`);
      default:
        return undefined;
    }
  }

  #integer(value: number): number {
    const node = this.#graph.literal(`i ${value}`);
    this.#integers.set(node, value);
    return node;
  }

  #bytes(count: number): string {
    const start = this.#reader.skip(count);
    return this.#module.bytes.subarray(start, start + count).join();
  }

  /** Replaces the operands of an instruction by what it computes from them; returns the last result. */
  #computed(index: number, operands: number[]): number {
    skipImmediates(this.#reader, index);
    const { pops, pushes, adds } = SHAPES[index];
    const result = pushes === 0 ? NO_NODE : this.#graph.value(adds);
    for (let left = pops; left > 0; left--) {
      const operand = operands.pop()!;
      if (result !== NO_NODE) this.#graph.flow(operand, result);
    }
    if (result !== NO_NODE) operands.push(result);
    return result;
  }

  #call(callee: number): void {
    const own = callee - this.#module.importedFunctions;
    const { params } = typeOfFunction(this.#module, callee);
    this.#give(this.#parametersOf(callee), params.length, own >= 0 && this.#isCycle(own));
    this.#take(this.#resultsOf(callee), NO_NODE);
  }

  #callTable(): void {
    const reader = this.#reader;
    const type = this.#tables.typeNumber(reader.u32());
    reader.u32();
    const callee = this.#operands.pop()!;
    const { params } = this.#tables.types[type];
    this.#give(this.#tableParametersOf(type), params.length, this.#isCycle(this.#bodies.length + type));
    this.#take(this.#tableResultsOf(type), callee);
  }

  /** Whether what is called can lead back here. */
  #isCycle(callee: number): boolean {
    const component = this.#component[this.#own];
    return this.#component[callee] === component && this.#cyclic[component] === 1;
  }

  /** How deep a recursion is, its conditions decide, so over what is passed on from level to level as well. */
  #give(parameters: readonly number[], count: number, isCycle: boolean): void {
    const base = this.#operands.length - count;
    parameters.forEach((parameter, i) => {
      const value = i < count ? this.#operands[base + i] : this.#current[this.#localCount + i - count];
      this.#graph.give(value, parameter, CALLER);
      if (isCycle && !this.#graph.isLiteral(value)) this.#graph.flowAcross(this.#conditions, parameter);
    });
    this.#operands.length = base;
  }

  #take(results: readonly number[], callee: number): void {
    for (const result of results) {
      const node = this.#graph.value();
      this.#graph.flowAcross(result, node);
      this.#graph.flow(callee, node);
      this.#operands.push(node);
    }
  }

  #else(live: boolean): void {
    const frame = this.#frames[this.#frames.length - 1];
    if (live) this.#arrive(frame);
    this.#undo(frame.trail);
    frame.kind = Kind.Else;
    // Its parameters are as they were: operands that are not changed in place.
    this.#operands.length = frame.base;
    this.#operands.push(...frame.entry);
  }

  /** Whether it continues live. */
  #end(live: boolean): boolean {
    const frame = this.#frames[this.#frames.length - 1];
    if (frame.kind === Kind.Function) return this.#endFunction(frame, live);
    if (frame.loop >= 0) return this.#endLoop(frame, live);
    const hasImplicitWay = frame.kind === Kind.Then;
    if (frame.branches === 0 && frame.arrivals + (live ? 1 : 0) + (hasImplicitWay ? 1 : 0) < 2) {
      return this.#endAlone(frame, live, hasImplicitWay);
    }
    if (live) this.#arrive(frame);
    this.#undo(frame.trail);
    this.#close(frame);
    const { met, values, entry, base, condition } = frame;
    const arrivals = frame.arrivals + (hasImplicitWay ? 1 : 0);
    const gate = frame.doomed ? frame.ways.node : frame.turns.node;
    if (hasImplicitWay) for (let i = 0; i < entry.length; i++) this.#graph.flow(entry[i], values[i]);
    for (const [local, { node, count, same }] of met) {
      const entered = this.#current[local];
      // On all ways it is what it was before the frame.
      if (same === entered) continue;
      if (local >= this.#localCount) this.changed.add(this.#restored[local - this.#localCount]);
      if (count < arrivals) this.#graph.flow(this.#current[local], node);
      this.#graph.flow(gate, node);
      this.#graph.flow(condition, node);
      this.#write(local, node);
    }
    this.#operands.length = base;
    for (const node of values) {
      this.#graph.flow(gate, node);
      this.#graph.flow(condition, node);
      this.#operands.push(node);
    }
    return true;
  }

  /** At most one way leads to the end, and no branch: no condition chose between what locals are. */
  #endAlone(frame: Frame, live: boolean, hasImplicitWay: boolean): boolean {
    if (!live) this.#undo(frame.trail);
    this.#close(frame);
    if (live) return true;
    this.#operands.length = frame.base;
    if (hasImplicitWay) this.#operands.push(...frame.entry);
    else {
      // The arm of an `if` whose `else` does not end here.
      for (const [local, { node }] of frame.met) this.#write(local, node);
      if (frame.arrivals > 0) this.#operands.push(...frame.values);
    }
    return hasImplicitWay || frame.arrivals > 0;
  }

  #endFunction(frame: Frame, live: boolean): boolean {
    if (live) this.#arrive(frame);
    const results = this.#resultsOf(this.#module.importedFunctions + this.#own);
    frame.values.forEach((node, i) => {
      this.#graph.flow(frame.turns.node, node);
      this.#graph.flowAcross(node, results[i]);
    });
    this.#frames.pop();
    return live;
  }

  /** What comes out of a loop depends on its number of turns. */
  #endLoop(frame: Frame, live: boolean): boolean {
    const { heads, values, turns, base, loop } = frame;
    const graph = this.#graph;
    if (frame.arrivals > 1) for (const head of [...heads.values(), ...values]) graph.flow(turns.node, head);
    this.#deciders[this.#own][loop] = turns.node;
    this.#close(frame);
    if (!live) return false;
    const after = (node: number): number => {
      const behind = graph.value();
      graph.flow(node, behind);
      graph.flow(turns.node, behind);
      return behind;
    };
    for (const local of heads.keys()) this.#write(local, after(this.#current[local]));
    for (let i = base; i < this.#operands.length; i++) this.#operands[i] = after(this.#operands[i]);
    return true;
  }

  /** A way out of a frame leads out of part of the one around it, so its conditions decide there too. */
  #close(frame: Frame): void {
    this.#frames.pop();
    const place = this.#frames.length;
    const outer = this.#frames[place - 1];
    for (const gate of ['turns', 'ways'] as const) {
      const { node, out } = frame[gate];
      if (out >= place) continue;
      this.#collect(outer[gate], node);
      this.#collect(outer[gate], frame.condition);
      outer[gate].out = Math.min(outer[gate].out, out);
    }
  }

  #passDead(): void {
    passDead(this.#reader, {
      isInBody: () => this.#frames.length > 0,
      deadElse: () => this.#else(false),
      deadEnd: () => this.#end(false),
    });
  }
}
