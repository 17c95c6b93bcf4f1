/** Fuel by frame, over all stacks. */
import type { Profile, ProfileFrame } from './profile.js';

export interface FunctionRow {
  readonly frame: ProfileFrame;
  readonly self: number;
  /** Including callees. A frame that is already open is counted once. */
  readonly total: number;
  /** Recursive calls included. */
  readonly calls: number;
  /** Highest number of stack words in use when it was entered. */
  readonly stackWords: number;
  /** Pages by which it grew the memory. */
  readonly pages: number;
}

/** A row for each frame that is in a stack, except the root's, in the order of `frames`. */
export function functionTable({ frames, nodes }: Profile): readonly FunctionRow[] {
  const isOpen = new Set(nodes.map(({ frame }) => frame));
  const rows = frames.map((frame) => ({ frame, self: 0, total: 0, calls: 0, stackWords: 0, pages: 0 }));
  for (const node of nodes) {
    const row = rows[node.frame];
    row.self += node.self;
    row.total += node.total;
    row.calls += node.calls + node.recursions;
    row.stackWords = Math.max(row.stackWords, node.stackWords);
    row.pages += node.pages;
  }
  return rows.filter(({ frame }, i) => frame.kind !== 'call' && isOpen.has(i));
}
