/**
 * What is changed in a function's body, in order of offset: noted while the body is read, carried out by one loop when it
 * has been. So the loop that reads is free of writing, and both are soon optimised by the host.
 */
import type { ByteWriter } from '../base/byte-writer.js';
import type { Charge, ChargeCode } from './charge-code.js';
import { CodeWriter } from './code-writer.js';

/** A piece of code; smaller kinds are charges. */
const PIECE = 0xff;

export class Edits {
  /** The pieces of code, one behind the other. */
  readonly #code = new CodeWriter(1024);
  #pieceStarts = new Uint32Array(64);
  #pieces = 0;

  #count = 0;
  #kinds = new Uint8Array(256);
  /** Where the guest's code is left, and where copying goes on. */
  #offsets = new Uint32Array(256);
  #ends = new Uint32Array(256);
  /** Fuel of a charge, 0 if it has no amount. */
  #amounts = new Float64Array(256);

  clear(): void {
    this.#count = 0;
    this.#pieces = 0;
    this.#code.clear();
  }

  #push(kind: number, start: number, end: number, amount: number): void {
    const at = this.#count++;
    if (at === this.#kinds.length) this.#grow();
    this.#kinds[at] = kind;
    this.#offsets[at] = start;
    this.#ends[at] = end;
    this.#amounts[at] = amount;
  }

  #grow(): void {
    const length = this.#kinds.length * 2;
    this.#kinds = grown(this.#kinds, new Uint8Array(length));
    this.#offsets = grown(this.#offsets, new Uint32Array(length));
    this.#ends = grown(this.#ends, new Uint32Array(length));
    this.#amounts = grown(this.#amounts, new Float64Array(length));
  }

  /** A charge before the instruction at an offset. */
  charge(charge: Charge, at: number, amount: number): void {
    this.#push(charge, at, at, amount);
  }

  /** A piece of code in the place of what stands from `start` to `end`: it is what is written until the next edit. */
  replace(start: number, end: number): CodeWriter {
    this.#push(PIECE, start, end, 0);
    if (this.#pieces + 1 === this.#pieceStarts.length) {
      this.#pieceStarts = grown(this.#pieceStarts, new Uint32Array(this.#pieceStarts.length * 2));
    }
    this.#pieceStarts[this.#pieces++] = this.#code.length;
    return this.#code;
  }

  /** A piece of code before the instruction at an offset. */
  insert(at: number): CodeWriter {
    return this.replace(at, at);
  }

  /** Leaves out what stands from `start` to `end`. */
  leaveOut(start: number, end: number): void {
    if (end > start) this.replace(start, end);
  }

  /**
   * Writes the guest's code from `start` to `end` with all that is changed.
   * @param charges of the function's fuel local, if it has any
   */
  write(out: ByteWriter, source: Uint8Array, start: number, end: number, charges: ChargeCode | undefined): void {
    const code = this.#code.finish();
    this.#pieceStarts[this.#pieces] = code.length;
    let piece = 0;
    let copied = start;
    for (let at = 0; at < this.#count; at++) {
      out.range(source, copied, this.#offsets[at]);
      copied = this.#ends[at];
      const kind = this.#kinds[at];
      if (kind === PIECE) out.range(code, this.#pieceStarts[piece], this.#pieceStarts[++piece]);
      else {
        const { before, after } = charges as ChargeCode;
        const amount = this.#amounts[at];
        if (amount === 0) {
          out.bytes(before[kind]);
          out.bytes(after[kind]);
        } else out.around(before[kind], amount, after[kind]);
      }
    }
    out.range(source, copied, end);
  }
}

function grown<T extends Uint8Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
