/** The folder of golden vectors that comes with the package: the guests of the demo lie in it. */
import { fileURLToPath } from 'node:url';

/** This code is in a folder of `dist/src` or of `dist/package`. */
export function packageVectors(): string {
  return fileURLToPath(new URL('../../../vectors', import.meta.url));
}
