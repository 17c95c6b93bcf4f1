/**
 * Whether a state that comes from outside is one that an instance of the module could be in: what a tier takes for granted of its own
 * states. Linear in state and module. docs/SEMANTICS.md, section 10.
 */
import { hash } from '../base/hash.js';
import { sameBytes } from '../base/same-bytes.js';
import { isConstant } from '../engine/imports/host-import.js';
import { bitsOfValue } from '../engine/imports/typed-values.js';
import { referredFunctions } from '../instrumented/rewrite.js';
import { evaluateConstant } from '../machine/constant-expression.js';
import { isWide } from '../machine/global.js';
import type { Bits } from '../machine/outcome.js';
import type { InstanceState } from '../machine/state-digest.js';
import type { Module } from '../wasm/module.js';
import { isReferenceType, ValueType } from '../wasm/types.js';
import type { SessionModule } from './session-module.js';
import type { Snapshot } from './snapshot.js';

/** Why a session cannot be opened from a snapshot. Closed. */
export type StateFaultCode =
  /** the snapshot is of another module */
  | 'other-module'
  /** the imported constants differ */
  | 'other-constants'
  /** the module imports a memory, a table or a mutable global */
  | 'shared-state'
  /** fewer pages than the memory's initial size, or more than its maximum */
  | 'page-count'
  /** the number of globals, tables or segments differs from the module's */
  | 'item-count'
  /** bits that the global's type does not have, or an immutable global with another value */
  | 'global-value'
  /** fewer elements than the table's initial size, or more than its maximum */
  | 'table-length'
  /** an element that is neither null nor a function that the module refers to */
  | 'element'
  /** a segment that the instantiation drops is not dropped */
  | 'segment';

/** @internal The first thing in a snapshot that is impossible for an instance of the module. */
export function stateFault({ called, linkage }: SessionModule, snapshot: Snapshot): StateFaultCode | undefined {
  const { module } = called.metered;
  const { state } = snapshot;
  if (!sameBytes(snapshot.module, called.hash)) return 'other-module';
  if (!sameBytes(snapshot.constants, hash(linkage.constants))) return 'other-constants';
  const shared = module.importedMemories + module.importedTables;
  if (shared > 0) return 'shared-state';
  if (!fitsMemory(module, state.pages, called.limits.pages)) return 'page-count';
  const counts = [
    [state.globals.length, 2 * module.globalDefinitions.length],
    [state.tables.length, module.tables.length],
    [state.droppedData.length, module.data.length],
    [state.droppedElements.length, module.elements.length],
  ];
  if (counts.some(([given, wanted]) => given !== wanted)) return 'item-count';
  const referred = new Set(referredFunctions(module));
  const constants = linkage.rows.filter(isConstant).map(({ value }) => bitsOfValue(value));
  if (!globalsFit(module, state, referred, constants)) return 'global-value';
  return (
    tableFault(module, state, referred, called.limits.tableElements) ??
    segmentFault(module, state.droppedData, state.droppedElements)
  );
}

/** Whether the first memory can have this many pages; none if there is no memory. */
export function fitsMemory({ memories }: Module, pages: number, pagesCap: number): boolean {
  const [memory] = memories;
  if (memory === undefined) return pages === 0;
  return pages >= memory.min && pages <= Math.min(memory.max ?? pagesCap, pagesCap);
}

function globalsFit(
  module: Module,
  { globals }: InstanceState,
  referred: ReadonlySet<number>,
  constants: readonly Bits[],
): boolean {
  // Functions count from 1, as in the state.
  const values: Bits[] = [...constants];
  return module.globalDefinitions.every(({ init }, i) => {
    const { type, mutable } = module.globals[module.importedGlobals + i];
    const [low, high] = [globals[2 * i], globals[2 * i + 1]];
    const first = evaluateConstant(module, init, {
      globalBits: (index) => values[index],
      functionHandle: (index) => index + 1,
    });
    values.push(first);
    if (!isWide(type) && high !== 0) return false;
    if (!mutable) return sameBits(first, low, high);
    if (!isReferenceType(type)) return true;
    return low === 0 || (type === ValueType.FuncRef && referred.has((low >>> 0) - 1));
  });
}

/** Whether two halves are these bits. */
export function sameBits(bits: Bits, low: number, high: number): boolean {
  const given = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  return BigInt.asUintN(typeof bits === 'bigint' ? 64 : 32, BigInt(bits)) === given;
}

function tableFault(
  { tables }: Module,
  state: InstanceState,
  referred: ReadonlySet<number>,
  elementsCap: number,
): StateFaultCode | undefined {
  const elements = state.tables.reduce((sum, { length }) => sum + length, 0);
  if (elements > elementsCap) return 'table-length';
  for (let i = 0; i < tables.length; i++) {
    const { min, max, type } = tables[i];
    const given = state.tables[i];
    if (given.length < min || given.length > (max ?? given.length)) return 'table-length';
    const isFunctions = type === ValueType.FuncRef;
    if (!given.every((element) => element === 0 || (isFunctions && referred.has(element - 1)))) return 'element';
  }
  return undefined;
}

/** Segments that an instantiation drops. */
export function segmentFault(
  module: Module,
  droppedData: Uint8Array,
  droppedElements: Uint8Array,
): 'segment' | undefined {
  const isKept = (modes: readonly { readonly mode: string }[], dropped: Uint8Array) =>
    modes.some(({ mode }, i) => mode !== 'passive' && dropped[i] === 0);
  return isKept(module.data, droppedData) || isKept(module.elements, droppedElements) ? 'segment' : undefined;
}
