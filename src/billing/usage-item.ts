/**
 * The items that are billed, one per line. A call is billed by its receipt, whatever its outcome: returned, trapped,
 * exhausted, short-circuited or breached. A host failure makes no receipt, so it cannot be billed.
 *
 * Canonical bytes of an item, texts and integers as in a receipt (docs/SEMANTICS.md, section 8):
 *
 *   byte    kind: 0 call, 1 memo hit, 2 load, 3 storage, 4 reversal
 *   0, 1    the canonical bytes of the receipt
 *   2       32 hash of the module, u64 fuel
 *   3       text what is stored, u64 bytes, u64 days
 *   4       32 id of the reversed line, text reason
 *
 * The subject of an item is the hash of the receipt (0, 1) or of the item's bytes (2 to 4). The id of a line is the
 * hash of subject and request id, so a retry of the same request is the same line.
 */
import { HASH_BYTES, hash } from '../base/hash.js';
import { joinedBytes } from '../base/joined-bytes.js';
import { TextBytes } from '../base/text-bytes.js';
import { decodeUtf8 } from '../base/utf8.js';
import { FUEL_LIMIT_MAX, type Receipt } from '../engine/receipt/receipt.js';
import { decodeReceipt, encodeReceipt } from '../engine/receipt/receipt-bytes.js';
import { BillingError } from './billing-error.js';

export type UsageItem =
  | { readonly kind: 'call'; readonly receipt: Receipt }
  /** A receipt that a memo found, so the call was not run. */
  | { readonly kind: 'memo-hit'; readonly receipt: Receipt }
  /** A module that was loaded. Its price in fuel is `describe().loadPrice`, which is in no receipt. */
  | { readonly kind: 'load'; readonly module: Uint8Array; readonly fuel: number }
  | { readonly kind: 'storage'; readonly object: string; readonly bytes: number; readonly days: number }
  /** Reverses a line: its price is the negative price of that line. */
  | { readonly kind: 'reversal'; readonly line: Uint8Array; readonly reason: string };

export type UsageKind = UsageItem['kind'];

/** Kinds by their number in the bytes. */
export const USAGE_KINDS = ['call', 'memo-hit', 'load', 'storage', 'reversal'] as const satisfies readonly UsageKind[];

export function itemBytes(item: UsageItem): Uint8Array {
  const bytes = new TextBytes();
  bytes.byte(USAGE_KINDS.indexOf(item.kind));
  switch (item.kind) {
    case 'call':
    case 'memo-hit':
      bytes.raw(encodeReceipt(item.receipt));
      break;
    case 'load':
      bytes.raw(item.module);
      bytes.u53(item.fuel);
      break;
    case 'storage':
      bytes.text(item.object);
      bytes.u53(item.bytes);
      bytes.u53(item.days);
      break;
    case 'reversal':
      bytes.raw(item.line);
      bytes.text(item.reason);
  }
  return bytes.take();
}

/** The subject of a line: the hash of the receipt, or of the item if there is none. */
export function subjectOf(bytes: Uint8Array): Uint8Array {
  return hash(bytes[0] < 2 ? bytes.subarray(1) : bytes);
}

export function lineId(subject: Uint8Array, requestId: Uint8Array): Uint8Array {
  return hash(joinedBytes(subject, requestId));
}

/** @throws BillingError `document` for bytes that are not an item */
export function itemOf(bytes: Uint8Array): UsageItem {
  const kind = USAGE_KINDS[bytes[0] ?? USAGE_KINDS.length];
  const rest = new ItemReader(bytes.subarray(1));
  switch (kind) {
    case 'call':
    case 'memo-hit': {
      const decoded = decodeReceipt(bytes.subarray(1));
      if (decoded.ok) return { kind, receipt: decoded.receipt };
      throw notAnItem(`${decoded.fault.code} at ${decoded.fault.offset} of the receipt`);
    }
    case 'load':
      return rest.whole({ kind, module: rest.hash(), fuel: rest.u53() });
    case 'storage':
      return rest.whole({ kind, object: rest.text(), bytes: rest.u53(), days: rest.u53() });
    case 'reversal':
      return rest.whole({ kind, line: rest.hash(), reason: rest.text() });
    default:
      throw notAnItem('unknown kind');
  }
}

function notAnItem(reason: string): BillingError {
  return new BillingError('document', `not a usage item: ${reason}`);
}

class ItemReader {
  #pos = 0;

  constructor(readonly bytes: Uint8Array) {}

  whole<A>(item: A): A {
    if (this.#pos === this.bytes.length) return item;
    throw notAnItem('unexpected bytes after its end');
  }

  hash(): Uint8Array {
    return this.#take(HASH_BYTES).slice();
  }

  u53(): number {
    const bytes = this.#take(8);
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
    const value = view.getUint32(0, true) + view.getUint32(4, true) * 0x1_0000_0000;
    if (value <= FUEL_LIMIT_MAX) return value;
    throw notAnItem('an integer above 2^53 - 1');
  }

  text(): string {
    const bytes = this.#take(4);
    const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
    const text = decodeUtf8(this.#take(length));
    if (text !== undefined) return text;
    throw notAnItem('a text that is not UTF-8');
  }

  #take(count: number): Uint8Array {
    if (count > this.bytes.length - this.#pos) throw notAnItem('it is truncated');
    this.#pos += count;
    return this.bytes.subarray(this.#pos - count, this.#pos);
  }
}
