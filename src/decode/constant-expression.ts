/**
 * Finds the end of a constant expression. It can only have constant instructions, so there are no blocks to follow; its
 * types are checked in validation. Specification: constant expressions, including extended constant expressions.
 */
import type { ByteReader } from '../base/byte-reader.js';
import { raise } from '../base/fault.js';
import type { ByteRange } from '../wasm/module.js';
import { Opcode } from '../wasm/opcode.js';
import { readLegalOpcode } from './illegal-opcode.js';
import { readHeapType } from './read-types.js';

/** The range of an expression that is about to be read: if reading fails, it is kept for validation. */
export function unreadExpression(reader: ByteReader): ByteRange {
  return { start: reader.pos, end: reader.end };
}

export function readConstantExpression(reader: ByteReader): ByteRange {
  const start = reader.pos;
  while (readConstantInstruction(reader) !== Opcode.End);
  return { start, end: reader.pos };
}

function readConstantInstruction(reader: ByteReader): number {
  const offset = reader.pos;
  const opcode = readLegalOpcode(reader);
  switch (opcode) {
    case Opcode.End:
    case Opcode.I32Add:
    case Opcode.I32Sub:
    case Opcode.I32Mul:
    case Opcode.I64Add:
    case Opcode.I64Sub:
    case Opcode.I64Mul:
      break;
    case Opcode.I32Const:
      reader.s32();
      break;
    case Opcode.I64Const:
      reader.s64();
      break;
    case Opcode.F32Const:
      reader.skip(4);
      break;
    case Opcode.F64Const:
      reader.skip(8);
      break;
    case Opcode.GlobalGet:
    case Opcode.RefFunc:
      reader.u32();
      break;
    case Opcode.RefNull:
      readHeapType(reader);
      break;
    default:
      raise('constant-expression-required', offset);
  }
  return opcode;
}
