/** Files of the development dependencies. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The bytes of a file of a package, by its path in the package. */
export function packageFile(name: string, path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(packageFolder(name), path)));
}

/**
 * A package may not export its own package.json; then its folder is searched among those from which modules are loaded.
 */
function packageFolder(name: string): string {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    const entry = require.resolve(name);
    return entry.slice(0, entry.lastIndexOf(`node_modules/${name}/`) + `node_modules/${name}/`.length);
  }
}
