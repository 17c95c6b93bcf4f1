/**
 * A receipt of a session: of its opening or one of its calls, linked to the previous receipt. Two correct nodes that
 * open the same module, write the same and call the same make the same receipts, bit for bit. docs/SEMANTICS.md,
 * section 10.
 */
import type { ReceiptFuel, ReceiptOutcome } from '../engine/receipt/receipt.js';

export const SESSION_RECEIPT_FORMAT = 'assay-session-1';

/** What a receipt is of, in the order of the numbers in its bytes: `calledBytes` is a call of the byte ABI. */
export const SESSION_STEPS = ['opened', 'restored', 'called', 'calledBytes'] as const;
export type SessionStep = (typeof SESSION_STEPS)[number];

/** Hashes are BLAKE2b-256, 32 bytes each. */
export interface SessionReceipt {
  readonly profile: string;
  readonly schedule: Uint8Array;
  readonly limits: Uint8Array;
  /** Hash of the table of host functions that the caller passed: names and prices. */
  readonly hosts: Uint8Array;
  readonly module: Uint8Array;
  /** 0 for the opening, then one more for each call. */
  readonly number: number;
  /** Hash of the previous receipt; for an opening, of the snapshot that it was opened from, or of no bytes. */
  readonly previous: Uint8Array;
  readonly step: SessionStep;
  /** Empty for an opening. */
  readonly export: string;
  /** Of what the host wrote to the instance since the receipt before. */
  readonly changes: Uint8Array;
  readonly input: Uint8Array;
  readonly fuel: ReceiptFuel;
  readonly outcome: ReceiptOutcome;
  readonly output: Uint8Array;
  /** Fuel for the state digest; 0 if none was taken. */
  readonly digestFuel: number;
  /** Fuel of the session up to here, this receipt and its digest included. */
  readonly total: number;
  /** Pages of the first memory at the end. */
  readonly pages: number;
  readonly hostCalls: Uint8Array;
  /** Of the state at the end, if it was taken. */
  readonly stateDigest: Uint8Array | undefined;
}
