/**
 * A mistake of the caller, detected before the call: it is thrown, and there is no receipt. Guests cannot cause one.
 * docs/SEMANTICS.md, section 7.
 */
import type { LoadFault } from './fault.js';

export type UsageErrorCode =
  /** the module has no export of this name */
  | 'unknown-export'
  /** the export is not a function */
  | 'not-a-function'
  | 'argument-count'
  | 'argument-type'
  /** a reference other than null as an argument */
  | 'argument-reference'
  /** the fuel limit is not an integer from 0 to 2^53 - 1 */
  | 'fuel-limit'
  /** the imports do not match the module; `fault` has the details */
  | 'unlinkable'
  /** an import row that is invalid for any module */
  | 'bad-import'
  | 'payload-too-long'
  /** a payload was changed before the call ended, or before a diagnostic that runs it again */
  | 'payload-changed'
  /** an option of an engine or session is out of range */
  | 'bad-bound'
  /** the value is not a profile or not a file of budgets */
  | 'bad-profile'
  /** no such tier exists */
  | 'unknown-tier'
  /** the session was closed, or a failure of the host has ended it */
  | 'session-over'
  /** a call of the session is in progress */
  | 'session-busy'
  /** the call did not end by running out of fuel, or the session has continued since */
  | 'not-resumable'
  /** bytes or elements outside the memory or table */
  | 'out-of-bounds'
  /** a global that is immutable */
  | 'immutable-global'
  /** a module that cannot be in one store with the others: its name, its limits, its schedule, or one too many */
  | 'bad-link'
  /** no instance of the session has this name */
  | 'unknown-instance'
  /** an arbitrary of `assay/agreement` generated neither bytes nor values */
  | 'bad-input'
  /** no Holochain action, record or op can be built from the values */
  | 'not-buildable';

export class UsageError extends Error {
  constructor(
    readonly code: UsageErrorCode,
    message: string,
    readonly fault?: LoadFault,
  ) {
    super(message);
    this.name = 'UsageError';
  }
}
