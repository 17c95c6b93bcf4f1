/** The control frames that are open around the instruction that is rewritten. Dead constructs never get a frame. */
import { FrameKind } from '../metering/live-frames.js';
import { NO_VALUES } from '../wasm/instruction-reader.js';
import type { FunctionType } from '../wasm/types.js';

export class Frame {
  kind: FrameKind = FrameKind.Function;
  /** Operand height below the parameters. */
  height = 0;
  type: FunctionType = NO_VALUES;
  /** What follows the `end` is live whatever its end is. */
  reached = false;
  /** Whether the fuel local may be pending where a branch arrives, and in the `else` arm. */
  pending = false;
  pendingElse = false;
  /** Of a loop: offset of its first instruction, and the locals that every turn sets before it reads them. */
  start = 0;
  dead: Set<number> | undefined = undefined;

  /** How many values a branch to the label carries. */
  get carried(): number {
    return (this.kind === FrameKind.Loop ? this.type.params : this.type.results).length;
  }
}

/** Frames are used again by the next construct of the same depth. */
export class OpenFrames {
  depth = 0;
  readonly #frames: Frame[] = [];

  push(kind: FrameKind, type: FunctionType, height: number, start: number): Frame {
    const at = this.depth++;
    if (at === this.#frames.length) this.#frames.push(new Frame());
    const frame = this.#frames[at];
    frame.kind = kind;
    frame.height = height;
    frame.type = type;
    frame.reached = false;
    frame.pending = false;
    frame.pendingElse = false;
    frame.start = start;
    frame.dead = undefined;
    return frame;
  }

  /** The target of a branch; 0 is the innermost frame. */
  label(depth: number): Frame {
    return this.#frames[this.depth - 1 - depth];
  }
}
