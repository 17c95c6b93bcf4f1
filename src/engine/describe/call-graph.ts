/**
 * Who calls whom in a module, with static costs: what each function and each way in reaches, what nothing reaches, recursion, loops.
 * Made from the module alone, so a call through a table may reach every function of its type that is in an element segment.
 *
 * Linear in the module, but for what is reached from each way in, of which `WORK_MAX` is the bound.
 */
import type { MeteredModule } from '../../metering/meter.js';
import { InstructionReader } from '../../wasm/instruction-reader.js';
import type { Module } from '../../wasm/module.js';
import { Opcode } from '../../wasm/opcode.js';
import { skipImmediates } from '../../wasm/skip-immediates.js';
import { functionTypeText } from '../../wasm/types.js';
import { BodyScan, type LoopFacts } from './body-scan.js';

/** Steps of all walks from the ways in together; a way in that is beyond them has no figures. */
const WORK_MAX = 50_000_000;

export interface CalledFunction {
  readonly index: number;
  /** Places in the caller from which it is called. */
  readonly places: number;
}

export interface TableCall {
  readonly type: string;
  readonly places: number;
  /** Functions of that type that are in an element segment. */
  readonly candidates: number;
}

export interface GraphFunction {
  readonly index: number;
  /** By index, ascending. */
  readonly calls: readonly CalledFunction[];
  readonly tableCalls: readonly TableCall[];
  /** Functions that call it, tables left out. */
  readonly callers: number;
  readonly inTable: boolean;
  /** It calls itself, by itself or by others; calls through a table left out. */
  readonly recursive: boolean;
  /** An export, the start function, an element segment or a reference to it reaches it. */
  readonly reached: boolean;
  readonly loops: readonly LoopFacts[];
}

/** From where a module is entered. */
export interface WayIn {
  readonly kind: 'export' | 'start';
  readonly name: string;
  readonly index: number;
  /** What it reaches of the module's own functions: undefined where finding it out takes too long. */
  readonly reaches: Reached | undefined;
}

export interface Reached {
  readonly functions: number;
  readonly bodyBytes: number;
}

export interface CallGraph {
  /** The module's own functions. */
  readonly functions: readonly GraphFunction[];
  readonly waysIn: readonly WayIn[];
  /** What only these exports reach: what a module without them would not need. */
  onlyBy(names: ReadonlySet<string>): Reached;
}

export function callGraph(metered: MeteredModule): CallGraph {
  const { module } = metered;
  const scan = new BodyScan(metered);
  const bodies = Array.from(module.bodyStarts, (_, own) => scan.scan(own));
  const inTable = tableFunctions(module);
  const graph = new Graph(module, bodies, inTable);
  const entries = entriesOf(module);
  // What is referred to by a body is reached with it.
  const always = [...globalReferences(module), ...(module.start === undefined ? [] : [module.start.functionIndex])];
  const reached = graph.reach([...always, ...inTable, ...entries.map(({ index }) => index)]).visited;
  const callers = new Map<number, number>();
  for (const { calls } of bodies)
    for (const callee of calls.keys()) callers.set(callee, (callers.get(callee) ?? 0) + 1);
  const recursive = recursiveFunctions(module, bodies);
  let work = 0;
  return {
    functions: bodies.map(({ calls, indirectCalls, loops }, own) => {
      const index = module.importedFunctions + own;
      return {
        index,
        calls: ascending(calls).map(([callee, places]) => ({ index: callee, places })),
        tableCalls: ascending(indirectCalls).map(([typeIndex, places]) => ({
          type: functionTypeText(module.types[typeIndex]),
          places,
          candidates: graph.candidates(typeIndex).length,
        })),
        callers: callers.get(index) ?? 0,
        inTable: inTable.has(index),
        recursive: recursive.has(index),
        reached: reached[index] === 1,
        loops,
      };
    }),
    waysIn: entries.map((entry) => {
      if (work > WORK_MAX) return { ...entry, reaches: undefined };
      const found = graph.reach([entry.index]);
      work += found.steps;
      return { ...entry, reaches: found.reached };
    }),
    onlyBy: (names) => {
      const kept = entries.filter(({ kind, name }) => kind === 'start' || !names.has(name)).map(({ index }) => index);
      const left = graph.reach([...always, ...inTable, ...kept]).visited;
      let functions = 0;
      let bodyBytes = 0;
      bodies.forEach((_, own) => {
        const index = module.importedFunctions + own;
        if (reached[index] === 0 || left[index] === 1) return;
        functions++;
        bodyBytes += module.bodyEnds[own] - module.bodyStarts[own];
      });
      return { functions, bodyBytes };
    },
  };
}

type Bodies = readonly ReturnType<BodyScan['scan']>[];

function ascending(counts: ReadonlyMap<number, number>): readonly (readonly [number, number])[] {
  return [...counts].sort(([a], [b]) => a - b);
}

