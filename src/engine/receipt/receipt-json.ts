/** A receipt for people and programs, and its hash: hashes in hexadecimal, fuel as decimal integers. */
import { hash, toHex } from '../../base/hash.js';
import { withBuiltins } from '../../builtins/builtins.js';
import { RECEIPT_FORMAT, type Receipt, type ReceiptFuel, type ReceiptOutcome } from './receipt.js';
import { encodeReceipt } from './receipt-bytes.js';

/** The identity of a receipt: BLAKE2b-256 of its canonical bytes. */
export function receiptHash(receipt: Receipt): Uint8Array {
  return withBuiltins(() => hash(encodeReceipt(receipt)));
}

/** The receipt for people and programs: hashes in hexadecimal, fuel as decimal integers, and its own hash. */
export interface ReceiptJson {
  readonly format: typeof RECEIPT_FORMAT;
  readonly profile: string;
  readonly schedule: string;
  readonly limits: string;
  readonly hosts: string;
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
  return withBuiltins(() => jsonOf(receipt));
}

function jsonOf(receipt: Receipt): ReceiptJson {
  return {
    format: RECEIPT_FORMAT,
    profile: receipt.profile,
    schedule: toHex(receipt.schedule),
    limits: toHex(receipt.limits),
    hosts: toHex(receipt.hosts),
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
