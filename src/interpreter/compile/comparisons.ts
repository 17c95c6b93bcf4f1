/** Comparisons and the branches on them: a condition goes to the branch that follows, or becomes a value. */
import { Opcode } from '../../wasm/opcode.js';
import { Op } from '../op.js';
import type { Comparison, ComparisonValue, EqualityI64, ImmediateComparison } from '../op-forms.js';
import { branchIf, type Condition, startIf } from './control.js';
import type { FunctionCompiler } from './function-compiler.js';
import { isInPlace, labelAt } from './labels.js';

/** @param set the operation that makes a value of the condition */
function test(c: FunctionCompiler, condition: Condition, set: Op): boolean {
  const next = c.reader.nextByte();
  if (next === Opcode.BrIf) {
    c.reader.take();
    return branchIf(c, condition);
  }
  if (next === Opcode.If) {
    c.reader.take();
    return startIf(c, condition);
  }
  const { a, b } = condition;
  const d = c.destination(false);
  if (b === undefined) c.code.emit3(set, d, a);
  else c.code.emit4(set, d, a, b);
  return true;
}

/** The test of an i32 on the stack that no comparison has made. */
export function truth({ stack }: FunctionCompiler): Condition {
  return { yes: Op.BranchIf, no: Op.BranchUnless, a: stack.popOperand(), b: undefined };
}

/** A test of one operand. */
export function testZero(c: FunctionCompiler, set: Op, yes: Op, no: Op): boolean {
  return test(c, { yes, no, a: c.stack.popOperand(), b: undefined }, set);
}

/** An i32 comparison, whose right operand may be a constant. */
export function compareI32(c: FunctionCompiler, row: ImmediateComparison): boolean {
  const { stack } = c;
  if (!stack.isConst(stack.height - 1)) return compare(c, row);
  const b = stack.low[stack.pop()];
  return test(c, { yes: row.branchImm, no: row.branchNotImm, a: stack.popOperand(), b }, row.setImm);
}

/** An (in)equality of i64: a branch on one with zero has a test of its own. */
export function compareI64(c: FunctionCompiler, row: EqualityI64): boolean {
  const { stack, reader } = c;
  const right = stack.height - 1;
  const next = reader.nextByte();
  const branches = next === Opcode.BrIf || next === Opcode.If;
  if (!branches || !stack.isConst(right) || (stack.low[right] | stack.high[right]) !== 0) return compare(c, row);
  stack.pop();
  return testZero(c, row.set, row.branchZero, row.branchNotZero);
}

/** A comparison of two slots; `swap` exchanges them. */
export function compare(c: FunctionCompiler, row: Comparison): boolean {
  const second = c.stack.popOperand();
  const first = c.stack.popOperand();
  // The negation may want its operands the other way round: only one of both tests is ever emitted.
  const swap = row.swap !== (row.swapNot && wantsNegation(c));
  const a = swap ? second : first;
  const b = swap ? first : second;
  return test(c, { yes: row.branch, no: row.branchNot, a, b }, row.set);
}

/** Whether the branch that follows will test the negation: that of an `if`, or of a `br_if` whose values must be moved. */
function wantsNegation(c: FunctionCompiler): boolean {
  const next = c.reader.nextByte();
  return next === Opcode.If || (next === Opcode.BrIf && !isInPlace(c, labelAt(c, c.reader.nextLabel())));
}

/** A comparison of f32: a branch on one is rare enough to test its value. */
export function compareF32(c: FunctionCompiler, { set, swap }: ComparisonValue): boolean {
  const b = c.stack.popOperand();
  const a = c.stack.popOperand();
  const d = c.destination(false);
  c.code.emit4(set, d, swap ? b : a, swap ? a : b);
  return true;
}
