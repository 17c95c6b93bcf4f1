/**
 * The canonical bytes of a receipt, both ways. One receipt has one form: what `decodeReceipt` accepts, `encodeReceipt`
 * writes again to the same bytes, and everything else is answered with a code and an offset. docs/SEMANTICS.md, section 8.
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
import { FAULTS } from '../../base/fault.js';
import { hash } from '../../base/hash.js';
import { sameBytes } from '../../base/same-bytes.js';
import { TextBytes } from '../../base/text-bytes.js';
import { decodeUtf8 } from '../../base/utf8.js';
import { BREACHES } from '../../boundary/byte-abi.js';
import { withBuiltins } from '../../builtins/builtins.js';
import { PROFILE } from '../../metering/schedule.js';
import { REFERENCE_BREACH } from '../imports/reference-breach.js';
import { FUEL_LIMIT_MAX, RECEIPT_FORMAT, type Receipt, type ReceiptOutcome } from './receipt.js';

/** Outcome kinds by their number in the bytes. */
const KINDS = ['returned', 'trapped', 'exhausted', 'short-circuited', 'breached'] as const;

const HASH_BYTES = 32;
const PAGES_MAX = 65_536;
const NO_OUTPUT = hash(new Uint8Array(0));

/** Every way in which bytes are not a receipt. Closed. */
export type ReceiptFaultCode =
  /** the bytes end within a field */
  | 'truncated'
  | 'trailing-bytes'
  /** a text is not UTF-8 */
  | 'invalid-utf8'
  /** the first field is not `assay-receipt-2` */
  | 'unknown-format'
  | 'unknown-profile'
  /** no outcome has this number, or this code */
  | 'unknown-outcome'
  /** an integer above 2^53 - 1, or pages above 65,536 */
  | 'integer-too-large'
  /** fuel used is not the sum of its parts, or above the limit, or below it where fuel was exhausted */
  | 'fuel-sum'
  /** an output where the outcome has none */
  | 'output-of-failure';

export interface ReceiptFault {
  readonly code: ReceiptFaultCode;
  /** Where the field at fault begins. */
  readonly offset: number;
}

export type DecodedReceipt =
  | { readonly ok: true; readonly receipt: Receipt }
  | { readonly ok: false; readonly fault: ReceiptFault };

/** The code that stands in the bytes; empty where the kind says it all. */
function codeOf(outcome: ReceiptOutcome): string {
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
  bytes.byte(KINDS.indexOf(receipt.outcome.kind));
  bytes.text(codeOf(receipt.outcome));
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
    return { ok: true, receipt: new ReceiptReader(bytes).read() };
  } catch (error) {
    if (error instanceof ReceiptSignal) return { ok: false, fault: error.fault };
    throw error;
  }
}

/** Carries a fault out of the reader; it does not leave this file. */
class ReceiptSignal extends Error {
  constructor(readonly fault: ReceiptFault) {
    super(`${fault.code} at ${fault.offset}`);
  }
}

class ReceiptReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #pos = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(): Receipt {
    this.#expect(RECEIPT_FORMAT, 'unknown-format');
    const profile = this.#expect(PROFILE, 'unknown-profile');
    const schedule = this.#hash();
    const limits = this.#hash();
    const hosts = this.#hash();
    const module = this.#hash();
    const exportName = this.#text();
    const input = this.#hash();
    const limit = this.#u53();
    const outcome = this.#outcome();
    const outputAt = this.#pos;
    const output = this.#hash();
    const hasOutput = outcome.kind === 'returned' || outcome.kind === 'short-circuited';
    if (!hasOutput && !sameBytes(output, NO_OUTPUT)) this.#fail('output-of-failure', outputAt);
    const fuel = this.#fuel(limit, outcome);
    const pagesAt = this.#pos;
    const pages = this.#view.getUint32(this.#take(4), true);
    if (pages > PAGES_MAX) this.#fail('integer-too-large', pagesAt);
    const hostCalls = this.#hash();
    if (this.#pos < this.#bytes.length) this.#fail('trailing-bytes', this.#pos);
    const hashes = { schedule, limits, hosts, module };
    return { profile, ...hashes, export: exportName, input, fuel, outcome, output, pages, hostCalls };
  }

  #outcome(): ReceiptOutcome {
    const at = this.#pos;
    const kind = KINDS[this.#bytes[this.#take(1)]];
    const code = this.#text();
    if (kind === undefined || !isCodeOf(kind, code)) this.#fail('unknown-outcome', at);
    switch (kind) {
      case 'trapped':
      case 'breached':
        return { kind, code };
      case 'exhausted':
        return { kind, resource: code };
      default:
        return { kind };
    }
  }

  #fuel(limit: number, outcome: ReceiptOutcome): Receipt['fuel'] {
    const at = this.#pos;
    const used = this.#u53();
    const [instantiate, guest, host, boundary] = [this.#u53(), this.#u53(), this.#u53(), this.#u53()];
    // Subtracted in turn: a sum of four could be rounded to the right number.
    const rest = used - instantiate - guest - host - boundary;
    const exhausted = outcome.kind === 'exhausted' && outcome.resource === 'fuel';
    if (rest !== 0 || used > limit || (exhausted && used !== limit)) this.#fail('fuel-sum', at);
    return { limit, used, parts: { instantiate, guest, host, boundary } };
  }

  #expect(wanted: string, code: ReceiptFaultCode): string {
    const at = this.#pos;
    if (this.#text() !== wanted) this.#fail(code, at);
    return wanted;
  }

  #text(): string {
    const at = this.#pos;
    const length = this.#view.getUint32(this.#take(4), true);
    const start = this.#take(length);
    const text = decodeUtf8(this.#bytes.subarray(start, start + length));
    return text ?? this.#fail('invalid-utf8', at);
  }

  #hash(): Uint8Array {
    const start = this.#take(HASH_BYTES);
    return this.#bytes.slice(start, start + HASH_BYTES);
  }

  #u53(): number {
    const at = this.#take(8);
    const value = this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 0x1_0000_0000;
    return value <= FUEL_LIMIT_MAX ? value : this.#fail('integer-too-large', at);
  }

  #take(count: number): number {
    const start = this.#pos;
    if (count > this.#bytes.length - start) this.#fail('truncated', start);
    this.#pos = start + count;
    return start;
  }

  #fail(code: ReceiptFaultCode, offset: number): never {
    throw new ReceiptSignal({ code, offset });
  }
}

function isCodeOf(kind: (typeof KINDS)[number], code: string): boolean {
  if (kind === 'returned' || kind === 'short-circuited') return code === '';
  if (kind === 'breached') return Object.hasOwn(BREACHES, code) || code === REFERENCE_BREACH;
  const rows: Readonly<Record<string, { readonly kind: string }>> = FAULTS;
  return Object.hasOwn(FAULTS, code) && rows[code].kind === kind;
}
