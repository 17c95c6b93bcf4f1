/**
 * The loop of the register machine. It calls nothing at all, so that the optimiser keeps lengths and base pointers of its arrays
 * in registers or on the stack, and every index is a 32-bit integer (`| 0`) that needs no overflow check. What it cannot do it
 * leaves to `rare` and `Interpreter.slow`: operations that it has no case for, accesses it cannot decide. The gauge holds a
 * reserve and `fuel` a slice of it below 2^30, so the loop charges on 32-bit integers.
 *
 * Generated from `interpreter/table/` by `npm run interpreter:write`; a spec holds it to the table. Change the rows, not this file.
 */
import type { Interpreter } from './interpreter.js';
import { Op } from './op.js';
import { OUTER_OF, Outer } from './ops.js';
import { rare } from './rare.js';
import { Status } from './status.js';

/** Runs until the activation ends, or its slice of fuel does (`Status.SliceUsed`). */
export function runLoop(machine: Interpreter): Status {
  let status: Status = Status.Returned;
  let pc = machine.pc | 0;
  let fp = machine.fp | 0;
  let rp = machine.rp | 0;
  let words = machine.words | 0;
  let wordsMin = machine.wordsMin | 0;
  let fuel = machine.fuel | 0;
  // Variables of all bodies: a constant of its own for each would take a register each, and a wider encoding.
  let a = 0;
  let b = 0;
  let n = 0;
  let m = 0;
  let i = 0;
  let end = 0;
  let entry = 0;
  let at = 0;
  let base = 0;
  let from = 0;
  let sum = 0;
  let imm = 0;
  let low = 0;
  let high = 0;
  let aLow = 0;
  let aHigh = 0;
  let bLow = 0;
  let bHigh = 0;
  let a0 = 0;
  let a1 = 0;
  let b0 = 0;
  let b1 = 0;
  let p00 = 0;
  let p01 = 0;
  let p10 = 0;
  let middle = 0;
  let carried = 0;
  let x = 0;
  let y = 0;
  let q0 = 0;
  let q1 = 0;
  let q2 = 0;
  let aAt = 0;
  let dAt = 0;
  let bAt = 0;

  run: for (;;) {
    if (fuel < 0) {
      status = Status.SliceUsed;
      break;
    }
    const { slots, floats, doubles, frames } = machine;
    const { functions } = machine.store;
    const instance = machine.instance;
    const { globals, view, memory8 } = instance;
    const { constants, entries } = instance.program;
    const code = instance.program.code.words;
    const memoryEnd = instance.memoryEnd | 0;
    // With this access every later one in the loop knows what kind of array the code is.
    if (code[0] !== Op.Exit) throw new Error('no code at the exit');
    // Two dispatches in a row: the second has the operations that follow each other most often. Each has its own indirect jump to
    // predict, and half of them skip the loop's interrupt check. The whole must stay below the 60 KiB of bytecode that V8 optimises.
    inner: for (;;) {
      // biome-ignore lint/suspicious/noConfusingLabels: what leaves the block continues at the second dispatch
      first: {
        switch (code[pc]) {
          case Op.Exit:
            break run;

          case Op.Charge:
            fuel = (fuel - code[(pc + 1) | 0]) | 0;
            pc = (pc + 2) | 0;
            break;
          case Op.Jump:
            fuel = (fuel - code[(pc + 2) | 0]) | 0;
            pc = code[(pc + 1) | 0];
            break;
          case Op.BranchTable:
            at = (pc + 3 + 2 * Math.min(slots[(fp + code[(pc + 1) | 0]) | 0] >>> 0, code[(pc + 2) | 0])) | 0;
            fuel = (fuel - code[(at + 1) | 0]) | 0;
            pc = code[at];
            break;
          case Op.BranchIf:
            if (slots[(fp + code[(pc + 1) | 0]) | 0] !== 0) {
              fuel = (fuel - code[(pc + 3) | 0]) | 0;
              pc = code[(pc + 2) | 0];
            } else {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = (pc + 5) | 0;
            }
            break;
          case Op.BranchUnless:
            if (slots[(fp + code[(pc + 1) | 0]) | 0] === 0) {
              fuel = (fuel - code[(pc + 3) | 0]) | 0;
              pc = code[(pc + 2) | 0];
            } else {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = (pc + 5) | 0;
            }
            break;
          case Op.I32AddBranchLtU:
            sum = (slots[(fp + code[(pc + 2) | 0]) | 0] + slots[(fp + code[(pc + 3) | 0]) | 0]) | 0;
            slots[(fp + code[(pc + 1) | 0]) | 0] = sum;
            if (sum >>> 0 < slots[(fp + code[(pc + 4) | 0]) | 0] >>> 0) {
              fuel = (fuel - code[(pc + 6) | 0]) | 0;
              pc = code[(pc + 5) | 0];
            } else {
              fuel = (fuel - code[(pc + 7) | 0]) | 0;
              pc = (pc + 8) | 0;
            }
            break;
          case Op.I32AddImmBranchNe:
            sum = (slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0]) | 0;
            slots[(fp + code[(pc + 1) | 0]) | 0] = sum;
            if (sum !== slots[(fp + code[(pc + 4) | 0]) | 0]) {
              fuel = (fuel - code[(pc + 6) | 0]) | 0;
              pc = code[(pc + 5) | 0];
            } else {
              fuel = (fuel - code[(pc + 7) | 0]) | 0;
              pc = (pc + 8) | 0;
            }
            break;
          case Op.I32AddImmBranchNeImm:
            sum = (slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0]) | 0;
            slots[(fp + code[(pc + 1) | 0]) | 0] = sum;
            if (sum !== code[(pc + 4) | 0]) {
              fuel = (fuel - code[(pc + 6) | 0]) | 0;
              pc = code[(pc + 5) | 0];
            } else {
              fuel = (fuel - code[(pc + 7) | 0]) | 0;
              pc = (pc + 8) | 0;
            }
            break;
          case Op.Call:
            entry = code[(pc + 1) | 0];
            frames[rp] = (pc + 3) | 0;
            frames[(rp + 1) | 0] = fp;
            rp = (rp + 2) | 0;
            fp = (fp + code[(pc + 2) | 0]) | 0;
            words = (words - code[entry]) | 0;
            if (words < 0) {
              status = Status.ExhaustedStack;
              break run;
            }
            if (words < wordsMin) wordsMin = words;
            for (i = (fp + code[(entry + 1) | 0]) | 0, end = (fp + code[(entry + 2) | 0]) | 0; i < end; i = (i + 1) | 0)
              slots[i] = 0;
            fuel = (fuel - code[(entry + 3) | 0]) | 0;
            pc = (entry + 4) | 0;
            break;
          case Op.CallIndirect: {
            const table = instance.tables[code[(pc + 2) | 0]];
            const element = slots[(fp + code[(pc + 1) | 0]) | 0] >>> 0;
            if (element >= table.length) {
              status = Status.UndefinedElement;
              break run;
            }
            const handle = table.elements[element];
            if (handle === 0) {
              status = Status.UninitializedElement;
              break run;
            }
            const target = functions[handle - 1];
            if (target.typeId !== instance.typeIds[code[(pc + 3) | 0]]) {
              status = Status.IndirectCallTypeMismatch;
              break run;
            }
            if (target.owner !== instance) break inner;
            entry = entries[target.definedIndex];
            if (entry === 0) break inner;
            frames[rp] = (pc + 5) | 0;
            frames[(rp + 1) | 0] = fp;
            rp = (rp + 2) | 0;
            fp = (fp + code[(pc + 4) | 0]) | 0;
            words = (words - code[entry]) | 0;
            if (words < 0) {
              status = Status.ExhaustedStack;
              break run;
            }
            if (words < wordsMin) wordsMin = words;
            for (i = (fp + code[(entry + 1) | 0]) | 0, end = (fp + code[(entry + 2) | 0]) | 0; i < end; i = (i + 1) | 0)
              slots[i] = 0;
            fuel = (fuel - code[(entry + 3) | 0]) | 0;
            pc = (entry + 4) | 0;
            break;
          }
          case Op.ReturnCall:
            entry = entries[code[(pc + 1) | 0]];
            if (entry === 0) break inner;
            for (i = 0, from = (fp + code[(pc + 2) | 0]) | 0, n = code[(pc + 3) | 0]; i < n; i = (i + 1) | 0)
              slots[(fp + i) | 0] = slots[(from + i) | 0];
            words = (words + code[(pc + 4) | 0]) | 0;
            words = (words - code[entry]) | 0;
            if (words < 0) {
              status = Status.ExhaustedStack;
              break run;
            }
            if (words < wordsMin) wordsMin = words;
            for (i = (fp + code[(entry + 1) | 0]) | 0, end = (fp + code[(entry + 2) | 0]) | 0; i < end; i = (i + 1) | 0)
              slots[i] = 0;
            fuel = (fuel - code[(entry + 3) | 0]) | 0;
            pc = (entry + 4) | 0;
            break;
          case Op.ReturnCallIndirect: {
            const table = instance.tables[code[(pc + 2) | 0]];
            const element = slots[(fp + code[(pc + 1) | 0]) | 0] >>> 0;
            if (element >= table.length) {
              status = Status.UndefinedElement;
              break run;
            }
            const handle = table.elements[element];
            if (handle === 0) {
              status = Status.UninitializedElement;
              break run;
            }
            const target = functions[handle - 1];
            if (target.typeId !== instance.typeIds[code[(pc + 3) | 0]]) {
              status = Status.IndirectCallTypeMismatch;
              break run;
            }
            if (target.owner !== instance) break inner;
            entry = entries[target.definedIndex];
            if (entry === 0) break inner;
            for (i = 0, from = (fp + code[(pc + 4) | 0]) | 0, n = code[(pc + 5) | 0]; i < n; i = (i + 1) | 0)
              slots[(fp + i) | 0] = slots[(from + i) | 0];
            words = (words + code[(pc + 6) | 0]) | 0;
            words = (words - code[entry]) | 0;
            if (words < 0) {
              status = Status.ExhaustedStack;
              break run;
            }
            if (words < wordsMin) wordsMin = words;
            for (i = (fp + code[(entry + 1) | 0]) | 0, end = (fp + code[(entry + 2) | 0]) | 0; i < end; i = (i + 1) | 0)
              slots[i] = 0;
            fuel = (fuel - code[(entry + 3) | 0]) | 0;
            pc = (entry + 4) | 0;
            break;
          }
          case Op.Return:
            words = (words + code[(pc + 1) | 0]) | 0;
            rp = (rp - 2) | 0;
            pc = frames[rp];
            fp = frames[(rp + 1) | 0];
            break first;
          case Op.Return32:
            words = (words + code[(pc + 2) | 0]) | 0;
            slots[fp] = slots[(fp + code[(pc + 1) | 0]) | 0];
            rp = (rp - 2) | 0;
            pc = frames[rp];
            fp = frames[(rp + 1) | 0];
            break first;
          case Op.Return64:
            aAt = (fp + code[(pc + 1) | 0]) | 0;
            words = (words + code[(pc + 2) | 0]) | 0;
            slots[fp] = slots[aAt];
            slots[(fp + 1) | 0] = slots[aAt | 1];
            rp = (rp - 2) | 0;
            pc = frames[rp];
            fp = frames[(rp + 1) | 0];
            break first;
          case Op.ReturnMany:
            for (i = 0, from = (fp + code[(pc + 1) | 0]) | 0, n = code[(pc + 2) | 0]; i < n; i = (i + 1) | 0)
              slots[(fp + i) | 0] = slots[(from + i) | 0];
            words = (words + code[(pc + 3) | 0]) | 0;
            rp = (rp - 2) | 0;
            pc = frames[rp];
            fp = frames[(rp + 1) | 0];
            break first;
          case Op.Unreachable: {
            status = Status.Unreachable;
            break run;
          }

          case Op.Const32:
            slots[(fp + code[(pc + 1) | 0]) | 0] = code[(pc + 2) | 0];
            pc = (pc + 3) | 0;
            break first;
          case Op.Const64:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            slots[dAt] = code[(pc + 2) | 0];
            slots[dAt | 1] = code[(pc + 3) | 0];
            pc = (pc + 4) | 0;
            break first;
          case Op.Move32:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0];
            pc = (pc + 3) | 0;
            break first;
          case Op.Move32Pair:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0];
            slots[(fp + code[(pc + 3) | 0]) | 0] = slots[(fp + code[(pc + 4) | 0]) | 0];
            pc = (pc + 5) | 0;
            break first;
          case Op.Move64:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            slots[dAt] = slots[aAt];
            slots[dAt | 1] = slots[aAt | 1];
            pc = (pc + 3) | 0;
            break first;
          case Op.Select32:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 4) | 0]) | 0] !== 0
                ? slots[(fp + code[(pc + 2) | 0]) | 0]
                : slots[(fp + code[(pc + 3) | 0]) | 0];
            pc = (pc + 5) | 0;
            break first;
          case Op.Select64:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            from = (fp + (slots[(fp + code[(pc + 4) | 0]) | 0] !== 0 ? code[(pc + 2) | 0] : code[(pc + 3) | 0])) | 0;
            low = slots[from];
            slots[dAt | 1] = slots[(from + 1) | 0];
            slots[dAt] = low;
            pc = (pc + 5) | 0;
            break first;
          case Op.GlobalGet32:
            slots[(fp + code[(pc + 1) | 0]) | 0] = globals[code[(pc + 2) | 0]];
            pc = (pc + 3) | 0;
            break first;
          case Op.GlobalGet64:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            from = code[(pc + 2) | 0];
            slots[dAt] = globals[from];
            slots[dAt | 1] = globals[(from + 1) | 0];
            pc = (pc + 3) | 0;
            break first;
          case Op.GlobalSet32:
            globals[code[(pc + 1) | 0]] = slots[(fp + code[(pc + 2) | 0]) | 0];
            pc = (pc + 3) | 0;
            break first;
          case Op.GlobalSet64:
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            at = code[(pc + 1) | 0];
            globals[at] = slots[aAt];
            globals[(at + 1) | 0] = slots[aAt | 1];
            pc = (pc + 3) | 0;
            break first;
          case Op.I32Add:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] + slots[(fp + code[(pc + 3) | 0]) | 0];
            pc = (pc + 4) | 0;
            break first;
          case Op.I32AddImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0];
            pc = (pc + 4) | 0;
            break first;
          case Op.I32Sub:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] - slots[(fp + code[(pc + 3) | 0]) | 0];
            pc = (pc + 4) | 0;
            break first;
          case Op.I32Mul:
            slots[(fp + code[(pc + 1) | 0]) | 0] = Math.imul(
              slots[(fp + code[(pc + 2) | 0]) | 0],
              slots[(fp + code[(pc + 3) | 0]) | 0],
            );
            pc = (pc + 4) | 0;
            break first;
          case Op.I32MulImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = Math.imul(slots[(fp + code[(pc + 2) | 0]) | 0], code[(pc + 3) | 0]);
            pc = (pc + 4) | 0;
            break first;
          case Op.I32And:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] & slots[(fp + code[(pc + 3) | 0]) | 0];
            pc = (pc + 4) | 0;
            break first;
          case Op.I32AndImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] & code[(pc + 3) | 0];
            pc = (pc + 4) | 0;
            break first;
          case Op.I32Or:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] | slots[(fp + code[(pc + 3) | 0]) | 0];
            pc = (pc + 4) | 0;
            break first;
          case Op.I32OrImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] | code[(pc + 3) | 0];
            pc = (pc + 4) | 0;
            break first;
          case Op.I32Xor:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] ^ slots[(fp + code[(pc + 3) | 0]) | 0];
            pc = (pc + 4) | 0;
            break first;
          case Op.I32XorImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] ^ code[(pc + 3) | 0];
            pc = (pc + 4) | 0;
            break first;
          case Op.I32Shl:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] << slots[(fp + code[(pc + 3) | 0]) | 0];
            pc = (pc + 4) | 0;
            break first;
          case Op.I32ShlImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] << code[(pc + 3) | 0];
            pc = (pc + 4) | 0;
            break first;
          case Op.I32ShrS:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] >> slots[(fp + code[(pc + 3) | 0]) | 0];
            pc = (pc + 4) | 0;
            break first;
          case Op.I32ShrSImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] >> code[(pc + 3) | 0];
            pc = (pc + 4) | 0;
            break first;
          case Op.I32ShrU:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] >>> slots[(fp + code[(pc + 3) | 0]) | 0];
            pc = (pc + 4) | 0;
            break first;
          case Op.I32ShrUImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] >>> code[(pc + 3) | 0];
            pc = (pc + 4) | 0;
            break first;
          case Op.I32Rotl:
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            slots[(fp + code[(pc + 1) | 0]) | 0] = (slots[aAt] << slots[bAt]) | (slots[aAt] >>> -slots[bAt]);
            pc = (pc + 4) | 0;
            break first;
          case Op.I32RotlImm:
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              (slots[aAt] << code[(pc + 3) | 0]) | (slots[aAt] >>> -code[(pc + 3) | 0]);
            pc = (pc + 4) | 0;
            break first;
          case Op.I32Rotr:
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            slots[(fp + code[(pc + 1) | 0]) | 0] = (slots[aAt] >>> slots[bAt]) | (slots[aAt] << -slots[bAt]);
            pc = (pc + 4) | 0;
            break first;
          case Op.I32Add3:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] +
              slots[(fp + code[(pc + 3) | 0]) | 0] +
              slots[(fp + code[(pc + 4) | 0]) | 0];
            pc = (pc + 5) | 0;
            break first;
          case Op.I32XorRotl:
            b = slots[(fp + code[(pc + 3) | 0]) | 0];
            n = code[(pc + 4) | 0];
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] ^ ((b << n) | (b >>> -n));
            pc = (pc + 5) | 0;
            break first;
          case Op.I32RotlXorRotl:
            a = slots[(fp + code[(pc + 2) | 0]) | 0];
            m = code[(pc + 3) | 0];
            b = slots[(fp + code[(pc + 4) | 0]) | 0];
            n = code[(pc + 5) | 0];
            slots[(fp + code[(pc + 1) | 0]) | 0] = ((a << m) | (a >>> -m)) ^ ((b << n) | (b >>> -n));
            pc = (pc + 6) | 0;
            break first;
          case Op.I32XorShrU:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] ^ (slots[(fp + code[(pc + 3) | 0]) | 0] >>> code[(pc + 4) | 0]);
            pc = (pc + 5) | 0;
            break first;
          case Op.I32OrShl:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] | (slots[(fp + code[(pc + 3) | 0]) | 0] << code[(pc + 4) | 0]);
            pc = (pc + 5) | 0;
            break first;
          case Op.I32OrShrU:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] | (slots[(fp + code[(pc + 3) | 0]) | 0] >>> code[(pc + 4) | 0]);
            pc = (pc + 5) | 0;
            break first;
          case Op.I32AddShl:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] + (slots[(fp + code[(pc + 3) | 0]) | 0] << code[(pc + 4) | 0]);
            pc = (pc + 5) | 0;
            break first;
          case Op.I32DivS:
            a = slots[(fp + code[(pc + 2) | 0]) | 0];
            b = slots[(fp + code[(pc + 3) | 0]) | 0];
            if (b === 0) {
              status = Status.DivideByZero;
              break run;
            }
            if (b === -1 && a === -0x8000_0000) {
              status = Status.IntegerOverflow;
              break run;
            }
            slots[(fp + code[(pc + 1) | 0]) | 0] = (a / b) | 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.I32DivU:
            b = slots[(fp + code[(pc + 3) | 0]) | 0];
            if (b === 0) {
              status = Status.DivideByZero;
              break run;
            }
            slots[(fp + code[(pc + 1) | 0]) | 0] = ((slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0) / (b >>> 0)) | 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.I32RemS:
            b = slots[(fp + code[(pc + 3) | 0]) | 0];
            if (b === 0) {
              status = Status.DivideByZero;
              break run;
            }
            slots[(fp + code[(pc + 1) | 0]) | 0] = (slots[(fp + code[(pc + 2) | 0]) | 0] % b) | 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.I32RemU:
            b = slots[(fp + code[(pc + 3) | 0]) | 0];
            if (b === 0) {
              status = Status.DivideByZero;
              break run;
            }
            slots[(fp + code[(pc + 1) | 0]) | 0] = ((slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0) % (b >>> 0)) | 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.I32DivSImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = (slots[(fp + code[(pc + 2) | 0]) | 0] / code[(pc + 3) | 0]) | 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.I32DivUImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              ((slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0) / (code[(pc + 3) | 0] >>> 0)) | 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.I32RemSImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = (slots[(fp + code[(pc + 2) | 0]) | 0] % code[(pc + 3) | 0]) | 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.I32RemUImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              ((slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0) % (code[(pc + 3) | 0] >>> 0)) | 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.I32Eqz:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] === 0 ? 1 : 0;
            pc = (pc + 3) | 0;
            break first;
          case Op.I32Clz:
            slots[(fp + code[(pc + 1) | 0]) | 0] = Math.clz32(slots[(fp + code[(pc + 2) | 0]) | 0]);
            pc = (pc + 3) | 0;
            break first;
          case Op.I32Extend8:
            slots[(fp + code[(pc + 1) | 0]) | 0] = (slots[(fp + code[(pc + 2) | 0]) | 0] << 24) >> 24;
            pc = (pc + 3) | 0;
            break first;
          case Op.I32Extend16:
            slots[(fp + code[(pc + 1) | 0]) | 0] = (slots[(fp + code[(pc + 2) | 0]) | 0] << 16) >> 16;
            pc = (pc + 3) | 0;
            break first;
          case Op.BranchI32Eq:
            if (slots[(fp + code[(pc + 1) | 0]) | 0] === slots[(fp + code[(pc + 2) | 0]) | 0]) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I32Eq:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] === slots[(fp + code[(pc + 3) | 0]) | 0] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI32EqImm:
            if (slots[(fp + code[(pc + 1) | 0]) | 0] === code[(pc + 2) | 0]) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I32EqImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] === code[(pc + 3) | 0] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI32Ne:
            if (slots[(fp + code[(pc + 1) | 0]) | 0] !== slots[(fp + code[(pc + 2) | 0]) | 0]) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I32Ne:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] !== slots[(fp + code[(pc + 3) | 0]) | 0] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI32NeImm:
            if (slots[(fp + code[(pc + 1) | 0]) | 0] !== code[(pc + 2) | 0]) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I32NeImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] !== code[(pc + 3) | 0] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI32LtS:
            if (slots[(fp + code[(pc + 1) | 0]) | 0] < slots[(fp + code[(pc + 2) | 0]) | 0]) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I32LtS:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] < slots[(fp + code[(pc + 3) | 0]) | 0] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI32LtSImm:
            if (slots[(fp + code[(pc + 1) | 0]) | 0] < code[(pc + 2) | 0]) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I32LtSImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] < code[(pc + 3) | 0] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI32LtU:
            if (slots[(fp + code[(pc + 1) | 0]) | 0] >>> 0 < slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I32LtU:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0 < slots[(fp + code[(pc + 3) | 0]) | 0] >>> 0 ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI32LtUImm:
            if (slots[(fp + code[(pc + 1) | 0]) | 0] >>> 0 < code[(pc + 2) | 0] >>> 0) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I32LtUImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0 < code[(pc + 3) | 0] >>> 0 ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI32LeS:
            if (slots[(fp + code[(pc + 1) | 0]) | 0] <= slots[(fp + code[(pc + 2) | 0]) | 0]) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I32LeS:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] <= slots[(fp + code[(pc + 3) | 0]) | 0] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI32LeSImm:
            if (slots[(fp + code[(pc + 1) | 0]) | 0] <= code[(pc + 2) | 0]) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I32LeSImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] <= code[(pc + 3) | 0] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI32LeU:
            if (slots[(fp + code[(pc + 1) | 0]) | 0] >>> 0 <= slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I32LeU:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0 <= slots[(fp + code[(pc + 3) | 0]) | 0] >>> 0 ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI32LeUImm:
            if (slots[(fp + code[(pc + 1) | 0]) | 0] >>> 0 <= code[(pc + 2) | 0] >>> 0) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I32LeUImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0 <= code[(pc + 3) | 0] >>> 0 ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI32GtSImm:
            if (slots[(fp + code[(pc + 1) | 0]) | 0] > code[(pc + 2) | 0]) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I32GtSImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] > code[(pc + 3) | 0] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI32GtUImm:
            if (slots[(fp + code[(pc + 1) | 0]) | 0] >>> 0 > code[(pc + 2) | 0] >>> 0) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I32GtUImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0 > code[(pc + 3) | 0] >>> 0 ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI32GeSImm:
            if (slots[(fp + code[(pc + 1) | 0]) | 0] >= code[(pc + 2) | 0]) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I32GeSImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] >= code[(pc + 3) | 0] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI32GeUImm:
            if (slots[(fp + code[(pc + 1) | 0]) | 0] >>> 0 >= code[(pc + 2) | 0] >>> 0) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I32GeUImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0 >= code[(pc + 3) | 0] >>> 0 ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.I64Add:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            aLow = slots[aAt];
            low = (aLow + slots[bAt]) | 0;
            slots[dAt | 1] = slots[aAt | 1] + slots[bAt | 1] + (low >>> 0 < aLow >>> 0 ? 1 : 0);
            slots[dAt] = low;
            pc = (pc + 4) | 0;
            break first;
          case Op.I64Sub:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            aLow = slots[aAt];
            bLow = slots[bAt];
            slots[dAt | 1] = slots[aAt | 1] - slots[bAt | 1] - (aLow >>> 0 < bLow >>> 0 ? 1 : 0);
            slots[dAt] = aLow - bLow;
            pc = (pc + 4) | 0;
            break first;
          case Op.I64Mul:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            bLow = slots[bAt];
            bHigh = slots[bAt | 1];
            aLow = slots[aAt];
            aHigh = slots[aAt | 1];
            a0 = aLow & 0xffff;
            a1 = aLow >>> 16;
            b0 = bLow & 0xffff;
            b1 = bLow >>> 16;
            p00 = Math.imul(a0, b0);
            p01 = Math.imul(a0, b1);
            p10 = Math.imul(a1, b0);
            middle = (p10 + (p00 >>> 16)) | 0;
            carried = ((middle & 0xffff) + p01) | 0;
            slots[dAt] = (carried << 16) | (p00 & 0xffff);
            slots[dAt | 1] =
              (Math.imul(a1, b1) +
                (middle >>> 16) +
                (carried >>> 16) +
                Math.imul(aLow, bHigh) +
                Math.imul(aHigh, bLow)) |
              0;
            pc = (pc + 4) | 0;
            break first;
          case Op.I64DivS:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            b = slots[bAt];
            if (b === 0 || (slots[aAt | 1] | slots[bAt | 1]) !== 0) break inner;
            slots[dAt] = ((slots[aAt] >>> 0) / (b >>> 0)) >>> 0;
            slots[dAt | 1] = 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.I64DivU:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            if (slots[bAt] === 0 || slots[bAt | 1] !== 0) break inner;
            y = slots[bAt] >>> 0;
            high = slots[aAt | 1];
            low = slots[aAt];
            if (high === 0) {
              slots[dAt] = ((low >>> 0) / y) >>> 0;
              slots[dAt | 1] = 0;
            } else {
              x = high >>> 0;
              q0 = Math.floor(x / y);
              x = (x - q0 * y) * 65536 + (low >>> 16);
              q1 = Math.floor(x / y);
              x = (x - q1 * y) * 65536 + (low & 0xffff);
              q2 = Math.floor(x / y);
              slots[dAt] = q1 * 65536 + q2;
              slots[dAt | 1] = q0;
            }
            pc = (pc + 4) | 0;
            break first;
          case Op.I64RemS:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            b = slots[bAt];
            if (b === 0 || (slots[aAt | 1] | slots[bAt | 1]) !== 0) break inner;
            slots[dAt] = ((slots[aAt] >>> 0) % (b >>> 0)) >>> 0;
            slots[dAt | 1] = 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.I64RemU:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            if (slots[bAt] === 0 || slots[bAt | 1] !== 0) break inner;
            y = slots[bAt] >>> 0;
            high = slots[aAt | 1];
            low = slots[aAt];
            if (high === 0) {
              slots[dAt] = ((low >>> 0) % y) >>> 0;
              slots[dAt | 1] = 0;
            } else {
              x = high >>> 0;
              q0 = Math.floor(x / y);
              x = (x - q0 * y) * 65536 + (low >>> 16);
              q1 = Math.floor(x / y);
              x = (x - q1 * y) * 65536 + (low & 0xffff);
              q2 = Math.floor(x / y);
              slots[dAt] = x - q2 * y;
              slots[dAt | 1] = 0;
            }
            pc = (pc + 4) | 0;
            break first;
          case Op.I64And:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            slots[dAt] = slots[aAt] & slots[bAt];
            slots[dAt | 1] = slots[aAt | 1] & slots[bAt | 1];
            pc = (pc + 4) | 0;
            break first;
          case Op.I64Or:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            slots[dAt] = slots[aAt] | slots[bAt];
            slots[dAt | 1] = slots[aAt | 1] | slots[bAt | 1];
            pc = (pc + 4) | 0;
            break first;
          case Op.I64Xor:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            slots[dAt] = slots[aAt] ^ slots[bAt];
            slots[dAt | 1] = slots[aAt | 1] ^ slots[bAt | 1];
            pc = (pc + 4) | 0;
            break first;
          case Op.I64Shl:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            n = slots[bAt] & 63;
            low = slots[aAt];
            if (n >= 32) {
              slots[dAt | 1] = low << n;
              slots[dAt] = 0;
            } else {
              slots[dAt | 1] = (slots[aAt | 1] << n) | ((low >>> 1) >>> (31 - n));
              slots[dAt] = low << n;
            }
            pc = (pc + 4) | 0;
            break first;
          case Op.I64ShrS:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            n = slots[bAt] & 63;
            high = slots[aAt | 1];
            if (n >= 32) {
              slots[dAt] = high >> n;
              slots[dAt | 1] = high >> 31;
            } else {
              slots[dAt] = (slots[aAt] >>> n) | ((high << 1) << (31 - n));
              slots[dAt | 1] = high >> n;
            }
            pc = (pc + 4) | 0;
            break first;
          case Op.I64ShrU:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            n = slots[bAt] & 63;
            high = slots[aAt | 1];
            if (n >= 32) {
              slots[dAt] = high >>> n;
              slots[dAt | 1] = 0;
            } else {
              slots[dAt] = (slots[aAt] >>> n) | ((high << 1) << (31 - n));
              slots[dAt | 1] = high >>> n;
            }
            pc = (pc + 4) | 0;
            break first;
          case Op.I64Rotl:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            n = slots[bAt] & 63;
            if (n >= 32) {
              low = slots[aAt | 1];
              high = slots[aAt];
            } else {
              low = slots[aAt];
              high = slots[aAt | 1];
            }
            slots[dAt] = (low << n) | ((high >>> 1) >>> (31 - n));
            slots[dAt | 1] = (high << n) | ((low >>> 1) >>> (31 - n));
            pc = (pc + 4) | 0;
            break first;
          case Op.I64Rotr:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            n = -slots[bAt] & 63;
            if (n >= 32) {
              low = slots[aAt | 1];
              high = slots[aAt];
            } else {
              low = slots[aAt];
              high = slots[aAt | 1];
            }
            slots[dAt] = (low << n) | ((high >>> 1) >>> (31 - n));
            slots[dAt | 1] = (high << n) | ((low >>> 1) >>> (31 - n));
            pc = (pc + 4) | 0;
            break first;
          case Op.I64AddImm:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            imm = code[(pc + 3) | 0];
            aLow = slots[aAt];
            low = (aLow + imm) | 0;
            slots[dAt | 1] = slots[aAt | 1] + (imm >> 31) + (low >>> 0 < aLow >>> 0 ? 1 : 0);
            slots[dAt] = low;
            pc = (pc + 4) | 0;
            break first;
          case Op.I64AndImm:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            imm = code[(pc + 3) | 0];
            slots[dAt] = slots[aAt] & imm;
            slots[dAt | 1] = slots[aAt | 1] & (imm >> 31);
            pc = (pc + 4) | 0;
            break first;
          case Op.I64OrImm:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            imm = code[(pc + 3) | 0];
            slots[dAt] = slots[aAt] | imm;
            slots[dAt | 1] = slots[aAt | 1] | (imm >> 31);
            pc = (pc + 4) | 0;
            break first;
          case Op.I64XorImm:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            imm = code[(pc + 3) | 0];
            slots[dAt] = slots[aAt] ^ imm;
            slots[dAt | 1] = slots[aAt | 1] ^ (imm >> 31);
            pc = (pc + 4) | 0;
            break first;
          case Op.I64MulImm:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            imm = code[(pc + 3) | 0];
            bLow = imm;
            bHigh = imm >> 31;
            aLow = slots[aAt];
            aHigh = slots[aAt | 1];
            a0 = aLow & 0xffff;
            a1 = aLow >>> 16;
            b0 = bLow & 0xffff;
            b1 = bLow >>> 16;
            p00 = Math.imul(a0, b0);
            p01 = Math.imul(a0, b1);
            p10 = Math.imul(a1, b0);
            middle = (p10 + (p00 >>> 16)) | 0;
            carried = ((middle & 0xffff) + p01) | 0;
            slots[dAt] = (carried << 16) | (p00 & 0xffff);
            slots[dAt | 1] =
              (Math.imul(a1, b1) +
                (middle >>> 16) +
                (carried >>> 16) +
                Math.imul(aLow, bHigh) +
                Math.imul(aHigh, bLow)) |
              0;
            pc = (pc + 4) | 0;
            break first;
          case Op.I64ShlImm:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            n = code[(pc + 3) | 0];
            low = slots[aAt];
            if (n >= 32) {
              slots[dAt | 1] = low << n;
              slots[dAt] = 0;
            } else {
              slots[dAt | 1] = (slots[aAt | 1] << n) | ((low >>> 1) >>> (31 - n));
              slots[dAt] = low << n;
            }
            pc = (pc + 4) | 0;
            break first;
          case Op.I64ShrSImm:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            n = code[(pc + 3) | 0];
            high = slots[aAt | 1];
            if (n >= 32) {
              slots[dAt] = high >> n;
              slots[dAt | 1] = high >> 31;
            } else {
              slots[dAt] = (slots[aAt] >>> n) | ((high << 1) << (31 - n));
              slots[dAt | 1] = high >> n;
            }
            pc = (pc + 4) | 0;
            break first;
          case Op.I64ShrUImm:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            n = code[(pc + 3) | 0];
            high = slots[aAt | 1];
            if (n >= 32) {
              slots[dAt] = high >>> n;
              slots[dAt | 1] = 0;
            } else {
              slots[dAt] = (slots[aAt] >>> n) | ((high << 1) << (31 - n));
              slots[dAt | 1] = high >>> n;
            }
            pc = (pc + 4) | 0;
            break first;
          case Op.I64RotlImm:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            n = code[(pc + 3) | 0];
            if (n >= 32) {
              low = slots[aAt | 1];
              high = slots[aAt];
            } else {
              low = slots[aAt];
              high = slots[aAt | 1];
            }
            slots[dAt] = (low << n) | ((high >>> 1) >>> (31 - n));
            slots[dAt | 1] = (high << n) | ((low >>> 1) >>> (31 - n));
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI64Eqz:
            aAt = (fp + code[(pc + 1) | 0]) | 0;
            if ((slots[aAt] | slots[aAt | 1]) === 0) {
              fuel = (fuel - code[(pc + 3) | 0]) | 0;
              pc = code[(pc + 2) | 0];
            } else {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = (pc + 5) | 0;
            }
            break;
          case Op.BranchI64Nez:
            aAt = (fp + code[(pc + 1) | 0]) | 0;
            if ((slots[aAt] | slots[aAt | 1]) !== 0) {
              fuel = (fuel - code[(pc + 3) | 0]) | 0;
              pc = code[(pc + 2) | 0];
            } else {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = (pc + 5) | 0;
            }
            break;
          case Op.I64Eqz:
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            slots[(fp + code[(pc + 1) | 0]) | 0] = (slots[aAt] | slots[aAt | 1]) === 0 ? 1 : 0;
            pc = (pc + 3) | 0;
            break first;
          case Op.BranchI64Eq:
            aAt = (fp + code[(pc + 1) | 0]) | 0;
            bAt = (fp + code[(pc + 2) | 0]) | 0;
            if (slots[aAt] === slots[bAt] && slots[aAt | 1] === slots[bAt | 1]) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I64Eq:
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[aAt] === slots[bAt] && slots[aAt | 1] === slots[bAt | 1] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI64Ne:
            aAt = (fp + code[(pc + 1) | 0]) | 0;
            bAt = (fp + code[(pc + 2) | 0]) | 0;
            if (slots[aAt] !== slots[bAt] || slots[aAt | 1] !== slots[bAt | 1]) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I64Ne:
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[aAt] !== slots[bAt] || slots[aAt | 1] !== slots[bAt | 1] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI64LtS:
            aAt = (fp + code[(pc + 1) | 0]) | 0;
            bAt = (fp + code[(pc + 2) | 0]) | 0;
            if (
              slots[aAt | 1] === slots[bAt | 1] ? slots[aAt] >>> 0 < slots[bAt] >>> 0 : slots[aAt | 1] < slots[bAt | 1]
            ) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I64LtS:
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            slots[(fp + code[(pc + 1) | 0]) | 0] = (
              slots[aAt | 1] === slots[bAt | 1]
                ? slots[aAt] >>> 0 < slots[bAt] >>> 0
                : slots[aAt | 1] < slots[bAt | 1]
            )
              ? 1
              : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI64LtU:
            aAt = (fp + code[(pc + 1) | 0]) | 0;
            bAt = (fp + code[(pc + 2) | 0]) | 0;
            if (
              slots[aAt | 1] === slots[bAt | 1]
                ? slots[aAt] >>> 0 < slots[bAt] >>> 0
                : slots[aAt | 1] >>> 0 < slots[bAt | 1] >>> 0
            ) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I64LtU:
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            slots[(fp + code[(pc + 1) | 0]) | 0] = (
              slots[aAt | 1] === slots[bAt | 1]
                ? slots[aAt] >>> 0 < slots[bAt] >>> 0
                : slots[aAt | 1] >>> 0 < slots[bAt | 1] >>> 0
            )
              ? 1
              : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI64LeS:
            aAt = (fp + code[(pc + 1) | 0]) | 0;
            bAt = (fp + code[(pc + 2) | 0]) | 0;
            if (
              slots[aAt | 1] === slots[bAt | 1] ? slots[aAt] >>> 0 <= slots[bAt] >>> 0 : slots[aAt | 1] < slots[bAt | 1]
            ) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I64LeS:
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            slots[(fp + code[(pc + 1) | 0]) | 0] = (
              slots[aAt | 1] === slots[bAt | 1]
                ? slots[aAt] >>> 0 <= slots[bAt] >>> 0
                : slots[aAt | 1] < slots[bAt | 1]
            )
              ? 1
              : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchI64LeU:
            aAt = (fp + code[(pc + 1) | 0]) | 0;
            bAt = (fp + code[(pc + 2) | 0]) | 0;
            if (
              slots[aAt | 1] === slots[bAt | 1]
                ? slots[aAt] >>> 0 <= slots[bAt] >>> 0
                : slots[aAt | 1] >>> 0 < slots[bAt | 1] >>> 0
            ) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.I64LeU:
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            slots[(fp + code[(pc + 1) | 0]) | 0] = (
              slots[aAt | 1] === slots[bAt | 1]
                ? slots[aAt] >>> 0 <= slots[bAt] >>> 0
                : slots[aAt | 1] >>> 0 < slots[bAt | 1] >>> 0
            )
              ? 1
              : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.I64ExtendI32S:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            low = slots[(fp + code[(pc + 2) | 0]) | 0];
            slots[dAt] = low;
            slots[dAt | 1] = low >> 31;
            pc = (pc + 3) | 0;
            break first;
          case Op.I64ExtendI32U:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            slots[dAt] = slots[(fp + code[(pc + 2) | 0]) | 0];
            slots[dAt | 1] = 0;
            pc = (pc + 3) | 0;
            break first;
          case Op.F64Add:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            x = doubles[(fp + code[(pc + 2) | 0]) >> 1] + doubles[(fp + code[(pc + 3) | 0]) >> 1];
            if (x === x) doubles[dAt >> 1] = x;
            else {
              slots[dAt] = 0;
              slots[dAt | 1] = 0x7ff8_0000;
            }
            pc = (pc + 4) | 0;
            break first;
          case Op.F64AddImm:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            x = doubles[(fp + code[(pc + 2) | 0]) >> 1] + constants[code[(pc + 3) | 0]];
            if (x === x) doubles[dAt >> 1] = x;
            else {
              slots[dAt] = 0;
              slots[dAt | 1] = 0x7ff8_0000;
            }
            pc = (pc + 4) | 0;
            break first;
          case Op.F64Sub:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            x = doubles[(fp + code[(pc + 2) | 0]) >> 1] - doubles[(fp + code[(pc + 3) | 0]) >> 1];
            if (x === x) doubles[dAt >> 1] = x;
            else {
              slots[dAt] = 0;
              slots[dAt | 1] = 0x7ff8_0000;
            }
            pc = (pc + 4) | 0;
            break first;
          case Op.F64SubImm:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            x = doubles[(fp + code[(pc + 2) | 0]) >> 1] - constants[code[(pc + 3) | 0]];
            if (x === x) doubles[dAt >> 1] = x;
            else {
              slots[dAt] = 0;
              slots[dAt | 1] = 0x7ff8_0000;
            }
            pc = (pc + 4) | 0;
            break first;
          case Op.F64Mul:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            x = doubles[(fp + code[(pc + 2) | 0]) >> 1] * doubles[(fp + code[(pc + 3) | 0]) >> 1];
            if (x === x) doubles[dAt >> 1] = x;
            else {
              slots[dAt] = 0;
              slots[dAt | 1] = 0x7ff8_0000;
            }
            pc = (pc + 4) | 0;
            break first;
          case Op.F64MulImm:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            x = doubles[(fp + code[(pc + 2) | 0]) >> 1] * constants[code[(pc + 3) | 0]];
            if (x === x) doubles[dAt >> 1] = x;
            else {
              slots[dAt] = 0;
              slots[dAt | 1] = 0x7ff8_0000;
            }
            pc = (pc + 4) | 0;
            break first;
          case Op.F64Div:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            x = doubles[(fp + code[(pc + 2) | 0]) >> 1] / doubles[(fp + code[(pc + 3) | 0]) >> 1];
            if (x === x) doubles[dAt >> 1] = x;
            else {
              slots[dAt] = 0;
              slots[dAt | 1] = 0x7ff8_0000;
            }
            pc = (pc + 4) | 0;
            break first;
          case Op.F64DivImm:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            x = doubles[(fp + code[(pc + 2) | 0]) >> 1] / constants[code[(pc + 3) | 0]];
            if (x === x) doubles[dAt >> 1] = x;
            else {
              slots[dAt] = 0;
              slots[dAt | 1] = 0x7ff8_0000;
            }
            pc = (pc + 4) | 0;
            break first;
          case Op.F64Sqrt:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            x = Math.sqrt(doubles[(fp + code[(pc + 2) | 0]) >> 1]);
            if (x === x) doubles[dAt >> 1] = x;
            else {
              slots[dAt] = 0;
              slots[dAt | 1] = 0x7ff8_0000;
            }
            pc = (pc + 3) | 0;
            break first;
          case Op.F32Add:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            x = floats[(fp + code[(pc + 2) | 0]) | 0] + floats[(fp + code[(pc + 3) | 0]) | 0];
            if (x === x) floats[dAt] = x;
            else slots[dAt] = 0x7fc0_0000;
            pc = (pc + 4) | 0;
            break first;
          case Op.F32Sub:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            x = floats[(fp + code[(pc + 2) | 0]) | 0] - floats[(fp + code[(pc + 3) | 0]) | 0];
            if (x === x) floats[dAt] = x;
            else slots[dAt] = 0x7fc0_0000;
            pc = (pc + 4) | 0;
            break first;
          case Op.F32Mul:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            x = floats[(fp + code[(pc + 2) | 0]) | 0] * floats[(fp + code[(pc + 3) | 0]) | 0];
            if (x === x) floats[dAt] = x;
            else slots[dAt] = 0x7fc0_0000;
            pc = (pc + 4) | 0;
            break first;
          case Op.F32Div:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            x = floats[(fp + code[(pc + 2) | 0]) | 0] / floats[(fp + code[(pc + 3) | 0]) | 0];
            if (x === x) floats[dAt] = x;
            else slots[dAt] = 0x7fc0_0000;
            pc = (pc + 4) | 0;
            break first;
          case Op.F32Sqrt:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            x = Math.sqrt(floats[(fp + code[(pc + 2) | 0]) | 0]);
            if (x === x) floats[dAt] = x;
            else slots[dAt] = 0x7fc0_0000;
            pc = (pc + 3) | 0;
            break first;
          case Op.F64MulAdd:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            x =
              doubles[(fp + code[(pc + 4) | 0]) >> 1] +
              doubles[(fp + code[(pc + 2) | 0]) >> 1] * doubles[(fp + code[(pc + 3) | 0]) >> 1];
            if (x === x) doubles[dAt >> 1] = x;
            else {
              slots[dAt] = 0;
              slots[dAt | 1] = 0x7ff8_0000;
            }
            pc = (pc + 5) | 0;
            break first;
          case Op.F64MulSub:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            x =
              doubles[(fp + code[(pc + 4) | 0]) >> 1] -
              doubles[(fp + code[(pc + 2) | 0]) >> 1] * doubles[(fp + code[(pc + 3) | 0]) >> 1];
            if (x === x) doubles[dAt >> 1] = x;
            else {
              slots[dAt] = 0;
              slots[dAt | 1] = 0x7ff8_0000;
            }
            pc = (pc + 5) | 0;
            break first;
          case Op.F64Abs:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            slots[dAt | 1] = slots[aAt | 1] & 0x7fff_ffff;
            slots[dAt] = slots[aAt];
            pc = (pc + 3) | 0;
            break first;
          case Op.F64Neg:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            aAt = (fp + code[(pc + 2) | 0]) | 0;
            slots[dAt | 1] = slots[aAt | 1] ^ -0x8000_0000;
            slots[dAt] = slots[aAt];
            pc = (pc + 3) | 0;
            break first;
          case Op.F32Abs:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] & 0x7fff_ffff;
            pc = (pc + 3) | 0;
            break first;
          case Op.F32Neg:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] ^ -0x8000_0000;
            pc = (pc + 3) | 0;
            break first;
          case Op.F64Eq:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              doubles[(fp + code[(pc + 2) | 0]) >> 1] === doubles[(fp + code[(pc + 3) | 0]) >> 1] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchF64Eq:
            if (doubles[(fp + code[(pc + 1) | 0]) >> 1] === doubles[(fp + code[(pc + 2) | 0]) >> 1]) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.BranchUnlessF64Eq:
            if (!(doubles[(fp + code[(pc + 1) | 0]) >> 1] === doubles[(fp + code[(pc + 2) | 0]) >> 1])) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.F64Lt:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              doubles[(fp + code[(pc + 2) | 0]) >> 1] < doubles[(fp + code[(pc + 3) | 0]) >> 1] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchF64Lt:
            if (doubles[(fp + code[(pc + 1) | 0]) >> 1] < doubles[(fp + code[(pc + 2) | 0]) >> 1]) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.BranchUnlessF64Lt:
            if (!(doubles[(fp + code[(pc + 1) | 0]) >> 1] < doubles[(fp + code[(pc + 2) | 0]) >> 1])) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.F64Le:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              doubles[(fp + code[(pc + 2) | 0]) >> 1] <= doubles[(fp + code[(pc + 3) | 0]) >> 1] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.BranchF64Le:
            if (doubles[(fp + code[(pc + 1) | 0]) >> 1] <= doubles[(fp + code[(pc + 2) | 0]) >> 1]) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.BranchUnlessF64Le:
            if (!(doubles[(fp + code[(pc + 1) | 0]) >> 1] <= doubles[(fp + code[(pc + 2) | 0]) >> 1])) {
              fuel = (fuel - code[(pc + 4) | 0]) | 0;
              pc = code[(pc + 3) | 0];
            } else {
              fuel = (fuel - code[(pc + 5) | 0]) | 0;
              pc = (pc + 6) | 0;
            }
            break;
          case Op.F64Ne:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              doubles[(fp + code[(pc + 2) | 0]) >> 1] !== doubles[(fp + code[(pc + 3) | 0]) >> 1] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.F32Eq:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              floats[(fp + code[(pc + 2) | 0]) | 0] === floats[(fp + code[(pc + 3) | 0]) | 0] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.F32Lt:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              floats[(fp + code[(pc + 2) | 0]) | 0] < floats[(fp + code[(pc + 3) | 0]) | 0] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.F32Le:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              floats[(fp + code[(pc + 2) | 0]) | 0] <= floats[(fp + code[(pc + 3) | 0]) | 0] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.F32Ne:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              floats[(fp + code[(pc + 2) | 0]) | 0] !== floats[(fp + code[(pc + 3) | 0]) | 0] ? 1 : 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.F64ConvertI32S:
            doubles[(fp + code[(pc + 1) | 0]) >> 1] = slots[(fp + code[(pc + 2) | 0]) | 0];
            pc = (pc + 3) | 0;
            break first;
          case Op.F64ConvertI32U:
            doubles[(fp + code[(pc + 1) | 0]) >> 1] = slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0;
            pc = (pc + 3) | 0;
            break first;
          case Op.F32ConvertI32S:
            floats[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0];
            pc = (pc + 3) | 0;
            break first;
          case Op.F32ConvertI32U:
            floats[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0;
            pc = (pc + 3) | 0;
            break first;
          case Op.F64PromoteF32:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            x = floats[(fp + code[(pc + 2) | 0]) | 0];
            if (x === x) doubles[dAt >> 1] = x;
            else {
              slots[dAt] = 0;
              slots[dAt | 1] = 0x7ff8_0000;
            }
            pc = (pc + 3) | 0;
            break first;
          case Op.F32DemoteF64:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            x = Math.fround(doubles[(fp + code[(pc + 2) | 0]) >> 1]);
            if (x === x) floats[dAt] = x;
            else slots[dAt] = 0x7fc0_0000;
            pc = (pc + 3) | 0;
            break first;
          case Op.I32TruncF32S:
            x = floats[(fp + code[(pc + 2) | 0]) | 0];
            if (x > -2147483649 && x < 2147483648) slots[(fp + code[(pc + 1) | 0]) | 0] = x | 0;
            else {
              status = x === x ? Status.IntegerOverflow : Status.InvalidConversion;
              break run;
            }
            pc = (pc + 3) | 0;
            break first;
          case Op.I32TruncF32U:
            x = floats[(fp + code[(pc + 2) | 0]) | 0];
            if (x > -1 && x < 4294967296) slots[(fp + code[(pc + 1) | 0]) | 0] = x >>> 0;
            else {
              status = x === x ? Status.IntegerOverflow : Status.InvalidConversion;
              break run;
            }
            pc = (pc + 3) | 0;
            break first;
          case Op.I32TruncF64S:
            x = doubles[(fp + code[(pc + 2) | 0]) >> 1];
            if (x > -2147483649 && x < 2147483648) slots[(fp + code[(pc + 1) | 0]) | 0] = x | 0;
            else {
              status = x === x ? Status.IntegerOverflow : Status.InvalidConversion;
              break run;
            }
            pc = (pc + 3) | 0;
            break first;
          case Op.I32TruncF64U:
            x = doubles[(fp + code[(pc + 2) | 0]) >> 1];
            if (x > -1 && x < 4294967296) slots[(fp + code[(pc + 1) | 0]) | 0] = x >>> 0;
            else {
              status = x === x ? Status.IntegerOverflow : Status.InvalidConversion;
              break run;
            }
            pc = (pc + 3) | 0;
            break first;
          case Op.I32Load:
            base = slots[(fp + code[(pc + 2) | 0]) | 0];
            at = (base + code[(pc + 3) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 4) break inner;
            slots[(fp + code[(pc + 1) | 0]) | 0] = view.getInt32(at, true);
            pc = (pc + 4) | 0;
            break first;
          case Op.I32LoadIndexed:
            base = (slots[(fp + code[(pc + 2) | 0]) | 0] + slots[(fp + code[(pc + 3) | 0]) | 0]) | 0;
            at = (base + code[(pc + 4) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 4) break inner;
            slots[(fp + code[(pc + 1) | 0]) | 0] = view.getInt32(at, true);
            pc = (pc + 5) | 0;
            break first;
          case Op.I32LoadSum:
            base = (slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0]) | 0;
            at = (base + code[(pc + 4) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 4) break inner;
            slots[(fp + code[(pc + 1) | 0]) | 0] = view.getInt32(at, true);
            pc = (pc + 5) | 0;
            break first;
          case Op.I32LoadAbs:
            at = code[(pc + 2) | 0];
            if (at > memoryEnd - 4) break inner;
            slots[(fp + code[(pc + 1) | 0]) | 0] = view.getInt32(at, true);
            pc = (pc + 3) | 0;
            break first;
          case Op.I32Load8S:
            base = slots[(fp + code[(pc + 2) | 0]) | 0];
            at = (base + code[(pc + 3) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 1) break inner;
            slots[(fp + code[(pc + 1) | 0]) | 0] = (memory8[at] << 24) >> 24;
            pc = (pc + 4) | 0;
            break first;
          case Op.I32Load8U:
            base = slots[(fp + code[(pc + 2) | 0]) | 0];
            at = (base + code[(pc + 3) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 1) break inner;
            slots[(fp + code[(pc + 1) | 0]) | 0] = memory8[at];
            pc = (pc + 4) | 0;
            break first;
          case Op.I32Load8UIndexed:
            base = (slots[(fp + code[(pc + 2) | 0]) | 0] + slots[(fp + code[(pc + 3) | 0]) | 0]) | 0;
            at = (base + code[(pc + 4) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 1) break inner;
            slots[(fp + code[(pc + 1) | 0]) | 0] = memory8[at];
            pc = (pc + 5) | 0;
            break first;
          case Op.I32Load8USum:
            base = (slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0]) | 0;
            at = (base + code[(pc + 4) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 1) break inner;
            slots[(fp + code[(pc + 1) | 0]) | 0] = memory8[at];
            pc = (pc + 5) | 0;
            break first;
          case Op.I32Load8UAbs:
            at = code[(pc + 2) | 0];
            if (at > memoryEnd - 1) break inner;
            slots[(fp + code[(pc + 1) | 0]) | 0] = memory8[at];
            pc = (pc + 3) | 0;
            break first;
          case Op.I32Load16S:
            base = slots[(fp + code[(pc + 2) | 0]) | 0];
            at = (base + code[(pc + 3) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 2) break inner;
            slots[(fp + code[(pc + 1) | 0]) | 0] = view.getInt16(at, true);
            pc = (pc + 4) | 0;
            break first;
          case Op.I32Load16U:
            base = slots[(fp + code[(pc + 2) | 0]) | 0];
            at = (base + code[(pc + 3) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 2) break inner;
            slots[(fp + code[(pc + 1) | 0]) | 0] = view.getUint16(at, true);
            pc = (pc + 4) | 0;
            break first;
          case Op.I64Load:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            base = slots[(fp + code[(pc + 2) | 0]) | 0];
            at = (base + code[(pc + 3) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 8) break inner;
            slots[dAt] = view.getInt32(at, true);
            slots[dAt | 1] = view.getInt32((at + 4) | 0, true);
            pc = (pc + 4) | 0;
            break first;
          case Op.I64LoadIndexed:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            base = (slots[(fp + code[(pc + 2) | 0]) | 0] + slots[(fp + code[(pc + 3) | 0]) | 0]) | 0;
            at = (base + code[(pc + 4) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 8) break inner;
            slots[dAt] = view.getInt32(at, true);
            slots[dAt | 1] = view.getInt32((at + 4) | 0, true);
            pc = (pc + 5) | 0;
            break first;
          case Op.I64LoadSum:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            base = (slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0]) | 0;
            at = (base + code[(pc + 4) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 8) break inner;
            slots[dAt] = view.getInt32(at, true);
            slots[dAt | 1] = view.getInt32((at + 4) | 0, true);
            pc = (pc + 5) | 0;
            break first;
          case Op.I64LoadAbs:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            at = code[(pc + 2) | 0];
            if (at > memoryEnd - 8) break inner;
            slots[dAt] = view.getInt32(at, true);
            slots[dAt | 1] = view.getInt32((at + 4) | 0, true);
            pc = (pc + 3) | 0;
            break first;
          case Op.I64Load8S:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            base = slots[(fp + code[(pc + 2) | 0]) | 0];
            at = (base + code[(pc + 3) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 1) break inner;
            low = (memory8[at] << 24) >> 24;
            slots[dAt] = low;
            slots[dAt | 1] = low >> 31;
            pc = (pc + 4) | 0;
            break first;
          case Op.I64Load8U:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            base = slots[(fp + code[(pc + 2) | 0]) | 0];
            at = (base + code[(pc + 3) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 1) break inner;
            low = memory8[at];
            slots[dAt] = low;
            slots[dAt | 1] = 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.I64Load16S:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            base = slots[(fp + code[(pc + 2) | 0]) | 0];
            at = (base + code[(pc + 3) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 2) break inner;
            low = view.getInt16(at, true);
            slots[dAt] = low;
            slots[dAt | 1] = low >> 31;
            pc = (pc + 4) | 0;
            break first;
          case Op.I64Load16U:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            base = slots[(fp + code[(pc + 2) | 0]) | 0];
            at = (base + code[(pc + 3) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 2) break inner;
            low = view.getUint16(at, true);
            slots[dAt] = low;
            slots[dAt | 1] = 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.I64Load32S:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            base = slots[(fp + code[(pc + 2) | 0]) | 0];
            at = (base + code[(pc + 3) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 4) break inner;
            low = view.getInt32(at, true);
            slots[dAt] = low;
            slots[dAt | 1] = low >> 31;
            pc = (pc + 4) | 0;
            break first;
          case Op.I64Load32U:
            dAt = (fp + code[(pc + 1) | 0]) | 0;
            base = slots[(fp + code[(pc + 2) | 0]) | 0];
            at = (base + code[(pc + 3) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 4) break inner;
            low = view.getInt32(at, true);
            slots[dAt] = low;
            slots[dAt | 1] = 0;
            pc = (pc + 4) | 0;
            break first;
          case Op.I32Store:
            base = slots[(fp + code[(pc + 1) | 0]) | 0];
            at = (base + code[(pc + 3) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 4) break inner;
            view.setInt32(at, slots[(fp + code[(pc + 2) | 0]) | 0], true);
            pc = (pc + 4) | 0;
            break first;
          case Op.I32StoreImm:
            base = slots[(fp + code[(pc + 1) | 0]) | 0];
            at = (base + code[(pc + 3) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 4) break inner;
            view.setInt32(at, code[(pc + 2) | 0], true);
            pc = (pc + 4) | 0;
            break first;
          case Op.I32StoreSum:
            base = (slots[(fp + code[(pc + 1) | 0]) | 0] + code[(pc + 2) | 0]) | 0;
            at = (base + code[(pc + 4) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 4) break inner;
            view.setInt32(at, slots[(fp + code[(pc + 3) | 0]) | 0], true);
            pc = (pc + 5) | 0;
            break first;
          case Op.I32StoreAbs:
            at = code[(pc + 1) | 0];
            if (at > memoryEnd - 4) break inner;
            view.setInt32(at, slots[(fp + code[(pc + 2) | 0]) | 0], true);
            pc = (pc + 3) | 0;
            break first;
          case Op.I32Store8:
            base = slots[(fp + code[(pc + 1) | 0]) | 0];
            at = (base + code[(pc + 3) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 1) break inner;
            memory8[at] = slots[(fp + code[(pc + 2) | 0]) | 0];
            pc = (pc + 4) | 0;
            break first;
          case Op.I32Store8Imm:
            base = slots[(fp + code[(pc + 1) | 0]) | 0];
            at = (base + code[(pc + 3) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 1) break inner;
            memory8[at] = code[(pc + 2) | 0];
            pc = (pc + 4) | 0;
            break first;
          case Op.I32Store8Sum:
            base = (slots[(fp + code[(pc + 1) | 0]) | 0] + code[(pc + 2) | 0]) | 0;
            at = (base + code[(pc + 4) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 1) break inner;
            memory8[at] = slots[(fp + code[(pc + 3) | 0]) | 0];
            pc = (pc + 5) | 0;
            break first;
          case Op.I32Store8ImmSum:
            base = (slots[(fp + code[(pc + 1) | 0]) | 0] + code[(pc + 2) | 0]) | 0;
            at = (base + code[(pc + 4) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 1) break inner;
            memory8[at] = code[(pc + 3) | 0];
            pc = (pc + 5) | 0;
            break first;
          case Op.I32Store16:
            base = slots[(fp + code[(pc + 1) | 0]) | 0];
            at = (base + code[(pc + 3) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 2) break inner;
            view.setInt16(at, slots[(fp + code[(pc + 2) | 0]) | 0], true);
            pc = (pc + 4) | 0;
            break first;
          case Op.I64Store:
            bAt = (fp + code[(pc + 2) | 0]) | 0;
            base = slots[(fp + code[(pc + 1) | 0]) | 0];
            at = (base + code[(pc + 3) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 8) break inner;
            view.setInt32(at, slots[bAt], true);
            view.setInt32((at + 4) | 0, slots[bAt | 1], true);
            pc = (pc + 4) | 0;
            break first;
          case Op.I64StoreSum:
            bAt = (fp + code[(pc + 3) | 0]) | 0;
            base = (slots[(fp + code[(pc + 1) | 0]) | 0] + code[(pc + 2) | 0]) | 0;
            at = (base + code[(pc + 4) | 0]) | 0;
            if ((base | at) < 0 || at > memoryEnd - 8) break inner;
            view.setInt32(at, slots[bAt], true);
            view.setInt32((at + 4) | 0, slots[bAt | 1], true);
            pc = (pc + 5) | 0;
            break first;
          case Op.I64StoreAbs:
            bAt = (fp + code[(pc + 2) | 0]) | 0;
            at = code[(pc + 1) | 0];
            if (at > memoryEnd - 8) break inner;
            view.setInt32(at, slots[bAt], true);
            view.setInt32((at + 4) | 0, slots[bAt | 1], true);
            pc = (pc + 3) | 0;
            break first;

          default:
            break inner;
        }
        if (fuel < 0) continue run;
        continue;
      }

      switch (code[pc]) {
        case Op.Const32:
          slots[(fp + code[(pc + 1) | 0]) | 0] = code[(pc + 2) | 0];
          pc = (pc + 3) | 0;
          break;
        case Op.Const64:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          slots[dAt] = code[(pc + 2) | 0];
          slots[dAt | 1] = code[(pc + 3) | 0];
          pc = (pc + 4) | 0;
          break;
        case Op.Move32:
          slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0];
          pc = (pc + 3) | 0;
          break;
        case Op.Move32Pair:
          slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0];
          slots[(fp + code[(pc + 3) | 0]) | 0] = slots[(fp + code[(pc + 4) | 0]) | 0];
          pc = (pc + 5) | 0;
          break;
        case Op.Move64:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          aAt = (fp + code[(pc + 2) | 0]) | 0;
          slots[dAt] = slots[aAt];
          slots[dAt | 1] = slots[aAt | 1];
          pc = (pc + 3) | 0;
          break;
        case Op.Select32:
          slots[(fp + code[(pc + 1) | 0]) | 0] =
            slots[(fp + code[(pc + 4) | 0]) | 0] !== 0
              ? slots[(fp + code[(pc + 2) | 0]) | 0]
              : slots[(fp + code[(pc + 3) | 0]) | 0];
          pc = (pc + 5) | 0;
          break;
        case Op.GlobalGet32:
          slots[(fp + code[(pc + 1) | 0]) | 0] = globals[code[(pc + 2) | 0]];
          pc = (pc + 3) | 0;
          break;
        case Op.GlobalSet32:
          globals[code[(pc + 1) | 0]] = slots[(fp + code[(pc + 2) | 0]) | 0];
          pc = (pc + 3) | 0;
          break;
        case Op.I32Add:
          slots[(fp + code[(pc + 1) | 0]) | 0] =
            slots[(fp + code[(pc + 2) | 0]) | 0] + slots[(fp + code[(pc + 3) | 0]) | 0];
          pc = (pc + 4) | 0;
          break;
        case Op.I32AddImm:
          slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0];
          pc = (pc + 4) | 0;
          break;
        case Op.I32Sub:
          slots[(fp + code[(pc + 1) | 0]) | 0] =
            slots[(fp + code[(pc + 2) | 0]) | 0] - slots[(fp + code[(pc + 3) | 0]) | 0];
          pc = (pc + 4) | 0;
          break;
        case Op.I32Mul:
          slots[(fp + code[(pc + 1) | 0]) | 0] = Math.imul(
            slots[(fp + code[(pc + 2) | 0]) | 0],
            slots[(fp + code[(pc + 3) | 0]) | 0],
          );
          pc = (pc + 4) | 0;
          break;
        case Op.I32MulImm:
          slots[(fp + code[(pc + 1) | 0]) | 0] = Math.imul(slots[(fp + code[(pc + 2) | 0]) | 0], code[(pc + 3) | 0]);
          pc = (pc + 4) | 0;
          break;
        case Op.I32And:
          slots[(fp + code[(pc + 1) | 0]) | 0] =
            slots[(fp + code[(pc + 2) | 0]) | 0] & slots[(fp + code[(pc + 3) | 0]) | 0];
          pc = (pc + 4) | 0;
          break;
        case Op.I32AndImm:
          slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] & code[(pc + 3) | 0];
          pc = (pc + 4) | 0;
          break;
        case Op.I32Or:
          slots[(fp + code[(pc + 1) | 0]) | 0] =
            slots[(fp + code[(pc + 2) | 0]) | 0] | slots[(fp + code[(pc + 3) | 0]) | 0];
          pc = (pc + 4) | 0;
          break;
        case Op.I32OrImm:
          slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] | code[(pc + 3) | 0];
          pc = (pc + 4) | 0;
          break;
        case Op.I32Xor:
          slots[(fp + code[(pc + 1) | 0]) | 0] =
            slots[(fp + code[(pc + 2) | 0]) | 0] ^ slots[(fp + code[(pc + 3) | 0]) | 0];
          pc = (pc + 4) | 0;
          break;
        case Op.I32XorImm:
          slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] ^ code[(pc + 3) | 0];
          pc = (pc + 4) | 0;
          break;
        case Op.I32Shl:
          slots[(fp + code[(pc + 1) | 0]) | 0] =
            slots[(fp + code[(pc + 2) | 0]) | 0] << slots[(fp + code[(pc + 3) | 0]) | 0];
          pc = (pc + 4) | 0;
          break;
        case Op.I32ShlImm:
          slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] << code[(pc + 3) | 0];
          pc = (pc + 4) | 0;
          break;
        case Op.I32ShrS:
          slots[(fp + code[(pc + 1) | 0]) | 0] =
            slots[(fp + code[(pc + 2) | 0]) | 0] >> slots[(fp + code[(pc + 3) | 0]) | 0];
          pc = (pc + 4) | 0;
          break;
        case Op.I32ShrSImm:
          slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] >> code[(pc + 3) | 0];
          pc = (pc + 4) | 0;
          break;
        case Op.I32ShrU:
          slots[(fp + code[(pc + 1) | 0]) | 0] =
            slots[(fp + code[(pc + 2) | 0]) | 0] >>> slots[(fp + code[(pc + 3) | 0]) | 0];
          pc = (pc + 4) | 0;
          break;
        case Op.I32ShrUImm:
          slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] >>> code[(pc + 3) | 0];
          pc = (pc + 4) | 0;
          break;
        case Op.I32RotlImm:
          aAt = (fp + code[(pc + 2) | 0]) | 0;
          slots[(fp + code[(pc + 1) | 0]) | 0] =
            (slots[aAt] << code[(pc + 3) | 0]) | (slots[aAt] >>> -code[(pc + 3) | 0]);
          pc = (pc + 4) | 0;
          break;
        case Op.I32Add3:
          slots[(fp + code[(pc + 1) | 0]) | 0] =
            slots[(fp + code[(pc + 2) | 0]) | 0] +
            slots[(fp + code[(pc + 3) | 0]) | 0] +
            slots[(fp + code[(pc + 4) | 0]) | 0];
          pc = (pc + 5) | 0;
          break;
        case Op.I32XorRotl:
          b = slots[(fp + code[(pc + 3) | 0]) | 0];
          n = code[(pc + 4) | 0];
          slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] ^ ((b << n) | (b >>> -n));
          pc = (pc + 5) | 0;
          break;
        case Op.I32RotlXorRotl:
          a = slots[(fp + code[(pc + 2) | 0]) | 0];
          m = code[(pc + 3) | 0];
          b = slots[(fp + code[(pc + 4) | 0]) | 0];
          n = code[(pc + 5) | 0];
          slots[(fp + code[(pc + 1) | 0]) | 0] = ((a << m) | (a >>> -m)) ^ ((b << n) | (b >>> -n));
          pc = (pc + 6) | 0;
          break;
        case Op.I32XorShrU:
          slots[(fp + code[(pc + 1) | 0]) | 0] =
            slots[(fp + code[(pc + 2) | 0]) | 0] ^ (slots[(fp + code[(pc + 3) | 0]) | 0] >>> code[(pc + 4) | 0]);
          pc = (pc + 5) | 0;
          break;
        case Op.I32OrShl:
          slots[(fp + code[(pc + 1) | 0]) | 0] =
            slots[(fp + code[(pc + 2) | 0]) | 0] | (slots[(fp + code[(pc + 3) | 0]) | 0] << code[(pc + 4) | 0]);
          pc = (pc + 5) | 0;
          break;
        case Op.I32OrShrU:
          slots[(fp + code[(pc + 1) | 0]) | 0] =
            slots[(fp + code[(pc + 2) | 0]) | 0] | (slots[(fp + code[(pc + 3) | 0]) | 0] >>> code[(pc + 4) | 0]);
          pc = (pc + 5) | 0;
          break;
        case Op.I32AddShl:
          slots[(fp + code[(pc + 1) | 0]) | 0] =
            slots[(fp + code[(pc + 2) | 0]) | 0] + (slots[(fp + code[(pc + 3) | 0]) | 0] << code[(pc + 4) | 0]);
          pc = (pc + 5) | 0;
          break;
        case Op.I32RemUImm:
          slots[(fp + code[(pc + 1) | 0]) | 0] =
            ((slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0) % (code[(pc + 3) | 0] >>> 0)) | 0;
          pc = (pc + 4) | 0;
          break;
        case Op.I32Eqz:
          slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] === 0 ? 1 : 0;
          pc = (pc + 3) | 0;
          break;
        case Op.I32EqImm:
          slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] === code[(pc + 3) | 0] ? 1 : 0;
          pc = (pc + 4) | 0;
          break;
        case Op.I32LtUImm:
          slots[(fp + code[(pc + 1) | 0]) | 0] =
            slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0 < code[(pc + 3) | 0] >>> 0 ? 1 : 0;
          pc = (pc + 4) | 0;
          break;
        case Op.I64Add:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          aAt = (fp + code[(pc + 2) | 0]) | 0;
          bAt = (fp + code[(pc + 3) | 0]) | 0;
          aLow = slots[aAt];
          low = (aLow + slots[bAt]) | 0;
          slots[dAt | 1] = slots[aAt | 1] + slots[bAt | 1] + (low >>> 0 < aLow >>> 0 ? 1 : 0);
          slots[dAt] = low;
          pc = (pc + 4) | 0;
          break;
        case Op.I64Sub:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          aAt = (fp + code[(pc + 2) | 0]) | 0;
          bAt = (fp + code[(pc + 3) | 0]) | 0;
          aLow = slots[aAt];
          bLow = slots[bAt];
          slots[dAt | 1] = slots[aAt | 1] - slots[bAt | 1] - (aLow >>> 0 < bLow >>> 0 ? 1 : 0);
          slots[dAt] = aLow - bLow;
          pc = (pc + 4) | 0;
          break;
        case Op.I64RemU:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          aAt = (fp + code[(pc + 2) | 0]) | 0;
          bAt = (fp + code[(pc + 3) | 0]) | 0;
          if (slots[bAt] === 0 || slots[bAt | 1] !== 0) break inner;
          y = slots[bAt] >>> 0;
          high = slots[aAt | 1];
          low = slots[aAt];
          if (high === 0) {
            slots[dAt] = ((low >>> 0) % y) >>> 0;
            slots[dAt | 1] = 0;
          } else {
            x = high >>> 0;
            q0 = Math.floor(x / y);
            x = (x - q0 * y) * 65536 + (low >>> 16);
            q1 = Math.floor(x / y);
            x = (x - q1 * y) * 65536 + (low & 0xffff);
            q2 = Math.floor(x / y);
            slots[dAt] = x - q2 * y;
            slots[dAt | 1] = 0;
          }
          pc = (pc + 4) | 0;
          break;
        case Op.I64And:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          aAt = (fp + code[(pc + 2) | 0]) | 0;
          bAt = (fp + code[(pc + 3) | 0]) | 0;
          slots[dAt] = slots[aAt] & slots[bAt];
          slots[dAt | 1] = slots[aAt | 1] & slots[bAt | 1];
          pc = (pc + 4) | 0;
          break;
        case Op.I64Xor:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          aAt = (fp + code[(pc + 2) | 0]) | 0;
          bAt = (fp + code[(pc + 3) | 0]) | 0;
          slots[dAt] = slots[aAt] ^ slots[bAt];
          slots[dAt | 1] = slots[aAt | 1] ^ slots[bAt | 1];
          pc = (pc + 4) | 0;
          break;
        case Op.I64AddImm:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          aAt = (fp + code[(pc + 2) | 0]) | 0;
          imm = code[(pc + 3) | 0];
          aLow = slots[aAt];
          low = (aLow + imm) | 0;
          slots[dAt | 1] = slots[aAt | 1] + (imm >> 31) + (low >>> 0 < aLow >>> 0 ? 1 : 0);
          slots[dAt] = low;
          pc = (pc + 4) | 0;
          break;
        case Op.I64AndImm:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          aAt = (fp + code[(pc + 2) | 0]) | 0;
          imm = code[(pc + 3) | 0];
          slots[dAt] = slots[aAt] & imm;
          slots[dAt | 1] = slots[aAt | 1] & (imm >> 31);
          pc = (pc + 4) | 0;
          break;
        case Op.I64ShlImm:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          aAt = (fp + code[(pc + 2) | 0]) | 0;
          n = code[(pc + 3) | 0];
          low = slots[aAt];
          if (n >= 32) {
            slots[dAt | 1] = low << n;
            slots[dAt] = 0;
          } else {
            slots[dAt | 1] = (slots[aAt | 1] << n) | ((low >>> 1) >>> (31 - n));
            slots[dAt] = low << n;
          }
          pc = (pc + 4) | 0;
          break;
        case Op.I64ShrUImm:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          aAt = (fp + code[(pc + 2) | 0]) | 0;
          n = code[(pc + 3) | 0];
          high = slots[aAt | 1];
          if (n >= 32) {
            slots[dAt] = high >>> n;
            slots[dAt | 1] = 0;
          } else {
            slots[dAt] = (slots[aAt] >>> n) | ((high << 1) << (31 - n));
            slots[dAt | 1] = high >>> n;
          }
          pc = (pc + 4) | 0;
          break;
        case Op.I64ExtendI32U:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          slots[dAt] = slots[(fp + code[(pc + 2) | 0]) | 0];
          slots[dAt | 1] = 0;
          pc = (pc + 3) | 0;
          break;
        case Op.F64Add:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          x = doubles[(fp + code[(pc + 2) | 0]) >> 1] + doubles[(fp + code[(pc + 3) | 0]) >> 1];
          if (x === x) doubles[dAt >> 1] = x;
          else {
            slots[dAt] = 0;
            slots[dAt | 1] = 0x7ff8_0000;
          }
          pc = (pc + 4) | 0;
          break;
        case Op.F64Sub:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          x = doubles[(fp + code[(pc + 2) | 0]) >> 1] - doubles[(fp + code[(pc + 3) | 0]) >> 1];
          if (x === x) doubles[dAt >> 1] = x;
          else {
            slots[dAt] = 0;
            slots[dAt | 1] = 0x7ff8_0000;
          }
          pc = (pc + 4) | 0;
          break;
        case Op.F64Mul:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          x = doubles[(fp + code[(pc + 2) | 0]) >> 1] * doubles[(fp + code[(pc + 3) | 0]) >> 1];
          if (x === x) doubles[dAt >> 1] = x;
          else {
            slots[dAt] = 0;
            slots[dAt | 1] = 0x7ff8_0000;
          }
          pc = (pc + 4) | 0;
          break;
        case Op.F64MulImm:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          x = doubles[(fp + code[(pc + 2) | 0]) >> 1] * constants[code[(pc + 3) | 0]];
          if (x === x) doubles[dAt >> 1] = x;
          else {
            slots[dAt] = 0;
            slots[dAt | 1] = 0x7ff8_0000;
          }
          pc = (pc + 4) | 0;
          break;
        case Op.F64Div:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          x = doubles[(fp + code[(pc + 2) | 0]) >> 1] / doubles[(fp + code[(pc + 3) | 0]) >> 1];
          if (x === x) doubles[dAt >> 1] = x;
          else {
            slots[dAt] = 0;
            slots[dAt | 1] = 0x7ff8_0000;
          }
          pc = (pc + 4) | 0;
          break;
        case Op.F64Sqrt:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          x = Math.sqrt(doubles[(fp + code[(pc + 2) | 0]) >> 1]);
          if (x === x) doubles[dAt >> 1] = x;
          else {
            slots[dAt] = 0;
            slots[dAt | 1] = 0x7ff8_0000;
          }
          pc = (pc + 3) | 0;
          break;
        case Op.F64MulAdd:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          x =
            doubles[(fp + code[(pc + 4) | 0]) >> 1] +
            doubles[(fp + code[(pc + 2) | 0]) >> 1] * doubles[(fp + code[(pc + 3) | 0]) >> 1];
          if (x === x) doubles[dAt >> 1] = x;
          else {
            slots[dAt] = 0;
            slots[dAt | 1] = 0x7ff8_0000;
          }
          pc = (pc + 5) | 0;
          break;
        case Op.F64MulSub:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          x =
            doubles[(fp + code[(pc + 4) | 0]) >> 1] -
            doubles[(fp + code[(pc + 2) | 0]) >> 1] * doubles[(fp + code[(pc + 3) | 0]) >> 1];
          if (x === x) doubles[dAt >> 1] = x;
          else {
            slots[dAt] = 0;
            slots[dAt | 1] = 0x7ff8_0000;
          }
          pc = (pc + 5) | 0;
          break;
        case Op.I32Load:
          base = slots[(fp + code[(pc + 2) | 0]) | 0];
          at = (base + code[(pc + 3) | 0]) | 0;
          if ((base | at) < 0 || at > memoryEnd - 4) break inner;
          slots[(fp + code[(pc + 1) | 0]) | 0] = view.getInt32(at, true);
          pc = (pc + 4) | 0;
          break;
        case Op.I32LoadIndexed:
          base = (slots[(fp + code[(pc + 2) | 0]) | 0] + slots[(fp + code[(pc + 3) | 0]) | 0]) | 0;
          at = (base + code[(pc + 4) | 0]) | 0;
          if ((base | at) < 0 || at > memoryEnd - 4) break inner;
          slots[(fp + code[(pc + 1) | 0]) | 0] = view.getInt32(at, true);
          pc = (pc + 5) | 0;
          break;
        case Op.I32LoadSum:
          base = (slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0]) | 0;
          at = (base + code[(pc + 4) | 0]) | 0;
          if ((base | at) < 0 || at > memoryEnd - 4) break inner;
          slots[(fp + code[(pc + 1) | 0]) | 0] = view.getInt32(at, true);
          pc = (pc + 5) | 0;
          break;
        case Op.I32Load8U:
          base = slots[(fp + code[(pc + 2) | 0]) | 0];
          at = (base + code[(pc + 3) | 0]) | 0;
          if ((base | at) < 0 || at > memoryEnd - 1) break inner;
          slots[(fp + code[(pc + 1) | 0]) | 0] = memory8[at];
          pc = (pc + 4) | 0;
          break;
        case Op.I32Load8UIndexed:
          base = (slots[(fp + code[(pc + 2) | 0]) | 0] + slots[(fp + code[(pc + 3) | 0]) | 0]) | 0;
          at = (base + code[(pc + 4) | 0]) | 0;
          if ((base | at) < 0 || at > memoryEnd - 1) break inner;
          slots[(fp + code[(pc + 1) | 0]) | 0] = memory8[at];
          pc = (pc + 5) | 0;
          break;
        case Op.I32Load8USum:
          base = (slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0]) | 0;
          at = (base + code[(pc + 4) | 0]) | 0;
          if ((base | at) < 0 || at > memoryEnd - 1) break inner;
          slots[(fp + code[(pc + 1) | 0]) | 0] = memory8[at];
          pc = (pc + 5) | 0;
          break;
        case Op.I64Load:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          base = slots[(fp + code[(pc + 2) | 0]) | 0];
          at = (base + code[(pc + 3) | 0]) | 0;
          if ((base | at) < 0 || at > memoryEnd - 8) break inner;
          slots[dAt] = view.getInt32(at, true);
          slots[dAt | 1] = view.getInt32((at + 4) | 0, true);
          pc = (pc + 4) | 0;
          break;
        case Op.I64LoadIndexed:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          base = (slots[(fp + code[(pc + 2) | 0]) | 0] + slots[(fp + code[(pc + 3) | 0]) | 0]) | 0;
          at = (base + code[(pc + 4) | 0]) | 0;
          if ((base | at) < 0 || at > memoryEnd - 8) break inner;
          slots[dAt] = view.getInt32(at, true);
          slots[dAt | 1] = view.getInt32((at + 4) | 0, true);
          pc = (pc + 5) | 0;
          break;
        case Op.I64LoadSum:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          base = (slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0]) | 0;
          at = (base + code[(pc + 4) | 0]) | 0;
          if ((base | at) < 0 || at > memoryEnd - 8) break inner;
          slots[dAt] = view.getInt32(at, true);
          slots[dAt | 1] = view.getInt32((at + 4) | 0, true);
          pc = (pc + 5) | 0;
          break;
        case Op.I64LoadAbs:
          dAt = (fp + code[(pc + 1) | 0]) | 0;
          at = code[(pc + 2) | 0];
          if (at > memoryEnd - 8) break inner;
          slots[dAt] = view.getInt32(at, true);
          slots[dAt | 1] = view.getInt32((at + 4) | 0, true);
          pc = (pc + 3) | 0;
          break;
        case Op.I32Store:
          base = slots[(fp + code[(pc + 1) | 0]) | 0];
          at = (base + code[(pc + 3) | 0]) | 0;
          if ((base | at) < 0 || at > memoryEnd - 4) break inner;
          view.setInt32(at, slots[(fp + code[(pc + 2) | 0]) | 0], true);
          pc = (pc + 4) | 0;
          break;
        case Op.I32StoreImm:
          base = slots[(fp + code[(pc + 1) | 0]) | 0];
          at = (base + code[(pc + 3) | 0]) | 0;
          if ((base | at) < 0 || at > memoryEnd - 4) break inner;
          view.setInt32(at, code[(pc + 2) | 0], true);
          pc = (pc + 4) | 0;
          break;
        case Op.I32StoreSum:
          base = (slots[(fp + code[(pc + 1) | 0]) | 0] + code[(pc + 2) | 0]) | 0;
          at = (base + code[(pc + 4) | 0]) | 0;
          if ((base | at) < 0 || at > memoryEnd - 4) break inner;
          view.setInt32(at, slots[(fp + code[(pc + 3) | 0]) | 0], true);
          pc = (pc + 5) | 0;
          break;
        case Op.I32Store8:
          base = slots[(fp + code[(pc + 1) | 0]) | 0];
          at = (base + code[(pc + 3) | 0]) | 0;
          if ((base | at) < 0 || at > memoryEnd - 1) break inner;
          memory8[at] = slots[(fp + code[(pc + 2) | 0]) | 0];
          pc = (pc + 4) | 0;
          break;
        case Op.I32Store8Imm:
          base = slots[(fp + code[(pc + 1) | 0]) | 0];
          at = (base + code[(pc + 3) | 0]) | 0;
          if ((base | at) < 0 || at > memoryEnd - 1) break inner;
          memory8[at] = code[(pc + 2) | 0];
          pc = (pc + 4) | 0;
          break;
        case Op.I32Store8Sum:
          base = (slots[(fp + code[(pc + 1) | 0]) | 0] + code[(pc + 2) | 0]) | 0;
          at = (base + code[(pc + 4) | 0]) | 0;
          if ((base | at) < 0 || at > memoryEnd - 1) break inner;
          memory8[at] = slots[(fp + code[(pc + 3) | 0]) | 0];
          pc = (pc + 5) | 0;
          break;
        case Op.I32Store8ImmSum:
          base = (slots[(fp + code[(pc + 1) | 0]) | 0] + code[(pc + 2) | 0]) | 0;
          at = (base + code[(pc + 4) | 0]) | 0;
          if ((base | at) < 0 || at > memoryEnd - 1) break inner;
          memory8[at] = code[(pc + 3) | 0];
          pc = (pc + 5) | 0;
          break;
        case Op.I64Store:
          bAt = (fp + code[(pc + 2) | 0]) | 0;
          base = slots[(fp + code[(pc + 1) | 0]) | 0];
          at = (base + code[(pc + 3) | 0]) | 0;
          if ((base | at) < 0 || at > memoryEnd - 8) break inner;
          view.setInt32(at, slots[bAt], true);
          view.setInt32((at + 4) | 0, slots[bAt | 1], true);
          pc = (pc + 4) | 0;
          break;
        case Op.I64StoreAbs:
          bAt = (fp + code[(pc + 2) | 0]) | 0;
          at = code[(pc + 1) | 0];
          if (at > memoryEnd - 8) break inner;
          view.setInt32(at, slots[bAt], true);
          view.setInt32((at + 4) | 0, slots[bAt | 1], true);
          pc = (pc + 3) | 0;
          break;

        default:
          continue;
      }
    }
    if (OUTER_OF[code[pc]] === Outer.Rare) {
      at = rare(machine, instance, fp, pc);
      if (at >= 0) {
        pc = (pc + at) | 0;
        continue;
      }
      status = -at;
      break;
    }
    machine.leave(pc, fp, rp, words, wordsMin, fuel);
    status = machine.slow();
    words = machine.words | 0;
    wordsMin = machine.wordsMin | 0;
    fuel = machine.fuel | 0;
    if (status !== Status.Returned) break;
    pc = machine.pc | 0;
    fp = machine.fp | 0;
    rp = machine.rp | 0;
  }
  machine.leave(pc, fp, rp, words, wordsMin, fuel);
  return status;
}
