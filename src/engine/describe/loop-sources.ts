/**
 * What decides the number of turns of a module's loops. Each body is walked once more, and the origins of its values
 * become a `FlowGraph` over all functions: parameters get what calls pass, results what functions return, globals what
 * is written to them.
 *
 * A global that every function restores, like the stack pointer of C and Rust, is followed like an argument of every
 * call: its value is that at the function's entry, shifted by constants.
 *
 * Locals are followed from write to read. Where paths meet, a local that was written on one of them depends on the
 * conditions that chose the path, and after a loop on what decides its turns. Values read from a memory or a table come
 * from memory, and values that may come from outside come from there.
 *
 * Invariant: a loop without sources has the same number of turns at every entry, in every call with any input, unless
 * the call ends within it. Conditions that lead to a trap do not matter, because the call ends there.
 */
import type { MeteredModule } from '../../metering/meter.js';
import type { Module } from '../../wasm/module.js';
import { ValueType } from '../../wasm/types.js';
import { walkBody } from './body-flow.js';
import type { BodyFacts } from './body-scan.js';
import { EVERYTHING, type Source, sourceNames } from './flow-graph.js';
import { ModuleFlows } from './module-flows.js';
import type { TableUse } from './table-use.js';

/** How many mutable globals are checked for being restored by every function. */
const RESTORED_MAX = 4;

export interface LoopSources {
  /** What decides the number of turns, from all origins; empty if all entries have the same number. */
  readonly decidedBy: readonly Source[];
  /** The part of it that does not come through the function's arguments. */
  readonly direct: readonly Source[];
  /** The function's arguments that do, with the origins of what calls pass. */
  readonly byArguments: readonly { readonly index: number; readonly from: readonly Source[] }[];
}

/** @returns for each function of the module, for each loop of `BodyFacts.loops` */
export function loopSources(
  metered: MeteredModule,
  bodies: readonly BodyFacts[],
  tables: TableUse,
): readonly (readonly LoopSources[])[] {
  const { module } = metered;
  const candidates = ownMutableGlobals(module);
  const first = flowsOf(module, bodies, tables, candidates);
  if (first === undefined) return dependOnEverything(bodies);
  if (first.changed.size === 0) return first.solve();
  const restored = candidates.filter((global) => !first.changed.has(global));
  return flowsOf(module, bodies, tables, restored)?.solve() ?? dependOnEverything(bodies);
}

/** All flows of a module; undefined if there are too many. */
function flowsOf(
  module: Module,
  bodies: readonly BodyFacts[],
  tables: TableUse,
  restored: readonly number[],
): ModuleFlows | undefined {
  const flows = new ModuleFlows(module, bodies, tables, restored);
  for (const [own, { hasWritten }] of bodies.entries()) {
    if (flows.isTooMuch() || !hasWritten) return undefined;
    walkBody(flows, own);
  }
  return flows.isTooMuch() ? undefined : flows;
}

function dependOnEverything(bodies: readonly BodyFacts[]): readonly (readonly LoopSources[])[] {
  const decidedBy = sourceNames(EVERYTHING);
  return bodies.map(({ loops }) => loops.map(() => ({ decidedBy, direct: decidedBy, byArguments: [] })));
}

/** Integer globals that only the module's functions can change. */
function ownMutableGlobals(module: Module): readonly number[] {
  const exported = new Set(module.exports.filter(({ kind }) => kind === 'global').map(({ index }) => index));
  return [...module.globals.keys()]
    .filter((index) => index >= module.importedGlobals && !exported.has(index))
    .filter((index) => module.globals[index].mutable && module.globals[index].type === ValueType.I32)
    .slice(0, RESTORED_MAX);
}
