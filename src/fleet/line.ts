/**
 * A line: one worker's results of one job. A receipt proves the run, the signature shows who made it.
 *
 *   line   { body, sheet, signature }
 *   body   MessagePack of job, worker's key, kind, items
 *   sheet  BLAKE2b-256 of the bodies of the lines that the worker finished together, this one's among them
 *
 * What is signed (ed25519, RFC 8032) is the text `assay-fleet-sheet-1` and the hashes of the sheet: a signature costs a millisecond, and is paid
 * once for up to 64 lines.
 */
import { hash, toHex, utf8 } from '../base/hash.js';
import { joinedBytes } from '../base/joined-bytes.js';
import { sameBytes } from '../base/same-bytes.js';
import { bytes, bytesOf, type Codec } from '../boundary/codec.js';
import { encodeBytes } from '../boundary/codec-bytes.js';
import { eitherOf, struct } from '../boundary/codec-struct.js';
import type { Receipt } from '../engine/receipt/receipt.js';
import { decodeReceipt } from '../engine/receipt/receipt-bytes.js';
import { agentFromSeed } from '../zome/agent.js';
import { coreOf } from '../zome/holo-hash.js';
import { verifySignature } from '../zome/verify-signature.js';
import { boundedBytes, boundedList, boundedText, hash32, oneOf, readDocument } from './document.js';
import { FleetError } from './fleet-error.js';
import { FLEET_LIMITS } from './fleet-limits.js';
import { isVerdictText } from './verdict-text.js';
import type { ReceiptRules } from './work.js';

/** An input that was run: its verdict as JSON (`verdictJson`), and the receipt of each guest that was called. */
export interface RanItem {
  readonly verdict: string;
  readonly receipts: readonly Uint8Array[];
}

/** An input that has no verdict, for a reason outside of the guest. */
export interface FailedItem {
  /** `unreadable`: it is not a valid input, on any worker. `host-failure`: this worker failed; another may succeed. */
  readonly failure: 'unreadable' | 'host-failure';
  readonly text: string;
}

export type Item = RanItem | FailedItem;

export function isFailed(item: Item): item is FailedItem {
  return 'failure' in item;
}

export interface LineBody {
  readonly job: Uint8Array;
  /** Public key of ed25519. */
  readonly worker: Uint8Array;
  /** Tier and runtime: `instrumented-node20-x64`. */
  readonly kind: string;
  /** One for each input, in the order of the job. */
  readonly items: readonly Item[];
}

/** Letters, digits and hyphens, because it is a part of a NATS subject. */
const KIND = /^[a-z0-9-]{1,64}$/;

export function isKind(text: string): boolean {
  return KIND.test(text);
}

const FORMAT = 'assay-fleet-line-1';
const SHEET_FORMAT = utf8('assay-fleet-sheet-1');
const SIGNATURE_BYTES = 64;
const TEXT_LENGTH = 2_000;

const ran: Codec<RanItem> = struct('RanItem', {
  verdict: boundedText(FLEET_LIMITS.verdictLength),
  receipts: boundedList(boundedBytes(FLEET_LIMITS.receiptBytes), FLEET_LIMITS.receipts),
});
const failed: Codec<FailedItem> = struct('FailedItem', {
  failure: oneOf('unreadable', 'host-failure'),
  text: boundedText(TEXT_LENGTH),
});
const item: Codec<Item> = eitherOf('Item', 'failure', failed, ran);

interface BodyDocument extends LineBody {
  readonly format: typeof FORMAT;
}

const body: Codec<BodyDocument> = struct('LineBody', {
  format: oneOf(FORMAT),
  job: hash32,
  worker: hash32,
  kind: boundedText(64),
  items: boundedList(item, FLEET_LIMITS.jobInputs, 1),
});

interface SignedBody {
  readonly body: Uint8Array;
  readonly sheet: readonly Uint8Array[];
  readonly signature: Uint8Array;
}

const signed: Codec<SignedBody> = struct('Line', {
  body: bytes,
  sheet: boundedList(hash32, FLEET_LIMITS.sheetLines, 1),
  signature: bytesOf(SIGNATURE_BYTES),
});

/** The text is bounded; a truncated one ends with an ellipsis. */
export function failedItem(failure: FailedItem['failure'], text: string): FailedItem {
  return { failure, text: text.length <= TEXT_LENGTH ? text : `${text.slice(0, TEXT_LENGTH - 1)}…` };
}

