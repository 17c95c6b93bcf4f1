/**
 * A receipt: what one call of one module did and what it cost, as data. Two correct nodes make the same receipt to the
 * bit, so it holds nothing that a host could be told by. docs/SEMANTICS.md, section 8.
 */
import { hash, toHex } from '../base/hash.js';
import type { FuelParts } from '../machine/gauge.js';
import type { HostCallRecord } from '../machine/host-function.js';
import { encodeReceipt } from './receipt-bytes.js';
import { TextBytes } from './text-bytes.js';

export const RECEIPT_FORMAT = 'assay-receipt-1';

/** Longest fuel limit: every integer up to it is exact in a number. */
export const FUEL_LIMIT_MAX = Number.MAX_SAFE_INTEGER;

/** How a call ended, without the values: those stand in the receipt by their hash. */
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
  readonly module: Uint8Array;
  readonly export: string;
  readonly input: Uint8Array;
  readonly fuel: ReceiptFuel;
  readonly outcome: ReceiptOutcome;
  readonly output: Uint8Array;
  /** Pages of the first memory at the end, 0 without one or when the instantiation was not paid. */
  readonly pages: number;
  readonly hostCalls: Uint8Array;
}

/** The identity of a receipt: BLAKE2b-256 of its canonical bytes. */
export function receiptHash(receipt: Receipt): Uint8Array {
  return hash(encodeReceipt(receipt));
}

/** BLAKE2b-256 over the lines of a host-call log: name, hash of the input, hash of the output, in order. */
export function hostCallsHash(log: readonly HostCallRecord[]): Uint8Array {
  const bytes = new TextBytes();
  for (const line of log) {
    bytes.text(line.name);
    bytes.raw(line.inputHash);
    bytes.raw(line.outputHash);
  }
  return hash(bytes.take());
}

/** The receipt for people and programs: hashes in hexadecimal, fuel as decimal integers, and its own hash. */
export interface ReceiptJson {
  readonly format: typeof RECEIPT_FORMAT;
  readonly profile: string;
  readonly schedule: string;
  readonly limits: string;
  readonly module: string;
  readonly export: string;
  readonly input: string;
  readonly fuel: ReceiptFuel;
  readonly outcome: ReceiptOutcome;
  readonly output: string;
  readonly pages: number;
  readonly hostCalls: string;
  readonly hash: string;
}

export function receiptJson(receipt: Receipt): ReceiptJson {
  return {
    format: RECEIPT_FORMAT,
    profile: receipt.profile,
    schedule: toHex(receipt.schedule),
    limits: toHex(receipt.limits),
    module: toHex(receipt.module),
    export: receipt.export,
    input: toHex(receipt.input),
    fuel: receipt.fuel,
    outcome: receipt.outcome,
    output: toHex(receipt.output),
    pages: receipt.pages,
    hostCalls: toHex(receipt.hostCalls),
    hash: toHex(receiptHash(receipt)),
  };
}
