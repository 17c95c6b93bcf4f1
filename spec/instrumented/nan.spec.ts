/**
 * NaN whose bits are observable: each case returns bits, and the interpreter's are the expected ones. `$a` is -0 / 0 or
 * similar, a NaN that hosts return with the sign set; `$k` keeps a signalling NaN's bits. Source: docs/SEMANTICS.md,
 * section 2.
 */
import { deepEqual } from 'node:assert/strict';
import { interpreterProgram } from '../../src/interpreter/program.js';
import { instrument, loadModule, runExport } from './run-export.js';
import { wat } from './wat.js';

/** A NaN the host makes, and one whose bits must stay. */
const MADE = '(f64.div (local.get $z) (local.get $z))';
const KEPT = '(f64.reinterpret_i64 (i64.const 0x7ff4000000000123))';
const bits = (value: string) => `(i64.reinterpret_f64 ${value})`;

const repeated = (count: number, text: string) => `${text} `.repeat(count);

/** Bodies of `(param $z f64) (param $n i32) (result i64)`, called with zero and 3. */
const CASES: Readonly<Record<string, string>> = {
  'straight to bits': bits(MADE),
  'through a local': `(local.set $x ${MADE}) ${bits('(local.get $x)')}`,
  'through a tee': bits(`(local.tee $x ${MADE})`),
  'the local after a tee was observed': `(drop ${bits(`(local.tee $x ${MADE})`)}) ${bits('(local.get $x)')}`,
  neg: bits(`(f64.neg ${MADE})`),
  'neg of neg': bits(`(f64.neg (f64.neg ${MADE}))`),
  'abs of neg': bits(`(f64.abs (f64.neg ${MADE}))`),
  'neg in a local': `(local.set $x (f64.neg ${MADE})) ${bits('(local.get $x)')}`,
  'neg then arithmetic': bits(`(f64.add (f64.neg ${MADE}) (f64.const 1))`),
  'neg of kept bits': bits(`(f64.neg ${KEPT})`),
  'neg of arithmetic on kept bits': bits(`(f64.neg (f64.add ${KEPT} (f64.const 1)))`),
  'abs of arithmetic on kept bits': bits(`(f64.abs (f64.add ${KEPT} (f64.const 1)))`),
  'mul and add of locals': `(local.set $x ${KEPT}) (local.set $y (f64.const 1)) (local.set $x (f64.add (f64.mul (local.get $x) (local.get $y)) (local.get $y))) ${bits('(local.get $x)')}`,
  'mul and add of locals, the product second': `(local.set $x ${KEPT}) (local.set $y (f64.const 1)) (local.set $x (f64.add (local.get $y) (f64.mul (local.get $x) (local.get $y)))) ${bits('(local.get $x)')}`,
  'mul and add of locals behind another': `(local.set $x ${KEPT}) (local.set $y (f64.const 1)) (local.set $m (i32.const 1)) (local.set $x (f64.add (f64.mul (local.get $x) (local.get $y)) (local.get $y))) ${bits('(local.get $x)')}`,
  'mul and add of locals behind another, the product second': `(local.set $x ${KEPT}) (local.set $y (f64.const 1)) (local.set $m (i32.const 1)) (local.set $x (f64.add (local.get $y) (f64.mul (local.get $x) (local.get $y)))) ${bits('(local.get $x)')}`,
  'mul and sub of locals': `(local.set $x ${KEPT}) (local.set $y (f64.const 1)) (local.set $x (f64.sub (f64.mul (local.get $x) (local.get $y)) (local.get $y))) ${bits('(local.get $x)')}`,
  'mul and sub of locals, the product second': `(local.set $x ${KEPT}) (local.set $y (f64.const 1)) (local.set $x (f64.sub (local.get $y) (f64.mul (local.get $x) (local.get $y)))) ${bits('(local.get $x)')}`,
  'mul and sub of locals behind another': `(local.set $x ${KEPT}) (local.set $y (f64.const 1)) (local.set $m (i32.const 1)) (local.set $x (f64.sub (f64.mul (local.get $x) (local.get $y)) (local.get $y))) ${bits('(local.get $x)')}`,
  'mul and sub of locals behind another, the product second': `(local.set $x ${KEPT}) (local.set $y (f64.const 1)) (local.set $m (i32.const 1)) (local.set $x (f64.sub (local.get $y) (f64.mul (local.get $x) (local.get $y)))) ${bits('(local.get $x)')}`,
  'sqrt of a local': `(local.set $x ${KEPT}) (local.set $x (f64.sqrt (local.get $x))) ${bits('(local.get $x)')}`,
  'sqrt of a local behind another': `(local.set $x ${KEPT}) (local.set $m (i32.const 1)) (local.set $x (f64.sqrt (local.get $x))) ${bits('(local.get $x)')}`,
  'arithmetic on kept bits': bits(`(f64.mul ${KEPT} (f64.const 1))`),
  'copysign from a made NaN': bits(`(f64.copysign (f64.const 1) ${MADE})`),
  'copysign onto a made NaN': bits(`(f64.copysign ${MADE} (f64.const -1))`),
  'select of two made': bits(`(select ${MADE} (f64.sqrt (f64.const -1)) (local.get $n))`),
  'select of made and kept': bits(`(select ${MADE} ${KEPT} (local.get $n))`),
  'select of kept and made': bits(`(select ${KEPT} ${MADE} (i32.eqz (local.get $n)))`),
  'select of kept and made, the kept one': bits(`(select ${KEPT} ${MADE} (local.get $n))`),
  'select of neg and not': bits(`(select (f64.neg ${MADE}) ${MADE} (local.get $n))`),
  'block result': bits(`(block (result f64) ${MADE})`),
  'block result by branch': bits(`(block (result f64) (br 0 ${MADE}))`),
  'block result by br_if': bits(`(block (result f64) (br_if 0 ${MADE} (local.get $n)) (drop) ${KEPT})`),
  'block result by br_table': bits(`(block (result f64) (block (result f64) (br_table 0 1 0 ${MADE} (local.get $n))))`),
  'if result': bits(`(if (result f64) (local.get $n) (then ${MADE}) (else ${KEPT}))`),
  'block parameter': bits(`${MADE} (block (param f64) (result f64))`),
  'loop parameter': bits(`${MADE} (loop (param f64) (result f64))`),
  'if parameter': bits(`${MADE} (local.get $n) (if (param f64) (result f64) (then) (else (drop) ${KEPT}))`),
  'if parameter, in the other arm': bits(
    `${MADE} (local.get $n) (if (param f64) (result f64) (then (drop) ${KEPT}) (else))`,
  ),
  'if parameter without another arm': bits(
    `${MADE} (local.get $n) (if (param f64) (result f64) (then (drop) ${KEPT}))`,
  ),
  'under the stack of a block': bits(`${MADE} (block (br_if 0 (local.get $n))) (f64.add (f64.const 1))`),
  'under 400 operands': `${MADE} ${repeated(400, '(local.get $n)')} (call $bits ${MADE}) (local.set $i) ${repeated(399, '(i32.add)')}
     (local.set $m) (call $bits) (i64.add (i64.add (local.get $i) (i64.extend_i32_u (local.get $m))))`,
  'under 400 operands, observed with them': `${MADE} ${repeated(120, '(local.get $z) (f64.const 2)')} (call $made (local.get $z))
     (block (param f64) (result f64) (br_if 0 (local.get $n))) ${repeated(241, '(f64.add)')} (local.set $x) ${bits('(local.get $x)')}`,
  'neg above 300 operands': `${repeated(300, '(local.get $n)')} (f64.neg ${MADE}) (call $bits) (local.set $i) ${repeated(300, '(drop)')} (local.get $i)`,
  'through the 300th local': `(local.set $far ${MADE}) ${bits('(local.get $far)')}`,
  'put right 300 times': `${repeated(300, `(local.set $i (i64.add (i64.mul (local.get $i) (i64.const 3)) ${bits(MADE)}))`)} (local.get $i)`,
  argument: '(call $bits (f64.div (local.get $z) (local.get $z)))',
  'arguments, the deeper ones made':
    '(call $mix (f64.div (local.get $z) (local.get $z)) (i32.const 1) (f64.neg (f64.sqrt (f64.const -1))) (f64.const 2))',
  'indirect argument': `(call_indirect (type $t) ${MADE} (i32.const 0))`,
  'result of a call': bits('(call $made (local.get $z))'),
  'result of an early return': bits('(call $early (local.get $z) (local.get $n))'),
  'two results': `(call $two (local.get $z)) (local.set $x) (local.set $y) (i64.xor ${bits('(local.get $x)')} (i64.rotl ${bits('(local.get $y)')} (i64.const 7)))`,
  global: `(global.set $g ${MADE}) ${bits('(global.get $g)')}`,
  store: `(f64.store (i32.const 8) ${MADE}) (i64.load (i32.const 8))`,
  'store of f32': `(f32.store (i32.const 8) (f32.demote_f64 ${MADE})) (i64.load (i32.const 8))`,
  promote: bits('(f64.promote_f32 (f32.div (f32.demote_f64 (local.get $z)) (f32.demote_f64 (local.get $z))))'),
  'f32 bits': '(i64.extend_i32_u (i32.reinterpret_f32 (f32.sqrt (f32.const -1))))',
  'f32 neg': '(i64.extend_i32_u (i32.reinterpret_f32 (f32.neg (f32.sqrt (f32.const -1)))))',
  'a local set in one arm': `(local.set $x ${KEPT}) (if (local.get $n) (then (local.set $x ${MADE}))) ${bits('(local.get $x)')}`,
  'a local set in the other arm': `(local.set $x ${KEPT}) (if (i32.eqz (local.get $n)) (then) (else (local.set $x ${MADE}))) ${bits('(local.get $x)')}`,
  'a local set before an if': `(local.set $x ${MADE}) (if (local.get $n) (then (local.set $y (f64.const 1)))) ${bits('(local.get $x)')}`,
  'a local set before a branch': `(block (local.set $x ${MADE}) (br_if 0 (local.get $n)) (local.set $x ${KEPT})) ${bits('(local.get $x)')}`,
  'a local set before br_table': `(block (block (local.set $x ${MADE}) (br_table 0 1 0 (local.get $n)))) ${bits('(local.get $x)')}`,
  'a local kept over a branch': `(local.set $x ${KEPT}) (block (br_if 0 (local.get $n)) (local.set $x ${MADE})) ${bits('(local.get $x)')}`,
  'an accumulator in a loop': `(local.set $x (f64.const 1))
     (loop (local.set $x (f64.add (local.get $x) ${MADE})) (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
     ${bits('(local.get $x)')}`,
  'read at the start of each turn': `(loop (local.set $i (i64.add (i64.mul (local.get $i) (i64.const 3)) ${bits('(local.get $x)')}))
     (local.set $x ${MADE}) (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))) (local.get $i)`,
  'set first in each turn, read behind the loop': `(loop (local.set $x ${MADE}) (local.set $y (f64.add (local.get $x) (f64.const 1)))
     (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))) (i64.add ${bits('(local.get $x)')} ${bits('(local.get $y)')})`,
  'set in a block that can be left before, read behind': `(loop (block (br_if 0 (i32.and (local.get $n) (i32.const 1)))
       (local.set $x ${MADE}))
     (local.set $i (i64.add (i64.mul (local.get $i) (i64.const 3)) ${bits('(local.get $x)')}))
     (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))) (local.get $i)`,
  'set in a block that can be left before, read behind, set again': `(loop (block (br_if 0 (i32.and (local.get $n) (i32.const 1)))
       (local.set $x (f64.const 2)))
     (local.set $i (i64.add (i64.mul (local.get $i) (i64.const 3)) ${bits('(local.get $x)')}))
     (local.set $x ${MADE}) (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))) (local.get $i)`,
  'set in an arm, read in the next turn': `(loop (if (i32.and (local.get $n) (i32.const 1)) (then (local.set $x ${MADE}))
       (else (local.set $i (i64.add (i64.mul (local.get $i) (i64.const 3)) ${bits('(local.get $x)')}))))
     (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))) (local.get $i)`,
  'set in an inner loop first, read by the outer one': `(loop
       (local.set $i (i64.add (i64.mul (local.get $i) (i64.const 3)) ${bits('(local.get $x)')}))
       (loop (local.set $x ${MADE}) (br_if 0 (local.tee $m (i32.xor (local.get $m) (i32.const 1)))))
     (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))) (local.get $i)`,
};

