/**
 * What is changed in a function's body, in order of offset: noted while the body is read, carried out by one loop when it
 * has been. So the loop that reads is free of writing, and both are soon optimised by the host.
 */
import type { ByteWriter } from '../base/byte-writer.js';
import type { Charge, ChargeCode } from './charge-code.js';
import { CodeWriter } from './code-writer.js';

/** A piece of code; smaller kinds are charges. */
const PIECE = 0xff;

/** The numbers of an edit, 32-bit integers: the host is at its best with those. */
const enum Field {
  Kind,
  /** Where the guest's code is left, and where copying continues. */
  Start,
  End,
  /** Of a charge its fuel, 0 if it has no amount, -1 - i if it is the i-th great amount; of a piece its number. */
  Amount,
  Count,
}

/** Greater amounts, which only extreme schedules have, are kept apart. */
const AMOUNT_MAX = 0x3fff_ffff;

export class Edits {
  #edits = new Int32Array(256 * Field.Count);
  #length = 0;
  /** The pieces of code, one behind the other, and where each starts. */
  readonly #code = new CodeWriter(1024);
  #pieceStarts = new Uint32Array(64);
  #pieces = 0;
  readonly #greatAmounts: number[] = [];

  clear(): void {
    this.#length = 0;
    this.#pieces = 0;
    this.#code.clear();
    if (this.#greatAmounts.length > 0) this.#greatAmounts.length = 0;
  }

  /** A charge before the instruction at an offset. */
  charge(charge: Charge, at: number, amount: number): void {
    this.#push(charge, at, at, amount <= AMOUNT_MAX ? amount : -this.#greatAmounts.push(amount));
  }

  #push(kind: number, start: number, end: number, amount: number): void {
    const at = this.#length;
    if (at === this.#edits.length) this.#edits = grown(this.#edits, new Int32Array(at * 2));
    const edits = this.#edits;
    edits[at] = kind;
    edits[at + Field.Start] = start;
    edits[at + Field.End] = end;
    edits[at + Field.Amount] = amount;
    this.#length = at + Field.Count;
  }

  /** A piece of code that replaces the bytes from `start` to `end`: it is what is written until the next edit. */
  replace(start: number, end: number): CodeWriter {
    const piece = this.#pieces++;
    if (this.#pieces === this.#pieceStarts.length) {
      this.#pieceStarts = grown(this.#pieceStarts, new Uint32Array(this.#pieces * 2));
    }
    this.#push(PIECE, start, end, piece);
    this.#pieceStarts[piece] = this.#code.length;
    return this.#code;
  }

  /** A piece of code before the instruction at an offset. */
  insert(at: number): CodeWriter {
    return this.replace(at, at);
  }

  /** Leaves out the bytes from `start` to `end`. */
  leaveOut(start: number, end: number): void {
    this.replace(start, end);
  }

  /**
   * Writes the guest's code from `start` to `end` with all that is changed.
   * @param charges of the function's fuel local, if it has any
   */
  write(out: ByteWriter, source: Uint8Array, start: number, end: number, charges: ChargeCode): void {
    const edits = this.#edits;
    const length = this.#length;
    const code = this.#code.finish();
    const pieceStarts = this.#pieceStarts;
    pieceStarts[this.#pieces] = code.length;
    const { before, after, bytesMax } = charges;
    // The guest's code and the pieces lie for a while behind what is written: a copy within a buffer needs no view.
    const most = end - start + code.length + (length / Field.Count) * bytesMax;
    const buffer = out.room(most + end - start + code.length);
    const first = out.length;
    const guest = first + most;
    const pieces = guest + end - start;
    buffer.set(source.subarray(start, end), guest);
    buffer.set(code, pieces);
    let to = first;
    let copied = start;
    for (let at = 0; at < length; at += Field.Count) {
      const until = edits[at + Field.Start];
      if (until > copied) {
        buffer.copyWithin(to, guest + copied - start, guest + until - start);
        to += until - copied;
      }
      copied = edits[at + Field.End];
      const kind = edits[at];
      let amount = edits[at + Field.Amount];
      if (kind === PIECE) {
        const piece = pieceStarts[amount];
        const pieceEnd = pieceStarts[amount + 1];
        buffer.copyWithin(to, pieces + piece, pieces + pieceEnd);
        to += pieceEnd - piece;
        continue;
      }
      buffer.set(before[kind], to);
      to += before[kind].length;
      if (amount < 0) {
        let great = this.#greatAmounts[-1 - amount];
        for (; great > AMOUNT_MAX; great = Math.floor(great / 0x80)) buffer[to++] = (great % 0x80) | 0x80;
        amount = great | 0;
      }
      if (amount > 0) {
        // Signed LEB128: the highest bit but one of the last byte is the sign.
        for (; amount >= 0x40; amount >>= 7) buffer[to++] = (amount & 0x7f) | 0x80;
        buffer[to++] = amount;
      }
      buffer.set(after[kind], to);
      to += after[kind].length;
    }
    buffer.copyWithin(to, guest + copied - start, pieces);
    out.advance(to + end - copied - first);
  }
}

function grown<T extends Uint32Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
