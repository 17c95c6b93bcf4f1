/**
 * A mistake of the caller's, reported before the call: it is thrown, and there is no receipt. Guests cannot cause one.
 * docs/SEMANTICS.md, section 7.
 */
import type { LoadFault } from './fault.js';

export type UsageErrorCode =
  /** the module exports nothing of this name */
  | 'unknown-export'
  /** the export is not a function */
  | 'not-a-function'
  | 'argument-count'
  | 'argument-type'
  /** a reference other than null as an argument */
  | 'argument-reference'
  /** the fuel limit is no integer from 0 to 2^53 - 1 */
  | 'fuel-limit'
  /** the imports do not fit the module; `fault` says which */
  | 'unlinkable'
  /** an import row that cannot be used, whatever the module */
  | 'bad-import'
  | 'payload-too-long'
  /** a payload was written to before the call was over, or before a diagnostic that runs it again */
  | 'payload-changed'
  /** a bound of what an engine keeps is no integer of bytes */
  | 'bad-bound'
  /** what was given as a profile or a file of budgets is none */
  | 'bad-profile'
  /** there is no such tier here */
  | 'unknown-tier'
  /** the session was closed, or a failure of the host has ended it */
  | 'session-over'
  /** a call of the session is in progress */
  | 'session-busy'
  /** the call did not end because its fuel was used up, or the session has continued since */
  | 'not-resumable'
  /** bytes or elements that are not within the memory or table */
  | 'out-of-bounds'
  /** a global that cannot change */
  | 'immutable-global'
  /** a module that no store can have beside the others: its name, its limits, its schedule, or one too many */
  | 'bad-link'
  /** no instance of the session has this name */
  | 'unknown-instance'
  /** an arbitrary of `assay/agreement` made what is neither bytes nor values */
  | 'bad-input'
  /** no action, record or op of Holochain can be made of what was given */
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
