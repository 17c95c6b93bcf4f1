/** Modules from real toolchains, taken from the development dependencies. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** A package, a resolvable file in it, and the module relative to that file. */
const FILES: readonly (readonly [name: string, entry: string, path: string])[] = [
  ['mappings.wasm', 'source-map/package.json', 'lib/mappings.wasm'],
  ['argon2.wasm', 'argon2-browser/package.json', 'dist/argon2.wasm'],
];

export interface RealModule {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export function readRealModules(): readonly RealModule[] {
  return FILES.map(([name, entry, path]) => ({
    name,
    bytes: new Uint8Array(readFileSync(join(dirname(require.resolve(entry)), path))),
  }));
}
