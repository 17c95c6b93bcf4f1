/**
 * A guest of the byte ABI that does nothing with bytes: `take` leaves its input in place and returns one byte, `give`
 * returns as many bytes as the module was made for, from their place. So the time of a call is the host's own work.
 */
import type { ByteWriter } from '../src/base/byte-writer.js';
import { ALLOCATE, DEALLOCATE } from '../src/boundary/byte-abi.js';
import { Opcode } from '../src/wasm/opcode.js';
import { ValueType } from '../src/wasm/types.js';
import { body, functionType, i32s, moduleOf } from './small-module.js';

/** The address of input and output. */
const BUFFER_AT = 65_536;
const PAGE_BYTES = 65_536;

/** `i64.const` of a slice. Pointer and length are below 2^31. */
function slice(code: ByteWriter, ptr: number, len: number): void {
  code.u8(Opcode.I64Const);
  code.s64(len, ptr);
}

/** @param lengthBytes longest input, and the length of what `give` returns */
export function payloadGuest(lengthBytes: number): Uint8Array {
  const pages = Math.ceil((BUFFER_AT + lengthBytes) / PAGE_BYTES) + 1;
  const bodies: readonly ((code: ByteWriter) => void)[] = [
    (code) => {
      code.u8(Opcode.I32Const);
      code.s32(BUFFER_AT);
    },
    () => {},
    (code) => slice(code, BUFFER_AT, 1),
    (code) => slice(code, BUFFER_AT, lengthBytes),
  ];
  const exported = [ALLOCATE, DEALLOCATE, 'take', 'give'].map((name, index) => ({
    name,
    kind: 'function' as const,
    index,
  }));
  return moduleOf({
    types: [functionType(i32s(1), i32s(1)), functionType(i32s(2), []), functionType(i32s(2), [ValueType.I64])],
    functions: Uint32Array.of(0, 1, 2, 2),
    memories: [{ min: pages, max: pages }],
    bodies: bodies.map((write) => body([], write)),
    exports: [...exported, { name: 'memory', kind: 'memory', index: 0 }],
  });
}
