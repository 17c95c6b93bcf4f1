/**
 * A reader of bodies that throws if it looks ahead or back from a place where no instruction starts, or reads an opcode
 * before all immediates of the previous instruction have been read.
 */
import { InstructionReader } from '../../src/wasm/instruction-reader.js';
import { type Edges, instructionEdges } from './instruction-edges.js';

/** Opcodes by the kind of their use. */
const isBlock = (opcode: number) => opcode >= 0x02 && opcode <= 0x04;
const isBranch = (opcode: number) => opcode === 0x0c || opcode === 0x0d;
const isAccess = (opcode: number) => opcode >= 0x28 && opcode <= 0x3e;
const isAny = () => true;

export class EdgeReader extends InstructionReader {
  /** Number of calls of each method, so that a spec can check that it was called. */
  readonly counts = new Map<string, number>();
  #edges: Edges = { opcodes: new Map(), end: 0 };
  #start = -1;

  override enter(start: number, end: number): void {
    super.enter(start, end);
    // The local declarations of a body are read again after the walk.
    if (start !== this.#start) this.#edges = instructionEdges(this.bytes, start, end);
    this.#start = start;
  }

  /** Throws unless an instruction starts at the offset, or the body ends there. */
  requireEdge(at: number): void {
    if (at !== this.#edges.end) this.#require('an edit', at, isAny);
  }

  #require(what: string, at: number, accepts: (opcode: number) => boolean): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
    const opcode = this.#edges.opcodes.get(at);
    if (opcode === undefined) throw new Error(`${what}: no instruction starts at byte ${at}`);
    if (!accepts(opcode)) throw new Error(`${what}: at byte ${at} is opcode 0x${opcode.toString(16)}`);
  }

  override opcodeByte(): number {
    this.#require('opcode', this.pos, isAny);
    return super.opcodeByte();
  }

  override nextByte(): number {
    this.#require('nextByte', this.pos, isAny);
    return super.nextByte();
  }

  override take(): void {
    this.#require('take', this.pos, isAny);
    super.take();
  }

  override nextLabel(): number {
    this.#require('nextLabel', this.pos, isBranch);
    return super.nextLabel();
  }

  override nextMemoryOffset(): number {
    this.#require('nextMemoryOffset', this.pos, isAccess);
    return super.nextMemoryOffset();
  }

  override reread(at: number): void {
    this.#require('reread', at, (opcode) => opcode < 0x100);
    super.reread(at);
  }

  override localBefore(at: number): number {
    this.#require('localBefore', at, isAny);
    return super.localBefore(at);
  }

  override hasTypeIndex(): boolean {
    this.#require('hasTypeIndex', this.pos - 1, isBlock);
    return super.hasTypeIndex();
  }
}
