/** Files that a command writes on request. */
import { renameSync, writeFileSync } from 'node:fs';
import { writeError } from './read-bytes.js';

/** @throws CliError for a path that cannot be written */
export function writeFile(path: string, contents: string | Uint8Array): void {
  try {
    writeFileSync(path, contents);
  } catch (error) {
    throw writeError(path, error);
  }
}

/** A file that only its owner may read, written atomically. */
export function writePrivateFile(path: string, text: string): void {
  const fresh = `${path}.${process.pid}.new`;
  try {
    writeFileSync(fresh, text, { mode: 0o600, flag: 'wx' });
    renameSync(fresh, path);
  } catch (error) {
    throw writeError(path, error);
  }
}
