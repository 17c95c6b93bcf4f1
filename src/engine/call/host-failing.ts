/**
 * Failures of the host in the engine itself: its stack is used up, or it has no memory. The error is then a
 * `HostFailure`, not the host's `RangeError`, so the caller knows that there is no receipt and no verdict.
 * docs/SEMANTICS.md, section 7.
 */
import { HostFailure } from '../../machine/outcome.js';

/** For a caller so close to the end of the stack that not even an error can be created. */
const NO_STACK = new HostFailure("the host's stack overflowed", { cause: new RangeError('no stack is left') });

/** @param failed is called before the throw, to clean up unfinished work */
export function hostFailing<T>(work: () => T, failed: () => void): T {
  try {
    return work();
  } catch (error) {
    throw failingWith(error, failed);
  }
}

/**
 * The error to throw for an error in the engine: a `HostFailure` if it is the host's, otherwise the error itself. See
 * `hostFailing`.
 */
export function failingWith(error: unknown, failed: () => void): unknown {
  return isOfHost(error) ? hostFailure(error, failed) : error;
}

/** A RangeError for stack, memory and lengths; SpiderMonkey has an InternalError for the stack. */
function isOfHost(error: unknown): error is Error {
  return error instanceof RangeError || (error instanceof Error && error.name === 'InternalError');
}

function hostFailure(cause: Error, failed: () => void): HostFailure {
  try {
    failed();
    return new HostFailure(`the host ran out of stack or memory: ${cause.message}`, { cause });
  } catch {
    return NO_STACK;
  }
}
