/**
 * What the rewriter copies without a look at the operand stack, by opcode of one byte, in a function that makes no NaN:
 * how many LEB128 integers follow. Bodies are nearly all of these, and a loop over nothing else is soon optimised.
 */
import { ROW_BY_INDEX } from '../wasm/instructions.js';
import { Opcode } from '../wasm/opcode.js';
import { integerImmediates } from '../wasm/skip-immediates.js';
import { FLOAT_CLASSES, FloatClass } from './float-class.js';

export const NOT_PASSED = 0xff;

/** Typed by their operands and result as others are, but not copied as they stand. */
const REPLACED: ReadonlySet<number> = new Set([Opcode.MemoryGrow, Opcode.RefFunc]);

/** Change no more than locals and operands, and never trap. */
const LOCAL: ReadonlySet<number> = new Set([
  Opcode.Nop,
  Opcode.Drop,
  Opcode.Select,
  Opcode.LocalGet,
  Opcode.LocalSet,
  Opcode.LocalTee,
]);

/**
 * @param isChecked the fuel for what comes is covered, so that it may trap and be seen
 * @param keepsGlobals globals have the indices that the guest gave them
 */
export function passedInstructions(isChecked: boolean, keepsGlobals: boolean): Uint8Array {
  const passed = new Uint8Array(256).fill(NOT_PASSED);
  for (let opcode = 0; opcode < 256; opcode++) {
    const integers = integerImmediates(opcode);
    if (integers === undefined) continue;
    const isGlobal = keepsGlobals && (opcode === Opcode.GlobalGet || (isChecked && opcode === Opcode.GlobalSet));
    if (LOCAL.has(opcode) || isGlobal || isPlain(opcode, isChecked)) passed[opcode] = integers;
  }
  return passed;
}

/** Typed by its operands and result alone, and no maker or tester of a NaN. */
function isPlain(opcode: number, isChecked: boolean): boolean {
  const row = ROW_BY_INDEX[opcode];
  if (row === undefined || !row.type.includes('->') || REPLACED.has(opcode)) return false;
  if (row.traps !== undefined && !isChecked) return false;
  const kind: FloatClass = FLOAT_CLASSES[opcode];
  return kind !== FloatClass.Generates && kind !== FloatClass.Truncates;
}
