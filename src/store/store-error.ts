/** What keeps a store from being opened. What goes wrong later is a miss, and is counted. */

export type StoreErrorCode =
  /** the folder cannot be made, read or written */
  | 'folder'
  /** the file of the key is not 32 bytes, or others than its owner may read or write it, or it is another user's */
  | 'key-file'
  /** a key that was given has not 32 to 64 bytes */
  | 'key'
  /** what should name a module is no identity */
  | 'identity'
  /** a bound is no integer of bytes from 0, or a module is longer than it */
  | 'bound'
  /** a library that is optional is not installed */
  | 'library'
  /** the package's own files cannot be read, so nobody could determine which version made an artefact */
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
