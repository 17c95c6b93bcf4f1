/**
 * The functions of a rewritten module that its instance is run by: they set the gauge, bring a new or used instance to
 * its first state, and read its globals and functions by bits and number.
 */

import { EMPTY_BLOCK } from '../wasm/instruction-reader.js';
import { typeOfFunction } from '../wasm/module.js';
import { Opcode } from '../wasm/opcode.js';
import { type FunctionType, isReferenceType, ValueType } from '../wasm/types.js';
import { DROPPED } from './added-code.js';
import { CodeWriter, codeOf } from './code-writer.js';
import { writeExpression } from './constant-code.js';
import { adapterBody, bitsType, GaugeGlobal, hasFloats, type Layout, NO_TABLE, Trapping } from './layout.js';
import { resetNotes } from './store-notes.js';

const { I32, I64, F64, FuncRef } = {
  I32: ValueType.I32,
  I64: ValueType.I64,
  F64: ValueType.F64,
  FuncRef: ValueType.FuncRef,
} as const;

/** Globals that one function returns the bits of. */
export const GLOBALS_PER_READER = 256;

function typeOf(params: readonly number[], results: readonly number[]): FunctionType {
  return { params: Uint8Array.from(params), results: Uint8Array.from(results) };
}

function add(layout: Layout, type: FunctionType, write: (writer: CodeWriter) => void): number {
  const writer = new CodeWriter();
  writer.u32(0);
  write(writer);
  writer.u8(Opcode.End);
  return layout.addFunction(type, writer.finish());
}

/** `(fuel: f64, words: i32)`: sets the gauge before the guest runs, and the notes that an earlier call may have left. */
export function addEnter(layout: Layout): number {
  return add(layout, typeOf([F64, I32], []), (writer) => {
    writer.localGet(0);
    writer.op(Opcode.I64TruncF64S);
    writer.globalSet(layout.gauge(GaugeGlobal.Fuel));
    writer.localGet(1);
    writer.globalSet(layout.gauge(GaugeGlobal.Words));
    writer.setGlobal(layout.gauge(GaugeGlobal.Trapping), Trapping.No);
    writer.setGlobal(layout.gauge(GaugeGlobal.Table), NO_TABLE);
    writer.op(Opcode.F64Const);
    writer.fixed32(0);
    writer.fixed32(0);
    writer.globalSet(layout.gauge(GaugeGlobal.Operand));
  });
}

/** `() -> f64`: fuel left, which every double up to 2^53 holds exactly. */
export function addFuel(layout: Layout): number {
  return add(layout, typeOf([], [F64]), (writer) => {
    writer.globalGet(layout.gauge(GaugeGlobal.Fuel));
    writer.op(Opcode.F64ConvertI64S);
  });
}

/** `() -> i32`: stack words left. */
export function addWords(layout: Layout): number {
  return add(layout, typeOf([], [I32]), (writer) => writer.globalGet(layout.gauge(GaugeGlobal.Words)));
}

/** Gives every own global its first value and every segment its state. Memory is all zero then. */
export function addGlobals(layout: Layout): number {
  const { module } = layout.metered;
  return add(layout, typeOf([], []), (writer) => {
    resetNotes(writer, layout);
    module.globalDefinitions.forEach(({ init }, i) => {
      writeExpression(writer, layout, init.start);
      writer.globalSet(layout.globals[module.importedGlobals + i]);
    });
    module.data.forEach(({ bytes }, i) => {
      if (layout.hasSegmentState('data', i)) writer.setGlobal(layout.segmentState('data', i), bytes.end - bytes.start);
    });
    module.elements.forEach(({ length }, i) => {
      if (layout.hasSegmentState('element', i)) writer.setGlobal(layout.segmentState('element', i), length);
    });
  });
}

/** Copies the active element segments in order and drops all that are not passive. */
export function addElements(layout: Layout): number {
  const { module } = layout.metered;
  const segmentGlobal = layout.gauge(GaugeGlobal.Segment);
  const trapping = layout.gauge(GaugeGlobal.Trapping);
  return add(layout, typeOf([], []), (writer) => {
    writer.setGlobal(trapping, Trapping.TableAccess);
    module.elements.forEach(({ mode, tableIndex, offsetExpression, length }, i) => {
      if (mode === 'passive') return;
      if (offsetExpression !== undefined) {
        writer.setGlobal(segmentGlobal, i);
        writeExpression(writer, layout, offsetExpression.start);
        writer.i32Const(0);
        writer.i32Const(length);
        writer.op1(Opcode.TableInit, i);
        writer.u32(tableIndex);
      }
      if (layout.hasSegmentState('element', i)) writer.setGlobal(layout.segmentState('element', i), DROPPED);
    });
    writer.setGlobal(segmentGlobal, module.elements.length);
    writer.setGlobal(trapping, Trapping.No);
  });
}

