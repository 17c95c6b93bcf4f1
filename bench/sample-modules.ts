/** Modules to load: real ones as they are, and one of any size whose functions are those of a real one, repeated. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { LIMITS_1 } from '../src/base/limits.js';
import { decode } from '../src/decode/decode.js';
import { encodeModule } from '../src/wasm/encode-module.js';
import { partsOf } from '../src/wasm/module-parts.js';

const require = createRequire(import.meta.url);

export const MEGABYTE = 1_000_000;

/** Real modules of about 1 MB, by their files in node_modules. */
const REAL_FILES: readonly (readonly [name: string, beside: string, file: string])[] = [
  ['brotli-wasm', 'brotli-wasm/package.json', 'pkg.node/brotli_wasm_bg.wasm'],
  ['tiny-secp256k1', 'tiny-secp256k1/package.json', 'lib/secp256k1.wasm'],
];

export interface SampleModule {
  readonly name: string;
  readonly bytes: Uint8Array;
}

function readReal([name, beside, file]: (typeof REAL_FILES)[number]): SampleModule {
  const folder = require.resolve(beside).slice(0, -'package.json'.length);
  return { name, bytes: new Uint8Array(readFileSync(folder + file)) };
}

export function realModules(): readonly SampleModule[] {
  return REAL_FILES.map(readReal);
}

/**
 * A module of about so many bytes, nearly all of it code: the functions of brotli-wasm, which rustc made, as often as it
 * takes. Functions are what is slow to load, so this is the hard case: a real module of that size has data and names too.
 */
export function codeModule(sizeBytes: number): SampleModule {
  const { module, fault } = decode(readReal(REAL_FILES[0]!).bytes, LIMITS_1);
  if (fault !== undefined) throw new Error(fault.code);
  const parts = partsOf(module);
  const bodies: Uint8Array[] = [];
  const functions: number[] = [];
  let bytes = 0;
  for (let i = 0; bytes < sizeBytes; i = (i + 1) % parts.bodies.length) {
    bodies.push(parts.bodies[i]!);
    functions.push(parts.functions[i]!);
    bytes += parts.bodies[i]!.length + 3;
  }
  const code = {
    ...parts,
    bodies,
    functions: Uint32Array.from(functions),
    data: [],
    dataCount: undefined,
    customs: [],
  };
  return { name: `code of ${sizeBytes / MEGABYTE} MB`, bytes: encodeModule(code) };
}
