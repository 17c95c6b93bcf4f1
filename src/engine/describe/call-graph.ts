/**
 * Who calls whom in a module, with static costs: what each function and each way in reaches, what nothing reaches, recursion, and loops
 * with what decides over them and how deep they are nested. Made from the module alone, so a call through a table may reach every
 * function of its type that is in an element segment.
 *
 * Linear in the module, but for what is reached from each way in, of which `WORK_MAX` is the bound.
 */
import type { MeteredModule } from '../../metering/meter.js';
import type { Module } from '../../wasm/module.js';
import { functionTypeText } from '../../wasm/types.js';
import { type BodyFacts, BodyScan } from './body-scan.js';
import { type LoopFacts, loopFacts } from './loop-facts.js';
import { loopSources } from './loop-sources.js';
import { strongComponents } from './strong-components.js';
import { type TableUse, tableUse } from './table-use.js';

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
  /** From where a function is reached; those are left out of which that is not known. */
  waysTo(functionIndex: number): readonly Pick<WayIn, 'kind' | 'name'>[];
  /** Loops by function as they are nested below a way in alone; none for functions that it does not reach. */
  loopsFrom(wayIn: Pick<WayIn, 'index'>): readonly (readonly LoopFacts[])[];
}

export function callGraph(metered: MeteredModule): CallGraph {
  const { module } = metered;
  const scan = new BodyScan(metered);
  const bodies = Array.from(module.bodyStarts, (_, own) => scan.scan(own));
  const tables = tableUse(module, bodies);
  const graph = new Graph(module, bodies, tables);
  const entries = entriesOf(module);
  // What is referred to by a body is reached with it.
  const always = [...tables.inGlobals, ...(module.start === undefined ? [] : [module.start.functionIndex])];
  const reached = graph.reach([...always, ...tables.inTable, ...entries.map(({ index }) => index)]).visited;
  const callers = new Map<number, number>();
  for (const { calls } of bodies)
    for (const callee of calls.keys()) callers.set(callee, (callers.get(callee) ?? 0) + 1);
  const components = strongComponents(ownCallees(module, bodies));
  const sources = loopSources(metered, bodies, tables);
  const loops = loopFacts(module, bodies, components, sources, undefined);
  let work = 0;
  const waysIn = entries.map((entry) => {
    if (work > WORK_MAX) return { ...entry, reaches: undefined, visited: undefined };
    const { reached: reaches, visited, steps } = graph.reach([entry.index]);
    work += steps;
    return { ...entry, reaches, visited };
  });
  return {
    functions: bodies.map(({ calls, indirectCalls }, own) => {
      const index = module.importedFunctions + own;
      return {
        index,
        calls: ascending(calls).map(([callee, { places }]) => ({ index: callee, places })),
        tableCalls: ascending(indirectCalls).map(([typeIndex, { places }]) => ({
          type: functionTypeText(module.types[typeIndex]),
          places,
          candidates: graph.candidates(typeIndex).length,
        })),
        callers: callers.get(index) ?? 0,
        inTable: tables.inTable.has(index),
        recursive: components.cyclic[components.of[own]] === 1,
        reached: reached[index] === 1,
        loops: loops[own],
      };
    }),
    waysIn: waysIn.map(({ visited, ...way }) => way),
    waysTo: (index) => waysIn.filter(({ visited }) => visited?.[index] === 1).map(({ kind, name }) => ({ kind, name })),
    onlyBy: (names) => {
      const kept = entries.filter(({ kind, name }) => kind === 'start' || !names.has(name)).map(({ index }) => index);
      const left = graph.reach([...always, ...tables.inTable, ...kept]).visited;
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
    loopsFrom: ({ index }) => loopFacts(module, bodies, components, sources, graph.reach([index]).visited),
  };
}

type Bodies = readonly BodyFacts[];

function ascending<T>(byIndex: ReadonlyMap<number, T>): readonly (readonly [number, T])[] {
  return [...byIndex].sort(([a], [b]) => a - b);
}

function entriesOf(module: Module): readonly Omit<WayIn, 'reaches'>[] {
  const exported = module.exports
    .filter(({ kind }) => kind === 'function')
    .map(({ name, index }) => ({ kind: 'export' as const, name, index }));
  if (module.start === undefined) return exported;
  return [...exported, { kind: 'start' as const, name: 'start', index: module.start.functionIndex }];
}

/** What calls lead to, those through tables and references included. */
class Graph {
  readonly #module: Module;
  readonly #bodies: Bodies;
  readonly #tables: TableUse;
  /** Functions in element segments, by the number of their type. */
  readonly #byType: readonly (readonly number[])[];

  constructor(module: Module, bodies: Bodies, tables: TableUse) {
    this.#module = module;
    this.#bodies = bodies;
    this.#tables = tables;
    this.#byType = tables.candidates.map((callees) => callees.filter((callee) => tables.inTable.has(callee)));
  }

  candidates(typeIndex: number): readonly number[] {
    return this.#byType[this.#tables.typeNumber(typeIndex)];
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

/** Whom functions call, by their places among the own functions. */
function ownCallees(module: Module, bodies: Bodies): readonly (readonly number[])[] {
  const first = module.importedFunctions;
  return bodies.map(({ calls }) => [...calls.keys()].filter((callee) => callee >= first).map((at) => at - first));
}
