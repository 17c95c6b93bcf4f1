/**
 * A receipt: what one call of one module did and what it cost, as data. Two correct nodes make the same receipt, bit
 * for bit, so it contains nothing that depends on the host. docs/SEMANTICS.md, section 8.
 */
import type { FuelParts } from '../../machine/gauge.js';

export const RECEIPT_FORMAT = 'assay-receipt-2';

/** Highest fuel limit: every integer up to it is exact in a number. */
export const FUEL_LIMIT_MAX = Number.MAX_SAFE_INTEGER;

/** How a call ended, without its values: the receipt has their hash. */
export type ReceiptOutcome =
  | { readonly kind: 'returned' }
  | { readonly kind: 'trapped'; readonly code: string }
  | { readonly kind: 'exhausted'; readonly resource: string }
  | { readonly kind: 'short-circuited' }
  | { readonly kind: 'breached'; readonly code: string };

export interface ReceiptFuel {
  /** Units that the call could use. */
  readonly limit: number;
  /** Units used: the sum of the parts. */
  readonly used: number;
  readonly parts: FuelParts;
}

/** Hashes are BLAKE2b-256, 32 bytes each. */
export interface Receipt {
  readonly profile: string;
  readonly schedule: Uint8Array;
  readonly limits: Uint8Array;
  /** Hash of the table of host functions that the caller passed: names and prices. */
  readonly hosts: Uint8Array;
  readonly module: Uint8Array;
  readonly export: string;
  readonly input: Uint8Array;
  readonly fuel: ReceiptFuel;
  readonly outcome: ReceiptOutcome;
  readonly output: Uint8Array;
  /** Pages of the first memory at the end; 0 if there is none or the instantiation was not paid. */
  readonly pages: number;
  readonly hostCalls: Uint8Array;
}