/** Copies the active data segments in order and drops them. Modules have thousands, so what is around the numbers is written once. */
export function addData(layout: Layout): number {
  const { module } = layout.metered;
  const segmentGlobal = layout.gauge(GaugeGlobal.Segment);
  const trapping = layout.gauge(GaugeGlobal.Trapping);
  const first = module.elements.length;
  const number = Uint8Array.of(Opcode.I32Const);
  const isSegment = codeOf((writer) => writer.globalSet(segmentGlobal));
  const fromItsStart = codeOf((writer) => {
    writer.i32Const(0);
    writer.u8(Opcode.I32Const);
  });
  const init = codeOf((writer) => writer.op(Opcode.MemoryInit));
  return add(layout, typeOf([], []), (writer) => {
    writer.setGlobal(trapping, Trapping.MemoryAccess);
    const { data } = module;
    for (let i = 0; i < data.length; i++) {
      const { offsetExpression, bytes } = data[i];
      if (offsetExpression === undefined) continue;
      writer.around(number, first + i, isSegment);
      writeExpression(writer, layout, offsetExpression.start);
      writer.around(fromItsStart, bytes.end - bytes.start, init);
      writer.u32(i);
      writer.u8(0);
      if (layout.hasSegmentState('data', i)) writer.setGlobal(layout.segmentState('data', i), DROPPED);
    }
    writer.setGlobal(segmentGlobal, first + module.data.length);
    writer.setGlobal(trapping, Trapping.No);
  });
}

/** `(position: i32) -> funcref`: the function at a position of the segment of all functions that are referred to. */
export function addReference(layout: Layout, segment: number, table: number): number {
  return add(layout, typeOf([I32], [FuncRef]), (writer) => {
    writer.i32Const(0);
    writer.localGet(0);
    writer.i32Const(1);
    writer.op1(Opcode.TableInit, segment);
    writer.u32(table);
    writer.i32Const(0);
    writer.op1(Opcode.TableGet, table);
  });
}

/** `(n: i32) -> i64`: the bits of the n-th global from `first` on, 0 for a reference. */
export function addGlobalReader(layout: Layout, first: number, count: number): number {
  const { module } = layout.metered;
  return add(layout, typeOf([I32], [I64]), (writer) => {
    selectCase(writer, count, (i) => writeBits(writer, module.globals[first + i].type, layout.globals[first + i]));
    writer.i64Const(0);
  });
}

/** `(n: i32, bits: i64)`: sets the n-th global from `first` on, if it is the module's own and holds a number. */
export function addGlobalRestorer(layout: Layout, first: number, count: number): number {
  const { module } = layout.metered;
  return add(layout, typeOf([I32, I64], []), (writer) =>
    selectCase(writer, count, (i) => {
      const { type } = module.globals[first + i];
      if (first + i < module.importedGlobals || isReferenceType(type)) return;
      setBits(writer, 1, type, layout.globals[first + i]);
    }),
  );
}

/** Runs the case of the number in the first local and returns; for any other number, the code after the cases runs. */
function selectCase(writer: CodeWriter, count: number, write: (i: number) => void): void {
  for (let i = 0; i <= count; i++) {
    writer.u8(Opcode.Block);
    writer.u8(EMPTY_BLOCK);
  }
  writer.localGet(0);
  writer.op(Opcode.BrTable);
  writer.u32(count);
  for (let i = 0; i <= count; i++) writer.u32(i);
  for (let i = 0; i < count; i++) {
    writer.u8(Opcode.End);
    write(i);
    writer.u8(Opcode.Return);
  }
  writer.u8(Opcode.End);
}

function writeBits(writer: CodeWriter, type: ValueType, global: number): void {
  if (isReferenceType(type)) {
    writer.i64Const(0);
    return;
  }
  writer.globalGet(global);
  if (type === ValueType.F32) writer.op(Opcode.I32ReinterpretF32);
  if (type === ValueType.F64) writer.op(Opcode.I64ReinterpretF64);
  if (type === ValueType.I32 || type === ValueType.F32) writer.op(Opcode.I64ExtendI32U);
}

/** `(bits: i64)`: sets a global that holds a number. */
export function addGlobalWriter(layout: Layout, index: number): number {
  const { type } = layout.metered.module.globals[index];
  return add(layout, typeOf([I64], []), (writer) => setBits(writer, 0, type, layout.globals[index]));
}

/** Sets a global to the bits in a local. */
function setBits(writer: CodeWriter, local: number, type: ValueType, global: number): void {
  writer.localGet(local);
  if (type === ValueType.I32 || type === ValueType.F32) writer.op(Opcode.I32WrapI64);
  if (type === ValueType.F32) writer.op(Opcode.F32ReinterpretI32);
  if (type === ValueType.F64) writer.op(Opcode.F64ReinterpretI64);
  writer.globalSet(global);
}

/** The function itself, or one that takes and gives the bits of floats in its place. */
export function addBitsFunction(layout: Layout, index: number): number {
  const type = typeOfFunction(layout.metered.module, index);
  return hasFloats(type) ? layout.addFunction(bitsType(type), adapterBody(type, index, false)) : index;
}
