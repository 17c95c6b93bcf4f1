/**
 * The canonical bytes of a receipt, both ways. One receipt has one form: what `decodeReceipt` accepts, `encodeReceipt`
 * writes again to the same bytes, and everything else is rejected with a code and an offset. docs/SEMANTICS.md, section 8.
 *
 *   text    format, `assay-receipt-2`
 *   text    profile
 *   32      schedule, 32 limits, 32 hosts, 32 module (hashes)
 *   text    export
 *   32      hash of the input
 *   u64     fuel limit
 *   byte    kind of the outcome: 0 returned, 1 trapped, 2 exhausted, 3 short-circuited, 4 breached
 *   text    its code or resource; empty for 0 and 3
 *   32      hash of the output; of no bytes for 1, 2 and 4
 *   u64     fuel used, then the parts instantiate, guest, host, boundary, which sum to it
 *   u32     pages
 *   32      hash of the host-call log
 *
 * A text is a u32 of its bytes and its UTF-8; integers are little endian; a u64 is below 2^53.
 */
import { TextBytes } from '../../base/text-bytes.js';
import { withBuiltins } from '../../builtins/builtins.js';
import { PROFILE } from '../../metering/schedule.js';
import { RECEIPT_FORMAT, type Receipt, type ReceiptOutcome } from './receipt.js';
import { OUTCOME_KINDS, type ReceiptFault, ReceiptFields, ReceiptSignal } from './receipt-fields.js';

export type DecodedReceipt =
  | { readonly ok: true; readonly receipt: Receipt }
  | { readonly ok: false; readonly fault: ReceiptFault };

/** The code that is in the bytes; empty where the kind says it all. */
export function codeOfOutcome(outcome: ReceiptOutcome): string {
  switch (outcome.kind) {
    case 'trapped':
    case 'breached':
      return outcome.code;
    case 'exhausted':
      return outcome.resource;
    default:
      return '';
  }
}

export function encodeReceipt(receipt: Receipt): Uint8Array {
  return withBuiltins(() => encoded(receipt));
}

function encoded(receipt: Receipt): Uint8Array {
  const bytes = new TextBytes();
  bytes.text(RECEIPT_FORMAT);
  bytes.text(receipt.profile);
  bytes.raw(receipt.schedule);
  bytes.raw(receipt.limits);
  bytes.raw(receipt.hosts);
  bytes.raw(receipt.module);
  bytes.text(receipt.export);
  bytes.raw(receipt.input);
  bytes.u53(receipt.fuel.limit);
  bytes.byte(OUTCOME_KINDS.indexOf(receipt.outcome.kind));
  bytes.text(codeOfOutcome(receipt.outcome));
  bytes.raw(receipt.output);
  bytes.u53(receipt.fuel.used);
  bytes.u53(receipt.fuel.parts.instantiate);
  bytes.u53(receipt.fuel.parts.guest);
  bytes.u53(receipt.fuel.parts.host);
  bytes.u53(receipt.fuel.parts.boundary);
  bytes.u32(receipt.pages);
  bytes.raw(receipt.hostCalls);
  return bytes.take();
}

/** Reads canonical bytes; never throws for what they hold. */
export function decodeReceipt(bytes: Uint8Array): DecodedReceipt {
  return withBuiltins(() => decoded(bytes));
}

function decoded(bytes: Uint8Array): DecodedReceipt {
  try {
    return { ok: true, receipt: read(new ReceiptFields(bytes)) };
  } catch (error) {
    if (error instanceof ReceiptSignal) return { ok: false, fault: error.fault as ReceiptFault };
    throw error;
  }
}

function read(fields: ReceiptFields): Receipt {
  fields.expect(RECEIPT_FORMAT, 'unknown-format');
  const profile = fields.expect(PROFILE, 'unknown-profile');
  const hashes = { schedule: fields.hash(), limits: fields.hash(), hosts: fields.hash(), module: fields.hash() };
  const exportName = fields.text();
  const input = fields.hash();
  const limit = fields.u53();
  const outcome = fields.outcome();
  const output = fields.output(outcome);
  const fuel = fields.fuel(limit, outcome);
  const pages = fields.pages();
  const hostCalls = fields.hash();
  fields.end();
  return { profile, ...hashes, export: exportName, input, fuel, outcome, output, pages, hostCalls };
}
