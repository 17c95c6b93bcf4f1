/** A single fault to plant in the built code: one place of one file, put otherwise. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a fault touches; the table of `docs/AGREEMENT.md` counts by it. */
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
  | 'caches';

export interface Mutant {
  readonly name: string;
  readonly kind: MutantKind;
  /** Below `dist/src`. */
  readonly file: string;
  /** Stands once in the file; the fault is planted at the first `find` behind it. Absent: at the only `find`. */
  readonly after?: string;
  readonly find: string;
  readonly replace: string;
}

/** The text with the fault in it. */
export function spoiltText(text: string, { name, file, after, find, replace }: Mutant): string {
  let from = 0;
  if (after !== undefined) {
    checkOnce(text, after, name, file);
    from = text.indexOf(after) + after.length;
    if (!text.includes(find, from)) throw new Error(`${name}: '${find}' does not stand behind '${after}' in ${file}`);
  } else checkOnce(text, find, name, file);
  const at = text.indexOf(find, from);
  return text.slice(0, at) + replace + text.slice(at + find.length);
}

function checkOnce(text: string, pattern: string, name: string, file: string): void {
  const count = text.split(pattern).length - 1;
  if (count !== 1) throw new Error(`${name}: '${pattern}' stands ${count} times in ${file}`);
}

/** Plants a fault in the copy of the project in `folder`; answers what takes it out. */
export function plant(folder: string, mutant: Mutant): () => void {
  const path = join(folder, 'dist/src', mutant.file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, spoiltText(text, mutant));
  return () => writeFileSync(path, text);
}
