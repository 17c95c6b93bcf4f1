/**
 * The call graph of a module as `assay inspect` shows it, in one form for the terminal, `--json` and `--html`:
 * functions with their static costs, the users of each export, unreachable functions, loops.
 */
import { defined } from '../base/defined.js';
import { ALLOCATE } from '../boundary/byte-abi.js';
import {
  type CallGraph,
  callGraph,
  type GraphFunction,
  type Reached,
  type WayIn,
} from '../engine/describe/call-graph.js';
import type { FunctionListing, ModuleDescription } from '../engine/describe/description.js';
import type { Source } from '../engine/describe/flow-graph.js';
import { dataAmong, isByData, type LoopFacts } from '../engine/describe/loop-facts.js';
import type { LoadedModule } from '../engine/loaded-module.js';
import { frameNames } from '../profile/frame-names.js';
import { type SourceLines, type SourcePlace, sourceLinesOf } from '../profile/source-lines.js';
import { CALLBACKS } from '../zome/callbacks.js';

/** Who may use an export; `nobody` for an export of a zome that no zome host calls or reads. */
export type ExportUse = 'callback' | 'zome function' | 'host' | 'caller' | 'nobody';

export interface ExportUsed {
  readonly kind: string;
  readonly name: string;
  readonly use: ExportUse;
}

export interface ModuleFunction extends FunctionListing, Omit<GraphFunction, 'index'> {
  /** The demangled name. */
  readonly title: string;
}

export interface ModuleGraph {
  readonly functions: readonly ModuleFunction[];
  /** Names of imported functions, by index. */
  readonly imports: readonly string[];
  readonly waysIn: readonly (WayIn & { readonly use: ExportUse })[];
  readonly deadExports: readonly ExportUsed[];
  /** Functions that only dead exports reach. */
  readonly onlyByDead: Reached;
  readonly lines: SourceLines | undefined;
  waysTo: CallGraph['waysTo'];
  loopsFrom: CallGraph['loopsFrom'];
}

/** Exports that a zome host uses, besides callbacks and the memory. */
const HOST_EXPORTS: readonly string[] = [ALLOCATE, '__hc__deallocate_1', '__num_entry_types', '__num_link_types'];
const CALLBACK_EXPORTS: readonly string[] = Object.values(CALLBACKS).flatMap(({ exports }) => [...exports]);
/** The type of functions that take and return bytes. */
const BYTE_TYPE = '(i32, i32) -> (i64)';

/** @param sourceMap JSON of the module's source map, if it is in a separate file */
export function moduleGraph(module: LoadedModule, description: ModuleDescription, sourceMap?: string): ModuleGraph {
  const graph = callGraph(module.metered);
  const nameOf = frameNames(module.metered.module);
  const used = exportsUsed(description);
  const useOf = new Map(used.map(({ name, use }) => [name, use]));
  const deadExports = used.filter(({ use }) => use === 'nobody');
  return {
    functions: graph.functions.map((facts, own) => ({
      ...description.functions[own],
      ...facts,
      title: nameOf(facts.index),
    })),
    imports: Array.from({ length: module.metered.module.importedFunctions }, (_, index) => nameOf(index)),
    waysIn: graph.waysIn.map((way) => ({ ...way, use: way.kind === 'start' ? 'host' : useOf.get(way.name)! })),
    deadExports,
    onlyByDead: graph.onlyBy(new Set(deadExports.map(({ name }) => name))),
    lines: sourceLinesOf(module.metered.module, sourceMap),
    waysTo: (index) => graph.waysTo(index),
    loopsFrom: (way) => graph.loopsFrom(way),
  };
}

/**
 * For a module that takes bytes as zomes do, the callers of exports are known; for others, a caller may use every
 * export.
 */
function exportsUsed({ exports }: ModuleDescription): readonly ExportUsed[] {
  const isZome = exports.some(({ kind, name }) => kind === 'function' && name === ALLOCATE);
  return exports.map(({ kind, name, type }) => ({ kind, name, use: isZome ? useInZome(kind, name, type) : 'caller' }));
}

function useInZome(kind: string, name: string, type: string): ExportUse {
  if (kind === 'memory') return name === 'memory' ? 'host' : 'nobody';
  if (kind !== 'function') return 'nobody';
  if (HOST_EXPORTS.includes(name)) return 'host';
  if (type !== BYTE_TYPE) return 'nobody';
  return CALLBACK_EXPORTS.includes(name) ? 'callback' : 'zome function';
}

/** A loop with its function. */
export interface LoopOfFunction {
  readonly function: ModuleFunction;
  readonly loop: LoopFacts;
}

/**
 * Kinds of loops, by what decides their iterations; `context` means the calls that lead there, and the iteration of an
 * enclosing loop.
 */
