/** A single fault to plant in the built code: a replacement at one place of one file. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The area of a fault; the table of `docs/AGREEMENT.md` counts by it. */
export type MutantKind =
  | 'static charges'
  | 'charges by data'
  | 'stack words'
  | 'NaN bits'
  | 'growing'
  | 'segments and bulk operations'
  | 'trap codes'
  | 'numbers'
  | 'reset and reuse'
  | 'host edge'
  | 'parts, log and receipt'
  | 'second run'
  | 'caches'
  | 'looking ahead'
  | 'indices and heights'
  | 'dead code';

export interface Mutant {
  readonly name: string;
  readonly kind: MutantKind;
  /** Below `dist/src`. */
  readonly file: string;
  /**
   * The fault is planted at the first `find` after these texts, each of which is the first after the previous one.
   * Absent: at the only `find` in the file.
   */
  readonly after?: readonly string[];
  readonly find: string;
  readonly replace: string;
}

/** The text with the fault in it. */
export function spoiltText(text: string, { name, file, after = [], find, replace }: Mutant): string {
  let from = 0;
  for (const pattern of [...after, find]) {
    const at = text.indexOf(pattern, from);
    if (at < 0) throw new Error(`${name}: '${pattern}' is not at its place in ${file}`);
    from = at + pattern.length;
  }
  if (after.length === 0 && text.includes(find, from)) throw new Error(`${name}: '${find}' occurs twice in ${file}`);
  return text.slice(0, from - find.length) + replace + text.slice(from);
}

/** Plants a fault in the copy of the project in `folder`; returns a function that removes it. */
export function plant(folder: string, mutant: Mutant): () => void {
  const path = join(folder, 'dist/src', mutant.file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, spoiltText(text, mutant));
  return () => writeFileSync(path, text);
}
