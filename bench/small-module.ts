/** Modules and bodies written by hand, for hostile shapes that no toolchain produces. */
import { ByteWriter } from '../src/base/byte-writer.js';
import { encodeModule } from '../src/wasm/encode-module.js';
import type { ModuleParts } from '../src/wasm/module-parts.js';
import { Opcode } from '../src/wasm/opcode.js';
import { type FunctionType, ValueType } from '../src/wasm/types.js';

export function functionType(params: readonly ValueType[], results: readonly ValueType[]): FunctionType {
  return { params: Uint8Array.from(params), results: Uint8Array.from(results) };
}

export const NOTHING = functionType([], []);

/** `count` times i32. */
export function i32s(count: number): readonly ValueType[] {
  return new Array<ValueType>(count).fill(ValueType.I32);
}

const EMPTY: ModuleParts = {
  types: [NOTHING],
  imports: [],
  functions: new Uint32Array(0),
  tables: [],
  memories: [],
  globals: [],
  exports: [],
  start: undefined,
  elements: [],
  dataCount: undefined,
  bodies: [],
  data: [],
  customs: [],
};

/** A module with only the given parts; all its functions are of type 0 by default. */
export function moduleOf(parts: Partial<ModuleParts>): Uint8Array {
  const bodies = parts.bodies ?? [];
  return encodeModule({ ...EMPTY, functions: new Uint32Array(bodies.length), ...parts });
}

/** A run of locals of one type. */
export type LocalRun = readonly [count: number, type: ValueType];

export function body(locals: readonly LocalRun[], write: (code: ByteWriter) => void): Uint8Array {
  const code = new ByteWriter();
  code.u32(locals.length);
  for (const [count, type] of locals) {
    code.u32(count);
    code.u8(type);
  }
  write(code);
  code.u8(Opcode.End);
  return code.finish();
}

export function repeat(code: ByteWriter, times: number, bytes: readonly number[]): void {
  const once = Uint8Array.from(bytes);
  for (let i = 0; i < times; i++) code.bytes(once);
}

/** `i32.const value end`. */
export function constantI32(value: number): Uint8Array {
  const code = new ByteWriter();
  code.u8(Opcode.I32Const);
  code.s32(value);
  code.u8(Opcode.End);
  return code.finish();
}
