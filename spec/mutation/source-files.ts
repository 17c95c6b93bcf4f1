/** The files that can be mutated. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Source files of folders of `src`, in the order of their names. */
export function sourceFiles(folders: readonly string[]): readonly string[] {
  return folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((name) => name.endsWith('.ts'))
    .sort();
}
