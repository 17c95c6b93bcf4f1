/** The canonical bytes of a linked session's receipt, both ways; one receipt has one form. docs/SEMANTICS.md, section 11. */
import { hash } from '../../base/hash.js';
import { TextBytes } from '../../base/text-bytes.js';
import { withBuiltins } from '../../builtins/builtins.js';
import type { ReceiptFields } from '../../engine/receipt/receipt-fields.js';
import { PROFILE } from '../../metering/schedule.js';
import { decodedBy, fail, readRest, type SessionReceiptFault, writeRest } from '../session-receipt-bytes.js';
import { LINKED_RECEIPT_FORMAT, LINKED_STEPS, type LinkedReceipt, type LinkedStep } from './linked-receipt.js';
import { INSTANCES_MAX } from './module-link.js';

/** Of all memories of as many instances as there may be. */
const PAGES_MAX = 65_536 * INSTANCES_MAX;

export type DecodedLinkedReceipt =
  | { readonly ok: true; readonly receipt: LinkedReceipt }
  | { readonly ok: false; readonly fault: SessionReceiptFault };

export function encodeLinkedReceipt(receipt: LinkedReceipt): Uint8Array {
  return withBuiltins(() => {
    const bytes = new TextBytes();
    writeLinkedReceipt(bytes, receipt);
    return bytes.take();
  });
}

/** The identity of a receipt: BLAKE2b-256 of its canonical bytes. */
export function linkedReceiptHash(receipt: LinkedReceipt): Uint8Array {
  return withBuiltins(() => hash(encodeLinkedReceipt(receipt)));
}

/** @internal */
export function writeLinkedReceipt(bytes: TextBytes, receipt: LinkedReceipt): void {
  bytes.text(LINKED_RECEIPT_FORMAT);
  bytes.text(receipt.profile);
  bytes.raw(receipt.schedule);
  bytes.raw(receipt.limits);
  bytes.raw(receipt.links);
  bytes.u53(receipt.number);
  bytes.raw(receipt.previous);
  bytes.byte(LINKED_STEPS.indexOf(receipt.step));
  bytes.text(receipt.instance);
  bytes.text(receipt.export);
  writeRest(bytes, receipt);
}

/** Reads canonical bytes; never throws for what they hold. */
export function decodeLinkedReceipt(bytes: Uint8Array): DecodedLinkedReceipt {
  return decodedBy(read, bytes);
}

function read(fields: ReceiptFields): LinkedReceipt {
  fields.expect(LINKED_RECEIPT_FORMAT, 'unknown-format');
  const profile = fields.expect(PROFILE, 'unknown-profile');
  const [schedule, limits, links] = [fields.hash(), fields.hash(), fields.hash()];
  const number = fields.u53();
  const previous = fields.hash();
  const { step, instance, exportName } = readStep(fields, number);
  const rest = readRest(fields, number, PAGES_MAX);
  return { profile, schedule, limits, links, number, previous, step, instance, export: exportName, ...rest };
}

/** A session begins with a module that is linked or a snapshot, and only there is a snapshot; neither calls an export. */
function readStep(fields: ReceiptFields, number: number) {
  const at = fields.position;
  const step: LinkedStep | undefined = LINKED_STEPS[fields.byte()];
  const instance = fields.text();
  const exportName = fields.text();
  const [isLinking, isRestoring] = [step === 'linked', step === 'restored'];
  const isFirst = isLinking || isRestoring;
  const isPlaced = number === 0 ? isFirst : !isRestoring;
  if (step === undefined || !isPlaced || (isFirst && exportName !== '') || (isRestoring && instance !== '')) {
    fail('unknown-step', at);
  }
  return { step, instance, exportName };
}
