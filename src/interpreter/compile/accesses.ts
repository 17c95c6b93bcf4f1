/** Loads and stores, in the forms of their address: a slot, the sum of a slot and a constant, a constant. */
import type { InstructionReader } from '../../wasm/instruction-reader.js';
import { Op } from '../op.js';
import type { AddressForms, Load, Store } from '../op-forms.js';
import type { FunctionCompiler } from './function-compiler.js';
import type { OperandStack } from './operand-stack.js';

/** Greatest offset of an access that is encoded as a positive 32-bit integer. */
export const OFFSET_MAX = 0x7fff_ffff;
/** Constant addresses up to here are near: no access at one leaves 32 bits. */
const FIXED_ADDRESS_MAX = 0x7fff_fff0;
const NOT_FIXED = -1;

/** The offset of a memarg as 32 bits; negative from 2^31 on. */
export function memoryOffset(reader: InstructionReader): number {
  reader.u32();
  return reader.u32() | 0;
}

/** The constant address of an access, if it is near and there is a form for it. */
function fixedAddress(stack: OperandStack, at: number, { fixed }: AddressForms, offset: number): number {
  if (fixed === undefined || !stack.isConst(at) || offset < 0) return NOT_FIXED;
  const address = (stack.low[at] >>> 0) + offset;
  return address <= FIXED_ADDRESS_MAX ? address : NOT_FIXED;
}

/** Whether the address is a deferred sum that can become part of the access. */
function isSum(stack: OperandStack, at: number, { sum }: AddressForms, offset: number): boolean {
  return sum !== undefined && offset >= 0 && stack.isDeferred(at, Op.I32AddImm);
}

export function load(c: FunctionCompiler, row: Load): boolean {
  const { stack, code } = c;
  const { op, wide } = row;
  const offset = memoryOffset(c.reader);
  const at = stack.height - 1;
  const address = fixedAddress(stack, at, row, offset);
  if (address !== NOT_FIXED) {
    stack.pop();
    code.emit3(row.fixed!, c.destination(wide), address);
  } else if (isSum(stack, at, row, offset)) {
    stack.pop();
    const operand = stack.low[at] << 1;
    const imm = stack.imms[at];
    code.emit5(row.sum!, c.destination(wide), operand, imm, offset);
  } else {
    const a = stack.popOperand();
    const d = c.destination(wide);
    if (offset < 0) code.emit5(Op.MemoryAccessFar, op, d, a, offset);
    else code.emit4(op, d, a, offset);
  }
  return true;
}

/** A store, which may have a form for a constant value. */
export function store(c: FunctionCompiler, row: Store): boolean {
  const { stack, code } = c;
  const offset = memoryOffset(c.reader);
  const value = stack.height - 1;
  const immediate = row.imm !== undefined && offset >= 0 && stack.isConst(value);
  const forms = immediate ? row.imm : row;
  const at = value - 1;
  const address = fixedAddress(stack, at, forms, offset);
  const sum = isSum(stack, at, forms, offset);
  const b = immediate ? stack.low[stack.pop()] : stack.popOperand();
  if (address !== NOT_FIXED) {
    stack.pop();
    code.emit3(forms.fixed!, address, b);
  } else if (sum) {
    stack.pop();
    code.emit5(forms.sum!, stack.low[at] << 1, stack.imms[at], b, offset);
  } else {
    const a = stack.popOperand();
    if (offset < 0) code.emit5(Op.MemoryAccessFar, forms.op, a, b, offset);
    else code.emit4(forms.op, a, b, offset);
  }
  return true;
}
