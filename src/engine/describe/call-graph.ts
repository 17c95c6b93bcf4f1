/**
 * The call graph of a module, with static costs: what each function and each entry point reaches, unreachable
 * functions, recursion, and loops with what decides their turns and how deep they are nested. It is made from the
 * module alone, so a call through a table may reach every function of its type that is in an element segment.
 *
 * Linear in the module, except for what is reached from each entry point, which `WORK_MAX` bounds.
 */
import type { MeteredModule } from '../../metering/meter.js';
import type { Module } from '../../wasm/module.js';
import { functionTypeText } from '../../wasm/types.js';
import { type BodyFacts, BodyScan } from './body-scan.js';
import { type LoopFacts, loopFacts } from './loop-facts.js';
import { loopSources } from './loop-sources.js';
import { strongComponents } from './strong-components.js';
import { type TableUse, tableUse } from './table-use.js';

/** Most steps of all walks from entry points together; an entry point beyond that has no figures. */
const WORK_MAX = 50_000_000;

export interface CalledFunction {
  readonly index: number;
  /** Number of places in the caller that call it. */
  readonly places: number;
}

export interface TableCall {
  readonly type: string;
  readonly places: number;
  /** Number of functions of that type in element segments. */
  readonly candidates: number;
}

export interface GraphFunction {
  readonly index: number;
  /** By index, ascending. */
  readonly calls: readonly CalledFunction[];
  readonly tableCalls: readonly TableCall[];
  /** Number of functions that call it, except through tables. */
  readonly callers: number;
  readonly inTable: boolean;
  /** Whether it calls itself, directly or through others, except through tables. */
  readonly recursive: boolean;
  /** Whether an export, the start function, an element segment or a reference reaches it. */
  readonly reached: boolean;
  readonly loops: readonly LoopFacts[];
}

/** An entry point of a module. */
export interface WayIn {
  readonly kind: 'export' | 'start';
  readonly name: string;
  readonly index: number;
  /** Which of the module's functions it reaches; undefined if computing that takes too long. */
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
  /** What only these exports reach, which a module without them would not need. */
  onlyBy(names: ReadonlySet<string>): Reached;
  /** The entry points that reach a function, without those for which that is unknown. */
  waysTo(functionIndex: number): readonly Pick<WayIn, 'kind' | 'name'>[];
  /** Loops by function, with their nesting below one entry point; none for functions that it does not reach. */
  loopsFrom(wayIn: Pick<WayIn, 'index'>): readonly (readonly LoopFacts[])[];
}

export function callGraph(metered: MeteredModule): CallGraph {
  const { module } = metered;
  const scan = new BodyScan(metered);
  const bodies = Array.from(module.bodyStarts, (_, own) => scan.scan(own));
  const tables = tableUse(module, bodies);
  const graph = new Graph(module, bodies, tables);
  const entries = entriesOf(module);
  // Functions to which a body refers are reached with it.
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

/** Where calls lead, including those through tables and references. */
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

/** The callees of functions, as indices among the module's functions. */
function ownCallees(module: Module, bodies: Bodies): readonly (readonly number[])[] {
  const first = module.importedFunctions;
  return bodies.map(({ calls }) => [...calls.keys()].filter((callee) => callee >= first).map((at) => at - first));
}
