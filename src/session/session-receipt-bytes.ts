/**
 * The canonical bytes of a session's receipt, both ways. One receipt has one form: what `decodeSessionReceipt` accepts,
 * `encodeSessionReceipt` writes again to the same bytes; everything else is a fault with a code and an offset.
 * docs/SEMANTICS.md, section 10.
 */
import { hash } from '../base/hash.js';
import { sameBytes } from '../base/same-bytes.js';
import { TextBytes } from '../base/text-bytes.js';
import { withBuiltins } from '../builtins/builtins.js';
import { codeOfOutcome } from '../engine/receipt/receipt-bytes.js';
import { OUTCOME_KINDS, type ReceiptFault, ReceiptFields, ReceiptSignal } from '../engine/receipt/receipt-fields.js';
import { PROFILE } from '../metering/schedule.js';
import { SESSION_RECEIPT_FORMAT, SESSION_STEPS, type SessionReceipt, type SessionStep } from './session-receipt.js';

/** Every way in which bytes are not a session's receipt, beside those of any receipt. Closed. */
export type SessionReceiptFaultCode =
  | ReceiptFault['code']
  /** no receipt has this step, number and export together */
  | 'unknown-step'
  /** changes before an opening, a digest's mark that is neither 0 nor 1, or fuel for no digest */
  | 'unexpected-field'
  /** the total is below what this receipt alone takes */
  | 'total-too-small';

export interface SessionReceiptFault {
  readonly code: SessionReceiptFaultCode;
  /** Where the field at fault begins. */
  readonly offset: number;
}

export type DecodedSessionReceipt =
  | { readonly ok: true; readonly receipt: SessionReceipt }
  | { readonly ok: false; readonly fault: SessionReceiptFault };

/** Bytes of a receipt with short names, about. */
const RECEIPT_BYTES = 512;
export const NO_BYTES_HASH = hash(new Uint8Array(0));

export function encodeSessionReceipt(receipt: SessionReceipt): Uint8Array {
  return withBuiltins(() => {
    const bytes = new TextBytes(RECEIPT_BYTES);
    writeSessionReceipt(bytes, receipt);
    return bytes.take();
  });
}

/** The identity of a session's receipt: BLAKE2b-256 of its canonical bytes. */
export function sessionReceiptHash(receipt: SessionReceipt): Uint8Array {
  return withBuiltins(() => hash(encodeSessionReceipt(receipt)));
}

/** @internal */
export function writeSessionReceipt(bytes: TextBytes, receipt: SessionReceipt): void {
  bytes.text(SESSION_RECEIPT_FORMAT);
  bytes.text(receipt.profile);
  bytes.raw(receipt.schedule);
  bytes.raw(receipt.limits);
  bytes.raw(receipt.hosts);
  bytes.raw(receipt.module);
  bytes.u53(receipt.number);
  bytes.raw(receipt.previous);
  bytes.byte(SESSION_STEPS.indexOf(receipt.step));
  bytes.text(receipt.export);
  writeRest(bytes, receipt);
}

/** The fields from the changes on, which receipts of every kind of session have. */
export type ReceiptRest = Pick<
  SessionReceipt,
  'changes' | 'input' | 'fuel' | 'outcome' | 'output' | 'digestFuel' | 'total' | 'pages' | 'hostCalls' | 'stateDigest'
>;

export function writeRest(bytes: TextBytes, receipt: ReceiptRest): void {
  bytes.raw(receipt.changes);
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
  bytes.u53(receipt.digestFuel);
  bytes.u53(receipt.total);
  bytes.u32(receipt.pages);
  bytes.raw(receipt.hostCalls);
  bytes.byte(receipt.stateDigest === undefined ? 0 : 1);
  if (receipt.stateDigest !== undefined) bytes.raw(receipt.stateDigest);
}

/** Reads canonical bytes; never throws for what they hold. */
export function decodeSessionReceipt(bytes: Uint8Array): DecodedSessionReceipt {
  return decodedBy(read, bytes);
}

/** A receipt of any kind of session, by what reads its fields. */
export function decodedBy<R>(
  read: (fields: ReceiptFields) => R,
  bytes: Uint8Array,
): { readonly ok: true; readonly receipt: R } | { readonly ok: false; readonly fault: SessionReceiptFault } {
  return withBuiltins(() => {
    try {
      return { ok: true, receipt: read(new ReceiptFields(bytes)) };
    } catch (error) {
      if (error instanceof ReceiptSignal) return { ok: false, fault: error.fault as SessionReceiptFault };
      throw error;
    }
  });
}

function read(fields: ReceiptFields): SessionReceipt {
  fields.expect(SESSION_RECEIPT_FORMAT, 'unknown-format');
  const profile = fields.expect(PROFILE, 'unknown-profile');
  const [schedule, limits, hosts, module] = [fields.hash(), fields.hash(), fields.hash(), fields.hash()];
  const number = fields.u53();
  const previous = fields.hash();
  const { step, exportName } = readStep(fields, number);
  const rest = readRest(fields, number);
  return { profile, schedule, limits, hosts, module, number, previous, step, export: exportName, ...rest };
}

/** @param pagesMax that the memories can have */
export function readRest(fields: ReceiptFields, number: number, pagesMax?: number): ReceiptRest {
  const changesAt = fields.position;
  const changes = fields.hash();
  if (number === 0 && !sameBytes(changes, NO_BYTES_HASH)) fail('unexpected-field', changesAt);
  const input = fields.hash();
  const limit = fields.u53();
  const outcome = fields.outcome();
  const output = fields.output(outcome);
  const fuel = fields.fuel(limit, outcome);
  const digestAt = fields.position;
  const digestFuel = fields.u53();
  const totalAt = fields.position;
  const total = fields.u53();
  if (total - digestFuel < fuel.used) fail('total-too-small', totalAt);
  const pages = fields.pages(pagesMax);
  const hostCalls = fields.hash();
  const markAt = fields.position;
  const mark = fields.byte();
  if (mark > 1) fail('unexpected-field', markAt);
  if (mark === 0 && digestFuel > 0) fail('unexpected-field', digestAt);
  const stateDigest = mark === 1 ? fields.hash() : undefined;
  fields.end();
  return { changes, input, fuel, outcome, output, digestFuel, total, pages, hostCalls, stateDigest };
}

/** An opening has the number 0 and no export; a call has another number. */
function readStep(fields: ReceiptFields, number: number): { step: SessionStep; exportName: string } {
  const at = fields.position;
  const step = SESSION_STEPS[fields.byte()];
  const exportName = fields.text();
  const isOpening = step === 'opened' || step === 'restored';
  if (step === undefined || isOpening !== (number === 0) || (isOpening && exportName !== '')) fail('unknown-step', at);
  return { step, exportName };
}

export function fail(code: SessionReceiptFaultCode, offset: number): never {
  throw new ReceiptSignal({ code, offset });
}
