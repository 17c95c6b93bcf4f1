/** The lowest free descriptor, which a system assigns to the next opened file: a file left open makes it higher. */
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export function nextDescriptor(): number {
  const file = openSync(fileURLToPath(import.meta.url), 'r');
  closeSync(file);
  return file;
}
