/** Where lines are kept: a trie for each key. In memory (`memory-lines.ts`), on disk (`disk-lines.ts`). */
import type { Node } from './trie.js';

export interface Line {
  readonly root: Node;
  /** The last writer; undefined: this memo itself. */
  readonly writer: string | undefined;
  /** What a hit saves: the fuel of the most expensive leaf. */
  readonly fuel: number;
}

export interface LineStore {
  get(key: string): Line | undefined;
  put(key: string, line: Line): void;
  delete(key: string): void;
  /** Deletes all lines of a writer, and returns how many. */
  deleteOf(writer: string): number;
  readonly count: number;
  readonly bytes: number;
  /** Lines that could not be read or written; this does not fail a validation. */
  readonly failures: number;
  /** Writes pending lines, and closes the store. */
  close(): void;
}
