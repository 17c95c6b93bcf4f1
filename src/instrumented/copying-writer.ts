/** Writes the new code of a body: what is copied from the guest's code, and what goes in between. */
import { CodeWriter } from './code-writer.js';

export class CopyingWriter extends CodeWriter {
  /** Offset of the guest's first byte that is not copied yet. */
  copied = 0;

  constructor(readonly source: Uint8Array) {
    super(4096);
  }

  /** Forgets what was written; copying goes on at an offset. */
  start(at: number): void {
    this.clear();
    this.copied = at;
  }

  /** Copies the guest's code up to an offset. */
  copyTo(end: number): void {
    if (end > this.copied) this.range(this.source, this.copied, end);
    this.copied = end;
  }

  /** Copies up to the instruction from `start` to `end`, which is left out. */
  replace(start: number, end: number): void {
    this.copyTo(start);
    this.copied = end;
  }
}
