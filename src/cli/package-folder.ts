/** The folder of golden vectors in the package, which has the guests of the demo. */
import { fileURLToPath } from 'node:url';

/** This code is in a folder of `dist/src` or of `dist/package`. */
export function packageVectors(): string {
  return fileURLToPath(new URL('../../../vectors', import.meta.url));
}
