/**
 * The module argument of a command: a `.wasm` file, or a place in a bundle after `#` (`bundle-place.ts`). The code for
 * bundles is loaded only if needed.
 */
import { LIMITS_1 } from '../base/limits.js';
import { readBytes } from './read-bytes.js';

const BUNDLE_PATH = /^(.*?\.(?:dna|happ|webhapp))(?:#(.*))?$/is;

export interface BundlePlace {
  readonly path: string;
  /** The text after `#`; empty if there is none. */
  readonly place: string;
}

/** Path and place of an argument that names a bundle; undefined for any other file. */
export function bundlePlaceOf(argument: string): BundlePlace | undefined {
  const match = BUNDLE_PATH.exec(argument);
  return match === null ? undefined : { path: match[1], place: match[2] ?? '' };
}

/**
 * The bytes of the module that an argument names. A DNA without a zome's name means its only zome.
 * @throws CliError
 */
export async function readModule(argument: string): Promise<Uint8Array> {
  const named = bundlePlaceOf(argument);
  if (named === undefined) return readBytes(argument, LIMITS_1.moduleBytes);
  const { moduleAt } = await import('./bundle-place.js');
  return moduleAt(argument, named);
}
