/**
 * Guests from text for the specs of the zome host. Each exports an allocator that never frees, and byte exports that
 * call one import and return its result.
 */
import wabtModule from 'wabt';

const wabt = await wabtModule();
const FEATURES = { tail_call: true, multi_value: true, bulk_memory: true, reference_types: true };

export function wasmOf(text: string): Uint8Array {
  return new Uint8Array(wabt.parseWat('probe.wat', text, FEATURES).toBinary({ write_debug_names: true }).buffer);
}

/** A bump allocator. `$heap` begins at 64 KiB. */
export const ALLOCATOR = `
  (memory (export "memory") 40)
  (global $heap (mut i32) (i32.const 65536))
  (func $allocate (export "__hc__allocate_1") (param $len i32) (result i32)
    (global.get $heap)
    (global.set $heap (i32.add (global.get $heap) (i32.and (i32.add (local.get $len) (i32.const 15)) (i32.const -16)))))
  (func (export "__hc__deallocate_1") (param i32 i32))
  (func $packed (param $ptr i32) (param $len i32) (result i64)
    (i64.or (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32)) (i64.extend_i32_u (local.get $len))))`;

/** Text of bytes in a data segment. */
export function dataText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
}

/** Address of the guest's constants. */
const DATA = 1024;

/** `(i64.const ...)` of a slice. */
export function sliceText(ptr: number, len: number): string {
  return `(i64.const ${(BigInt(ptr) << 32n) | BigInt(len)})`;
}

/**
 * Each of `exports` calls the import with `input` and returns `{"Ok": bin(<the import's result>)}`, so that a spec sees
 * the result byte by byte. Inputs up to 65,535 bytes.
 */
export function probeGuest(importName: string, input: Uint8Array, exports: readonly string[] = ['probe']): string {
  return `(module
    (import "env" "${importName}" (func $import (param i32 i32) (result i64)))
    ${ALLOCATOR}
    (data (i32.const ${DATA}) "${dataText(input)}")
    (func $run (param i32 i32) (result i64)
      (local $answer i64) (local $ptr i32) (local $len i32) (local $out i32)
      (local.set $answer (call $import (i32.const ${DATA}) (i32.const ${input.length})))
      (local.set $ptr (i32.wrap_i64 (i64.shr_u (local.get $answer) (i64.const 32))))
      (local.set $len (i32.wrap_i64 (local.get $answer)))
      (local.set $out (call $allocate (i32.add (local.get $len) (i32.const 16))))
      ;; 81 a2 4f 6b c5 hh ll
      (i32.store (local.get $out) (i32.const 0x6b4fa281))
      (i32.store8 offset=4 (local.get $out) (i32.const 0xc5))
      (i32.store8 offset=5 (local.get $out) (i32.shr_u (local.get $len) (i32.const 8)))
      (i32.store8 offset=6 (local.get $out) (local.get $len))
      (memory.copy (i32.add (local.get $out) (i32.const 7)) (local.get $ptr) (local.get $len))
      (call $packed (local.get $out) (i32.add (local.get $len) (i32.const 7))))
    ${exports.map((name) => `(export "${name}" (func $run))`).join('\n    ')})`;
}

/** `{"Ok": bin("Valid")}`. */
export const OK_VALID = Uint8Array.from(Buffer.from('81a24f6bc406a556616c6964', 'hex'));

/**
 * `validate` calls the import with each of `inputs` in turn. It returns the first result that is not `{"Ok": ..}`, as a
 * Rust guest does with `?`; if there is none, the op is valid.
 */
export function askingGuest(importName: string, inputs: readonly Uint8Array[], exportName = 'validate'): string {
  let at = DATA + 64;
  const asks = inputs.map((input) => {
    const from = at;
    at += input.length;
    return {
      data: `(data (i32.const ${from}) "${dataText(input)}")`,
      call: `(local.set $answer (call $import (i32.const ${from}) (i32.const ${input.length})))
        (if (i32.ne (i32.load (i32.wrap_i64 (i64.shr_u (local.get $answer) (i64.const 32)))) (i32.const 0x6b4fa281))
          (then (return (local.get $answer))))`,
    };
  });
  return `(module
    (import "env" "${importName}" (func $import (param i32 i32) (result i64)))
    ${ALLOCATOR}
    (data (i32.const ${DATA}) "${dataText(OK_VALID)}")
    ${asks.map(({ data }) => data).join('\n    ')}
    (func (export "${exportName}") (param i32 i32) (result i64) (local $answer i64)
      ${asks.map(({ call }) => call).join('\n      ')}
      ${sliceText(DATA, OK_VALID.length)}))`;
}

/** Byte exports that return constants; no imports. */
export function constantGuest(answers: Readonly<Record<string, Uint8Array>>, more = ''): string {
  let at = DATA;
  const parts = Object.entries(answers).map(([name, bytes]) => {
    const from = at;
    at += bytes.length;
    return `(data (i32.const ${from}) "${dataText(bytes)}")
    (func (export "${name}") (param i32 i32) (result i64) ${sliceText(from, bytes.length)})`;
  });
  return `(module ${ALLOCATOR} ${more} ${parts.join('\n    ')})`;
}
