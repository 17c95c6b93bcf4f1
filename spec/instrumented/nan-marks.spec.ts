/**
 * What the rewriter knows of floats whose NaN bits the host chose, where control splits or where one function follows
 * another: such a float is made canonical before its bits are visible, and no other NaN is changed.
 */
import { deepEqual } from 'node:assert/strict';
import { interpreterProgram } from '../../src/interpreter/program.js';
import { instrument, loadModule, runExport } from './run-export.js';
import { wat } from './wat.js';

/** Number of results of the arms; together they exceed the initial length of the operand stack's arrays. */
const DEPTH = 40;
const RESULTS = 8;

const CANONICAL = 'i32:0x7fc00000';
const SIGNALLING = 'i32:0x7fa00001';
const ZERO_BY_ZERO = '(f32.div (local.get $z) (local.get $z))';
const KEPT = '(f32.reinterpret_i32 (i32.const 0x7fa00001))';

/** Else arms in else arms, written in sequence because the assembler has no stack for nested expressions. */
function nested(): string {
  const others = 'f32.const 1 '.repeat(RESULTS - 1);
  const then = `i32.const 0 if (result ${'f32 '.repeat(RESULTS)}) ${others} f32.const 1 else `;
  return `${then.repeat(DEPTH)} ${others} ${ZERO_BY_ZERO} ${'end '.repeat(DEPTH)}`;
}

/** Modules with an export `run`, and what it returns. */
const CASES: Readonly<Record<string, { readonly text: string; readonly results: readonly string[] }>> = {
  'else arms in else arms': {
    text: `(func (export "run") (result i32) (local $z f32) (local $r i32)
      ${nested()} i32.reinterpret_f32 local.set $r ${'drop '.repeat(RESULTS - 1)} local.get $r)`,
    results: [CANONICAL],
  },
  'an else arm with a parameter, above a float to canonicalise': {
    text: `(func (export "run") (result i32 i32) (local $z f32) (local $kept i32)
      ${ZERO_BY_ZERO} ${KEPT}
      i32.const 0
      if (param f32) (result i32) drop i32.const 1 else i32.reinterpret_f32 end
      local.set $kept i32.reinterpret_f32 local.get $kept)`,
    results: [CANONICAL, SIGNALLING],
  },
  'an argument below one that a call returned': {
    text: `(func $long (result i64) (i64.const 7))
      (func $bits (param f32 i64) (result i32) (i32.reinterpret_f32 (local.get 0)))
      (func (export "run") (result i32) (local $z f32) (call $bits ${ZERO_BY_ZERO} (call $long)))`,
    results: [CANONICAL],
  },
  'a local of a function after another': {
    text: `(func $before (param $z f32) (local.set $z ${ZERO_BY_ZERO}))
      (func $bits (param f32) (result i32) (i32.reinterpret_f32 (local.get 0)))
      (func (export "run") (result i32) (call $before (f32.const 0)) (call $bits ${KEPT}))`,
    results: [SIGNALLING],
  },
  'a local that is read in a loop, and only set in the previous loop': {
    text: `(func (export "run") (result i32) (local $z f32) (local $a f32) (local $i i32) (local $r i32)
      (loop (local.set $a ${ZERO_BY_ZERO}) (br_if 0 (local.get $i)))
      (local.set $a (f32.const 1))
      (loop
        (local.set $r (i32.reinterpret_f32 (local.get $a)))
        (local.set $a ${ZERO_BY_ZERO})
        (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 2))))
      (local.get $r))`,
    results: [CANONICAL],
  },
};

describe('floats whose NaN bits the host chose', () => {
  for (const [name, { text, results }] of Object.entries(CASES)) {
    it(`are canonicalised, and no others: ${name}`, () => {
      const metered = loadModule(wat(`(module ${text})`));
      const whole = runExport(interpreterProgram(metered), 'run', [], 100_000, { digest: true });
      deepEqual(whole.values, results);
      deepEqual(runExport(instrument(metered), 'run', [], 100_000, { digest: true }), whole);
    });
  }
});
