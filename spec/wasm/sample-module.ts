/**
 * A small module with one of everything around a body: everything that an instruction can name is there at index 0. For
 * specs that test one instruction at a time.
 */
import { ByteWriter } from '../../src/base/byte-writer.js';
import { encodeModule } from '../../src/wasm/encode-module.js';
import { type Immediates, INSTRUCTIONS, type InstructionRow } from '../../src/wasm/instructions.js';
import type { ModuleParts } from '../../src/wasm/module-parts.js';
import { ValueType } from '../../src/wasm/types.js';

const NONE = Uint8Array.of();
const ZERO = Uint8Array.of(0x41, 0, 0x0b);

/** Immediates that are valid in the sample module. */
export const SAMPLE_IMMEDIATES: Readonly<Record<Immediates, readonly number[]>> = {
  none: [],
  block: [0x40],
  label: [0],
  labels: [1, 0, 0],
  function: [0],
  'type table': [0, 0],
  types: [1, ValueType.I32],
  local: [0],
  global: [0],
  table: [0],
  memarg: [0, 0],
  memory: [0],
  i32: [0x80, 0x7f],
  i64: [0x80, 0x7f],
  f32: [1, 2, 3, 4],
  f64: [1, 2, 3, 4, 5, 6, 7, 8],
  'heap type': [ValueType.FuncRef],
  'data memory': [0, 0],
  data: [0],
  'memory memory': [0, 0],
  'element table': [0, 0],
  element: [0],
  'table table': [0, 0],
};

export const rows: readonly InstructionRow[] = INSTRUCTIONS;

export function opcodeBytes({ opcode }: InstructionRow): readonly number[] {
  return opcode < 0x100 ? [opcode] : [opcode >> 8, opcode & 0xff];
}

/** A module whose function 1, with the given results, has the body; one local of type i32. */
export function sampleParts(instructions: readonly number[], results: readonly number[] = []): ModuleParts {
  const body = new ByteWriter();
  body.bytes(Uint8Array.of(1, 1, ValueType.I32, ...instructions, 0x0b));
  return {
    types: [
      { params: NONE, results: NONE },
      { params: NONE, results: Uint8Array.from(results) },
    ],
    imports: [{ module: 'host', name: 'call', description: { kind: 'function', typeIndex: 0 } }],
    functions: Uint32Array.of(1),
    tables: [{ type: ValueType.FuncRef, min: 2, max: 9 }],
    memories: [{ min: 1, max: 200 }],
    globals: [{ type: { type: ValueType.I32, mutable: true }, init: ZERO }],
    exports: [
      { name: 'run', kind: 'function', index: 1 },
      { name: 'memory', kind: 'memory', index: 0 },
      { name: 'table', kind: 'table', index: 0 },
      { name: 'global', kind: 'global', index: 0 },
    ],
    start: 0,
    elements: [
      {
        mode: 'active',
        type: ValueType.FuncRef,
        tableIndex: 0,
        offsetExpression: ZERO,
        functions: Uint32Array.of(0, 1),
        expressions: undefined,
      },
      {
        mode: 'passive',
        type: ValueType.FuncRef,
        tableIndex: 0,
        offsetExpression: undefined,
        functions: undefined,
        expressions: [Uint8Array.of(0xd2, 0, 0x0b), Uint8Array.of(0xd0, ValueType.FuncRef, 0x0b)],
      },
      {
        mode: 'declarative',
        type: ValueType.FuncRef,
        tableIndex: 0,
        offsetExpression: undefined,
        functions: Uint32Array.of(1),
        expressions: undefined,
      },
    ],
    dataCount: 2,
    bodies: [body.finish()],
    data: [
      { mode: 'active', memoryIndex: 0, offsetExpression: ZERO, bytes: Uint8Array.of(1, 2, 3) },
      { mode: 'passive', memoryIndex: 0, offsetExpression: undefined, bytes: Uint8Array.of(4) },
    ],
    customs: [{ name: 'note', bytes: Uint8Array.of(5, 6), after: 0 }],
  };
}

export function sampleModule(instructions: readonly number[], results: readonly number[] = []): Uint8Array {
  return encodeModule(sampleParts(instructions, results));
}
