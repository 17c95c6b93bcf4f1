/**
 * The call graph of a module as `assay inspect` shows it, in one form for the terminal, for `--json` and for `--html`: functions with
 * their static costs, by whom each export is used, what nothing reaches, loops.
 */
import { ALLOCATE } from '../boundary/byte-abi.js';
import { callGraph, type GraphFunction, type Reached, type WayIn } from '../engine/describe/call-graph.js';
import type { FunctionListing, ModuleDescription } from '../engine/describe/description.js';
import type { LoadedModule } from '../engine/loaded-module.js';
import { frameNames } from '../profile/frame-names.js';
import { CALLBACKS } from '../zome/callbacks.js';

/** Who may use an export; `nobody` for one of a zome that no host of zomes calls or reads. */
export type ExportUse = 'callback' | 'zome function' | 'host' | 'caller' | 'nobody';

export interface ExportUsed {
  readonly kind: string;
  readonly name: string;
  readonly use: ExportUse;
}

export interface ModuleFunction extends FunctionListing, Omit<GraphFunction, 'index'> {
  /** The name as people write it. */
  readonly title: string;
}

export interface ModuleGraph {
  readonly functions: readonly ModuleFunction[];
  /** Of functions that are imported, by index. */
  readonly imports: readonly string[];
  readonly waysIn: readonly (WayIn & { readonly use: ExportUse })[];
  readonly deadExports: readonly ExportUsed[];
  /** What only dead exports reach. */
  readonly onlyByDead: Reached;
}

/** Exports that a host of zomes uses, beside callbacks and the memory. */
const HOST_EXPORTS: readonly string[] = [ALLOCATE, '__hc__deallocate_1', '__num_entry_types', '__num_link_types'];
const CALLBACK_EXPORTS: readonly string[] = Object.values(CALLBACKS).flatMap(({ exports }) => [...exports]);
/** The type of what takes and returns bytes. */
const BYTE_TYPE = '(i32, i32) -> (i64)';

export function moduleGraph(module: LoadedModule, description: ModuleDescription): ModuleGraph {
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
  };
}

/** Of a module that takes bytes as zomes do it is known who calls what; of another a caller may use every export. */
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

/** A loop with the function it is in. */
export interface LoopOfFunction {
  readonly function: ModuleFunction;
  readonly loop: GraphFunction['loops'][number];
}

/** All loops, those whose turn costs most first. */
export function loopsOf({ functions }: ModuleGraph): readonly LoopOfFunction[] {
  return functions
    .flatMap((own) => own.loops.map((loop) => ({ function: own, loop })))
    .sort((a, b) => b.loop.turnCost - a.loop.turnCost || a.loop.offset - b.loop.offset);
}

/** Whether its fuel depends on what the guest is given or has stored: not one that only constants decide over. */
export function dependsOnData({ loop }: LoopOfFunction): boolean {
  return loop.endless || loop.decidedBy.length > 0;
}

export function decidedText({ decidedBy, endless }: LoopOfFunction['loop']): string {
  return endless ? 'nothing: endless' : decidedBy.join(', ') || 'constants';
}

/** What `--json` has beside the description of the module. */
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
      loops,
    })),
  };
}
