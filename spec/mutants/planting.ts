/** Notation for the lists of mutants: a kind and a file, then a row for each fault. */
import type { Mutant, MutantKind } from './mutant.js';

/** Name, text to find, its replacement, and the texts that precede it if it occurs more than once. */
export type Row = readonly [name: string, find: string, replace: string, ...after: string[]];

export function faults(kind: MutantKind, file: string, rows: readonly Row[]): readonly Mutant[] {
  return rows.map(([name, find, replace, ...after]) => ({ name, kind, file: `${file}.js`, find, replace, after }));
}
