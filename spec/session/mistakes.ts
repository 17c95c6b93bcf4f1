/** Errors for misuse: the code and the whole text. */
import { UsageError } from '../../src/index.js';

export function mistakeOf(work: () => unknown): readonly [code: string, message: string] {
  try {
    work();
  } catch (error) {
    if (error instanceof UsageError) return [error.code, error.message];
    throw error;
  }
  throw new Error('it was no mistake');
}
