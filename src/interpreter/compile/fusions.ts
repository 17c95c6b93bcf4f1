/**
 * Operators that are fused with the operation before or after them. Each function returns false if it is not possible.
 */
import { Opcode } from '../../wasm/opcode.js';
import { Op } from '../op.js';
import { INDEXED_LOADS, type TakenIn } from '../op-forms.js';
import { memoryOffset, OFFSET_MAX } from './accesses.js';
import type { FunctionCompiler } from './function-compiler.js';
import { labelAt } from './labels.js';
import { Entry } from './operand-stack.js';

/** `op d a b imm`: a commutative operator is fused with a deferred one on either side. */
export function takeDeferred(c: FunctionCompiler, forms: TakenIn): boolean {
  const { stack, code } = c;
  const top = stack.height - 1;
  const formOf = (at: number): Op | undefined =>
    stack.kinds[at] === Entry.Deferred ? forms[stack.ops[at]] : undefined;
  const right = formOf(top);
  const form = right ?? formOf(top - 1);
  if (form === undefined) return false;
  const isRight = right !== undefined;
  if (form === Op.I32XorRotl && isRight && stack.isDeferred(top - 1, Op.I32RotlImm)) {
    const [second, first] = [stack.pop(), stack.pop()];
    const [a, m, b, n] = [stack.low[first] << 1, stack.imms[first], stack.low[second] << 1, stack.imms[second]];
    code.emit6(Op.I32RotlXorRotl, c.destination(false), a, m, b, n);
    return true;
  }
  const at = isRight ? top : top - 1;
  const [operand, imm] = [stack.low[at] << 1, stack.imms[at]];
  if (isRight) stack.pop();
  const other = stack.popOperand();
  if (!isRight) stack.pop();
  code.emit5(form, c.destination(false), other, operand, imm);
  return true;
}

/** A product that is only added to, or subtracted from, the entry below it is one operation with two roundings. */
export function multiplyF64(c: FunctionCompiler): boolean {
  const { stack, reader } = c;
  const next = reader.nextByte();
  const product = stack.height - 2;
  const fuses = (next === Opcode.F64Add || next === Opcode.F64Sub) && product > labelAt(c, 0).base;
  if (!fuses || stack.isConst(product + 1) || stack.isConst(product)) return false;
  reader.take();
  const b = stack.popOperand();
  const a = stack.popOperand();
  const addend = stack.popOperand();
  c.code.emit5(next === Opcode.F64Add ? Op.F64MulAdd : Op.F64MulSub, c.destination(true), a, b, addend);
  return true;
}

/** A sum of two slots: one that is only an address becomes part of the load. */
export function addI32(c: FunctionCompiler): boolean {
  const { stack, reader } = c;
  const right = stack.height - 1;
  if (stack.isConst(right) || stack.isConst(right - 1)) return false;
  const load = INDEXED_LOADS.get(reader.nextByte());
  if (load === undefined || reader.nextMemoryOffset() > OFFSET_MAX) return sumI32(c);
  reader.take();
  const offset = memoryOffset(reader);
  const b = stack.popOperand();
  const a = stack.popOperand();
  c.code.emit5(load.op, c.destination(load.wide), a, b, offset);
  return true;
}

/** The sum of two slots, or of three: a third is added to the previous sum, if that is used only here. */
function sumI32(c: FunctionCompiler): boolean {
  const { stack, code } = c;
  const b = stack.popOperand();
  const a = stack.popOperand();
  const at = code.lastFusible(Op.I32Add, 4);
  const made = at < 0 ? -1 : code.words[at + 1];
  const left = stack.height;
  const takesLeft = made === a && stack.kinds[left] === Entry.Slot;
  if (takesLeft || (made === b && stack.kinds[left + 1] === Entry.Slot)) {
    const [x, y] = [code.words[at + 2], code.words[at + 3]];
    code.length = at;
    code.emit5(Op.I32Add3, c.destination(false), x, y, takesLeft ? b : a);
    return true;
  }
  const d = c.destination(false);
  code.markFusible();
  code.emit4(Op.I32Add, d, a, b);
  return true;
}
