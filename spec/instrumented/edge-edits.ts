/** Edits of a body that throw if one starts or ends inside an instruction, or before the end of the previous one. */
import type { Charge } from '../../src/instrumented/charge-code.js';
import type { CodeWriter } from '../../src/instrumented/code-writer.js';
import { Edits } from '../../src/instrumented/edits.js';
import type { EdgeReader } from '../wasm/edge-reader.js';

export class EdgeEdits extends Edits {
  #last = 0;

  constructor(readonly reader: EdgeReader) {
    super();
  }

  override clear(): void {
    super.clear();
    this.#last = 0;
  }

  override charge(charge: Charge, at: number, amount: number): void {
    this.#require(at, at);
    super.charge(charge, at, amount);
  }

  override replace(start: number, end: number): CodeWriter {
    this.#require(start, end);
    return super.replace(start, end);
  }

  #require(start: number, end: number): void {
    this.reader.requireEdge(start);
    this.reader.requireEdge(end);
    if (start < this.#last || end < start) throw new Error(`an edit of bytes ${start} to ${end} behind ${this.#last}`);
    this.#last = end;
  }
}
