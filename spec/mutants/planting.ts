/** How the lists of mutants are written: a kind and a file, then a row for each fault. */
import type { Mutant, MutantKind } from './mutant.js';

/** Name, what is found, what is there instead, and what precedes it if it is found more than once. */
export type Row = readonly [name: string, find: string, replace: string, ...after: string[]];

export function faults(kind: MutantKind, file: string, rows: readonly Row[]): readonly Mutant[] {
  return rows.map(([name, find, replace, ...after]) => ({ name, kind, file: `${file}.js`, find, replace, after }));
}
