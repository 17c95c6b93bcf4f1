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
import type { Module } from '../../wasm/module.js';
import { ValueType } from '../../wasm/types.js';
import { walkBody } from './body-flow.js';
import type { BodyFacts } from './body-scan.js';
import { EVERYTHING, type Source, sourceNames } from './flow-graph.js';
import { ModuleFlows } from './module-flows.js';
import type { TableUse } from './table-use.js';

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

/** @returns by own function, by loop of `BodyFacts.loops` */
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

/** All flows of a module; undefined if they would become too many. */
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

/** Globals of integers that nothing but the module's functions can change. */
function ownMutableGlobals(module: Module): readonly number[] {
  const exported = new Set(module.exports.filter(({ kind }) => kind === 'global').map(({ index }) => index));
  return [...module.globals.keys()]
    .filter((index) => index >= module.importedGlobals && !exported.has(index))
    .filter((index) => module.globals[index].mutable && module.globals[index].type === ValueType.I32)
    .slice(0, RESTORED_MAX);
}
