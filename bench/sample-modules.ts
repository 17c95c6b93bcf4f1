/** Modules to load: unchanged real ones, and one of any size whose functions are those of a real one, repeated. */
import { packageFile } from '../spec/programs/package-file.js';
import { LIMITS_1 } from '../src/base/limits.js';
import { decode } from '../src/decode/decode.js';
import { encodeModule } from '../src/wasm/encode-module.js';
import { partsOf } from '../src/wasm/module-parts.js';

export const MEGABYTE = 1_000_000;

/** Real modules of about 1 MB: package and file. */
const REAL_FILES: readonly (readonly [name: string, file: string])[] = [
  ['brotli-wasm', 'pkg.node/brotli_wasm_bg.wasm'],
  ['tiny-secp256k1', 'lib/secp256k1.wasm'],
];

export interface SampleModule {
  readonly name: string;
  readonly bytes: Uint8Array;
}

function readReal([name, file]: (typeof REAL_FILES)[number]): SampleModule {
  return { name, bytes: packageFile(name, file) };
}

export function realModules(): readonly SampleModule[] {
  return REAL_FILES.map(readReal);
}

/**
 * A module of about this many bytes, nearly all of it code: the functions of brotli-wasm, which was compiled by rustc,
 * repeated as needed. Functions are slow to load, so this is the hard case: a real module of that size also has data
 * and names.
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
