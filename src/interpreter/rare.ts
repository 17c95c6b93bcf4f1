/**
 * The instructions that are kept out of the loop: bulk memory and tables, references, and numbers that few guests use.
 * V8 optimises no function above a size, and the loop must stay below it.
 */

import { isWide, readBits, writeBits } from '../machine/global.js';
import { dynamicCharge, type RateName } from '../metering/schedule.js';
import * as C from '../wasm/convert.js';
import * as F32 from '../wasm/f32.js';
import * as F64 from '../wasm/f64.js';
import * as I32 from '../wasm/i32.js';
import * as I64 from '../wasm/i64.js';
import { far } from './far.js';
import type { InterpreterInstance } from './instance.js';
import type { Interpreter } from './interpreter.js';
import { Op } from './op.js';
import { Status } from './status.js';

/** Runs the instruction at `pc`; answers its length in words, or a negated `Status`. */
export function rare(machine: Interpreter, instance: InterpreterInstance, fp: number, pc: number): number {
  const { words } = instance.program.code;
  const op: Op = words[pc];
  if (op <= Op.I64RemU || op >= Op.I32Ctz)
    return numeric(machine, op, fp + words[pc + 1], fp + words[pc + 2], fp + words[pc + 3]);
  const { slots } = machine;
  const d = fp + words[pc + 1];
  const x = words[pc + 2];
  switch (op) {
    case Op.MemoryAccessFar:
      return far(instance, slots, fp, pc) ? 5 : -Status.OutOfBoundsMemory;
    case Op.MemorySize:
      slots[d] = instance.memory!.pages;
      return 2;
    case Op.MemoryGrow:
      return memoryGrow(instance, slots, d, slots[fp + x] >>> 0);
    case Op.MemoryCopy:
    case Op.MemoryFill:
    case Op.MemoryInit:
      return memoryBulk(instance, slots, op, fp, pc);
    case Op.DataDrop:
      instance.dropData(words[pc + 1]);
      return 2;
    case Op.TableGet: {
      const table = instance.tables[words[pc + 3]];
      const element = slots[fp + x] >>> 0;
      if (element >= table.length) return -Status.OutOfBoundsTable;
      slots[d] = table.elements[element];
      return 4;
    }
    case Op.TableSet: {
      const table = instance.tables[words[pc + 3]];
      const element = slots[d] >>> 0;
      if (element >= table.length) return -Status.OutOfBoundsTable;
      table.elements[element] = slots[fp + x];
      return 4;
    }
    case Op.TableSize:
      slots[d] = instance.tables[x].length;
      return 3;
    case Op.TableGrow: {
      const table = instance.tables[words[pc + 4]];
      const delta = slots[fp + words[pc + 3]] >>> 0;
      if (!instance.canGrowTable(table, delta)) slots[d] = -1;
      else if (!charge(instance, 'tableGrow', delta)) return -Status.Stopped;
      else slots[d] = table.grow(delta, slots[fp + x]);
      return 5;
    }
    case Op.TableFill:
    case Op.TableCopy:
    case Op.TableInit:
      return tableBulk(instance, slots, op, fp, pc);
    case Op.ElemDrop:
      instance.dropElements(words[pc + 1]);
      return 2;
    case Op.RefFunc:
      slots[d] = instance.functionAt(x).handle;
      return 3;
    case Op.GlobalGetImported: {
      const global = instance.globalAt(x);
      writeBits(slots, d, readBits(global.cells, global.index, global.type.type));
      return 3;
    }
    case Op.GlobalSetImported: {
      const global = instance.globalAt(words[pc + 1]);
      global.cells[global.index] = slots[fp + x];
      if (isWide(global.type.type)) global.cells[global.index + 1] = slots[fp + x + 1];
      return 3;
    }
    default:
      throw new Error(`no rule runs internal opcode ${op}`);
  }
}

/** Charges by data; false if the fuel is used up. */
function charge(instance: InterpreterInstance, rate: RateName, count: number): boolean {
  const { gauge, schedule } = instance.store;
  return gauge.chargeInstructions(dynamicCharge(schedule.rates[rate], count));
}

function memoryGrow(instance: InterpreterInstance, slots: Int32Array, d: number, delta: number): number {
  const memory = instance.memory!;
  if (!memory.canGrow(delta)) slots[d] = -1;
  else if (!charge(instance, 'memoryGrow', delta)) return -Status.Stopped;
  else {
    slots[d] = memory.grow(delta);
    instance.refresh();
  }
  return 3;
}

