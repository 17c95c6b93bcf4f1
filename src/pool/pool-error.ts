/**
 * What can go wrong with a pool itself. A job that a pool could not bring to its end is a failure of the host: it has no receipt and is
 * no verdict. What a call throws in one thread it throws through a pool too: `UsageError`, `HostFailure`, `RangeError`.
 */
import { toHex } from '../base/hash.js';
import { HostFailure } from '../machine/outcome.js';

export type PoolErrorCode =
  /** an option that cannot be */
  | 'option'
  /** the pool was closed before the job was done */
  | 'closed'
  /** more jobs or bytes wait than the pool takes */
  | 'queue-full'
  /** no thread can be started, or a file of imports cannot be loaded */
  | 'thread';

export class PoolError extends Error {
  constructor(
    readonly code: PoolErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'PoolError';
  }
}

export type JobFailureCode =
  /** it ran for longer than it may */
  | 'time-limit'
  /** the thread that ran it ended, as often as a pool tries: out of memory, or ended by a host function */
  | 'killed';

/** A job that has no result: a failure of the host. */
export class JobFailure extends HostFailure {
  /** BLAKE2b-256 of the job's input, in hexadecimal. */
  readonly inputHash: string;

  constructor(
    readonly code: JobFailureCode,
    reason: string,
    inputHash: Uint8Array,
  ) {
    super(`${reason}; the input's BLAKE2b-256 is ${toHex(inputHash)}`);
    this.name = 'JobFailure';
    this.inputHash = toHex(inputHash);
  }
}
