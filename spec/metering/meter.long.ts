/**
 * Blocks, charges and frame words of whole programs compared with the oracle's: some megabytes of code, analysed twice.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cutsLikeTheOracle } from './blocks-of-oracle.js';

function wasmFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.wasm'))
    .map((name) => `${folder}/${name}`);
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Third-party programs, and our own guests. */
const PROGRAMS = [
  ...['source-map/lib/mappings', 'tiny-secp256k1/lib/secp256k1', 'argon2-browser/dist/argon2'].map(
    (name) => `${ROOT}node_modules/${name}.wasm`,
  ),
  ...wasmFiles(`${ROOT}vectors/guests`),
];

describe('meter', () => {
  for (const file of PROGRAMS) {
    it(`has the blocks of the oracle: ${file.split('/').slice(-2).join('/')}`, () =>
      cutsLikeTheOracle(new Uint8Array(readFileSync(file)))).timeout(60_000);
  }
});
