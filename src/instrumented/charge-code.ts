/** The code of charges: all but the amount depends only on where the fuel's global and local are, so it is made once. */
import { Opcode } from '../wasm/opcode.js';
import { type CodeWriter, codeOf } from './code-writer.js';

/** By where the fuel is and what becomes of it. */
export const enum Charge {
  /** The amount is taken off the global's fuel, and the rest goes into the local ... */
  GlobalToLocal,
  /** ... into both, with a check. */
  GlobalToBoth,
  /** The amount is taken off the local, and the rest stays there ... */
  LocalToLocal,
  /** ... and goes into the global, with a check. */
  LocalToBoth,
  /** No amount: the global's fuel goes into the local ... */
  CopyGlobal,
  /** ... with a check. */
  CheckGlobal,
  /** No amount: the local's fuel goes into the global, with a check. */
  CheckLocal,
}

/** The code before and after the LEB128 of the amount; without one, both in sequence. */
export interface ChargeCode {
  readonly before: readonly Uint8Array[];
  readonly after: readonly Uint8Array[];
  /** Of any of them with its amount, at most. */
  readonly bytesMax: number;
}

/** LEB128 of an integer up to 2^53. */
const AMOUNT_BYTES_MAX = 8;

export function chargeCode(global: number, local: number): ChargeCode {
  const fromGlobal = codeOf((writer) => writer.globalGet(global));
  const fromLocal = codeOf((writer) => writer.localGet(local));
  const offGlobal = Uint8Array.of(...fromGlobal, Opcode.I64Const);
  const offLocal = Uint8Array.of(...fromLocal, Opcode.I64Const);
  const toLocal = codeOf((writer) => {
    writer.op(Opcode.I64Sub);
    writer.localSet(local);
  });
  const toBoth = codeOf((writer) => {
    writer.op(Opcode.I64Sub);
    writer.localTee(local);
    writeCheck(writer, global, local);
  });
  const copy = codeOf((writer) => writer.localSet(local));
  const checkGlobal = codeOf((writer) => {
    writer.localTee(local);
    writeCheck(writer, global, local);
  });
  const checkLocal = codeOf((writer) => writeCheck(writer, global, local));
  // In the order of `Charge`.
  const before = [offGlobal, offGlobal, offLocal, offLocal, fromGlobal, fromGlobal, fromLocal];
  const after = [toLocal, toBoth, toLocal, toBoth, copy, checkGlobal, checkLocal];
  const bytesMax = AMOUNT_BYTES_MAX + Math.max(...before.map((code, i) => code.length + after[i].length));
  return { before, after, bytesMax };
}

/** Puts the fuel left into the global, too, and traps if it is negative. */
function writeCheck(writer: CodeWriter, global: number, local: number): void {
  writer.globalSet(global);
  writer.localGet(local);
  writer.i64Const(0);
  writer.op(Opcode.I64LtS);
  writer.trapIf();
}
