/**
 * Which code the rewriter copies unchanged, and where it must stop: each body runs at every fuel limit and must leave
 * the same state as in the interpreter.
 */
import { deepEqual, equal } from 'node:assert/strict';
import { type Passed, passedInstructions } from '../../src/instrumented/passed.js';
import { interpreterProgram } from '../../src/interpreter/program.js';
import { ROW_BY_INDEX } from '../../src/wasm/instructions.js';
import { instrument, loadModule, runExport } from './run-export.js';
import { wat } from './wat.js';

/** Bodies of `(param $n i32) (result i64) (local $x i64) (local $f f64)`, called with 3. */
const BODIES: Readonly<Record<string, string>> = {
  'a reference to an import that takes a float': `
    (table.set (i32.const 1) (ref.func $floats)) (table.set (i32.const 2) (ref.func $plain))
    (call_indirect (type $float) (f32.const 1) (i32.const 1)) (i64.const 1)`,
  'stores before and after a charge': `
    (i32.store (i32.const 0) (i32.const 1))
    (block (br_if 0 (i32.eqz (local.get $n))) (i32.store (i32.const 4) (i32.const 2)) (i64.store (i32.const 8) (i64.const -1)))
    (i32.store (i32.const 16) (i32.const 3)) (global.set $g (i64.const 5)) (global.get $g)`,
  'a global set where nothing can trap': `
    (if (local.get $n) (then (global.set $g (i64.const 7)))) (global.set $g (i64.add (global.get $g) (i64.const 1))) (global.get $g)`,
  'a NaN late in a long body': `
    ${'(local.set $x (i64.add (local.get $x) (i64.const 129)))'.repeat(40)}
    (loop $l (i64.store (i32.const 8) (local.get $x)) (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.set $f (f64.div (f64.const -0) (f64.const 0))) (i64.reinterpret_f64 (local.get $f))`,
  'floats that are kept, tested and cut': `
    (f32.store (i32.const 0) (f32.reinterpret_i32 (i32.const 0x7fa00001)))
    (f64.store (i32.const 8) (f64.neg (f64.reinterpret_i64 (i64.const 0x7ff4000000000001))))
    (i64.trunc_f64_s (f64.convert_i32_u (local.get $n)))`,
  'a cut that traps': '(i64.trunc_f32_u (f32.reinterpret_i32 (i32.const 0x7fa00001)))',
  'growth, fills and sizes': `
    (drop (memory.grow (local.get $n))) (memory.fill (i32.const 65530) (local.get $n) (i32.const 9))
    (drop (table.grow (ref.null func) (local.get $n))) (i64.extend_i32_u (i32.add (memory.size) (table.size)))`,
  'a division after dead code': `
    (block (br 0) (drop (i32.div_u (i32.const 1) (i32.const 0))))
    (i64.extend_i32_u (i32.div_u (i32.const 7) (i32.sub (local.get $n) (i32.const 3))))`,
};

const moduleOf = (body: string) => `(module
  (type $float (func (param f32)))
  (import "h" "floats" (func $floats (param f32))) (import "h" "plain" (func $plain (param i32)))
  (memory 1 9) (table 4 20 funcref) (elem declare func $floats $plain) (global $g (mut i64) (i64.const 0))
  (func (export "run") (param $n i32) (result i64) (local $x i64) (local $f f64) ${body}))`;

/** Number of limits below a run's use that are tried. */
const LIMITS = 100;

describe('function rewriter', () => {
  for (const [what, body] of Object.entries(BODIES)) {
    it(`stops at the exact instruction: ${what}`, () => {
      const metered = loadModule(wat(moduleOf(body)));
      const reference = interpreterProgram(metered);
      const program = instrument(metered);
      const { used } = runExport(reference, 'run', [3], 1_000_000);
      for (let fuel = Math.max(metered.instantiationCharge - 1, used - LIMITS); fuel <= used + 1; fuel++) {
        const expected = runExport(reference, 'run', [3], fuel, { digest: true });
        deepEqual(runExport(program, 'run', [3], fuel, { digest: true }), expected, `fuel ${fuel}`);
      }
    });
  }

  it('passes over no instruction that it replaces, that ends a block, or that makes a NaN', () => {
    const named = (way: keyof Passed, keepsGlobals: boolean, keepsLocals = true) => {
      const not = { globals: !keepsGlobals, globalWrites: false, accesses: false, stores: false };
      const passed = passedInstructions(not, keepsLocals ? 'all' : 'none')[way];
      return ROW_BY_INDEX.flatMap((row, i) => (row !== undefined && i < 256 && passed[i] !== 0xff ? [row.name] : []));
    };
    const all = named('checked', true);
    const stops = /^(?:block|loop|if|else|end|br.*|return.*|call.*|unreachable|ref\..*|table\..*|memory\.grow)$/;
    deepEqual(
      all.filter((name) => stops.test(name) || /^f\d+\.(?:add|sub|mul|div|sqrt|min|max|ceil)|trunc_f/.test(name)),
      [],
    );
    const unchecked = named('unchecked', true);
    deepEqual(
      unchecked.filter((name) => /load|store|div|rem|global\.set/.test(name)),
      [],
    );
    equal(named('checked', false).includes('global.get'), false);
    equal(named('checked', true, false).includes('local.get'), false);
  });
});
