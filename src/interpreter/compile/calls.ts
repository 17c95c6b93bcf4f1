/** Calls. A tail call ends its function: its last words say where its arguments are, how many slots, and what it leaves. */
import { isWide } from '../../machine/global.js';
import { typeOfFunction } from '../../wasm/module.js';
import type { FunctionType } from '../../wasm/types.js';
import { Op } from '../op.js';
import type { FunctionCompiler } from './function-compiler.js';

export function call(c: FunctionCompiler, isTail: boolean): boolean {
  const { module } = c.metered;
  const index = c.reader.u32();
  const type = typeOfFunction(module, index);
  const base = placeArguments(c, type);
  const own = index - module.importedFunctions;
  if (own < 0) c.code.emit2(isTail ? Op.ReturnCallFunction : Op.CallFunction, index);
  else c.code.emit2(isTail ? Op.ReturnCall : Op.CallFirst, own);
  return finish(c, type, base, isTail);
}

export function callIndirect(c: FunctionCompiler, isTail: boolean): boolean {
  const typeIndex = c.reader.u32();
  const table = c.reader.u32();
  const type = c.metered.module.types[typeIndex];
  const element = c.stack.popOperand();
  const base = placeArguments(c, type);
  c.code.emit4(isTail ? Op.ReturnCallIndirect : Op.CallIndirect, element, table, typeIndex);
  return finish(c, type, base, isTail);
}

/** Puts the arguments into their slots and pops them; returns where they begin. */
function placeArguments({ stack }: FunctionCompiler, type: FunctionType): number {
  const from = stack.height - type.params.length;
  for (let at = from; at < stack.height; at++) stack.copyTo(stack.slotAt(at), at);
  stack.truncate(from);
  return stack.slotAt(from);
}

function finish({ stack, code, frameWords }: FunctionCompiler, type: FunctionType, base: number, isTail: boolean) {
  if (isTail) {
    code.emit3(base, type.params.length << 1, frameWords);
    return false;
  }
  code.emit1(base);
  for (const result of type.results) stack.pushSlot(isWide(result));
  return true;
}
