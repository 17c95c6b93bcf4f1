/** Blocks, charges and frame words of whole programs against the oracle's own reading: some megabytes of code, read twice. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cutsLikeTheOracle } from './blocks-of-oracle.js';

function wasmFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.wasm'))
    .map((name) => `${folder}/${name}`);
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Programs of others, and the guests of the house. */
const PROGRAMS = [
  ...['source-map/lib/mappings', 'tiny-secp256k1/lib/secp256k1', 'argon2-browser/dist/argon2'].map(
    (name) => `${ROOT}node_modules/${name}.wasm`,
  ),
  ...wasmFiles(`${ROOT}vectors/guests`),
];

describe('meter', () => {
  for (const file of PROGRAMS) {
    it(`cuts like the oracle: ${file.split('/').slice(-2).join('/')}`, () =>
      cutsLikeTheOracle(new Uint8Array(readFileSync(file)))).timeout(60_000);
  }
});
