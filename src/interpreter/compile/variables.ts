/** Locals, globals, constants, and what chooses among values or changes nothing but their type. */
import { isWide } from '../../machine/global.js';
import { Op } from '../op.js';
import type { Operation } from '../op-forms.js';
import type { FunctionCompiler } from './function-compiler.js';
import { Entry } from './operand-stack.js';

export function getLocal({ stack, reader, localWide }: FunctionCompiler): boolean {
  const local = reader.u32();
  stack.pushLocal(local, localWide[local]);
  return true;
}

export function setLocal({ stack, reader, localWide }: FunctionCompiler, isTee: boolean): boolean {
  const local = reader.u32();
  const at = stack.pop();
  const same = stack.kinds[at] === Entry.Local && stack.low[at] === local;
  if (!same) {
    stack.settleLocal(local);
    stack.copyTo(local << 1, at);
  }
  if (isTee) stack.pushLocal(local, localWide[local]);
  return true;
}

export function getGlobal(c: FunctionCompiler): boolean {
  const { module } = c.metered;
  const index = c.reader.u32();
  const wide = isWide(module.globals[index].type);
  const own = index - module.importedGlobals;
  if (own < 0) c.code.emit3(Op.GlobalGetImported, c.destination(wide), index);
  else c.code.emit3(wide ? Op.GlobalGet64 : Op.GlobalGet32, c.destination(wide), own << 1);
  return true;
}

export function setGlobal(c: FunctionCompiler): boolean {
  const { module } = c.metered;
  const index = c.reader.u32();
  const wide = isWide(module.globals[index].type);
  const own = index - module.importedGlobals;
  const a = c.stack.popOperand();
  if (own < 0) c.code.emit3(Op.GlobalSetImported, index, a);
  else c.code.emit3(wide ? Op.GlobalSet64 : Op.GlobalSet32, own << 1, a);
  return true;
}

/** A constant of 32 bits. */
export function narrowConstant({ stack }: FunctionCompiler, low: number): boolean {
  stack.pushConst(false, low, low >> 31);
  return true;
}

export function wideConstant({ stack }: FunctionCompiler, low: number, high: number): boolean {
  stack.pushConst(true, low, high);
  return true;
}

export function drop({ stack }: FunctionCompiler): boolean {
  stack.pop();
  return true;
}

export function select(c: FunctionCompiler): boolean {
  const { stack } = c;
  const condition = stack.popOperand();
  const wide = stack.wide[stack.height - 1] === 1;
  const b = stack.popOperand();
  const a = stack.popOperand();
  c.code.emit5(wide ? Op.Select64 : Op.Select32, c.destination(wide), a, b, condition);
  return true;
}

/** A conversion that changes nothing but the type: the low half, or the same bits. */
export function retype({ stack }: FunctionCompiler, wide: boolean): boolean {
  const at = stack.height - 1;
  if (stack.kinds[at] === Entry.Const && !wide) stack.high[at] = stack.low[at] >> 31;
  stack.wide[at] = wide ? 1 : 0;
  return true;
}

/** An instruction that is one operation: its result, its operands, then its immediates. */
export function operation(c: FunctionCompiler, { op, result, operands, words, memories }: Operation): boolean {
  const { reader, stack, code } = c;
  // Read first: `destination` looks at the next instruction, and an immediate may equal its opcode.
  const immediates = Array.from({ length: words }, () => reader.u32());
  reader.skip(memories);
  const slots = Array.from({ length: operands }, () => stack.popOperand()).reverse();
  if (result !== 'none') slots.unshift(c.destination(result === 'wide'));
  code.emit1(op);
  for (const word of [...slots, ...immediates]) code.emit1(word);
  return true;
}
