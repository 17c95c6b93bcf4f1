/** An instance as the engine, the boundary and host functions see it, in any tier. */
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

/** Where a call stopped; reported with the outcome, and never part of a receipt. */
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
  /**
   * Calls a function by its index under the current state of the store's gauge. Returns the results or the sticky
   * outcome.
   */
  invoke(functionIndex: number, args: readonly Bits[]): Outcome;
  /** The first memory, if the module has one. */
  readonly memory: Memory | undefined;
  /**
   * Where the last call of the store stopped, innermost first; empty unless it ended in a trap or exhaustion in this
   * instance. The result is computed on demand, and remains valid whatever the instance does later.
   */
  stopTrace(): () => readonly Frame[];
  /** Whether `Program.reinstantiate` can reuse it; if not, the next call makes another. Read it after a call. */
  readonly isReusable: boolean;
  /** About how many bytes of the host's memory it keeps. */
  readonly heldBytes: number;
  /**
   * Everything that a later instruction could observe. The memory is a view of the instance's memory, the rest are
   * copies.
   */
  state(): InstanceState;
  /** BLAKE2b-256 over memory, globals, tables and dropped segments. */
  stateDigest(): Uint8Array;
  /** Replaces its state with another state of the module; returns false, unchanged, if it cannot. */
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
   * Begins a call that can pause, if the tier supports that; no other call of the store may be in progress.
   * @param inParts whether it will pause, so that each of its parts should be short
   */
  begin?(functionIndex: number, args: readonly Bits[], inParts: boolean): PausableCall;
}

/** A call that runs a part at a time under its store's gauge. Pauses are not observable. */
export interface PausableCall {
  /** Runs until the call ends, or until the next charge after it has used this much fuel: then returns undefined. */
  runFor(fuel: number): Outcome | undefined;
  /** Undoes an exhaustion of fuel, if the call can continue from there, and gives it this much more. */
  extend(fuel: number): boolean;
  /** Ends the call without resuming it. */
  drop(): void;
}
