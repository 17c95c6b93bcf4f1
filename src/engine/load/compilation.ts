/** What became of the instrumented program of a module, for an engine of tier `auto`. */
import type { DeclineReason } from '../../machine/program.js';

/** It is in no receipt. */
export type Compilation =
  /** The tier was chosen, or the host has no other. */
  | { readonly state: 'none' }
  | { readonly state: 'pending' }
  | { readonly state: 'done' }
  | { readonly state: 'declined'; readonly reason: DeclineReason; readonly detail: string }
  /** A fault of this package. */
  | { readonly state: 'failed'; readonly error: unknown };