/** Who signs lines. */
export interface Signer {
  /** Public key, 32 bytes. */
  readonly key: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

/** @param secret 32 bytes: the private key of RFC 8032 */
export function signerOf(secret: Uint8Array): Signer {
  const agent = agentFromSeed(secret);
  return { key: coreOf(agent.key), sign: agent.sign };
}

function sheetMessage(sheet: readonly Uint8Array[]): Uint8Array {
  return joinedBytes(SHEET_FORMAT, ...sheet);
}

/** The lines of jobs that were finished together, in the same order. At most `sheetLines`. */
export function signLines(bodies: readonly LineBody[], signer: Signer): readonly Uint8Array[] {
  const encoded = bodies.map((one) => encodeBytes<BodyDocument>(body, { format: FORMAT, ...one }));
  const sheet = encoded.map(hash);
  const signature = signer.sign(sheetMessage(sheet));
  return encoded.map((one) => encodeBytes(signed, { body: one, sheet, signature }));
}

export interface Line extends LineBody {
  /** Hash of its results, without what may differ: the worker, and the texts of failures. */
  readonly result: Uint8Array;
}

function resultOf(items: readonly Item[]): Uint8Array {
  const said = items.map((one): Item => (isFailed(one) ? { failure: one.failure, text: '' } : one));
  return hash(encodeBytes(boundedList(item, FLEET_LIMITS.jobInputs), said));
}

/** Reads lines, and remembers the last sheets whose signature it has checked. */
export class LineReader {
  readonly #checked = new Set<string>();

  /** @throws FleetError `content` for bytes that are not a line, or are not signed by the worker in it */
  read(given: Uint8Array): Line {
    const { body: inner, sheet, signature } = readDocument(signed, 'line', given, FLEET_LIMITS.lineBytes);
    const line = readDocument(body, 'line', inner, FLEET_LIMITS.lineBytes);
    if (!isKind(line.kind)) throw new FleetError('content', 'the line names an unknown kind of worker');
    if (line.items.some((one) => !isFailed(one) && !isVerdictText(one.verdict)))
      throw new FleetError('content', 'the line has an unknown verdict');
    const own = hash(inner);
    if (!sheet.some((one) => sameBytes(one, own))) throw new FleetError('content', 'the line is not on its sheet');
    this.#check(line.worker, sheet, signature);
    return { ...line, result: resultOf(line.items) };
  }

  #check(worker: Uint8Array, sheet: readonly Uint8Array[], signature: Uint8Array): void {
    const message = sheetMessage(sheet);
    const known = toHex(hash(joinedBytes(worker, signature, message)));
    if (this.#checked.has(known)) return;
    if (!verifySignature(worker, signature, message)) {
      throw new FleetError('content', 'the line is not signed by the worker that it names');
    }
    if (this.#checked.size >= SHEETS_KEPT) this.#checked.delete(this.#checked.values().next().value as string);
    this.#checked.add(known);
  }
}

const SHEETS_KEPT = 4_096;

/** Why the receipts cannot belong to a work; undefined if they can. */
export function receiptFault({ items }: LineBody, { modules, calls, fuel }: ReceiptRules): string | undefined {
  for (const one of items) {
    if (isFailed(one)) continue;
    if (one.receipts.length > calls)
      return `an input has ${one.receipts.length} receipts, the work asks at most ${calls}`;
    for (const bytesOfOne of one.receipts) {
      const decoded = decodeReceipt(bytesOfOne);
      if (!decoded.ok) return `what it calls a receipt is none: ${decoded.fault.code} at byte ${decoded.fault.offset}`;
      if (!modules.some((module) => sameBytes(module, decoded.receipt.module)))
        return 'a receipt is of a module that is not of the work';
      const { limit } = decoded.receipt.fuel;
      if (limit !== fuel) return `a receipt is of a call with a fuel limit of ${limit}, not ${fuel}`;
    }
  }
  return undefined;
}

/** @throws FleetError `content` for bytes that are not a receipt */
export function receiptOf(given: Uint8Array): Receipt {
  const decoded = decodeReceipt(given);
  if (decoded.ok) return decoded.receipt;
  throw new FleetError('content', `not a valid receipt: ${decoded.fault.code} at byte ${decoded.fault.offset}`);
}

/** Fuel of all guests that ran for an input. */
export function fuelOf(one: Item): number {
  return isFailed(one) ? 0 : one.receipts.reduce((sum, receipt) => sum + receiptOf(receipt).fuel.used, 0);
}
