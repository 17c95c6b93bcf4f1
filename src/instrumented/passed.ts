/**
 * What the rewriter copies without a look at the operand stack, by opcode of one byte, as long as no operand is marked: how
 * many LEB128 integers follow. Bodies are nearly all of these, and a loop over nothing else is soon optimised.
 */
import { HEIGHT_CHANGE } from '../metering/height-change.js';
import { ROW_BY_INDEX } from '../wasm/instructions.js';
import { Opcode } from '../wasm/opcode.js';
import { integerImmediates } from '../wasm/skip-immediates.js';
import { FLOAT_CLASSES, FloatClass } from './float-class.js';

export const NOT_PASSED = 0xff;

/** The low bits of an entry are the number of integers, those above are the change of height and this. */
export const INTEGERS_BITS = 2;
export const INTEGERS_MASK = 3;
export const HEIGHT_BIAS = 4;

/** Typed by their operands and result as others are, but not copied as they are. */
const REPLACED: ReadonlySet<number> = new Set([Opcode.MemoryGrow, Opcode.RefFunc]);

/** Whether an instruction is replaced in the guarded form because it goes by the size of memory. */
export function needsGuard(opcode: number): boolean {
  return opcode === Opcode.MemorySize || ROW_BY_INDEX[opcode]?.immediates === 'memarg';
}

/** Whether an instruction is a store of one byte's opcode. */
export function isStore(opcode: number): boolean {
  return opcode >= Opcode.I32Store && opcode <= Opcode.I64Store32;
}

/** Change no more than operands. */
const OPERANDS_ONLY: ReadonlySet<number> = new Set([Opcode.Nop, Opcode.Drop, Opcode.Select]);
const LOCAL_WRITES: ReadonlySet<number> = new Set([Opcode.LocalSet, Opcode.LocalTee]);

/** Which instructions on locals need no look: all, those that read, none. */
export type LocalsPassed = 'all' | 'reads' | 'none';

/** By opcode of one byte: `NOT_PASSED`, or how many integers follow with the change of the operand height. */
export interface Passed {
  /** Where fuel is owed, or not checked yet: nothing that may trap or be seen. */
  readonly unchecked: Uint8Array;
  /** Where it is covered. */
  readonly checked: Uint8Array;
}

/** What is not copied as it is in the form of a module. */
export interface NotPassed {
  /** globals have other indices than the guest gave them */
  readonly globals: boolean;
  /** ... only those that write globals */
  readonly globalWrites: boolean;
  /** no access to memory */
  readonly accesses: boolean;
  /** ... only stores */
  readonly stores: boolean;
}

export function passedInstructions(not: NotPassed, locals: LocalsPassed): Passed {
  return { unchecked: passedIf(false), checked: passedIf(true) };

  function passedIf(isChecked: boolean): Uint8Array {
    const passed = new Uint8Array(256).fill(NOT_PASSED);
    for (let opcode = 0; opcode < 256; opcode++) {
      const integers = integerImmediates(opcode);
      if (integers === undefined || (not.accesses && needsGuard(opcode)) || (not.stores && isStore(opcode))) continue;
      const isGlobal =
        !not.globals &&
        (opcode === Opcode.GlobalGet || (isChecked && !not.globalWrites && opcode === Opcode.GlobalSet));
      const isLocal =
        locals !== 'none' && (opcode === Opcode.LocalGet || (locals === 'all' && LOCAL_WRITES.has(opcode)));
      if (isLocal || isGlobal || OPERANDS_ONLY.has(opcode) || isPlain(opcode, isChecked)) {
        passed[opcode] = integers | ((HEIGHT_CHANGE[opcode] + HEIGHT_BIAS) << INTEGERS_BITS);
      }
    }
    return passed;
  }
}

/** Typed by its operands and result alone, and no maker or tester of a NaN. */
function isPlain(opcode: number, isChecked: boolean): boolean {
  const row = ROW_BY_INDEX[opcode];
  if (row === undefined || !row.type.includes('->') || REPLACED.has(opcode)) return false;
  if (row.traps !== undefined && !isChecked) return false;
  const kind: FloatClass = FLOAT_CLASSES[opcode];
  return kind !== FloatClass.Generates && kind !== FloatClass.Truncates;
}
