/** Writes instructions in the binary format. Specification, binary format: instructions. */
import { ByteWriter } from '../base/byte-writer.js';
import { EMPTY_BLOCK } from '../wasm/instruction-reader.js';
import { Opcode } from '../wasm/opcode.js';

export class CodeWriter extends ByteWriter {
  op(opcode: Opcode): void {
    if (opcode < 0x100) this.u8(opcode);
    else {
      this.u8(0xfc);
      this.u32(opcode & 0xff);
    }
  }

  /** An instruction with one index. */
  op1(opcode: Opcode, index: number): void {
    this.op(opcode);
    this.u32(index);
  }

  localGet(index: number): void {
    this.u8(Opcode.LocalGet);
    this.u32(index);
  }

  localSet(index: number): void {
    this.u8(Opcode.LocalSet);
    this.u32(index);
  }

  localTee(index: number): void {
    this.u8(Opcode.LocalTee);
    this.u32(index);
  }

  globalGet(index: number): void {
    this.u8(Opcode.GlobalGet);
    this.u32(index);
  }

  globalSet(index: number): void {
    this.u8(Opcode.GlobalSet);
    this.u32(index);
  }

  call(index: number): void {
    this.u8(Opcode.Call);
    this.u32(index);
  }

  i32Const(value: number): void {
    this.u8(Opcode.I32Const);
    this.s32(value);
  }

  /** An integer that a double holds exactly. */
  i64Const(value: number): void {
    this.u8(Opcode.I64Const);
    this.s64(value | 0, Math.floor(value / 0x1_0000_0000) | 0);
  }

  setGlobal(index: number, value: number): void {
    this.i32Const(value);
    this.globalSet(index);
  }

  /** `if` without an `else`, whose body traps: for the condition on the stack. */
  trapIf(): void {
    this.u8(Opcode.If);
    this.u8(EMPTY_BLOCK);
    this.u8(Opcode.Unreachable);
    this.u8(Opcode.End);
  }
}

/** A piece of code that is written often, made once. */
export function codeOf(write: (writer: CodeWriter) => void): Uint8Array {
  const writer = new CodeWriter(32);
  write(writer);
  return writer.finish();
}
