/** Codes of errors of a fleet. */

export type FleetErrorCode =
  /** an invalid option */
  | 'option'
  /** a library that the queue needs is not installed */
  | 'library'
  /** the server cannot be reached, or the connection broke: worth another try */
  | 'connection'
  /** the server refused a request, or has data that is not ours */
  | 'queue'
  /** something is not in the content store */
  | 'missing'
  /** bytes that do not match their hash, their format or their bound */
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

/** A thrown value, as text. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
