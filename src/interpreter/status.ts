/** Why the loop ended. */
import type { TrapCode } from '../base/fault.js';

export const enum Status {
  Returned = 0,
  /** The outcome already stands in the gauge. */
  Stopped = 1,
  ExhaustedFuel = 2,
  ExhaustedStack = 3,
  /** Traps from here on, in the order of `TRAP_CODES`. */
  Unreachable = 4,
  DivideByZero = 5,
  IntegerOverflow = 6,
  InvalidConversion = 7,
  OutOfBoundsMemory = 8,
  OutOfBoundsTable = 9,
  UndefinedElement = 10,
  UninitializedElement = 11,
  IndirectCallTypeMismatch = 12,
}

/** Trap code of `status - Status.Unreachable`. */
export const TRAP_CODES: readonly TrapCode[] = [
  'unreachable',
  'integer-divide-by-zero',
  'integer-overflow',
  'invalid-conversion-to-integer',
  'out-of-bounds-memory-access',
  'out-of-bounds-table-access',
  'undefined-element',
  'uninitialized-element',
  'indirect-call-type-mismatch',
];
