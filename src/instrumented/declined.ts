/** A module that the instrumented tier does not take. Apart from the tier, which is loaded when it is needed. */
import { hasOwn } from '../base/own.js';
import type { DeclineReason } from '../machine/program.js';

export interface Declined {
  readonly declined: DeclineReason;
  /** For a person. */
  readonly detail: string;
}

export function isDeclined<T extends object>(program: T | Declined): program is Declined {
  return hasOwn(program, 'declined');
}
