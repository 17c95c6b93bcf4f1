/** The folder of golden vectors that comes with the package: the guests of the demo lie in it. */
import { fileURLToPath } from 'node:url';

/** This file is `dist/src/cli/package-folder.js`. */
export function packageVectors(): string {
  return fileURLToPath(new URL('../../../vectors', import.meta.url));
}