export const LOOP_KINDS = ['endless', 'data', 'context', 'constant'] as const;
export type LoopKind = (typeof LOOP_KINDS)[number];

export function loopKind(loop: LoopFacts): LoopKind {
  if (loop.endless) return 'endless';
  if (isByData(loop)) return 'data';
  return loop.decidedBy.length > 0 ? 'context' : 'constant';
}

/**
 * Loops, starting with those that can make fuel grow fastest: first those decided by data, then the most deeply nested
 * in such loops, then those with the most expensive iteration.
 * @param from only loops that this export reaches, with the nesting below it
 * @param find only loops of functions whose names contain this
 */
export function loopsOf(graph: ModuleGraph, from?: Pick<WayIn, 'index'>, find = ''): readonly LoopOfFunction[] {
  const listed = from === undefined ? undefined : graph.loopsFrom(from);
  return graph.functions
    .flatMap((own, i) => (listed?.[i] ?? own.loops).map((loop) => ({ function: own, loop })))
    .filter(({ function: { title } }) => title.includes(find))
    .sort(
      ({ loop: a }, { loop: b }) =>
        Number(isByData(b)) - Number(isByData(a)) ||
        Number(b.endless) - Number(a.endless) ||
        b.degree - a.degree ||
        b.nesting - a.nesting ||
        b.turnCost - a.turnCost ||
        a.offset - b.offset,
    );
}

/** The number of loops of each kind. */
export function loopCounts(loops: readonly LoopOfFunction[]): Readonly<Record<LoopKind, number>> {
  const counts: Record<LoopKind, number> = { endless: 0, data: 0, context: 0, constant: 0 };
  for (const { loop } of loops) counts[loopKind(loop)]++;
  return counts;
}

/** Whether its fuel depends on the guest's input or stored data. */
export function dependsOnData({ loop }: LoopOfFunction): boolean {
  return isByData(loop);
}

/**
 * `memory, argument 1 (host)`: sources that come through the function's arguments are traced to their origins; if data
 * decides, only data is listed.
 */
export function decidedText({ decidedBy, direct, byArguments, endless }: LoopFacts): string {
  if (endless) return 'nothing: endless';
  const given = byArguments.map(
    ({ index, from }) => `argument ${index} (${dataFirst(from).join(', ') || 'constants'})`,
  );
  const shown = isByData({ endless, decidedBy }) ? dataAmong(direct) : direct;
  return [...shown, ...given].join(', ') || 'constants';
}

function dataFirst(sources: readonly Source[]): readonly Source[] {
  const data = dataAmong(sources);
  return data.length > 0 ? data : sources;
}

/** How far after the head of a loop a source line is searched: compilers assign none to `loop` itself. */
const LINE_BYTES = 64;

/** The source position of the first code of a loop, if the module has it. */
function sourceOf({ lines }: ModuleGraph, { offset, end }: LoopFacts): SourcePlace | undefined {
  if (lines === undefined) return undefined;
  let found = lines(offset);
  for (let at = offset + 1; at < Math.min(end, offset + LINE_BYTES) && !(found !== undefined && found.line > 0); at++)
    found = lines(at) ?? found;
  return found;
}

/** `lib.rs:12`, if the module has source positions. */
export function sourceText(graph: ModuleGraph, loop: LoopFacts): string {
  const place = sourceOf(graph, loop);
  return place === undefined ? '' : `${place.file}:${place.line}`;
}

/** The members that `--json` adds to the description of the module. */
export function graphDocument(graph: ModuleGraph): object {
  const { functions, waysIn, deadExports, onlyByDead } = graph;
  return {
    waysIn: waysIn.map(({ reaches, ...way }) => ({ ...way, reaches: reaches ?? null })),
    deadExports,
    onlyByDeadExports: onlyByDead,
    unreached: functions.filter(({ reached }) => !reached).map(({ index }) => index),
    functions: functions.map(({ index, calls, tableCalls, callers, inTable, recursive, loops }) => ({
      index,
      callers,
      inTable,
      recursive,
      calls,
      tableCalls,
      loops: loops.map((loop) => loopDocument(graph, loop)),
    })),
  };
}

function loopDocument(graph: ModuleGraph, loop: LoopFacts): object {
  const source = sourceOf(graph, loop);
  return { kind: loopKind(loop), ...loop, ...defined({ source }) };
}

/** The members that `--json` adds with `--export`: the loops that it reaches, in order. */
export function loopsDocument(graph: ModuleGraph, from: WayIn, loops: readonly LoopOfFunction[]): object {
  return {
    export: from.name,
    counts: loopCounts(loops),
    loops: loops.map(({ function: { index, title }, loop }) => ({
      function: index,
      title,
      ...loopDocument(graph, loop),
    })),
  };
}
