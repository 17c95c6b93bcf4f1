/**
 * A profile: where the fuel of a call went, by stack of calls. Plain data, the same on every node that has the receipt.
 *
 * Invariant: the sum of `self` over all nodes is the fuel that the receipt has as used, to the unit.
 */
import type { FuelParts } from '../machine/gauge.js';

export const PROFILE_FORMAT = 'assay-profile-1';

/**
 * What a node is of: the call itself (the root), what is charged before it begins, bytes over the boundary, a function of the module, a
 * host function, or what is beyond the bounds of a profile.
 */
export type FrameKind = 'call' | 'instantiate' | 'boundary' | 'guest' | 'host' | 'other';

export interface ProfileFrame {
  readonly kind: FrameKind;
  /** For people: from the name section, an import or an export, with symbols of Rust and C++ as they are written. */
  readonly name: string;
  /** Of a function of the module: its index, imported ones counted. */
  readonly index?: number;
  /** Of a function of the module, where several calls were merged: the module's hash. */
  readonly module?: string;
  /** Where the function's code begins in its source, if the module says. */
  readonly source?: string;
}

/** A stack of calls: a frame on top of the parent's stack. */
export interface ProfileNode {
  /** Index of its frame. */
  readonly frame: number;
  /** Index of its parent, which is smaller; -1 for the root. */
  readonly parent: number;
  /** Fuel paid in the frame itself. */
  readonly self: number;
  /** Fuel of the node and all below it. */
  readonly total: number;
  readonly calls: number;
  /** Calls of it from stacks above which it was open already: their fuel is in it. */
  readonly recursions: number;
  /** Most words of the stack in use when the function was entered. */
  readonly stackWords: number;
  /** Pages by which the memory grew in the frame itself. */
  readonly pages: number;
}

/** Fuel of one source line. */
export interface ProfileLine {
  /** Index of the function's frame. */
  readonly frame: number;
  readonly file: string;
  /** From 1; 0 for code that has no line. */
  readonly line: number;
  readonly fuel: number;
}

/** A metering block that was paid for, or an instruction with charges by data. */
export interface ProfileBlock {
  /** Index of the function's frame. */
  readonly frame: number;
  /** Offset in the module of its first instruction. */
  readonly offset: number;
  readonly fuel: number;
  /** How often it was entered; 0 for charges by data. */
  readonly entries: number;
}

export interface Profile {
  readonly format: typeof PROFILE_FORMAT;
  /** Hash of the module, in hexadecimal; of several the first. */
  readonly module: string;
  readonly export: string;
  /** Calls that are in it: 1, or as many as were merged. */
  readonly runs: number;
  /** Hashes of their receipts, in hexadecimal: the first `RECEIPTS_KEPT`. */
  readonly receipts: readonly string[];
  readonly fuel: { readonly used: number; readonly parts: FuelParts };
  /** Most words that the stack had. */
  readonly stackWords: number;
  /** Most pages that a memory had at the end. */
  readonly pages: number;
  readonly frames: readonly ProfileFrame[];
  /** In preorder: a node's children after it, the most expensive first. */
  readonly nodes: readonly ProfileNode[];
  readonly blocks: readonly ProfileBlock[];
  readonly lines: readonly ProfileLine[];
}

export const RECEIPTS_KEPT = 1_000;
