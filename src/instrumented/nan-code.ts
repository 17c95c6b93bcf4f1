/** What is known of a float's bits, and the code that puts them right. docs/SEMANTICS.md, section 2. */
import { Opcode } from '../wasm/opcode.js';
import { ValueType } from '../wasm/types.js';
import type { AddedLocals } from './added-locals.js';
import type { CodeWriter } from './code-writer.js';

export const enum NanState {
  /** They are as they must be. */
  Kept,
  /** If it is a NaN, its bits must become the canonical NaN's. */
  Positive,
  /** ... or those of the canonical NaN with the sign set. */
  Negative,
}

export function writeNan(writer: CodeWriter, type: number, state: NanState): void {
  const sign = state === NanState.Negative ? 0x8000_0000 : 0;
  if (type === ValueType.F32) {
    writer.op(Opcode.F32Const);
    writer.fixed32(0x7fc0_0000 | sign);
  } else {
    writer.op(Opcode.F64Const);
    writer.fixed32(0);
    writer.fixed32(0x7ff8_0000 | sign);
  }
}

/** Puts the bits right of the value on top, which is marked. */
export function canonicalise(writer: CodeWriter, locals: AddedLocals, type: number, state: NanState): void {
  const scratch = locals.scratch(type, 0);
  writer.localTee(scratch);
  if (state === NanState.Positive) writer.localGet(locals.nan(type));
  else writeNan(writer, type, state);
  writer.localGet(scratch);
  writer.localGet(scratch);
  writer.op(type === ValueType.F32 ? Opcode.F32Eq : Opcode.F64Eq);
  writer.op(Opcode.Select);
}
