/** The state of a module's instrumented program, for an engine of tier `auto`. */
import type { DeclineReason } from '../../machine/program.js';

/** It is in no receipt. */
export type Compilation =
  /** The tier was chosen, or the host has no other. */
  | { readonly state: 'none' }
  | { readonly state: 'pending' }
  | { readonly state: 'done' }
  | { readonly state: 'declined'; readonly reason: DeclineReason; readonly detail: string }
  /** A bug of this package. */
  | { readonly state: 'failed'; readonly error: unknown };
