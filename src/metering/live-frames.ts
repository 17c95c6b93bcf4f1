/**
 * The control frames that are open around a live instruction, in flat arrays. Dead constructs never get a frame.
 */

export const enum FrameKind {
  Function,
  Block,
  Loop,
  /** An `if` in its first arm, or without `else`. */
  Then,
  Else,
}

export class LiveFrames {
  depth = 0;
  kinds: Uint8Array = new Uint8Array(64);
  /** Operand height below the frame's parameters. */
  heights: Uint32Array = new Uint32Array(64);
  params: Uint32Array = new Uint32Array(64);
  results: Uint32Array = new Uint32Array(64);
  /** 1: what follows the `end` is live whatever its end is: a live branch targets it, or its first arm's end is live. */
  reached: Uint8Array = new Uint8Array(64);

  push(kind: FrameKind, height: number, params: number, results: number): void {
    if (this.depth === this.kinds.length) this.#grow();
    const at = this.depth++;
    this.kinds[at] = kind;
    this.heights[at] = height;
    this.params[at] = params;
    this.results[at] = results;
    this.reached[at] = 0;
  }

  /** Marks the target of a live branch; returns the number of values that the branch carries. */
  branchTo(label: number): number {
    const at = this.depth - 1 - label;
    if (this.kinds[at] === FrameKind.Loop) return this.params[at];
    this.reached[at] = 1;
    return this.results[at];
  }

  #grow(): void {
    const length = this.kinds.length * 2;
    const grown = <T extends Uint8Array | Uint32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.kinds = grown(this.kinds, new Uint8Array(length));
    this.heights = grown(this.heights, new Uint32Array(length));
    this.params = grown(this.params, new Uint32Array(length));
    this.results = grown(this.results, new Uint32Array(length));
    this.reached = grown(this.reached, new Uint8Array(length));
  }
}
