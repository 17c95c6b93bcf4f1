/**
 * A guest passes a reference other than null out of a call with a receipt: as a result of the called export, or as an
 * argument of a host function. Such a reference has no bits that two nodes could compare, so the call ends as
 * `breached('reference')`. docs/SEMANTICS.md, sections 7 and 8.
 */
import type { Bits, Stop } from '../../machine/outcome.js';
import { isReferenceType } from '../../wasm/types.js';

export const REFERENCE_BREACH = 'reference';

export const REFERENCE_STOP: Stop = Object.freeze({ kind: 'breached', code: REFERENCE_BREACH });

/** Whether one of the values is a reference other than null. */
export function holdsReference(types: Uint8Array, values: readonly Bits[]): boolean {
  // A plain loop, because this runs at every call and every host call.
  for (let i = 0; i < types.length; i++) if (isReferenceType(types[i]) && values[i] !== 0) return true;
  return false;
}
