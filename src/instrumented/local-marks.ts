/** The guest's locals as far as rewriting must know them: which hold floats whose NaN bits the host chose (marked). */
import { FrameKind } from '../metering/live-frames.js';
import type { AddedLocals } from './added-locals.js';
import type { Edits } from './edits.js';
import { isFloat } from './layout.js';
import { canonicalise, NanState } from './nan-code.js';
import type { OpenFrames } from './open-frames.js';

/** How far out a write is looked at, so that the work stays linear. */
const FRAMES_SEARCHED = 8;

export class LocalMarks {
  count = 0;
  /** Whether any is a float. */
  hasFloats = false;
  #types = new Uint8Array(256);
  /** Of floats; no other is ever marked. */
  #states = new Uint8Array(256);
  /** Offset of the last `local.get` of each float. */
  #lastReads = new Uint32Array(256);
  /** All that are marked, and some that no longer are: none, in nearly every function. */
  readonly #marked: number[] = [];
  readonly #edits: Edits;
  readonly #added: AddedLocals;

  constructor(edits: Edits, added: AddedLocals) {
    this.#edits = edits;
    this.#added = added;
  }

  start(): void {
    this.count = 0;
    this.hasFloats = false;
    this.#marked.length = 0;
  }

  declare(count: number, type: number): void {
    const start = this.count;
    const end = start + count;
    if (end > this.#types.length) this.#grow(end);
    this.count = end;
    if (count === 1) this.#types[start] = type;
    else this.#types.fill(type, start, end);
    if (!isFloat(type)) return;
    this.hasFloats = true;
    this.#states.fill(NanState.Kept, start, end);
    this.#lastReads.fill(0, start, end);
  }

  #grow(count: number): void {
    const types = new Uint8Array(Math.max(count, this.#types.length * 2));
    types.set(this.#types);
    this.#types = types;
    this.#states = new Uint8Array(types.length);
    const lastReads = new Uint32Array(types.length);
    lastReads.set(this.#lastReads);
    this.#lastReads = lastReads;
  }

  type(local: number): number {
    return this.#types[local];
  }

  /** `local.get` at an offset; returns what is known of the value. */
  read(local: number, at: number): NanState {
    if (!isFloat(this.#types[local])) return NanState.Kept;
    this.#lastReads[local] = at;
    return this.#states[local];
  }

  /** `local.set` and `local.tee` of a value of which so much is known. */
  write(local: number, state: NanState, frames: OpenFrames): void {
    if (!isFloat(this.#types[local])) return;
    this.#noteWrite(local, frames);
    if (state !== NanState.Kept && this.#states[local] === NanState.Kept) this.#marked.push(local);
    this.#states[local] = state;
  }

  /**
   * Notes the loops in which this write comes before every read of the local, on every way from the loop's start: no
   * branch so far leads past it out of the blocks between. Such a local is dead where the loop starts its next turn.
   */
  #noteWrite(local: number, frames: OpenFrames): void {
    const lastRead = this.#lastReads[local];
    const searched = Math.min(FRAMES_SEARCHED, frames.depth);
    for (let label = 0; label < searched; label++) {
      const frame = frames.label(label);
      if (frame.kind === FrameKind.Loop) {
        if (frame.start <= lastRead) return;
        frame.dead ??= new Set();
        frame.dead.add(local);
      } else if (frame.kind !== FrameKind.Block || frame.reached) return;
    }
  }

  /** Puts them right before control goes where it may arrive from elsewhere, but for those that are `dead` there. */
  settle(at: number, dead?: ReadonlySet<number>): void {
    if (this.#marked.length > 0) this.#settleMarked(at, dead);
  }

  #settleMarked(at: number, dead: ReadonlySet<number> | undefined): void {
    const marked = this.#marked;
    let kept = 0;
    for (const local of marked) {
      const state: NanState = this.#states[local];
      if (state === NanState.Kept) continue;
      if (dead?.has(local)) {
        marked[kept++] = local;
        continue;
      }
      const code = this.#edits.insert(at);
      code.localGet(local);
      canonicalise(code, this.#added, this.#types[local], state);
      code.localSet(local);
      this.#states[local] = NanState.Kept;
    }
    marked.length = kept;
  }

  /** Dead code may have left marks; every live way to what follows has put its locals right. */
  forget(): void {
    if (this.#marked.length === 0) return;
    for (const local of this.#marked) this.#states[local] = NanState.Kept;
    this.#marked.length = 0;
  }
}
