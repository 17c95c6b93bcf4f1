/** The lowest free descriptor, which a system gives to the file that is opened next: what is left open makes it higher. */
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export function nextDescriptor(): number {
  const file = openSync(fileURLToPath(import.meta.url), 'r');
  closeSync(file);
  return file;
}
