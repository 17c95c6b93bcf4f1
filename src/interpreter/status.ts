/** Why the loop ended. */
import type { TrapCode } from '../base/fault.js';

export const enum Status {
  Returned,
  /** The outcome is in the gauge already. */
  Stopped,
  /** Its slice of fuel is used up: there may be another. */
  SliceUsed,
  ExhaustedStack,
  Unreachable,
  DivideByZero,
  IntegerOverflow,
  InvalidConversion,
  OutOfBoundsMemory,
  OutOfBoundsTable,
  UndefinedElement,
  UninitializedElement,
  IndirectCallTypeMismatch,
}

/** The statuses that are traps. */
export const TRAP_CODES: Readonly<Partial<Record<Status, TrapCode>>> = {
  [Status.Unreachable]: 'unreachable',
  [Status.DivideByZero]: 'integer-divide-by-zero',
  [Status.IntegerOverflow]: 'integer-overflow',
  [Status.InvalidConversion]: 'invalid-conversion-to-integer',
  [Status.OutOfBoundsMemory]: 'out-of-bounds-memory-access',
  [Status.OutOfBoundsTable]: 'out-of-bounds-table-access',
  [Status.UndefinedElement]: 'undefined-element',
  [Status.UninitializedElement]: 'uninitialized-element',
  [Status.IndirectCallTypeMismatch]: 'indirect-call-type-mismatch',
};
