/** An instance as the engine, the boundary and host functions see it, whichever tier runs it. */
import type { MeteredModule } from '../metering/meter.js';
import type { FunctionInstance } from './function-instance.js';
import type { Global } from './global.js';
import type { Memory } from './memory.js';
import type { Bits, Outcome } from './outcome.js';
import type { InstanceState } from './state-digest.js';
import type { Store } from './store.js';
import type { Table } from './table.js';

/** What a module gets for its imports, in their order. */
export type ExternValue =
  | { readonly kind: 'function'; readonly function: FunctionInstance }
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'memory'; readonly memory: Memory }
  | { readonly kind: 'global'; readonly global: Global };

/** Where a call stopped, reported beside the outcome: never part of a receipt. */
export interface Frame {
  readonly functionIndex: number;
  /** Name from the name section or an export, if there is one. */
  readonly name: string | undefined;
  /** Offset in the module of the instruction. */
  readonly offset: number;
}

export interface GuestInstance {
  readonly store: Store;
  readonly metered: MeteredModule;
  /** The exported item of a name. */
  exported(name: string): ExternValue | undefined;
  /** Calls a function by its index under the store's gauge, as it is. The results or the sticky outcome. */
  invoke(functionIndex: number, args: readonly Bits[]): Outcome;
  /** The first memory, if the module has one. */
  readonly memory: Memory | undefined;
  /**
   * Where the last call of the store stopped, innermost first; empty unless it ended in a trap or exhaustion in this
   * instance. The result is computed when it is requested, and holds whatever the instance does later.
   */
  stopTrace(): () => readonly Frame[];
  /** Whether `Program.reinstantiate` can have it; if not, the next call makes another. To be asked after a call. */
  readonly isReusable: boolean;
  /** Bytes of the host's memory that it keeps, about. */
  readonly heldBytes: number;
  /** All that a later instruction could see. The memory is a view of the instance's own, the rest copies. */
  state(): InstanceState;
  /** BLAKE2b-256 over memory, globals, tables and dropped segments. */
  stateDigest(): Uint8Array;
  /** Takes a state of the module in place of its own, whatever it was; false if it cannot, and is as it was. */
  takeState(state: InstanceState): boolean;
  /** Length of a table of the index space. */
  tableLength(table: number): number;
  /** An element as a state has it (`InstanceState`); the caller has checked the bounds. */
  tableElement(table: number, at: number): number;
  setTableElement(table: number, at: number, element: number): void;
  /** The rule of `table.grow`. */
  canGrowTable(table: number, delta: number): boolean;
  /** Grows as the rule has allowed. */
  growTable(table: number, delta: number, element: number): void;
  // Of a store with several instances: references are handles of the store, which all of them share.
  /** A function of the index space. */
  functionAt(index: number): FunctionInstance;
  /** Bits of a global of the module's own. */
  globalBits(index: number): Bits;
  setGlobalBits(index: number, bits: Bits): void;
  /** An element; the caller has checked the bounds. */
  tableHandle(table: number, at: number): number;
  setTableHandle(table: number, at: number, handle: number): void;
  /** A byte for each segment: 1 if it is dropped. */
  droppedSegments(kind: 'data' | 'element'): Uint8Array;
  /**
   * Begins a call that can pause, if the tier has such; no other call of the store may be in progress.
   * @param inParts whether it will, so that each of its parts should be short
   */
  begin?(functionIndex: number, args: readonly Bits[], inParts: boolean): PausableCall;
}

/** A call that runs a part at a time under its store's gauge. Pauses show in nothing. */
export interface PausableCall {
  /** Runs until the call is over, or has used so much fuel and is at the next charge: undefined. */
  runFor(fuel: number): Outcome | undefined;
  /** Takes back that the fuel was used up, if the call can continue from there, and lets it use so much more. */
  extend(fuel: number): boolean;
  /** The call is not resumed. */
  drop(): void;
}