function moduleOf(body: string): string {
  return `(module (memory 1) (table funcref (elem $bits)) (global $g (mut f64) (f64.const 0)) (type $t (func (param f64) (result i64)))
    (func $bits (param f64) (result i64) (i64.reinterpret_f64 (local.get 0)))
    (func $mix (param f64 i32 f64 f64) (result i64)
      (i64.add (i64.reinterpret_f64 (local.get 0)) (i64.mul (i64.const 3) (i64.reinterpret_f64 (local.get 2)))))
    (func $made (param $z f64) (result f64) ${MADE})
    (func $early (param $z f64) (param $n i32) (result f64) (if (local.get $n) (then (return ${MADE}))) ${KEPT})
    (func $two (param $z f64) (result f64 f64) ${MADE} (f64.neg ${MADE}))
    (func (export "run") (param $z f64) (param $n i32) (result i64)
      (local $x f64) (local $y f64) (local $i i64) (local $m i32) ${repeated(300, '(local f64)')} (local $far f64) ${body}))`;
}

const UNARY = ['ceil', 'floor', 'trunc', 'nearest', 'sqrt', 'neg', 'abs'];
const BINARY = ['add', 'sub', 'mul', 'div', 'min', 'max', 'copysign'];

/** Quiet and signalling NaN of both signs: their bits as arguments. */
const NAN_BITS: Readonly<Record<number, readonly (number | bigint)[]>> = {
  32: [0x7fc01234, 0x7fa00001, 0xffc00000 | 0, 0xffa01234 | 0],
  64: [0x7ff8000000001234n, 0x7ff4000000000001n, 0xfff8000000000000n, 0xfff4000000001234n],
};

