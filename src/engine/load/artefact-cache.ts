/**
 * A cache of artefacts derived from modules, which outlives the engine. Its content is trusted and executed: an
 * implementation must return exactly what was stored, or nothing. `assay/store` has one on disk.
 */

/** That a module is valid. Its content is the module's hash. */
export interface ValidKey {
  readonly kind: 'valid';
  /** BLAKE2b-256 of the module and of the limits it was validated under, 32 bytes each. */
  readonly module: Uint8Array;
  readonly limits: Uint8Array;
}

/** A module rewritten for the host's own WebAssembly. */
export interface RewrittenKey {
  readonly kind: 'rewritten';
  /** A module may be rewritten in several ways. */
  readonly form: RewrittenForm;
  /** BLAKE2b-256 of the module, the schedule and the limits, 32 bytes each. */
  readonly module: Uint8Array;
  readonly schedule: Uint8Array;
  readonly limits: Uint8Array;
}

/** `host-bounds`: the host checks accesses against the size of its own memory. */
export type RewrittenForm = 'host-bounds';

/** What an artefact contains, and for which module. The cache adds which code made it. */
export type ArtefactKey = ValidKey | RewrittenKey;

/**
 * Neither method rejects: an artefact that cannot be read is a miss, and one that cannot be stored is made again the
 * next time.
 */
export interface ArtefactCache {
  get(key: ArtefactKey): Promise<Uint8Array | undefined>;
  put(key: ArtefactKey, content: Uint8Array): Promise<void>;
}
