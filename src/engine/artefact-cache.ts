/**
 * Where an engine may keep what it has derived from modules beyond its own life. What comes back is run: whoever stands
 * behind this must give back what was put there, or nothing. `assay/store` has one on disk.
 */

/** What an artefact was made of. The one who keeps it adds which code made it. */
export interface ArtefactKey {
  readonly kind: 'rewritten';
  /** BLAKE2b-256 of the module, the schedule and the limits, 32 bytes each. */
  readonly module: Uint8Array;
  readonly schedule: Uint8Array;
  readonly limits: Uint8Array;
}

/** Neither method rejects: what cannot be had is a miss, and what cannot be kept is made again the next time. */
export interface ArtefactCache {
  get(key: ArtefactKey): Promise<Uint8Array | undefined>;
  put(key: ArtefactKey, content: Uint8Array): Promise<void>;
}