/** Each instruction on the given bits and the number 1, and the same followed by a `neg` and an `abs`. */
function instructionsOf(width: number): readonly (readonly [name: string, body: string])[] {
  const [float, integer] = [`f${width}`, `i${width}`];
  const given = `(${float}.reinterpret_${integer} (local.get 0))`;
  const one = `(${float}.const 1)`;
  const changed =
    width === 32
      ? [['promote', `(f32.demote_f64 (f64.promote_f32 ${given}))`]]
      : [['demote', `(f64.promote_f32 (f32.demote_f64 ${given}))`]];
  const plain = [
    ...UNARY.map((name) => [name, `(${float}.${name} ${given})`]),
    ...BINARY.flatMap((name) => [
      [name, `(${float}.${name} ${given} ${one})`],
      [`${name} second`, `(${float}.${name} ${one} ${given})`],
    ]),
    [`mul, add`, `(${float}.add (${float}.mul ${given} ${one}) ${one})`],
    [`add of mul`, `(${float}.add ${one} (${float}.mul ${one} ${given}))`],
    [`mul, sub`, `(${float}.sub (${float}.mul ${given} ${one}) ${one})`],
    [`sub of mul`, `(${float}.sub ${one} (${float}.mul ${given} ${one}))`],
    ...changed,
  ] as [string, string][];
  const all = plain.flatMap(([name, body]) => [
    [name, body],
    [`neg of ${name}`, `(${float}.neg ${body})`],
    [`abs of ${name}`, `(${float}.abs ${body})`],
  ]);
  const bodies = all.map(([name, body]) => [`${float}.${name}`, `(${integer}.reinterpret_${float} ${body})`] as const);
  // An interpreter may implement one instruction in several places, and choose by the code that runs before it.
  return [
    ...bodies,
    ...bodies.map(([name, body]) => [`${name} behind another`, `(global.set $g (i32.const 1)) ${body}`] as const),
  ];
}

