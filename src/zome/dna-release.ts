/**
 * Detects which Holochain release a bundled DNA is for, as far as its manifest and its modules show: the hash of a DNA
 * depends on it.
 *
 * Invariant: every possible release is in the list; if the list has several ways of hashing, there is no single hash,
 * and none is shown as a fact.
 *
 * Source: holochain_types `dna_manifest_v0.rs`, `dna_manifest_v1.rs`, develop-0.1 to develop: `origin_time` was
 * required until 0.4 and is not allowed from 0.5; version 1 ended, and version 0 began, in the development of 0.6.
 */
import { detectGeneration } from './detect-generation.js';
import type { HolochainRelease } from './dna-hash.js';

export interface ReleaseSigns {
  readonly manifestVersion: string;
  readonly hasOriginTime: boolean;
  /** a resource of version 1 was named by `path`, as only builds between 0.5 and 0.6 did */
  readonly hasPaths: boolean;
  /** the integrity zomes that are in the bundle */
  readonly modules: readonly Uint8Array[];
}

const DNA_INFO_1 = '__hc__dna_info_1';
/** The fields of `WasmError` until 0.6, as serde writes them side by side. */
const OLD_ERROR = 'filelineerror';
/** Imports that distinguish one generation from the others. */
const IMPORTS = [
  DNA_INFO_1,
  '__hc__x_25519_x_salsa20_poly1305_decrypt_1',
  '__hc__ed_25519_x_salsa20_poly1305_decrypt_1',
];

function releasesOfManifest({ manifestVersion, hasOriginTime, hasPaths }: ReleaseSigns): readonly HolochainRelease[] {
  if (manifestVersion === '0') return ['0.6', '0.7'];
  if (hasPaths) return ['0.5', '0.6'];
  return hasOriginTime ? ['0.1', '0.2', '0.3', '0.4'] : ['0.5'];
}

/** Undefined if a module does not show its generation. */
function releasesOfModule(wasm: Uint8Array): readonly HolochainRelease[] | undefined {
  const text = new TextDecoder('latin1').decode(wasm);
  const { generation, by } = detectGeneration(
    wasm,
    IMPORTS.filter((name) => text.includes(name)),
  );
  if (by === 'nothing') return text.includes(OLD_ERROR) ? ['0.1', '0.2', '0.3', '0.4', '0.5', '0.6'] : undefined;
  if (generation === '0.7') return ['0.7'];
  if (generation === '0.6') return ['0.3', '0.4', '0.5', '0.6'];
  if (by === 'data') return ['0.1', '0.2'];
  return text.includes(DNA_INFO_1) ? ['0.1'] : ['0.2'];
}

/** The releases of the first module that shows them. */
function toldBy(modules: readonly Uint8Array[]): readonly HolochainRelease[] | undefined {
  for (const wasm of modules) {
    const releases = releasesOfModule(wasm);
    if (releases !== undefined) return releases;
  }
  return undefined;
}

/** Every release that a DNA could be for, oldest first. */
export function releasesOf(signs: ReleaseSigns): readonly HolochainRelease[] {
  const possible = releasesOfManifest(signs);
  const told = toldBy(signs.modules);
  const both = possible.filter((release) => told === undefined || told.includes(release));
  // If the modules contradict the manifest, the manifest decides, because a conductor reads it first.
  return both.length > 0 ? both : possible;
}
