/** Files that a command was asked to write. */
import { writeFileSync } from 'node:fs';
import { writeError } from './read-bytes.js';

/** @throws CliError for a path that cannot be written */
export function writeFile(path: string, contents: string | Uint8Array): void {
  try {
    writeFileSync(path, contents);
  } catch (error) {
    throw writeError(path, error);
  }
}
