/** The real programs, in the order of the golden fuel. */
import { argon2 } from './argon2.js';
import { brotli } from './brotli.js';
import { packageFile } from './package-file.js';
import type { RealProgram } from './running.js';
import { secp256k1 } from './secp256k1.js';
import { mappingsOf, sourceMapProgram } from './source-map.js';

export const PROGRAMS: readonly RealProgram[] = [
  secp256k1,
  sourceMapProgram('source-map', mappingsOf(packageFile('assemblyscript', 'dist/asc.js.map'), 8_000)),
  argon2,
  brotli,
];
