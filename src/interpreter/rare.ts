/**
 * The operations that are kept out of the loop: bulk memory and tables, references, and numbers that few guests use. V8 optimises
 * no function above a size, and the loop must stay below it.
 *
 * Generated from `interpreter/table/` by `npm run interpreter:write`; a spec holds it to the table. Change the rows, not this file.
 */
import * as C from '../wasm/convert.js';
import * as F32 from '../wasm/f32.js';
import * as F64 from '../wasm/f64.js';
import * as I32 from '../wasm/i32.js';
import * as I64 from '../wasm/i64.js';
import * as Bulk from './bulk.js';
import { readGlobal, writeGlobal } from './imported-global.js';
import type { InterpreterInstance } from './instance.js';
import type { Interpreter } from './interpreter.js';
import { Op } from './op.js';
import { Status } from './status.js';

/** Runs the operation at `pc`; returns its length in words, or a negated `Status`. */
export function rare(
  { slots, floats, doubles }: Interpreter,
  instance: InterpreterInstance,
  fp: number,
  pc: number,
): number {
  const { words } = instance.program.code;
  const op: Op = words[pc];
  let status: Status = Status.Returned;
  let low = 0;
  let high = 0;
  let x = 0;
  let dAt = 0;
  let aAt = 0;
  let bAt = 0;
  switch (op) {
    case Op.GlobalGetImported: {
      dAt = fp + words[pc + 1];
      readGlobal(instance, slots, dAt, words[pc + 2]);
      return 3;
    }
    case Op.GlobalSetImported: {
      aAt = fp + words[pc + 2];
      writeGlobal(instance, slots, aAt, words[pc + 1]);
      return 3;
    }
    case Op.I32Ctz: {
      slots[fp + words[pc + 1]] = I32.ctz(slots[fp + words[pc + 2]]);
      return 3;
    }
    case Op.I32Popcnt: {
      slots[fp + words[pc + 1]] = I32.popcnt(slots[fp + words[pc + 2]]);
      return 3;
    }
    case Op.I64DivS: {
      dAt = fp + words[pc + 1];
      aAt = fp + words[pc + 2];
      bAt = fp + words[pc + 3];
      if ((slots[bAt] | slots[bAt | 1]) === 0) return -Status.DivideByZero;
      if ((slots[bAt] & slots[bAt | 1]) === -1 && slots[aAt] === 0 && slots[aAt | 1] === -0x8000_0000)
        return -Status.IntegerOverflow;
      I64.divS(slots, dAt, slots[aAt], slots[aAt | 1], slots[bAt], slots[bAt | 1]);
      return 4;
    }
    case Op.I64DivU: {
      dAt = fp + words[pc + 1];
      aAt = fp + words[pc + 2];
      bAt = fp + words[pc + 3];
      if ((slots[bAt] | slots[bAt | 1]) === 0) return -Status.DivideByZero;
      I64.divU(slots, dAt, slots[aAt], slots[aAt | 1], slots[bAt], slots[bAt | 1]);
      return 4;
    }
    case Op.I64RemS: {
      dAt = fp + words[pc + 1];
      aAt = fp + words[pc + 2];
      bAt = fp + words[pc + 3];
      if ((slots[bAt] | slots[bAt | 1]) === 0) return -Status.DivideByZero;
      I64.remS(slots, dAt, slots[aAt], slots[aAt | 1], slots[bAt], slots[bAt | 1]);
      return 4;
    }
    case Op.I64RemU: {
      dAt = fp + words[pc + 1];
      aAt = fp + words[pc + 2];
      bAt = fp + words[pc + 3];
      if ((slots[bAt] | slots[bAt | 1]) === 0) return -Status.DivideByZero;
      I64.remU(slots, dAt, slots[aAt], slots[aAt | 1], slots[bAt], slots[bAt | 1]);
      return 4;
    }
    case Op.I64Clz: {
      dAt = fp + words[pc + 1];
      aAt = fp + words[pc + 2];
      low = I64.clz(slots[aAt], slots[aAt | 1]);
      slots[dAt] = low;
      slots[dAt | 1] = 0;
      return 3;
    }
    case Op.I64Ctz: {
      dAt = fp + words[pc + 1];
      aAt = fp + words[pc + 2];
      low = I64.ctz(slots[aAt], slots[aAt | 1]);
      slots[dAt] = low;
      slots[dAt | 1] = 0;
      return 3;
    }
    case Op.I64Popcnt: {
      dAt = fp + words[pc + 1];
      aAt = fp + words[pc + 2];
      low = I64.popcnt(slots[aAt], slots[aAt | 1]);
      slots[dAt] = low;
      slots[dAt | 1] = 0;
      return 3;
    }
    case Op.I64Extend8: {
      dAt = fp + words[pc + 1];
      aAt = fp + words[pc + 2];
      low = (slots[aAt] << 24) >> 24;
      slots[dAt] = low;
      slots[dAt | 1] = low >> 31;
      return 3;
    }
    case Op.I64Extend16: {
      dAt = fp + words[pc + 1];
      aAt = fp + words[pc + 2];
      low = (slots[aAt] << 16) >> 16;
      slots[dAt] = low;
      slots[dAt | 1] = low >> 31;
      return 3;
    }
    case Op.I64Extend32: {
      dAt = fp + words[pc + 1];
      aAt = fp + words[pc + 2];
      low = slots[aAt];
      slots[dAt] = low;
      slots[dAt | 1] = low >> 31;
      return 3;
    }
    case Op.F64Ceil: {
      dAt = fp + words[pc + 1];
      x = F64.ceil(doubles[(fp + words[pc + 2]) >> 1]);
      if (x === x) doubles[dAt >> 1] = x;
      else {
        slots[dAt] = 0;
        slots[dAt | 1] = 0x7ff8_0000;
      }
      return 3;
    }
    case Op.F64Floor: {
      dAt = fp + words[pc + 1];
      x = F64.floor(doubles[(fp + words[pc + 2]) >> 1]);
      if (x === x) doubles[dAt >> 1] = x;
      else {
        slots[dAt] = 0;
        slots[dAt | 1] = 0x7ff8_0000;
      }
      return 3;
    }
    case Op.F64Trunc: {
      dAt = fp + words[pc + 1];
      x = F64.trunc(doubles[(fp + words[pc + 2]) >> 1]);
      if (x === x) doubles[dAt >> 1] = x;
      else {
        slots[dAt] = 0;
        slots[dAt | 1] = 0x7ff8_0000;
      }
      return 3;
    }
    case Op.F64Nearest: {
      dAt = fp + words[pc + 1];
      x = F64.nearest(doubles[(fp + words[pc + 2]) >> 1]);
      if (x === x) doubles[dAt >> 1] = x;
      else {
        slots[dAt] = 0;
        slots[dAt | 1] = 0x7ff8_0000;
      }
      return 3;
    }
    case Op.F64Min: {
      dAt = fp + words[pc + 1];
      x = F64.min(doubles[(fp + words[pc + 2]) >> 1], doubles[(fp + words[pc + 3]) >> 1]);
      if (x === x) doubles[dAt >> 1] = x;
      else {
        slots[dAt] = 0;
        slots[dAt | 1] = 0x7ff8_0000;
      }
      return 4;
    }
    case Op.F64Max: {
      dAt = fp + words[pc + 1];
      x = F64.max(doubles[(fp + words[pc + 2]) >> 1], doubles[(fp + words[pc + 3]) >> 1]);
      if (x === x) doubles[dAt >> 1] = x;
      else {
        slots[dAt] = 0;
        slots[dAt | 1] = 0x7ff8_0000;
      }
      return 4;
    }
    case Op.F32Ceil: {
      dAt = fp + words[pc + 1];
      x = F32.ceil(floats[fp + words[pc + 2]]);
      if (x === x) floats[dAt] = x;
      else slots[dAt] = 0x7fc0_0000;
      return 3;
    }
    case Op.F32Floor: {
      dAt = fp + words[pc + 1];
      x = F32.floor(floats[fp + words[pc + 2]]);
      if (x === x) floats[dAt] = x;
      else slots[dAt] = 0x7fc0_0000;
      return 3;
    }
    case Op.F32Trunc: {
      dAt = fp + words[pc + 1];
      x = F32.trunc(floats[fp + words[pc + 2]]);
      if (x === x) floats[dAt] = x;
      else slots[dAt] = 0x7fc0_0000;
      return 3;
    }
    case Op.F32Nearest: {
      dAt = fp + words[pc + 1];
      x = F32.nearest(floats[fp + words[pc + 2]]);
      if (x === x) floats[dAt] = x;
      else slots[dAt] = 0x7fc0_0000;
      return 3;
    }
    case Op.F32Min: {
      dAt = fp + words[pc + 1];
      x = F32.min(floats[fp + words[pc + 2]], floats[fp + words[pc + 3]]);
      if (x === x) floats[dAt] = x;
      else slots[dAt] = 0x7fc0_0000;
      return 4;
    }
    case Op.F32Max: {
      dAt = fp + words[pc + 1];
      x = F32.max(floats[fp + words[pc + 2]], floats[fp + words[pc + 3]]);
      if (x === x) floats[dAt] = x;
      else slots[dAt] = 0x7fc0_0000;
      return 4;
    }
    case Op.F64Copysign: {
      dAt = fp + words[pc + 1];
      aAt = fp + words[pc + 2];
      bAt = fp + words[pc + 3];
      high = F64.copysignHi(slots[aAt | 1], slots[bAt | 1]);
      slots[dAt] = slots[aAt];
      slots[dAt | 1] = high;
      return 4;
    }
    case Op.F32Copysign: {
      slots[fp + words[pc + 1]] = F32.copysignBits(slots[fp + words[pc + 2]], slots[fp + words[pc + 3]]);
      return 4;
    }
    case Op.I64TruncF32S: {
      dAt = fp + words[pc + 1];
      x = floats[fp + words[pc + 2]];
      if (!C.inRangeI64S(x)) return -(x === x ? Status.IntegerOverflow : Status.InvalidConversion);
      C.truncF64ToI64S(slots, dAt, x);
      return 3;
    }
    case Op.I32TruncSatF32S: {
      slots[fp + words[pc + 1]] = C.truncSatF64ToI32S(floats[fp + words[pc + 2]]);
      return 3;
    }
    case Op.I64TruncSatF32S: {
      dAt = fp + words[pc + 1];
      C.truncSatF64ToI64S(slots, dAt, floats[fp + words[pc + 2]]);
      return 3;
    }
    case Op.F32ConvertI64S: {
      aAt = fp + words[pc + 2];
      floats[fp + words[pc + 1]] = C.convertI64SToF32(slots[aAt], slots[aAt | 1]);
      return 3;
    }
    case Op.I64TruncF32U: {
      dAt = fp + words[pc + 1];
      x = floats[fp + words[pc + 2]];
      if (!C.inRangeI64U(x)) return -(x === x ? Status.IntegerOverflow : Status.InvalidConversion);
      C.truncF64ToI64U(slots, dAt, x);
      return 3;
    }
    case Op.I32TruncSatF32U: {
      slots[fp + words[pc + 1]] = C.truncSatF64ToI32U(floats[fp + words[pc + 2]]);
      return 3;
    }
    case Op.I64TruncSatF32U: {
      dAt = fp + words[pc + 1];
      C.truncSatF64ToI64U(slots, dAt, floats[fp + words[pc + 2]]);
      return 3;
    }
    case Op.F32ConvertI64U: {
      aAt = fp + words[pc + 2];
      floats[fp + words[pc + 1]] = C.convertI64UToF32(slots[aAt], slots[aAt | 1]);
      return 3;
    }
    case Op.I64TruncF64S: {
      dAt = fp + words[pc + 1];
      x = doubles[(fp + words[pc + 2]) >> 1];
      if (!C.inRangeI64S(x)) return -(x === x ? Status.IntegerOverflow : Status.InvalidConversion);
      C.truncF64ToI64S(slots, dAt, x);
      return 3;
    }
    case Op.I32TruncSatF64S: {
      slots[fp + words[pc + 1]] = C.truncSatF64ToI32S(doubles[(fp + words[pc + 2]) >> 1]);
      return 3;
    }
    case Op.I64TruncSatF64S: {
      dAt = fp + words[pc + 1];
      C.truncSatF64ToI64S(slots, dAt, doubles[(fp + words[pc + 2]) >> 1]);
      return 3;
    }
    case Op.F64ConvertI64S: {
      aAt = fp + words[pc + 2];
      doubles[(fp + words[pc + 1]) >> 1] = C.convertI64SToF64(slots[aAt], slots[aAt | 1]);
      return 3;
    }
    case Op.I64TruncF64U: {
      dAt = fp + words[pc + 1];
      x = doubles[(fp + words[pc + 2]) >> 1];
      if (!C.inRangeI64U(x)) return -(x === x ? Status.IntegerOverflow : Status.InvalidConversion);
      C.truncF64ToI64U(slots, dAt, x);
      return 3;
    }
    case Op.I32TruncSatF64U: {
      slots[fp + words[pc + 1]] = C.truncSatF64ToI32U(doubles[(fp + words[pc + 2]) >> 1]);
      return 3;
    }
    case Op.I64TruncSatF64U: {
      dAt = fp + words[pc + 1];
      C.truncSatF64ToI64U(slots, dAt, doubles[(fp + words[pc + 2]) >> 1]);
      return 3;
    }
    case Op.F64ConvertI64U: {
      aAt = fp + words[pc + 2];
      doubles[(fp + words[pc + 1]) >> 1] = C.convertI64UToF64(slots[aAt], slots[aAt | 1]);
      return 3;
    }
    case Op.MemorySize: {
      slots[fp + words[pc + 1]] = instance.memory!.pages;
      return 2;
    }
    case Op.MemoryGrow: {
      dAt = fp + words[pc + 1];
      status = Bulk.memoryGrow(instance, slots, dAt, slots[fp + words[pc + 2]] >>> 0);
      if (status !== Status.Returned) return -status;
      return 3;
    }
    case Op.MemoryCopy: {
      status = Bulk.memoryCopy(
        instance,
        slots[fp + words[pc + 1]] >>> 0,
        slots[fp + words[pc + 2]] >>> 0,
        slots[fp + words[pc + 3]] >>> 0,
      );
      if (status !== Status.Returned) return -status;
      return 4;
    }
    case Op.MemoryFill: {
      status = Bulk.memoryFill(
        instance,
        slots[fp + words[pc + 1]] >>> 0,
        slots[fp + words[pc + 2]] >>> 0,
        slots[fp + words[pc + 3]] >>> 0,
      );
      if (status !== Status.Returned) return -status;
      return 4;
    }
    case Op.MemoryInit: {
      status = Bulk.memoryInit(
        instance,
        slots[fp + words[pc + 1]] >>> 0,
        slots[fp + words[pc + 2]] >>> 0,
        slots[fp + words[pc + 3]] >>> 0,
        words[pc + 4],
      );
      if (status !== Status.Returned) return -status;
      return 5;
    }
    case Op.DataDrop: {
      instance.dropData(words[pc + 1]);
      return 2;
    }
    case Op.TableGet: {
      const table = instance.tables[words[pc + 3]];
      const element = slots[fp + words[pc + 2]] >>> 0;
      if (element >= table.length) return -Status.OutOfBoundsTable;
      slots[fp + words[pc + 1]] = table.elements[element];
      return 4;
    }
    case Op.TableSet: {
      const table = instance.tables[words[pc + 3]];
      const element = slots[fp + words[pc + 1]] >>> 0;
      if (element >= table.length) return -Status.OutOfBoundsTable;
      table.elements[element] = slots[fp + words[pc + 2]];
      return 4;
    }
    case Op.TableSize: {
      slots[fp + words[pc + 1]] = instance.tables[words[pc + 2]].length;
      return 3;
    }
    case Op.TableGrow: {
      dAt = fp + words[pc + 1];
      status = Bulk.tableGrow(
        instance,
        words[pc + 4],
        slots,
        dAt,
        slots[fp + words[pc + 2]],
        slots[fp + words[pc + 3]] >>> 0,
      );
      if (status !== Status.Returned) return -status;
      return 5;
    }
    case Op.TableFill: {
      status = Bulk.tableFill(
        instance,
        slots[fp + words[pc + 1]] >>> 0,
        slots[fp + words[pc + 2]] >>> 0,
        slots[fp + words[pc + 3]] >>> 0,
        words[pc + 4],
      );
      if (status !== Status.Returned) return -status;
      return 5;
    }
    case Op.TableCopy: {
      status = Bulk.tableCopy(
        instance,
        slots[fp + words[pc + 1]] >>> 0,
        slots[fp + words[pc + 2]] >>> 0,
        slots[fp + words[pc + 3]] >>> 0,
        words[pc + 4],
        words[pc + 5],
      );
      if (status !== Status.Returned) return -status;
      return 6;
    }
    case Op.TableInit: {
      status = Bulk.tableInit(
        instance,
        slots[fp + words[pc + 1]] >>> 0,
        slots[fp + words[pc + 2]] >>> 0,
        slots[fp + words[pc + 3]] >>> 0,
        words[pc + 4],
        words[pc + 5],
      );
      if (status !== Status.Returned) return -status;
      return 6;
    }
    case Op.ElemDrop: {
      instance.dropElements(words[pc + 1]);
      return 2;
    }
    case Op.RefFunc: {
      slots[fp + words[pc + 1]] = instance.functionAt(words[pc + 2]).handle;
      return 3;
    }

    default:
      throw new Error(`no rule for internal opcode ${op}`);
  }
}
