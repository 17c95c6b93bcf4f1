/** State left behind by one call of an instance must not be used by the next call: the tiers agree, call after call. */
import { deepEqual } from 'node:assert/strict';
import { LIMITS_1 } from '../../src/base/limits.js';
import { interpreterProgram } from '../../src/interpreter/program.js';
import type { Program } from '../../src/machine/program.js';
import { Store } from '../../src/machine/store.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { finishRun, instrument, loadModule } from '../instrumented/run-export.js';
import { wat } from '../instrumented/wat.js';

/** Less than the loop costs; the loop ends even if fuel is not counted. */
const FUEL = 1_000_000;

const MODULE = `(module
  (memory 1) (table $a 2 funcref) (table $b 4 funcref) (type $t (func)) (type $u (func (result i32)))
  (data $d "abc") (elem $e funcref (ref.func $nothing))
  (elem $active (table $b) (i32.const 0) func $nothing $one) (elem $declared declare func $one)
  (data $copied (i32.const 8) "xyz")
  (func $nothing) (func $one (result i32) (i32.const 1))
  (func (export "table") (drop (table.get $a (i32.const 9))))
  (func (export "fill") (table.fill $a (i32.const 1) (ref.null func) (i32.const 2)))
  (func (export "copy") (table.copy $a $b (i32.const 1) (i32.const 0) (i32.const 2)))
  (func (export "init") (memory.init $d (i32.const 0) (i32.const 1) (i32.const 3)))
  (func (export "elements") (table.init $a $e (i32.const 0) (i32.const 1) (i32.const 1)))
  (func (export "elements beyond") (table.init $a $e (i32.const 2) (i32.const 0) (i32.const 1)))
  (func (export "active elements") (table.init $a $active (i32.const 0) (i32.const 0) (i32.const 1)))
  (func (export "declared elements") (table.init $a $declared (i32.const 0) (i32.const 0) (i32.const 1)))
  (func (export "active data") (memory.init $copied (i32.const 0) (i32.const 0) (i32.const 1)))
  (func (export "nothing of what was dropped")
    (memory.init $copied (i32.const 0) (i32.const 0) (i32.const 0))
    (table.init $a $declared (i32.const 0) (i32.const 0) (i32.const 0)) (elem.drop $active) (data.drop $copied))
  (func (export "memory") (i32.store (i32.const -1) (i32.const 1)))
  (func (export "fill memory") (memory.fill (i32.const 65535) (i32.const 1) (i32.const 2)))
  (func (export "unreachable") (unreachable))
  (func (export "divide") (drop (i32.div_s (i32.const 1) (i32.const 0))))
  (func (export "divide overflow") (drop (i64.div_s (i64.const 0x8000000000000000) (i64.const -1))))
  (func (export "overflow") (drop (i32.trunc_f64_s (f64.const 1e10))))
  (func (export "overflow f32") (drop (i64.trunc_f32_u (f32.const -1))))
  (func (export "invalid") (drop (i32.trunc_f64_s (f64.const nan))))
  (func (export "invalid f32") (drop (i64.trunc_f32_s (f32.const nan))))
  (func (export "undefined") (call_indirect $a (type $t) (i32.const 2)))
  (func (export "undefined far") (call_indirect $b (type $t) (i32.const -1)))
  (func (export "null") (call_indirect $a (type $t) (i32.const 0)))
  (func (export "null of the other") (call_indirect $b (type $t) (i32.const 3)))
  (func (export "mismatch") (drop (call_indirect $b (type $u) (i32.const 0))))
  (func (export "mismatch of the other") (call_indirect $b (type $t) (i32.const 1)))
  (func (export "null, tail") (return_call_indirect $a (type $t) (i32.const 1)))
  (func (export "mismatch, tail") (return_call_indirect $b (type $t) (i32.const 1)))
  (func $deep (export "deep") (call $deep) (call $nothing))
  (func $leaf (local i64 i64 i64 i64 i64 i64 i64 i64) (drop (i32.const 1)))
  (func $deeper (export "deep into a leaf") (call $leaf) (call $deeper))
  (func (export "loop") (local i32)
    (loop (br_if 0 (i32.ne (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 1000000)))))
  ;; What was tried before a trap, and went well, is not what trapped.
  (func (export "got, unreachable") (drop (table.get $a (i32.const 0))) (unreachable))
  (func (export "set, divide") (table.set $a (i32.const 0) (ref.null func)) (drop (i32.div_u (i32.const 1) (i32.const 0))))
  (func (export "filled, memory") (table.fill $a (i32.const 0) (ref.null func) (i32.const 1)) (drop (i32.load (i32.const -1))))
  (func (export "copied, null") (table.copy $a $b (i32.const 0) (i32.const 2) (i32.const 1)) (call_indirect $a (type $t) (i32.const 0)))
  (func (export "elements, overflow") (table.init $a $e (i32.const 1) (i32.const 0) (i32.const 1)) (drop (i32.trunc_f32_u (f32.const -2))))
  (func (export "grown, undefined") (drop (table.grow $a (ref.null func) (i32.const 1))) (call_indirect $a (type $t) (i32.const 3)))
  (func (export "truncated, overflow") (drop (i32.trunc_f64_s (f64.const 1e300))) (drop (i32.trunc_f64_s (f64.const 1))))
  (func (export "called, mismatch") (call_indirect $b (type $t) (i32.const 0)) (call_indirect $b (type $t) (i32.const 1)))
  (func (export "called, unreachable") (call_indirect $b (type $t) (i32.const 0)) (unreachable))
  (func (export "called, divided") (call_indirect $b (type $t) (i32.const 0)) (drop (i32.rem_s (i32.const 1) (i32.const 0))))
  (func (export "truncated, divided") (drop (i32.trunc_f64_s (f64.const 1))) (drop (i32.div_s (i32.const 0x80000000) (i32.const -1))))
  (func (export "nothing")))`;

/** Calls that follow each of the calls: one of each kind, and the same call again. */
const SECONDS = ['nothing', 'unreachable', 'divide', 'overflow', 'invalid', 'null', 'mismatch', 'undefined', 'memory'];

describe('calls after traps', () => {
  const metered = loadModule(wat(MODULE));
  const names = metered.module.exports.map(({ name }) => name);

  function callsOf(program: Program, first: string): unknown[] {
    const store = new Store(LIMITS_1, FUEL_1);
    store.gauge.reset(FUEL);
    const instance = program.instantiate(store, []);
    return [...SECONDS, first].flatMap((second) =>
      [first, second].map((name) => {
        store.gauge.reset(FUEL);
        return finishRun(store, instance, name, [], true);
      }),
    );
  }

  for (const first of names) {
    it(`every call after '${first}' ends as in the interpreter`, () => {
      deepEqual(callsOf(instrument(metered), first), callsOf(interpreterProgram(metered), first));
    });
  }
});