describe('instrumented NaN', () => {
  for (const width of [32, 64]) {
    it(`has the bits of the interpreter for every f${width} instruction and any operand`, () => {
      const functions = instructionsOf(width).map(
        ([name, body]) => `(func (export "${name}") (param i${width}) (result i${width}) ${body})`,
      );
      const metered = loadModule(wat(`(module (global $g (mut i32) (i32.const 0)) ${functions.join(' ')})`));
      const [reference, program] = [interpreterProgram(metered), instrument(metered)];
      for (const [name] of instructionsOf(width)) {
        for (const arg of NAN_BITS[width]!) {
          const expected = runExport(reference, name, [arg], 100_000);
          deepEqual(runExport(program, name, [arg], 100_000), expected, `${name} of ${arg.toString(16)}`);
        }
      }
    });
  }

  for (const [name, body] of Object.entries(CASES)) {
    it(name, () => {
      const metered = loadModule(wat(moduleOf(body)));
      const [reference, program] = [interpreterProgram(metered), instrument(metered)];
      for (const n of [0, 1, 2, 3]) {
        const args = [0n, n] as const;
        if (n === 0 && body.includes('(loop (')) continue;
        const expected = runExport(reference, 'run', args, 1_000_000, { digest: true });
        deepEqual(runExport(program, 'run', args, 1_000_000, { digest: true }), expected, `n = ${n}`);
      }
    });
  }
});
