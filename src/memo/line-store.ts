/** Where lines are kept: a trie for each key. In memory (`memory-lines.ts`), on disk (`disk-lines.ts`). */
import type { Node } from './trie.js';

export interface Line {
  readonly root: Node;
  /** Who wrote it last; undefined: this memo itself. */
  readonly writer: string | undefined;
  /** What a hit saves: fuel of the most expensive leaf. */
  readonly fuel: number;
}

export interface LineStore {
  get(key: string): Line | undefined;
  put(key: string, line: Line): void;
  delete(key: string): void;
  /** Throws away all lines of a writer, and returns how many. */
  deleteOf(writer: string): number;
  readonly count: number;
  readonly bytes: number;
  /** Lines that could not be read or written; no validation fails for it. */
  readonly failures: number;
  /** Writes what is not written, and gives everything back. */
  close(): void;
}
