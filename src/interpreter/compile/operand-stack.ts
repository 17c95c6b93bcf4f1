/**
 * The operand stack at compile time. An entry is a value in its own slot, a local that is yet to be read, or a
 * constant, or an operator of a local and a constant; all but the first are *pending* and cost nothing until something needs them in a slot.
 *
 * Invariants: entries below `pendingFrom` are in their slots; the pending reads of one local form a chain from the
 * topmost down, so writing a local finds them without scanning the stack, and the whole is linear.
 */

import { Op } from '../op.js';
import type { CodeBuffer } from './code-buffer.js';

export const enum Entry {
  Slot,
  Local,
  Const,
  /**
   * An operator on a local, or on the value in its own slot, and a constant (`op d a imm`), which may be fused later.
   */
  Deferred,
}

const NONE = -1;

export class OperandStack {
  height = 0;
  kinds = new Uint8Array(64);
  wide = new Uint8Array(64);
  /** The local's index, or the low half of the constant. */
  low = new Int32Array(64);
  /** Of a deferred operator. */
  ops = new Int32Array(64);
  imms = new Int32Array(64);
  /** The next lower pending read of the same local, or the high half of the constant. */
  high = new Int32Array(64);
  private topRead = new Int32Array(64);
  private locals = 0;
  private pendingFrom = 0;

  constructor(readonly code: CodeBuffer) {}

  /** Begins a function. @param heightMax greatest height of live code */
  reset(locals: number, heightMax: number): void {
    this.height = 0;
    this.pendingFrom = 0;
    this.locals = locals;
    if (this.kinds.length < heightMax + 1) {
      const length = Math.max(heightMax + 1, this.kinds.length * 2);
      this.kinds = new Uint8Array(length);
      this.wide = new Uint8Array(length);
      this.low = new Int32Array(length);
      this.high = new Int32Array(length);
      this.ops = new Int32Array(length);
      this.imms = new Int32Array(length);
    }
    if (this.topRead.length < locals) this.topRead = new Int32Array(Math.max(locals, this.topRead.length * 2));
    this.topRead.fill(NONE, 0, locals);
  }

  /** The slot of the entry at a height, relative to the frame. */
  slotAt(height: number): number {
    return (this.locals + height) << 1;
  }

  /** Pushes a value that is (or will be at once) in its slot; returns the slot. */
  pushSlot(wide: boolean | number): number {
    const at = this.height++;
    this.kinds[at] = Entry.Slot;
    this.wide[at] = wide ? 1 : 0;
    return this.slotAt(at);
  }

  pushLocal(local: number, wide: boolean | number): void {
    const at = this.height++;
    this.kinds[at] = Entry.Local;
    this.wide[at] = wide ? 1 : 0;
    this.low[at] = local;
    this.high[at] = this.topRead[local];
    this.topRead[local] = at;
  }

  /**
   * Replaces the top two entries, an operand and the constant `imm`, by `op` of both, which is emitted when it is
   * needed. The operand is a local, or in the slot that the result will have.
   */
  defer(op: Op, operandAt: number, imm: number): void {
    const isLocal = this.kinds[operandAt] === Entry.Local;
    const local = this.low[operandAt];
    this.pop();
    const at = this.pop();
    if (isLocal) this.pushLocal(local, false);
    else {
      this.pushSlot(false);
      this.low[at] = this.slotAt(at) >> 1;
    }
    this.kinds[at] = Entry.Deferred;
    this.ops[at] = op;
    this.imms[at] = imm;
  }

  isDeferred(at: number, op: Op): boolean {
    return this.kinds[at] === Entry.Deferred && this.ops[at] === op;
  }

  private readsLocal(at: number): boolean {
    return this.kinds[at] === Entry.Local || (this.kinds[at] === Entry.Deferred && this.low[at] < this.locals);
  }

  pushConst(wide: boolean | number, low: number, high: number): void {
    const at = this.height++;
    this.kinds[at] = Entry.Const;
    this.wide[at] = wide ? 1 : 0;
    this.low[at] = low;
    this.high[at] = high;
  }

  /** Pops the top entry; its fields stay readable at the height that it had. */
  pop(): number {
    const at = --this.height;
    if (this.readsLocal(at)) this.topRead[this.low[at]] = this.high[at];
    if (this.pendingFrom > at) this.pendingFrom = at;
    return at;
  }

  /** Drops entries without emitting them, after an instruction that made the rest dead. */
  truncate(height: number): void {
    while (this.height > height) this.pop();
  }

  isConst(at: number): boolean {
    return this.kinds[at] === Entry.Const;
  }

  /** Pops an operand and returns the slot to read it from; a constant is first put into its own slot. */
  popOperand(): number {
    const at = this.pop();
    return this.slotOf(at);
  }

  /** The slot to read an entry from; a constant or a deferred operator is first put into it. */
  slotOf(at: number): number {
    if (this.kinds[at] === Entry.Local) return this.low[at] << 1;
    const slot = this.slotAt(at);
    if (this.kinds[at] !== Entry.Slot) this.copyTo(slot, at);
    return slot;
  }

  emitConst(slot: number, at: number): void {
    if (this.wide[at]) this.code.emit4(Op.Const64, slot, this.low[at], this.high[at]);
    else this.code.emit3(Op.Const32, slot, this.low[at]);
  }

  /** Copies the entry at `at`, of any kind, to a slot. The entry itself does not change. */
  copyTo(slot: number, at: number): void {
    if (this.kinds[at] === Entry.Const) {
      this.emitConst(slot, at);
      return;
    }
    if (this.kinds[at] === Entry.Deferred) {
      this.code.emit4(this.ops[at], slot, this.low[at] << 1, this.imms[at]);
      return;
    }
    const from = this.kinds[at] === Entry.Local ? this.low[at] << 1 : this.slotAt(at);
    if (from === slot) return;
    if (this.wide[at]) this.code.emit3(Op.Move64, slot, from);
    else this.emitMove32(slot, from);
  }

  /** Two moves in a row are one instruction. */
  private emitMove32(to: number, from: number): void {
    const { code } = this;
    const at = code.lastFusible(Op.Move32, 3);
    if (at < 0) {
      code.markFusible();
      code.emit3(Op.Move32, to, from);
      return;
    }
    const [firstTo, firstFrom] = [code.words[at + 1], code.words[at + 2]];
    code.length = at;
    code.emit5(Op.Move32Pair, firstTo, firstFrom, to, from);
  }

  /** Puts every pending read of a local into its slot, because the local is about to be written. */
  settleLocal(local: number): void {
    let at = this.topRead[local];
    if (at === NONE) return;
    while (at !== NONE) {
      const next = this.high[at];
      this.copyTo(this.slotAt(at), at);
      this.kinds[at] = Entry.Slot;
      at = next;
    }
    this.topRead[local] = NONE;
  }

  /** Puts every entry into its slot, because control flow is about to split or merge. */
  settleAll(): void {
    for (let at = this.pendingFrom; at < this.height; at++) {
      if (this.kinds[at] === Entry.Slot) continue;
      this.copyTo(this.slotAt(at), at);
      if (this.readsLocal(at)) this.topRead[this.low[at]] = NONE;
      this.kinds[at] = Entry.Slot;
    }
    this.pendingFrom = this.height;
  }
}
