/** What can go wrong with a fleet. */

export type FleetErrorCode =
  /** an option that cannot be */
  | 'option'
  /** a library that the queue needs is not installed */
  | 'library'
  /** the server cannot be reached, or broke off: worth another try */
  | 'connection'
  /** the server refused what it was sent, or holds what is not ours */
  | 'queue'
  /** something is not in the content store */
  | 'missing'
  /** bytes that are not what their hash, their format or their bound says */
  | 'content';

export class FleetError extends Error {
  constructor(
    readonly code: FleetErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'FleetError';
  }
}

/** What was thrown, as text. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
