/**
 * Constant expressions whose integers contain the byte of an instruction, above all that of `end` (0x0b): offsets of
 * segments and values of globals, through imported and own globals, in both tiers.
 */
import { deepEqual } from 'node:assert/strict';
import { interpreterProgram } from '../../src/interpreter/program.js';
import { instrument, loadModule, runExport } from './run-export.js';
import { wat } from './wat.js';

/** LEB128 of these: 0b; 8b 0b; 80 0b; 8b 8b 0b; 80 80 0b; and bytes of other instructions. */
const VALUES = [11, 1419, 1408, 11 + 128 * 11, 0x41, 0x23, 0x6a, 64, 128, 4096, 11 * 128 * 2, 16_384, 0x0b0b, 30_000];

describe('constant expressions', () => {
  for (const value of VALUES) {
    it(`of ${value} are read to their end`, () => {
      const metered = loadModule(
        wat(`(module (memory 1) (table 8 funcref) (global $a i32 (i32.const ${value})) (global $b (mut i64) (i64.const ${value}))
          (data (i32.const ${value}) "xyz") (elem (i32.const ${value % 7}) $run)
          (func $run (export "run") (result i32 i64 i32 i32)
            (global.get $a) (global.get $b) (i32.load8_u (i32.const ${value + 1})) (ref.is_null (table.get 0 (i32.const ${value % 7})))))`),
      );
      const whole = runExport(interpreterProgram(metered), 'run', [], 100_000, { digest: true });
      const hex = (width: number, bits: number) => `i${width}:0x${bits.toString(16).padStart(width / 4, '0')}`;
      deepEqual(whole.values, [hex(32, value), hex(64, value), hex(32, 'y'.charCodeAt(0)), hex(32, 0)]);
      deepEqual(runExport(instrument(metered), 'run', [], 100_000, { digest: true }), whole);
    });
  }

  it('of elements are resolved through globals of the module', () => {
    const metered = loadModule(
      wat(`(module (type $t (func (result i32))) (table 3 funcref)
        (global $f funcref (ref.func $seven)) (global $n funcref (ref.null func))
        (elem (i32.const 0) funcref (global.get $f) (global.get $n) (ref.func $eight))
        (func $seven (type $t) (i32.const 7)) (func $eight (type $t) (i32.const 8))
        (func (export "run") (result i32 i32 i32)
          (call_indirect (type $t) (i32.const 0)) (ref.is_null (table.get 0 (i32.const 1)))
          (call_indirect (type $t) (i32.const 2))))`),
    );
    const whole = runExport(interpreterProgram(metered), 'run', [], 100_000, { digest: true });
    deepEqual(whole.values, ['i32:0x00000007', 'i32:0x00000001', 'i32:0x00000008']);
    deepEqual(runExport(instrument(metered), 'run', [], 100_000, { digest: true }), whole);
  });
});
