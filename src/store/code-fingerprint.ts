/**
 * Which code makes artefacts: BLAKE2b-256 over the package's own files of the storeys below the engine. An artefact of
 * another version is a miss, without anybody having to remember to number versions.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasher, utf8 } from '../base/hash.js';
import { StoreError } from './store-error.js';

/** Where the code is, beside this file's folder: in the package as it is built all that entries share, else the storeys. */
const BUILT = ['storeys'];
const COMPILED = ['base', 'wasm', 'decode', 'validate', 'metering', 'instrumented'];

/** @throws StoreError `fingerprint` where the package is not there as files; a bundle must say its version itself */
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
