/**
 * Steps through the instructions of a valid body: the opcode, then its immediates, by the kinds in the instruction
 * table. It trusts the body (validation has read it), so it checks nothing and returns nonsense for an invalid one.
 * Specification, binary format: instructions.
 */
import type { ByteReader } from '../base/byte-reader.js';
import { type Immediates, OPCODE_INDEX_COUNT, ROW_BY_INDEX } from './instructions.js';

/** Values from 0 to 3 are a number of LEB128 integers; the others have a separate layout. */
const SHAPE_FIXED32 = 4;
const SHAPE_FIXED64 = 5;
const SHAPE_LABELS = 6;
const SHAPE_TYPES = 7;

const SHAPES: Readonly<Record<Immediates, number>> = {
  none: 0,
  block: 1,
  label: 1,
  labels: SHAPE_LABELS,
  function: 1,
  'type table': 2,
  types: SHAPE_TYPES,
  local: 1,
  global: 1,
  table: 1,
  memarg: 2,
  memory: 1,
  i32: 1,
  i64: 1,
  f32: SHAPE_FIXED32,
  f64: SHAPE_FIXED64,
  'heap type': 1,
  'data memory': 2,
  data: 1,
  'memory memory': 2,
  'element table': 2,
  element: 1,
  'table table': 2,
};

const SHAPE_BY_INDEX: Uint8Array = (() => {
  const shapes = new Uint8Array(OPCODE_INDEX_COUNT);
  ROW_BY_INDEX.forEach((row, index) => {
    if (row !== undefined) shapes[index] = SHAPES[row.immediates];
  });
  return shapes;
})();

/** The number of LEB128 integers after an opcode; undefined for an unknown opcode or other immediates. */
export function integerImmediates(opcodeIndex: number): number | undefined {
  const shape = SHAPE_BY_INDEX[opcodeIndex];
  return ROW_BY_INDEX[opcodeIndex] !== undefined && shape < SHAPE_FIXED32 ? shape : undefined;
}

/** Skips the immediates of the instruction whose opcode was just read. */
export function skipImmediates(reader: ByteReader, opcodeIndex: number): void {
  const shape = SHAPE_BY_INDEX[opcodeIndex];
  if (shape === 0) return;
  if (shape < SHAPE_FIXED32) skipIntegers(reader, shape);
  else if (shape === SHAPE_FIXED32) reader.pos += 4;
  else if (shape === SHAPE_FIXED64) reader.pos += 8;
  else if (shape === SHAPE_LABELS) skipIntegers(reader, reader.u32() + 1);
  else skipTypes(reader);
}

function skipTypes(reader: ByteReader): void {
  const count = reader.u32();
  reader.pos += count;
}

/** Skips LEB128 integers of any width. */
function skipIntegers(reader: ByteReader, count: number): void {
  const bytes = reader.bytes;
  let pos = reader.pos;
  for (let left = count; left > 0; left--) while (bytes[pos++] >= 0x80);
  reader.pos = pos;
}
