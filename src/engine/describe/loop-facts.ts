/**
 * The loops of a module as they are reported: what decides over each, and how deep it is nested, across calls. A loop in a function
 * that a loop calls is nested in it; recursion counts as a loop around what is on its cycle. Calls through tables are left out of nesting,
 * since each may reach every function of its type.
 */
import type { Module } from '../../wasm/module.js';
import type { BodyFacts } from './body-scan.js';
import type { Source } from './flow-graph.js';
import type { LoopSources } from './loop-sources.js';
import type { Components } from './strong-components.js';

/** Loops around a place in the code, across calls. */
interface Nesting {
  /** Loops of any kind, and cycles of calls. */
  readonly loops: number;
  /** Those of them over which data decides. */
  readonly data: number;
}

const NOT_NESTED: Nesting = { loops: 0, data: 0 };

export interface LoopFacts extends LoopSources {
  /** Of the instruction `loop` in the module, and behind its `end`. */
  readonly offset: number;
  readonly end: number;
  /** Loops around it in its function. */
  readonly depth: number;
  /** Loops around it, with those that its callers call it from. */
  readonly nesting: number;
  /** Loops over whose turns data decides, among it and those around it: fuel may grow with the data to this power. */
  readonly degree: number;
  /** Static charge of the instructions in it, each once, without those of the loops in it. */
  readonly turnCost: number;
  /** Calls in it, without those of the loops in it. */
  readonly calls: number;
  /** Nothing leads out of it but a trap or the end of the fuel. */
  readonly endless: boolean;
}

/** What is fixed by the code: which of its constants it is, the way there decides. */
const FIXED: readonly Source[] = ['caller', 'turn'];

/** Whether what the module is given, or has stored, decides over the turns of a loop. */
export function isByData({ endless, decidedBy }: Pick<LoopFacts, 'endless' | 'decidedBy'>): boolean {
  return endless || dataAmong(decidedBy).length > 0;
}

export function dataAmong(sources: readonly Source[]): readonly Source[] {
  return sources.filter((source) => !FIXED.includes(source));
}

/**
 * @param within functions, by index, that callers are among and whose loops are listed; all if undefined
 * @returns by own function
 */
export function loopFacts(
  module: Module,
  bodies: readonly BodyFacts[],
  components: Components,
  sources: readonly (readonly LoopSources[])[],
  within: Uint8Array | undefined,
): readonly (readonly LoopFacts[])[] {
  const inner = bodies.map(({ loops }, own) => nestingOf(loops, sources[own]));
  const outer = nestingOfFunctions(module, bodies, components, inner, within);
  return bodies.map(({ loops }, own) => {
    if (within !== undefined && within[module.importedFunctions + own] === 0) return [];
    const around = outer[components.of[own]];
    return loops.flatMap(({ offset, end, depth, turnCost, calls, endless, again }, loop) => {
      if (!again) return [];
      const { loops: nested, data } = inner[own][loop];
      const nesting = around.loops + nested - 1;
      return [
        { offset, end, depth, nesting, degree: around.data + data, turnCost, calls, endless, ...sources[own][loop] },
      ];
    });
  });
}

/** Of the code in each loop of a function, within the function. */
function nestingOf(loops: BodyFacts['loops'], sources: readonly LoopSources[]): readonly Nesting[] {
  const found: Nesting[] = [];
  loops.forEach(({ parent, again, endless }, loop) => {
    const around = parent < 0 ? NOT_NESTED : found[parent];
    const { decidedBy } = sources[loop];
    found.push(
      again ? { loops: around.loops + 1, data: around.data + (isByData({ endless, decidedBy }) ? 1 : 0) } : around,
    );
  });
  return found;
}

/** Of the code of functions, by component: callers come before those that they call. */
function nestingOfFunctions(
  module: Module,
  bodies: readonly BodyFacts[],
  { of, count, cyclic }: Components,
  inner: readonly (readonly Nesting[])[],
  within: Uint8Array | undefined,
): readonly Nesting[] {
  const first = module.importedFunctions;
  const members: number[][] = Array.from({ length: count }, () => []);
  bodies.forEach((_, own) => {
    if (within === undefined || within[first + own] === 1) members[of[own]].push(own);
  });
  const found: Nesting[] = new Array<Nesting>(count).fill(NOT_NESTED);
  const deeper = (a: Nesting, b: Nesting): Nesting => ({
    loops: Math.max(a.loops, b.loops),
    data: Math.max(a.data, b.data),
  });
  for (let component = count - 1; component >= 0; component--) {
    const calls = members[component].flatMap((own) =>
      [...bodies[own].calls].flatMap(([callee, { loops }]) =>
        callee < first
          ? []
          : [...loops].map((loop) => ({ to: of[callee - first], at: loop < 0 ? NOT_NESTED : inner[own][loop] })),
      ),
    );
    if (cyclic[component] === 1) {
      const round = calls.filter(({ to }) => to === component).map(({ at }) => at);
      const { loops, data } = round.reduce(deeper, NOT_NESTED);
      found[component] = { loops: found[component].loops + loops + 1, data: found[component].data + data + 1 };
    }
    for (const { to, at } of calls) {
      if (to === component) continue;
      const around = found[component];
      found[to] = deeper(found[to], { loops: around.loops + at.loops, data: around.data + at.data });
    }
  }
  return found;
}
