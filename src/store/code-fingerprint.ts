/**
 * Identifies the code that makes artefacts: BLAKE2b-256 over the package's files of the storeys up to the engine. So an
 * artefact of another version is a miss, and nobody has to number versions by hand.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasher, utf8 } from '../base/hash.js';
import { StoreError } from './store-error.js';

/**
 * Where the code is, relative to this file's folder: in the built package all that entries share, otherwise the
 * storeys.
 */
const BUILT = ['storeys'];
const COMPILED = ['base', 'wasm', 'decode', 'validate', 'metering', 'instrumented'];

/** @throws StoreError `fingerprint` if the package does not exist as files; a bundle must pass its version */
export async function codeFingerprint(): Promise<Uint8Array> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const digest = hasher();
  try {
    const folders = (await readdir(root)).includes(BUILT[0]) ? BUILT : COMPILED;
    for (const folder of folders) {
      const names = (await readdir(join(root, folder))).filter((name) => name.endsWith('.js')).sort();
      for (const name of names) {
        const bytes = await readFile(join(root, folder, name));
        digest.update(utf8(`${folder}/${name} ${bytes.length}\n`));
        digest.update(bytes);
      }
    }
  } catch (error) {
    throw new StoreError('fingerprint', `the package's files under ${root} cannot be read; pass a version`, {
      cause: error,
    });
  }
  return digest.digest();
}
