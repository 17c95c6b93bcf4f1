/** How a call ends: a closed set (docs/SEMANTICS.md, section 7). */
import type { Resource, TrapCode } from '../base/fault.js';

/**
 * A value that enters or leaves the machine: i32 and f32 as 32 bits in a number (either sign), i64 and f64 as 64 bits
 * in a bigint (either sign), references as handles of the store (0 is null). Never a float: NaN bits must be kept.
 */
export type Bits = number | bigint;

/** An outcome other than `returned`. The first one of a call is sticky. */
export type Stop =
  | { readonly kind: 'trapped'; readonly code: TrapCode }
  | { readonly kind: 'exhausted'; readonly resource: Resource }
  | { readonly kind: 'short-circuited'; readonly payload: Uint8Array }
  | { readonly kind: 'breached'; readonly code: string };

export type Outcome = { readonly kind: 'returned'; readonly results: readonly Bits[] } | Stop;

export const EXHAUSTED_FUEL: Stop = Object.freeze({ kind: 'exhausted', resource: 'fuel' });
export const EXHAUSTED_STACK: Stop = Object.freeze({ kind: 'exhausted', resource: 'stack' });

export function trapped(code: TrapCode): Stop {
  return { kind: 'trapped', code };
}

/** A failure of the host, not of the guest: it is thrown, has no receipt and is not a verdict. */
export class HostFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HostFailure';
  }
}
