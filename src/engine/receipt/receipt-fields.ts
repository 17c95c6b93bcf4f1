/**
 * The fields of a receipt as its bytes have them, read one after another: each rejects what no receipt has, with a code and where the
 * field begins. docs/SEMANTICS.md, section 8.
 */
import { FAULTS } from '../../base/fault.js';
import { hash } from '../../base/hash.js';
import { sameBytes } from '../../base/same-bytes.js';
import { decodeUtf8 } from '../../base/utf8.js';
import { BREACHES } from '../../boundary/byte-abi.js';
import { REFERENCE_BREACH } from '../imports/reference-breach.js';
import { FUEL_LIMIT_MAX, type ReceiptFuel, type ReceiptOutcome } from './receipt.js';

/** Outcome kinds by their number in the bytes. */
export const OUTCOME_KINDS = ['returned', 'trapped', 'exhausted', 'short-circuited', 'breached'] as const;

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

/** Carries a fault out of a reader, which catches it. */
export class ReceiptSignal extends Error {
  constructor(readonly fault: { readonly code: string; readonly offset: number }) {
    super(`${fault.code} at ${fault.offset}`);
  }
}

export class ReceiptFields {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #pos = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Where the next field begins. */
  get position(): number {
    return this.#pos;
  }

  outcome(): ReceiptOutcome {
    const at = this.#pos;
    const kind = OUTCOME_KINDS[this.byte()];
    const code = this.text();
    if (kind === undefined || !isCodeOf(kind, code)) this.fail('unknown-outcome', at);
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

  /** The hash of the output that such an outcome has. */
  output(outcome: ReceiptOutcome): Uint8Array {
    const at = this.#pos;
    const output = this.hash();
    const hasOutput = outcome.kind === 'returned' || outcome.kind === 'short-circuited';
    if (!hasOutput && !sameBytes(output, NO_OUTPUT)) this.fail('output-of-failure', at);
    return output;
  }

  fuel(limit: number, outcome: ReceiptOutcome): ReceiptFuel {
    const at = this.#pos;
    const used = this.u53();
    const [instantiate, guest, host, boundary] = [this.u53(), this.u53(), this.u53(), this.u53()];
    // Subtracted in turn: a sum of four could be rounded to the right number.
    const rest = used - instantiate - guest - host - boundary;
    const exhausted = outcome.kind === 'exhausted' && outcome.resource === 'fuel';
    if (rest !== 0 || used > limit || (exhausted && used !== limit)) this.fail('fuel-sum', at);
    return { limit, used, parts: { instantiate, guest, host, boundary } };
  }

  pages(pagesMax = PAGES_MAX): number {
    const at = this.#pos;
    const pages = this.#view.getUint32(this.#take(4), true);
    return pages <= pagesMax ? pages : this.fail('integer-too-large', at);
  }

  expect(wanted: string, code: ReceiptFaultCode): string {
    const at = this.#pos;
    if (this.text() !== wanted) this.fail(code, at);
    return wanted;
  }

  byte(): number {
    return this.#bytes[this.#take(1)];
  }

  text(): string {
    const at = this.#pos;
    const length = this.#view.getUint32(this.#take(4), true);
    const start = this.#take(length);
    const text = decodeUtf8(this.#bytes.subarray(start, start + length));
    return text ?? this.fail('invalid-utf8', at);
  }

  hash(): Uint8Array {
    const start = this.#take(HASH_BYTES);
    return this.#bytes.slice(start, start + HASH_BYTES);
  }

  u53(): number {
    const at = this.#take(8);
    const value = this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 0x1_0000_0000;
    return value <= FUEL_LIMIT_MAX ? value : this.fail('integer-too-large', at);
  }

  /** Nothing follows. */
  end(): void {
    if (this.#pos < this.#bytes.length) this.fail('trailing-bytes', this.#pos);
  }

  #take(count: number): number {
    const start = this.#pos;
    if (count > this.#bytes.length - start) this.fail('truncated', start);
    this.#pos = start + count;
    return start;
  }

  fail(code: ReceiptFaultCode, offset: number): never {
    throw new ReceiptSignal({ code, offset });
  }
}

function isCodeOf(kind: (typeof OUTCOME_KINDS)[number], code: string): boolean {
  if (kind === 'returned' || kind === 'short-circuited') return code === '';
  if (kind === 'breached') return Object.hasOwn(BREACHES, code) || code === REFERENCE_BREACH;
  const rows: Readonly<Record<string, { readonly kind: string }>> = FAULTS;
  return Object.hasOwn(FAULTS, code) && rows[code].kind === kind;
}