function memoryBulk(instance: InterpreterInstance, slots: Int32Array, op: Op, fp: number, pc: number): number {
  const { words } = instance.program.code;
  const { bytes, byteLength } = instance.memory!;
  const to = slots[fp + words[pc + 1]] >>> 0;
  const source = slots[fp + words[pc + 2]];
  const count = slots[fp + words[pc + 3]] >>> 0;
  if (op === Op.MemoryFill) {
    if (!charge(instance, 'memoryFill', count)) return -Status.Stopped;
    if (to + count > byteLength) return -Status.OutOfBoundsMemory;
    bytes.fill(source, to, to + count);
    return 4;
  }
  const from = source >>> 0;
  if (op === Op.MemoryCopy) {
    if (!charge(instance, 'memoryCopy', count)) return -Status.Stopped;
    if (from + count > byteLength || to + count > byteLength) return -Status.OutOfBoundsMemory;
    bytes.copyWithin(to, from, from + count);
    return 4;
  }
  if (!charge(instance, 'memoryInit', count)) return -Status.Stopped;
  const segment = instance.dataBytes(words[pc + 4]);
  if (from + count > segment.length || to + count > byteLength) return -Status.OutOfBoundsMemory;
  bytes.set(segment.subarray(from, from + count), to);
  return 5;
}

function tableBulk(instance: InterpreterInstance, slots: Int32Array, op: Op, fp: number, pc: number): number {
  const { words } = instance.program.code;
  const to = slots[fp + words[pc + 1]] >>> 0;
  const source = slots[fp + words[pc + 2]];
  const count = slots[fp + words[pc + 3]] >>> 0;
  const from = source >>> 0;
  if (op === Op.TableFill) {
    const table = instance.tables[words[pc + 4]];
    if (!charge(instance, 'tableFill', count)) return -Status.Stopped;
    if (to + count > table.length) return -Status.OutOfBoundsTable;
    table.elements.fill(source, to, to + count);
    return 5;
  }
  if (op === Op.TableCopy) {
    const table = instance.tables[words[pc + 4]];
    const other = instance.tables[words[pc + 5]];
    if (!charge(instance, 'tableCopy', count)) return -Status.Stopped;
    if (from + count > other.length || to + count > table.length) return -Status.OutOfBoundsTable;
    if (other === table) table.elements.copyWithin(to, from, from + count);
    else table.elements.set(other.elements.subarray(from, from + count), to);
    return 6;
  }
  const table = instance.tables[words[pc + 5]];
  if (!charge(instance, 'tableInit', count)) return -Status.Stopped;
  const handles = instance.elementHandles(words[pc + 4]);
  if (from + count > handles.length || to + count > table.length) return -Status.OutOfBoundsTable;
  table.elements.set(handles.subarray(from, from + count), to);
  return 6;
}

function pair(slots: Int32Array, d: number, low: number, high: number): number {
  slots[d] = low;
  slots[d + 1] = high;
  return 3;
}

function setF64({ slots, doubles }: Interpreter, d: number, x: number, length: number): number {
  if (x === x) doubles[d >> 1] = x;
  else pair(slots, d, 0, 0x7ff8_0000);
  return length;
}

function setF32({ slots, floats }: Interpreter, d: number, x: number, length: number): number {
  if (x === x) floats[d] = x;
  else slots[d] = 0x7fc0_0000;
  return length;
}

