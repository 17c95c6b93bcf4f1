/** Operations on whole memories and tables. Each charges by its data first, then checks its bounds, then writes. */
import { dynamicCharge, type RateName } from '../metering/schedule.js';
import type { InterpreterInstance } from './instance.js';
import { Status } from './status.js';

/** Charges by data; false if the fuel is used up. */
function charge(instance: InterpreterInstance, rate: RateName, count: number): boolean {
  const { gauge, schedule } = instance.store;
  return gauge.chargeInstructions(dynamicCharge(schedule.rates[rate], count));
}

export function memoryGrow(instance: InterpreterInstance, slots: Int32Array, d: number, delta: number): Status {
  const memory = instance.memory!;
  if (!memory.canGrow(delta)) slots[d] = -1;
  else if (!charge(instance, 'memoryGrow', delta)) return Status.Stopped;
  else {
    slots[d] = memory.grow(delta);
    instance.refresh();
  }
  return Status.Returned;
}

export function memoryFill(instance: InterpreterInstance, to: number, value: number, count: number): Status {
  const { bytes, byteLength } = instance.memory!;
  if (!charge(instance, 'memoryFill', count)) return Status.Stopped;
  if (to + count > byteLength) return Status.OutOfBoundsMemory;
  bytes.fill(value, to, to + count);
  return Status.Returned;
}

export function memoryCopy(instance: InterpreterInstance, to: number, from: number, count: number): Status {
  const { bytes, byteLength } = instance.memory!;
  if (!charge(instance, 'memoryCopy', count)) return Status.Stopped;
  if (from + count > byteLength || to + count > byteLength) return Status.OutOfBoundsMemory;
  bytes.copyWithin(to, from, from + count);
  return Status.Returned;
}

export function memoryInit(
  instance: InterpreterInstance,
  to: number,
  from: number,
  count: number,
  segmentIndex: number,
): Status {
  const { bytes, byteLength } = instance.memory!;
  if (!charge(instance, 'memoryInit', count)) return Status.Stopped;
  const segment = instance.dataBytes(segmentIndex);
  if (from + count > segment.length || to + count > byteLength) return Status.OutOfBoundsMemory;
  bytes.set(segment.subarray(from, from + count), to);
  return Status.Returned;
}

export function tableGrow(
  instance: InterpreterInstance,
  tableIndex: number,
  slots: Int32Array,
  d: number,
  element: number,
  delta: number,
): Status {
  const table = instance.tables[tableIndex];
  if (!instance.canGrowTable(tableIndex, delta)) slots[d] = -1;
  else if (!charge(instance, 'tableGrow', delta)) return Status.Stopped;
  else slots[d] = table.grow(delta, element);
  return Status.Returned;
}

export function tableFill(
  instance: InterpreterInstance,
  to: number,
  element: number,
  count: number,
  tableIndex: number,
): Status {
  const table = instance.tables[tableIndex];
  if (!charge(instance, 'tableFill', count)) return Status.Stopped;
  if (to + count > table.length) return Status.OutOfBoundsTable;
  table.elements.fill(element, to, to + count);
  return Status.Returned;
}

export function tableCopy(
  instance: InterpreterInstance,
  to: number,
  from: number,
  count: number,
  tableIndex: number,
  sourceIndex: number,
): Status {
  const table = instance.tables[tableIndex];
  const source = instance.tables[sourceIndex];
  if (!charge(instance, 'tableCopy', count)) return Status.Stopped;
  if (from + count > source.length || to + count > table.length) return Status.OutOfBoundsTable;
  if (source === table) table.elements.copyWithin(to, from, from + count);
  else table.elements.set(source.elements.subarray(from, from + count), to);
  return Status.Returned;
}

export function tableInit(
  instance: InterpreterInstance,
  to: number,
  from: number,
  count: number,
  segmentIndex: number,
  tableIndex: number,
): Status {
  const table = instance.tables[tableIndex];
  if (!charge(instance, 'tableInit', count)) return Status.Stopped;
  const handles = instance.elementHandles(segmentIndex);
  if (from + count > handles.length || to + count > table.length) return Status.OutOfBoundsTable;
  table.elements.set(handles.subarray(from, from + count), to);
  return Status.Returned;
}
