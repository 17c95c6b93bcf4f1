/**
 * NaN marks, heights and fuel after code that never runs: the rewriter's knowledge where control ended must not be used
 * where control arrives. Each body states its result, and both tiers must return it at any fuel limit.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { rewrite } from '../../src/instrumented/rewrite.js';
import { interpreterProgram } from '../../src/interpreter/program.js';
import { instrument, loadModule, runExport } from './run-export.js';
import { wat } from './wat.js';

/** A NaN that the host makes, with a sign of its choice, and the bits of a NaN that must be kept. */
const MADE = '(f64.div (local.get $z) (local.get $z))';
const KEPT = '(f64.reinterpret_i64 (i64.const 0xfff4000000000123))';
const CANONICAL = 0x7ff8_0000_0000_0000n;
const KEPT_BITS = 0xfff4_0000_0000_0123n;
const bits = (value: string) => `(i64.reinterpret_f64 ${value})`;
const X = bits('(local.get $x)');

/** Everything that a body can contain, as dead code; none of it runs. */
const ANYTHING = `
  (drop (i32.div_u (i32.const 1) (i32.const 0))) (block (loop (br 0)) (br_if 0 (i32.const 1)) (unreachable))
  (if (i32.const 1) (then (if (i32.const 0) (then (return (i64.const 9))) (else (br 1)))) (else (unreachable)))
  (block (block (br_table 0 1 0 (i32.const 1)))) (drop (call $make (local.get $z)))
  (call_indirect (type $made) (local.get $z) (i32.const 0)) (drop)
  (local.set $y ${MADE}) (global.set $g ${MADE}) (f64.store (i32.const 8) ${MADE})
  (drop (select (f64.const 1) ${MADE} (i32.const 1))) (drop (select (result f64) ${MADE} (f64.const 2) (i32.const 1)))
  (drop (memory.grow (i32.const 1))) (memory.fill (i32.const 0) (i32.const 1) (i32.const 9))
  (memory.copy (i32.const 0) (i32.const 8) (i32.const 8)) (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 1)) (data.drop 0)
  (table.set (i32.const 0) (ref.func $make)) (drop (table.get (i32.const 0))) (drop (table.grow (ref.null func) (i32.const 1)))
  (table.fill (i32.const 0) (ref.null func) (i32.const 1)) (table.copy (i32.const 0) (i32.const 1) (i32.const 1))
  (table.init 0 (i32.const 0) (i32.const 0) (i32.const 1)) (elem.drop 0) (drop (ref.is_null (ref.null func)))
  (drop (i32.trunc_f64_s ${MADE})) (drop (i64.trunc_sat_f64_u ${MADE})) (f32.const 1) (drop) (nop)`;

interface Case {
  /** Of `(param $z f64) (param $n i32) (result i64) (local $x f64) (local $y f64) (local $i i64)`, called with 0 and 3. */
  readonly body: string;
  readonly answer: bigint;
}

