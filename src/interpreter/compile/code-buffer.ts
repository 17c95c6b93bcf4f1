/**
 * The register code of a whole module in one growing array, so that a call is an index. Positions never change; the
 * array may be replaced when it grows, so a loop that lets a function be compiled must read `words` again.
 */
export class CodeBuffer {
  words = new Int32Array(1024);
  length = 0;
  /** Start of the last instruction, if it was emitted as one that a later one may take in. */
  private fusibleAt = -1;
  /** A branch may land here: nothing before it is taken in by what follows. */
  private fence = 0;

  /** The instruction to be emitted now may be taken in. */
  markFusible(): void {
    this.fusibleAt = this.length;
  }

  /** Branches land at the end of the code. */
  markLanding(): void {
    this.fence = this.length;
  }

  /** Where the last instruction starts if it is `op`, of so many words, and falls into what is emitted next; else -1. */
  lastFusible(op: number, words: number): number {
    const at = this.length - words;
    return at === this.fusibleAt && at >= this.fence && this.words[at] === op ? at : -1;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.words.length) return;
    const grown = new Int32Array(Math.max(this.words.length * 2, this.length + count));
    grown.set(this.words);
    this.words = grown;
  }

  emit1(a: number): void {
    this.reserve(1);
    this.words[this.length++] = a;
  }

  emit2(a: number, b: number): void {
    this.reserve(2);
    const { words, length } = this;
    words[length] = a;
    words[length + 1] = b;
    this.length = length + 2;
  }

  emit3(a: number, b: number, c: number): void {
    this.reserve(3);
    const { words, length } = this;
    words[length] = a;
    words[length + 1] = b;
    words[length + 2] = c;
    this.length = length + 3;
  }

  emit4(a: number, b: number, c: number, d: number): void {
    this.reserve(4);
    const { words, length } = this;
    words[length] = a;
    words[length + 1] = b;
    words[length + 2] = c;
    words[length + 3] = d;
    this.length = length + 4;
  }

  emit5(a: number, b: number, c: number, d: number, e: number): void {
    this.emit4(a, b, c, d);
    this.emit1(e);
  }

  emit6(a: number, b: number, c: number, d: number, e: number, f: number): void {
    this.emit4(a, b, c, d);
    this.emit2(e, f);
  }
}
