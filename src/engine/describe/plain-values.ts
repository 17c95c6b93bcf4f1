/** What instructions without a case of their own compute, as nodes of a `FlowGraph`: equal constants are one node. */
import type { InstructionReader } from '../../wasm/instruction-reader.js';
import { Opcode } from '../../wasm/opcode.js';
import { skipImmediates } from '../../wasm/skip-immediates.js';
import { type FlowGraph, NO_NODE } from './flow-graph.js';
import { OPERAND_SHAPES } from './operand-shape.js';

export class PlainValues {
  readonly #reader: InstructionReader;
  readonly #graph: FlowGraph;
  /** Of literals of type i32. */
  readonly #integers = new Map<number, number>();

  constructor(reader: InstructionReader, graph: FlowGraph) {
    this.#reader = reader;
    this.#graph = graph;
  }

  /** What a local of this type is at first. */
  zero(type: number): number {
    const keys: Readonly<Record<number, string>> = { 127: 'i 0', 126: 'l 0 0', 125: 'f 0,0,0,0' };
    return this.#graph.literal(keys[type] ?? `zero ${type}`);
  }

  /** The value of a constant instruction, whose immediates are read; undefined for any other. */
  literal(index: number): number | undefined {
    const reader = this.#reader;
    const graph = this.#graph;
    switch (index) {
      case Opcode.I32Const:
        return this.#integer(reader.s32());
      case Opcode.I64Const:
        return graph.literal(`l ${reader.s64()} ${reader.high}`);
      case Opcode.F32Const:
        return graph.literal(`f ${this.#bytes(4)}`);
      case Opcode.F64Const:
        return graph.literal(`d ${this.#bytes(8)}`);
      case Opcode.RefNull:
        reader.skip(1);
        return graph.literal('null');
      case Opcode.RefFunc:
        return graph.literal(`func ${reader.u32()}`);
      default:
        return undefined;
    }
  }

  /** The value of a literal of type i32. */
  integerOf(node: number): number | undefined {
    return this.#integers.get(node);
  }

  #integer(value: number): number {
    const node = this.#graph.literal(`i ${value}`);
    this.#integers.set(node, value);
    return node;
  }

  #bytes(count: number): string {
    const start = this.#reader.skip(count);
    return this.#reader.bytes.subarray(start, start + count).join();
  }

  /** Replaces the operands of an instruction by what it computes from them; returns the last result. */
  computed(index: number, operands: number[]): number {
    skipImmediates(this.#reader, index);
    const { pops, pushes, adds } = OPERAND_SHAPES[index];
    const result = pushes === 0 ? NO_NODE : this.#graph.value(adds);
    for (let left = pops; left > 0; left--) {
      const operand = operands.pop()!;
      if (result !== NO_NODE) this.#graph.flow(operand, result);
    }
    if (result !== NO_NODE) operands.push(result);
    return result;
  }
}
