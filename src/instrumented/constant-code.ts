/**
 * Constant expressions in the rewritten module. The expressions of globals and offsets become ordinary code of the
 * functions that set an instance up, so the host needs no extended constants; elements, which must stay constant
 * expressions, are followed through globals until they name a function, null or an imported global.
 * Specification: constant expressions.
 */
import { ByteReader } from '../base/byte-reader.js';
import { Opcode } from '../wasm/opcode.js';
import { skipImmediates } from '../wasm/skip-immediates.js';
import type { CodeWriter } from './code-writer.js';
import type { Layout } from './layout.js';

/** Writes the instructions of a valid expression, without its `end`. */
export function writeExpression(writer: CodeWriter, layout: Layout, start: number): void {
  const { bytes } = layout.metered.module;
  const end = endOfNumber(bytes, start);
  if (bytes[end] === Opcode.End) {
    writer.range(bytes, start, end);
    return;
  }
  const reader = new ByteReader(bytes, start);
  for (;;) {
    const at = reader.pos;
    const opcode = reader.u8();
    if (opcode === Opcode.End) return;
    if (opcode === Opcode.GlobalGet) writer.globalGet(layout.globals[reader.u32()]);
    else if (opcode === Opcode.RefFunc) writer.op1(Opcode.RefFunc, layout.functionIndex(reader.u32()));
    else {
      skipImmediates(reader, opcode);
      writer.range(bytes, at, reader.pos);
    }
  }
}

/** Where an `i32.const` ends that an expression starts with, as nearly all do; else its start. */
function endOfNumber(bytes: Uint8Array, start: number): number {
  if (bytes[start] !== Opcode.I32Const) return start;
  let at = start + 1;
  while (bytes[at] >= 0x80) at++;
  return at + 1;
}

/** Writes a valid expression of a reference type as one constant instruction and its `end`. */
export function writeReference(writer: CodeWriter, layout: Layout, start: number): void {
  const { module } = layout.metered;
  const reader = new ByteReader(module.bytes, start);
  for (;;) {
    const opcode = reader.u8();
    if (opcode === Opcode.GlobalGet) {
      const index = reader.u32();
      if (index >= module.importedGlobals) {
        reader.pos = module.globalDefinitions[index - module.importedGlobals].init.start;
        continue;
      }
      writer.globalGet(layout.globals[index]);
    } else if (opcode === Opcode.RefFunc) writer.op1(Opcode.RefFunc, layout.functionIndex(reader.u32()));
    else {
      writer.u8(Opcode.RefNull);
      writer.u8(reader.u8());
    }
    writer.u8(Opcode.End);
    return;
  }
}

/** The function that a valid expression names directly, or undefined. */
export function functionOf(bytes: Uint8Array, start: number): number | undefined {
  const reader = new ByteReader(bytes, start);
  return reader.u8() === Opcode.RefFunc ? reader.u32() : undefined;
}