function entriesOf(module: Module): readonly Omit<WayIn, 'reaches'>[] {
  const exported = module.exports
    .filter(({ kind }) => kind === 'function')
    .map(({ name, index }) => ({ kind: 'export' as const, name, index }));
  if (module.start === undefined) return exported;
  return [...exported, { kind: 'start' as const, name: 'start', index: module.start.functionIndex }];
}

/** Functions that an element segment puts into a table, or may: by index or in an expression. */
function tableFunctions(module: Module): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { mode, functions, expressions } of module.elements) {
    if (mode === 'declarative') continue;
    for (const index of functions ?? []) found.add(index);
    for (const start of expressions ?? []) addReferences(module, start, found);
  }
  return found;
}

function globalReferences(module: Module): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { init } of module.globalDefinitions) addReferences(module, init.start, found);
  return found;
}

function addReferences(module: Module, start: number, found: Set<number>): void {
  const reader = new InstructionReader(module.bytes, start);
  for (let opcode = reader.opcode(); opcode !== Opcode.End; opcode = reader.opcode()) {
    if (opcode === Opcode.RefFunc) found.add(reader.u32());
    else skipImmediates(reader, opcode);
  }
}

/** What calls lead to, those through tables and references included. */
class Graph {
  readonly #module: Module;
  readonly #bodies: Bodies;
  /** Functions in element segments, by the text of their type: a type may be there twice. */
  readonly #byType = new Map<string, number[]>();

  constructor(module: Module, bodies: Bodies, inTable: ReadonlySet<number>) {
    this.#module = module;
    this.#bodies = bodies;
    for (const index of inTable) {
      const type = functionTypeText(module.types[module.functionTypes[index]]);
      const known = this.#byType.get(type);
      if (known === undefined) this.#byType.set(type, [index]);
      else known.push(index);
    }
  }

  candidates(typeIndex: number): readonly number[] {
    return this.#byType.get(functionTypeText(this.#module.types[typeIndex])) ?? [];
  }

  reach(roots: readonly number[]): { readonly visited: Uint8Array; readonly reached: Reached; readonly steps: number } {
    const module = this.#module;
    const visited = new Uint8Array(module.functionTypes.length);
    const types = new Set<number>();
    const open: number[] = [];
    let functions = 0;
    let bodyBytes = 0;
    let steps = visited.length;
    const visit = (index: number): void => {
      steps++;
      if (visited[index] === 1) return;
      visited[index] = 1;
      if (index < module.importedFunctions) return;
      const own = index - module.importedFunctions;
      functions++;
      bodyBytes += module.bodyEnds[own] - module.bodyStarts[own];
      open.push(own);
    };
    for (const root of roots) visit(root);
    for (let own = open.pop(); own !== undefined; own = open.pop()) {
      const { calls, indirectCalls, references } = this.#bodies[own];
      for (const callee of calls.keys()) visit(callee);
      for (const reference of references) visit(reference);
      for (const type of indirectCalls.keys()) {
        if (types.has(type)) continue;
        types.add(type);
        for (const candidate of this.candidates(type)) visit(candidate);
      }
    }
    return { visited, reached: { functions, bodyBytes }, steps };
  }
}

/** Functions on a cycle of direct calls: strongly connected components (Tarjan), without recursion of ours. */
function recursiveFunctions(module: Module, bodies: Bodies): ReadonlySet<number> {
  const first = module.importedFunctions;
  const callees = bodies.map(({ calls }) =>
    [...calls.keys()].filter((callee) => callee >= first).map((at) => at - first),
  );
  const found = new Set<number>();
  const numbers = new Int32Array(bodies.length).fill(-1);
  const lows = new Int32Array(bodies.length);
  const onStack = new Uint8Array(bodies.length);
  const stack: number[] = [];
  let next = 0;
  for (let root = 0; root < bodies.length; root++) {
    if (numbers[root] >= 0) continue;
    const open: { readonly own: number; at: number }[] = [{ own: root, at: 0 }];
    while (open.length > 0) {
      const frame = open[open.length - 1];
      const { own } = frame;
      if (frame.at === 0 && numbers[own] < 0) {
        numbers[own] = lows[own] = next++;
        stack.push(own);
        onStack[own] = 1;
      }
      const callee = callees[own][frame.at++];
      if (callee === undefined) {
        open.pop();
        const caller = open.at(-1)?.own;
        if (caller !== undefined) lows[caller] = Math.min(lows[caller], lows[own]);
        if (lows[own] === numbers[own]) takeComponent(own);
      } else if (numbers[callee] < 0) open.push({ own: callee, at: 0 });
      else if (onStack[callee] === 1) lows[own] = Math.min(lows[own], numbers[callee]);
    }
  }
  return found;

  function takeComponent(root: number): void {
    const component = stack.splice(stack.lastIndexOf(root));
    for (const own of component) onStack[own] = 0;
    const isCycle = component.length > 1 || callees[root].includes(root);
    if (isCycle) for (const own of component) found.add(own + first);
  }
}
