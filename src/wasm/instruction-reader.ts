/**
 * Reads the bodies of a valid module. All reads out of order are in this file: lookahead to the next instruction, and
 * rereads of an earlier one.
 *
 * Invariant: except `enter`, every method that is named for an instruction is called at the start of one, after all
 * immediates of the previous one have been read: an index there may be equal to an opcode. Nothing is checked here,
 * because the specs check it with a reader that throws (`spec/wasm/edge-reader.ts`).
 */
import { ByteReader } from '../base/byte-reader.js';
import { PREFIX_FC, PREFIXED_BASE } from './instructions.js';
import { Opcode } from './opcode.js';
import type { FunctionType } from './types.js';

export const NO_TYPES = new Uint8Array(0);
export const NO_LOCAL = -1;
/** The block type from nothing to nothing. */
export const EMPTY_BLOCK = 0x40;
/** From nothing to nothing. */
export const NO_VALUES: FunctionType = { params: NO_TYPES, results: NO_TYPES };

/** By the byte for no result or for one. */
const SHORT_TYPES: readonly FunctionType[] = (() => {
  const types: FunctionType[] = [];
  for (let code = 0x40; code < 0x80; code++) types[code] = { params: NO_TYPES, results: Uint8Array.of(code) };
  types[EMPTY_BLOCK] = NO_VALUES;
  return types;
})();

export class InstructionReader extends ByteReader {
  /** Moves to a body: its local declarations are read next. */
  enter(start: number, end: number): void {
    this.pos = start;
    this.end = end;
  }

  /** Reads the first byte of an instruction: its opcode, or a prefix. */
  opcodeByte(): number {
    return this.bytes[this.pos++];
  }

  /** Reads an opcode with its prefix; returns its index (`opcodeIndex`) in the tables by opcode. */
  opcode(): number {
    const byte = this.opcodeByte();
    return byte === PREFIX_FC ? PREFIXED_BASE + this.u32() : byte;
  }

  /** Lookahead: the first byte of the next instruction, which exists because every body ends with `end`. */
  nextByte(): number {
    return this.bytes[this.pos];
  }

  /** Reads the byte that `nextByte` returned. */
  take(): void {
    this.pos++;
  }

  /** Lookahead: the label of the next instruction, a branch. */
  nextLabel(): number {
    const at = this.pos++;
    const label = this.u32();
    this.pos = at;
    return label;
  }

  /** Lookahead: the memarg offset of the next instruction, a memory access. */
  nextMemoryOffset(): number {
    const at = this.pos++;
    this.u32();
    const offset = this.u32();
    this.pos = at;
    return offset;
  }

  /** Goes back: the immediates of the instruction at `at`, whose opcode is one byte, are read next. */
  reread(at: number): void {
    this.pos = at + 1;
  }

  /**
   * Goes back: the local whose value the instruction at `at` leaves on the stack; `NO_LOCAL` for other instructions.
   */
  localBefore(at: number): number {
    const opcode = this.bytes[at];
    if (opcode !== Opcode.LocalGet && opcode !== Opcode.LocalTee) return NO_LOCAL;
    const { pos } = this;
    this.reread(at);
    const local = this.u32();
    this.pos = pos;
    return local;
  }

  /** Lookahead, in a block: whether its type is an index, or otherwise one byte with the sign bit. */
  hasTypeIndex(): boolean {
    return (this.bytes[this.pos] & 0xc0) !== 0x40;
  }

  /** Reads the type of a block. Specification, binary format: control instructions. */
  blockType(types: readonly FunctionType[]): FunctionType {
    return this.hasTypeIndex() ? types[this.s33()] : SHORT_TYPES[this.u8()];
  }
}
