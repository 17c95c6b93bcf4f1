/** Why a store cannot be opened. Later errors are misses, and are counted. */

export type StoreErrorCode =
  /** the folder cannot be made, read or written */
  | 'folder'
  /** the key file is not 32 bytes, others than its owner may read or write it, or it belongs to another user */
  | 'key-file'
  /** a key that was passed does not have 32 to 64 bytes */
  | 'key'
  /** the name of a module is not a hash */
  | 'identity'
  /** a bound is not a non-negative integer, or a module is longer than its bound */
  | 'bound'
  /** an optional library is not installed */
  | 'library'
  /** the package's own files cannot be read, so the version of an artefact cannot be determined */
  | 'fingerprint';

export class StoreError extends Error {
  constructor(
    readonly code: StoreErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'StoreError';
  }
}

/** The code of a failed system call, like `ENOENT`; undefined for any other error. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