const CASES: Readonly<Record<string, Case>> = {
  'a local set at the dead end of an arm, in the other arm': {
    body: `(local.set $x ${KEPT}) (if (i32.eqz (local.get $n)) (then (local.set $x ${MADE}) (return (i64.const 1))) (else (local.set $i ${X}))) (local.get $i)`,
    answer: KEPT_BITS,
  },
  'a local set in dead code, after the block': {
    body: `(local.set $x ${KEPT}) (block (br_if 0 (local.get $n)) (local.set $x ${MADE}) (return (i64.const 1))) ${X}`,
    answer: KEPT_BITS,
  },
  'a local set before unreachable, after the block': {
    body: `(local.set $x ${KEPT}) (block (br_if 0 (local.get $n)) (local.set $x ${MADE}) (unreachable)) ${X}`,
    answer: KEPT_BITS,
  },
  'a local set before an endless loop, after the block': {
    body: `(local.set $x ${KEPT}) (block (br_if 0 (local.get $n)) (local.set $x ${MADE}) (loop (br 0))) ${X}`,
    answer: KEPT_BITS,
  },
  'an operand pushed before a branch, after the block': {
    body: bits(`(block (result f64) (br_if 0 ${KEPT} (local.get $n)) (drop) (br 0 ${MADE}) (drop) ${MADE})`),
    answer: KEPT_BITS,
  },
  'operands pushed and left when an arm ends dead': {
    body: bits(
      `(if (result f64) (i32.eqz (local.get $n)) (then ${MADE} ${MADE} ${MADE} (return (i64.const 1))) (else ${KEPT}))`,
    ),
    answer: KEPT_BITS,
  },
  'parameters of an arm after a dead one': {
    body: `${KEPT} (i64.const 7) (i32.eqz (local.get $n))
      (if (param f64 i64) (result i64) (then (drop) (drop) (unreachable)) (else (drop) (i64.reinterpret_f64)))`,
    answer: KEPT_BITS,
  },
  'a computed parameter of an arm after a dead one': {
    body: `${MADE} (i64.const 7) (i32.eqz (local.get $n))
      (if (param f64 i64) (result i64) (then (return) ) (else (drop) (i64.reinterpret_f64)))`,
    answer: CANONICAL,
  },
  'a result that is carried out of dead blocks': {
    body: bits(`(block (result f64) (block (br 1 ${MADE})) (unreachable))`),
    answer: CANONICAL,
  },
  'ends in a row, none reached': {
    body: `(block (block (block (br_if 2 (local.get $n)) (unreachable) (drop (i32.add (i32.const 1) (i32.const 2)))) (drop (i64.const 1)) ) (drop (f64.const 1))) (i64.const 5)`,
    answer: 5n,
  },
  'an if whose arms both end, after it': {
    body: `(block (br_if 0 (local.get $n)) (if (local.get $n) (then (return (i64.const 1))) (else (return (i64.const 2)))) (drop (i32.const 1))) (i64.const 6)`,
    answer: 6n,
  },
  'an if in dead code with ends of its own': {
    body: `(block (br 0) (if (i32.const 1) (then (if (i32.const 1) (then) (else)))) (drop (i32.const 1))) (i64.const 8)`,
    answer: 8n,
  },
  'everything, dead, in a block': { body: `(block (br 0) ${ANYTHING}) (i64.const 3)`, answer: 3n },
  'everything, dead, in an arm': {
    body: `(local.set $x ${MADE}) (if (local.get $n) (then (br 0) ${ANYTHING}) (else (unreachable) ${ANYTHING})) ${X}`,
    answer: CANONICAL,
  },
  'everything, dead, in a loop that is left': {
    body: `(block (loop (br 1) ${ANYTHING} (br 0))) (local.set $x ${KEPT}) ${X}`,
    answer: KEPT_BITS,
  },
  'everything, dead, after many operands': {
    body: `(block (result i64) (i32.const 1) (f64.const 2) ${MADE} (br 0 (i64.const 4)) ${ANYTHING} (drop) (drop))`,
    answer: 4n,
  },
  'a loop at the same depth as another, read first in each iteration': {
    body: `(loop (local.set $x ${MADE}) (local.set $y (f64.add (local.get $x) (f64.const 1))) (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.set $n (i32.const 3))
      (loop (local.set $i (i64.add (local.get $i) ${X})) (local.set $x ${MADE}) (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))) (local.get $i)`,
    answer: BigInt.asUintN(64, 3n * CANONICAL),
  },
  'a block at the same depth as one that was left early': {
    body: `(block (br_if 0 (local.get $n)) (nop)) (block (local.set $x ${MADE}) (drop (i32.const 1))) (block (nop)) ${X}`,
    answer: CANONICAL,
  },
  'a local that is set first in each iteration, where paths meet after the loop': {
    body: `(loop (local.set $x ${MADE}) (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (if (local.get $n) (then (local.set $x ${KEPT})) (else (local.set $y (f64.const 1)))) ${X}`,
    answer: CANONICAL,
  },
  'a local that is set first in each iteration, where the other path sets another': {
    body: `(loop (local.set $x ${MADE}) (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (if (i32.eqz (local.get $n)) (then (nop)) (else (local.set $x ${KEPT}))) ${X}`,
    answer: CANONICAL,
  },
  'the 300th local, read at the start of each iteration': {
    body: `(loop (local.set $i (i64.xor (i64.rotl (local.get $i) (i64.const 1)) ${bits('(local.get $far)')})) (local.set $far ${MADE})
      (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))) (local.get $i)`,
    answer: 0x8008_0000_0000_0000n,
  },
  'the other function left this local marked': {
    body: `(drop (call $marks (local.get $z))) (call $kept ${KEPT})`,
    answer: KEPT_BITS,
  },
  'the other function had a NaN of its own': {
    body: `(i64.xor (call $marks (local.get $z)) ${bits('(f32.const 1) (drop) (f64.sqrt (f64.const -1))')})`,
    answer: 0n,
  },
};

const moduleOf = (body: string) => `(module (memory 1 3) (data "abc") (table 4 9 funcref) (elem func $make)
  (type $made (func (param f64) (result f64))) (global $g (mut f64) (f64.const 0))
  (func $make (type $made) (f64.neg (local.get 0)))
  (func $marks (param $z f64) (result i64) (local $x f64) (local $y f64) (local.set $x ${MADE}) (local.set $y (f64.neg ${MADE}))
    ${bits(`(f64.add (local.get $x) ${MADE})`)})
  (func $kept (param $x f64) (result i64) (local $y f64) ${X})
  (func (export "run") (param $z f64) (param $n i32) (result i64)
    (local $x f64) (local $y f64) (local $i i64) ${'(local f64)'.repeat(300)} (local $far f64) ${body}))`;

/** Number of limits below a run's use that are tried. */
const LIMITS = 60;

describe('dead code', () => {
  for (const [what, { body, answer }] of Object.entries(CASES)) {
    it(`leaves nothing behind: ${what}`, () => {
      const metered = loadModule(wat(moduleOf(body)));
      const reference = interpreterProgram(metered);
      const program = instrument(metered);
      const whole = runExport(reference, 'run', [0n, 3], 1_000_000, { digest: true });
      deepEqual(whole.values, [`i64:0x${answer.toString(16).padStart(16, '0')}`], whole.outcome);
      for (let fuel = Math.max(0, whole.used - LIMITS); fuel <= whole.used; fuel++) {
        const expected = runExport(reference, 'run', [0n, 3], fuel, { digest: true });
        deepEqual(runExport(program, 'run', [0n, 3], fuel, { digest: true }), expected, `fuel ${fuel}`);
      }
    });
  }

  it('is not in the rewritten module', () => {
    const rewritten = (body: string) => rewrite(loadModule(wat(moduleOf(body))), 'own').bytes;
    const without = rewritten('(block (br 0)) (i64.const 3)');
    ok(without.length > 0);
    // The size of the body may need one byte more or less; nothing else may differ.
    equal(rewritten('(block (br 0) (i64.const 77) (drop) (nop) (nop) (nop)) (i64.const 3)').length, without.length);
    equal(rewritten(`(block (br 0) ${'(drop (i64.const 77))'.repeat(90)}) (i64.const 3)`).length, without.length);
  });
});