/** Numbers: slots are absolute here. */
function numeric(machine: Interpreter, op: Op, d: number, a: number, b: number): number {
  const { slots, floats, doubles } = machine;
  switch (op) {
    case Op.I64DivS:
      if ((slots[b] | slots[b + 1]) === 0) return -Status.DivideByZero;
      if ((slots[b] & slots[b + 1]) === -1 && slots[a] === 0 && slots[a + 1] === -0x8000_0000)
        return -Status.IntegerOverflow;
      I64.divS(slots, d, slots[a], slots[a + 1], slots[b], slots[b + 1]);
      return 4;
    case Op.I64DivU:
      if ((slots[b] | slots[b + 1]) === 0) return -Status.DivideByZero;
      I64.divU(slots, d, slots[a], slots[a + 1], slots[b], slots[b + 1]);
      return 4;
    case Op.I64RemS:
      if ((slots[b] | slots[b + 1]) === 0) return -Status.DivideByZero;
      I64.remS(slots, d, slots[a], slots[a + 1], slots[b], slots[b + 1]);
      return 4;
    case Op.I64RemU:
      if ((slots[b] | slots[b + 1]) === 0) return -Status.DivideByZero;
      I64.remU(slots, d, slots[a], slots[a + 1], slots[b], slots[b + 1]);
      return 4;
    case Op.I32Ctz:
      slots[d] = I32.ctz(slots[a]);
      return 3;
    case Op.I32Popcnt:
      slots[d] = I32.popcnt(slots[a]);
      return 3;
    case Op.I64Clz:
      return pair(slots, d, I64.clz(slots[a], slots[a + 1]), 0);
    case Op.I64Ctz:
      return pair(slots, d, I64.ctz(slots[a], slots[a + 1]), 0);
    case Op.I64Popcnt:
      return pair(slots, d, I64.popcnt(slots[a], slots[a + 1]), 0);
    case Op.I64Extend8:
      return pair(slots, d, (slots[a] << 24) >> 24, (slots[a] << 24) >> 31);
    case Op.I64Extend16:
      return pair(slots, d, (slots[a] << 16) >> 16, (slots[a] << 16) >> 31);
    case Op.I64Extend32:
      return pair(slots, d, slots[a], slots[a] >> 31);
    case Op.F64Ceil:
      return setF64(machine, d, F64.ceil(doubles[a >> 1]), 3);
    case Op.F32Ceil:
      return setF32(machine, d, F32.ceil(floats[a]), 3);
    case Op.F64Floor:
      return setF64(machine, d, F64.floor(doubles[a >> 1]), 3);
    case Op.F32Floor:
      return setF32(machine, d, F32.floor(floats[a]), 3);
    case Op.F64Trunc:
      return setF64(machine, d, F64.trunc(doubles[a >> 1]), 3);
    case Op.F32Trunc:
      return setF32(machine, d, F32.trunc(floats[a]), 3);
    case Op.F64Nearest:
      return setF64(machine, d, F64.nearest(doubles[a >> 1]), 3);
    case Op.F32Nearest:
      return setF32(machine, d, F32.nearest(floats[a]), 3);
    case Op.F64Min:
      return setF64(machine, d, F64.min(doubles[a >> 1], doubles[b >> 1]), 4);
    case Op.F32Min:
      return setF32(machine, d, F32.min(floats[a], floats[b]), 4);
    case Op.F64Max:
      return setF64(machine, d, F64.max(doubles[a >> 1], doubles[b >> 1]), 4);
    case Op.F32Max:
      return setF32(machine, d, F32.max(floats[a], floats[b]), 4);
    case Op.F64Copysign: {
      const high = F64.copysignHi(slots[a + 1], slots[b + 1]);
      slots[d] = slots[a];
      slots[d + 1] = high;
      return 4;
    }
    case Op.F32Copysign:
      slots[d] = F32.copysignBits(slots[a], slots[b]);
      return 4;
    case Op.I64TruncF32S: {
      const x = floats[a];
      if (!C.inRangeI64S(x)) return -(x === x ? Status.IntegerOverflow : Status.InvalidConversion);
      C.truncF64ToI64S(slots, d, x);
      return 3;
    }
    case Op.I32TruncSatF32S:
      slots[d] = C.truncSatF64ToI32S(floats[a]);
      return 3;
    case Op.I64TruncSatF32S:
      C.truncSatF64ToI64S(slots, d, floats[a]);
      return 3;
    case Op.I64TruncF32U: {
      const x = floats[a];
      if (!C.inRangeI64U(x)) return -(x === x ? Status.IntegerOverflow : Status.InvalidConversion);
      C.truncF64ToI64U(slots, d, x);
      return 3;
    }
    case Op.I32TruncSatF32U:
      slots[d] = C.truncSatF64ToI32U(floats[a]);
      return 3;
    case Op.I64TruncSatF32U:
      C.truncSatF64ToI64U(slots, d, floats[a]);
      return 3;
    case Op.I64TruncF64S: {
      const x = doubles[a >> 1];
      if (!C.inRangeI64S(x)) return -(x === x ? Status.IntegerOverflow : Status.InvalidConversion);
      C.truncF64ToI64S(slots, d, x);
      return 3;
    }
    case Op.I32TruncSatF64S:
      slots[d] = C.truncSatF64ToI32S(doubles[a >> 1]);
      return 3;
    case Op.I64TruncSatF64S:
      C.truncSatF64ToI64S(slots, d, doubles[a >> 1]);
      return 3;
    case Op.I64TruncF64U: {
      const x = doubles[a >> 1];
      if (!C.inRangeI64U(x)) return -(x === x ? Status.IntegerOverflow : Status.InvalidConversion);
      C.truncF64ToI64U(slots, d, x);
      return 3;
    }
    case Op.I32TruncSatF64U:
      slots[d] = C.truncSatF64ToI32U(doubles[a >> 1]);
      return 3;
    case Op.I64TruncSatF64U:
      C.truncSatF64ToI64U(slots, d, doubles[a >> 1]);
      return 3;
    case Op.F32ConvertI64S:
      floats[d] = C.convertI64SToF32(slots[a], slots[a + 1]);
      return 3;
    case Op.F64ConvertI64S:
      doubles[d >> 1] = C.convertI64SToF64(slots[a], slots[a + 1]);
      return 3;
    case Op.F32ConvertI64U:
      floats[d] = C.convertI64UToF32(slots[a], slots[a + 1]);
      return 3;
    case Op.F64ConvertI64U:
      doubles[d >> 1] = C.convertI64UToF64(slots[a], slots[a + 1]);
      return 3;
    default:
      throw new Error(`no rule runs internal opcode ${op}`);
  }
}
