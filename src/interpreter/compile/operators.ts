/** Operators: on slots, and in the forms that take a constant from the code. */
import { Opcode } from '../../wasm/opcode.js';
import type { Op } from '../op.js';
import type { ConstantForm } from '../op-forms.js';
import type { Constant } from '../table/row.js';
import type { FunctionCompiler } from './function-compiler.js';
import { Entry, type OperandStack } from './operand-stack.js';

/** `op d a` */
export function unary(c: FunctionCompiler, op: Op, wide: boolean): boolean {
  const a = c.stack.popOperand();
  c.code.emit3(op, c.destination(wide), a);
  return true;
}

/** `op d a b` */
export function binary(c: FunctionCompiler, op: Op, wide: boolean): boolean {
  const b = c.stack.popOperand();
  const a = c.stack.popOperand();
  c.code.emit4(op, c.destination(wide), a, b);
  return true;
}

/** The word that encodes a constant, or undefined if the form does not accept this one. */
type WordOf = (stack: OperandStack, at: number, c: FunctionCompiler) => number | undefined;

const low: WordOf = (stack, at) => stack.low[at];
/** A 64-bit constant that is a sign-extended 32-bit one. */
const small: WordOf = (stack, at) => (stack.high[at] === stack.low[at] >> 31 ? stack.low[at] : undefined);

/** By kind of constant. Only the right operand may be one, except in commutative operators. */
const CONSTANTS: Readonly<Record<Constant, { readonly wordOf: WordOf; readonly commutes?: true }>> = {
  either: { wordOf: low, commutes: true },
  right: { wordOf: low },
  negated: { wordOf: (stack, at) => -stack.low[at] | 0 },
  rotation: { wordOf: (stack, at) => stack.low[at] & 31 },
  'rotation back': { wordOf: (stack, at) => -stack.low[at] & 31 },
  divisor: { wordOf: (stack, at) => (stack.low[at] !== 0 && stack.low[at] !== -1 ? stack.low[at] : undefined) },
  small: { wordOf: small, commutes: true },
  'small negated': {
    wordOf: (stack, at, c) => (stack.low[at] === -0x8000_0000 ? undefined : negative(small(stack, at, c))),
  },
  count: { wordOf: (stack, at) => stack.low[at] & 63 },
  'count back': { wordOf: (stack, at) => -stack.low[at] & 63 },
  float: {
    wordOf: (stack, at, c) => {
      const value = doubleOf(stack.low[at], stack.high[at]);
      return value !== value ? undefined : c.constants(value);
    },
  },
};

function negative(word: number | undefined): number | undefined {
  return word === undefined ? undefined : -word | 0;
}

/** The value of an f64 constant in two halves. */
function doubleOf(lowHalf: number, highHalf: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setInt32(0, lowHalf, true);
  view.setInt32(4, highHalf, true);
  return view.getFloat64(0, true);
}

/** A binary operator with a form for a constant. */
export function operator(form: ConstantForm): (c: FunctionCompiler) => boolean {
  const { wordOf, commutes = false } = CONSTANTS[form.constant];
  return (c) => {
    const { stack } = c;
    const right = stack.height - 1;
    let operandAt = right - 1;
    let word = stack.isConst(right) ? wordOf(stack, right, c) : undefined;
    if (word === undefined && commutes && stack.isConst(operandAt)) {
      word = wordOf(stack, operandAt, c);
      operandAt = right;
    }
    if (word === undefined) return binary(c, form.op, form.wide);
    if (form.waits && mayWait(c, operandAt)) stack.defer(form.immOp, operandAt, word);
    else binaryImm(c, form, operandAt, word);
    return true;
  };
}

/** `op d a imm`: pops both operands, one of which is the constant. */
function binaryImm(c: FunctionCompiler, { immOp, wide }: ConstantForm, operandAt: number, word: number): void {
  const { stack, code } = c;
  const a = stack.slotOf(operandAt);
  stack.pop();
  stack.pop();
  const d = c.destination(wide);
  code.markFusible();
  code.emit4(immOp, d, a, word);
}

/** Whether an operator on a local and a constant may be deferred: the next instruction does not store it in a local. */
function mayWait({ stack, reader }: FunctionCompiler, operandAt: number): boolean {
  const kind = stack.kinds[operandAt];
  // A value above the result's height would be overwritten before it is read.
  const stays = kind === Entry.Local || (kind === Entry.Slot && operandAt === stack.height - 2);
  if (!stays) return false;
  const next = reader.nextByte();
  return next !== Opcode.LocalSet && next !== Opcode.LocalTee;
}
