/** What one call of an instance leaves behind must not be taken for the next one's: the tiers agree, call after call. */
import { deepEqual } from 'node:assert/strict';
import { LIMITS_1 } from '../../src/base/limits.js';
import { interpreterProgram } from '../../src/interpreter/program.js';
import type { Program } from '../../src/machine/program.js';
import { Store } from '../../src/machine/store.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { finishRun, instrument, loadModule } from '../instrumented/run-export.js';
import { wat } from '../instrumented/wat.js';

/** Less than the loop takes, which ends all the same if nobody counts. */
const FUEL = 100_000;

const MODULE = `(module
  (memory 1) (table 2 funcref) (type $t (func)) (data $d "abc") (elem $e funcref (ref.func $nothing))
  (func $nothing)
  (func (export "table") (drop (table.get (i32.const 9))))
  (func (export "fill") (table.fill (i32.const 1) (ref.null func) (i32.const 2)))
  (func (export "init") (memory.init $d (i32.const 0) (i32.const 1) (i32.const 3)))
  (func (export "elements") (table.init $e (i32.const 0) (i32.const 1) (i32.const 1)))
  (func (export "memory") (i32.store (i32.const -1) (i32.const 1)))
  (func (export "unreachable") (unreachable))
  (func (export "divide") (drop (i32.div_s (i32.const 1) (i32.const 0))))
  (func (export "overflow") (drop (i32.trunc_f64_s (f64.const 1e10))))
  (func (export "invalid") (drop (i32.trunc_f64_s (f64.const nan))))
  (func (export "element") (call_indirect (type $t) (i32.const 2)))
  (func (export "null") (call_indirect (type $t) (i32.const 0)))
  (func $deep (export "deep") (call $deep) (call $nothing))
  (func (export "loop") (local i32)
    (loop (br_if 0 (i32.ne (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 1000000)))))
  (func (export "nothing")))`;

describe('calls after traps', () => {
  const metered = loadModule(wat(MODULE));
  const names = metered.module.exports.map(({ name }) => name);

  function callsOf(program: Program, first: string): unknown[] {
    const store = new Store(LIMITS_1, FUEL_1);
    store.gauge.reset(FUEL);
    const instance = program.instantiate(store, []);
    return names.flatMap((second) =>
      [first, second].map((name) => {
        store.gauge.reset(FUEL);
        return finishRun(store, instance, name, [], true);
      }),
    );
  }

  for (const first of names) {
    it(`every call after '${first}' ends as it does in the interpreter`, () => {
      deepEqual(callsOf(instrument(metered), first), callsOf(interpreterProgram(metered), first));
    });
  }
});
