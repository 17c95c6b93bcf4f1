/**
 * A profile: where the fuel of a call went, by call stack. It is plain data, and the same on every node with the same
 * receipt.
 *
 * Invariant: the sum of `self` over all nodes is exactly the used fuel in the receipt.
 */
import type { FuelParts } from '../machine/gauge.js';

export const PROFILE_FORMAT = 'assay-profile-1';

/**
 * The kind of a node: the call itself (the root), the instantiation, bytes across the boundary, a function of the
 * module, a host function, or everything beyond the bounds of a profile.
 */
export type FrameKind = 'call' | 'instantiate' | 'boundary' | 'guest' | 'host' | 'other';

export interface ProfileFrame {
  readonly kind: FrameKind;
  /** For people: from the name section, an import or an export, with symbols of Rust and C++ demangled. */
  readonly name: string;
  /** For a function of the module: its index, including imported ones. */
  readonly index?: number;
  /** For a function of the module, if several calls were merged: the module's hash. */
  readonly module?: string;
  /** Where the function's code begins in its source, if the module has that. */
  readonly source?: string;
}

/** A call stack: a frame on top of the parent's stack. */
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
  /** Recursive calls of it, whose fuel is included. */
  readonly recursions: number;
  /** Highest number of stack words in use when the function was entered. */
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

/** A metering block that was paid, or an instruction with charges by data. */
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
  /** Hash of the module, in hexadecimal; of the first if there are several. */
  readonly module: string;
  readonly export: string;
  /** Number of calls: 1, or as many as were merged. */
  readonly runs: number;
  /** Hashes of their receipts, in hexadecimal: the first `RECEIPTS_KEPT`. */
  readonly receipts: readonly string[];
  readonly fuel: { readonly used: number; readonly parts: FuelParts };
  /** Highest number of stack words. */
  readonly stackWords: number;
  /** Highest number of pages of a memory at the end. */
  readonly pages: number;
  readonly frames: readonly ProfileFrame[];
  /** In preorder: a node's children after it, the most expensive first. */
  readonly nodes: readonly ProfileNode[];
  readonly blocks: readonly ProfileBlock[];
  readonly lines: readonly ProfileLine[];
}

export const RECEIPTS_KEPT = 1_000;
