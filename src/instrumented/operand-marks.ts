/**
 * What rewriting must know of the operand stack: its height, and which entries are floats whose NaN bits the host chose
 * (marked).
 *
 * Invariants: an entry that is not marked, and every place above the stack, has the state `Kept`, so that who finds
 * nothing marked may change the height alone; the types of the entries above the deepest marked one are known.
 */
import type { AddedLocals } from './added-locals.js';
import type { CodeWriter } from './code-writer.js';
import type { Edits } from './edits.js';
import { canonicalise, NanState } from './nan-code.js';

export class OperandMarks {
  height = 0;
  /** How many entries are marked. */
  marked = 0;
  #types = new Uint8Array(256);
  #states = new Uint8Array(256);
  readonly #edits: Edits;
  readonly #locals: AddedLocals;

  constructor(edits: Edits, locals: AddedLocals) {
    this.#edits = edits;
    this.#locals = locals;
  }

  /** An empty stack, which will not be higher than `maxHeight`. */
  start(maxHeight: number): void {
    this.popTo(0);
    if (this.#types.length > maxHeight) return;
    this.#types = new Uint8Array(maxHeight * 2);
    this.#states = new Uint8Array(maxHeight * 2);
  }

  /** What is known of the entry `depth` below the top. */
  state(depth: number): NanState {
    return this.#states[this.height - 1 - depth];
  }

  type(depth: number): number {
    return this.#types[this.height - 1 - depth];
  }

  push(type: number, state: NanState): void {
    const at = this.height++;
    this.#types[at] = type;
    if (state === NanState.Kept) return;
    this.#states[at] = state;
    this.marked++;
  }

  pushAll(types: Uint8Array): void {
    if (this.marked > 0) this.#types.set(types, this.height);
    this.height += types.length;
  }

  pop(count: number): void {
    if (this.marked === 0) this.height -= count;
    else this.popTo(this.height - count);
  }

  popTo(height: number): void {
    if (this.marked > 0) for (let at = this.height - 1; at >= height; at--) this.#unmark(at);
    this.height = height;
  }

  #unmark(at: number): void {
    if (this.#states[at] === NanState.Kept) return;
    this.#states[at] = NanState.Kept;
    this.marked--;
  }

  /** Makes the NaN bits of `count` entries below `above` others canonical, before the instruction at `at`. */
  settle(count: number, above: number, at: number): void {
    if (this.marked > 0) this.#settleMarked(count, above, at);
  }

  /** Entries above the deepest marked one are kept in scratch locals meanwhile. */
  #settleMarked(count: number, above: number, at: number): void {
    const high = this.height - above;
    let deepest = high - count;
    while (deepest < high && this.#states[deepest] === NanState.Kept) deepest++;
    if (deepest >= high) return;
    const code = this.#edits.insert(at);
    // Scratch local 0 of a type is the one that canonicalising uses.
    const uses = new Map<number, number>();
    const waiting: number[] = [];
    for (let entry = this.height - 1; entry > deepest; entry--) {
      const type = this.#types[entry];
      const n = (uses.get(type) ?? 0) + 1;
      uses.set(type, n);
      const local = this.#locals.scratch(type, n);
      if (entry < high) this.#settleTop(entry, code);
      code.localSet(local);
      waiting.push(local);
    }
    this.#settleTop(deepest, code);
    for (let i = waiting.length - 1; i >= 0; i--) code.localGet(waiting[i]);
  }

  /** Makes the NaN bits of the top entry canonical. */
  #settleTop(entry: number, code: CodeWriter): void {
    const state: NanState = this.#states[entry];
    if (state === NanState.Kept) return;
    canonicalise(code, this.#locals, this.#types[entry], state);
    this.#unmark(entry);
  }
}
