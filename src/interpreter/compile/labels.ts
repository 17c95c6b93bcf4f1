/** Control frames at compile time, and the code of branches to them. A branch to the function's own label is a return. */
import { isWide } from '../../machine/global.js';
import { Op } from '../op.js';
import type { CodeBuffer } from './code-buffer.js';
import type { FunctionCompiler, Landing } from './function-compiler.js';
import { Entry } from './operand-stack.js';

export const NO_FIXUP = -1;

export const enum Kind {
  Function,
  Block,
  Loop,
  If,
  Else,
}

export interface Label {
  kind: Kind;
  /** Operand height below the parameters. */
  readonly base: number;
  readonly params: Uint8Array;
  readonly results: Uint8Array;
  /** Whether a live branch goes to the end. */
  targeted: boolean;
  /** Chain of code positions whose two words (target, cost) the end fills. */
  fixups: number;
  /** For an `if`: position of the words that lead to the else arm. */
  elseFixup: number;
  /** For a loop: its start. */
  landing: Landing | undefined;
}

export function pushLabel(c: FunctionCompiler, kind: Kind, params: Uint8Array, results: Uint8Array): Label {
  const label: Label = {
    kind,
    base: c.stack.height - params.length,
    params,
    results,
    targeted: false,
    fixups: NO_FIXUP,
    elseFixup: NO_FIXUP,
    landing: undefined,
  };
  c.labels.push(label);
  return label;
}

export function labelAt({ labels }: FunctionCompiler, depth: number): Label {
  return labels[labels.length - 1 - depth];
}

/** Types that a branch to the label carries. */
function carriedTypes(label: Label): Uint8Array {
  return label.kind === Kind.Loop ? label.params : label.results;
}

/** Whether a branch to the label moves nothing, because its values already are where the label needs them. */
export function isInPlace({ stack }: FunctionCompiler, label: Label): boolean {
  if (label.kind === Kind.Function) return false;
  const count = carriedTypes(label).length;
  if (count === 0) return true;
  if (stack.height - count !== label.base) return false;
  for (let at = label.base; at < stack.height; at++) if (stack.kinds[at] !== Entry.Slot) return false;
  return true;
}

/** Copies the top values to a label's slots. Upwards in order is safe: a source never lies below its slot. */
export function carry({ stack }: FunctionCompiler, label: Label, count: number): void {
  const from = stack.height - count;
  for (let i = 0; i < count; i++) stack.copyTo(stack.slotAt(label.base + i), from + i);
}

/** The operand stack at the start of an arm or after an end: the given types in their slots. */
export function reenter({ stack }: FunctionCompiler, label: Label, types: Uint8Array): void {
  stack.truncate(label.base);
  for (const type of types) stack.pushSlot(isWide(type));
}

/** Emits the words (target, cost) of a branch to a label. */
export function emitTarget({ code }: FunctionCompiler, label: Label): void {
  if (label.landing !== undefined) {
    code.emit2(label.landing.target, label.landing.cost);
    return;
  }
  label.targeted = true;
  const at = code.length;
  code.emit2(label.fixups, 0);
  label.fixups = at;
}

/** Fills the words of all branches to this place. */
export function resolve({ words }: CodeBuffer, fixups: number, { target, cost }: Landing): void {
  for (let at = fixups; at !== NO_FIXUP; ) {
    const next = words[at];
    words[at] = target;
    words[at + 1] = cost;
    at = next;
  }
}

/** An unconditional branch. */
export function emitBranch(c: FunctionCompiler, label: Label): void {
  if (label.kind === Kind.Function) {
    emitReturn(c);
    return;
  }
  carry(c, label, carriedTypes(label).length);
  c.code.emit1(Op.Jump);
  emitTarget(c, label);
}

export function emitReturn({ stack, code, results, frameWords }: FunctionCompiler): void {
  const count = results.length;
  const from = stack.height - count;
  if (count === 0) code.emit2(Op.Return, frameWords);
  else if (count === 1) {
    const slot = stack.slotOf(from);
    code.emit3(stack.wide[from] ? Op.Return64 : Op.Return32, slot, frameWords);
  } else {
    for (let at = from; at < stack.height; at++) stack.copyTo(stack.slotAt(at), at);
    code.emit4(Op.ReturnMany, stack.slotAt(from), count << 1, frameWords);
  }
}
