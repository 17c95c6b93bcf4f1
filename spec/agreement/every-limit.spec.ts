/**
 * Both tiers at every fuel limit and every limit of stack words, from nothing to enough, on small functions with one
 * effect each after, before or between charges: the digest of the state shows where a run stopped. The code that ends a
 * function costs nothing, so that a late charge is not hidden by the next one.
 */
import { deepEqual } from 'node:assert/strict';
import { defineLimits } from '../../src/base/limits.js';
import { interpreterProgram } from '../../src/interpreter/program.js';
import { instrument, loadModule, runExport } from '../instrumented/run-export.js';
import { wat } from '../instrumented/wat.js';

const ENOUGH = 100_000;
/** A run that uses more fuel is tried at its first and last limits and at some between. */
const EVERY_LIMIT_UP_TO = 160;
const FROM_EACH_END = 20;
const STEP = 311;

const STATE = `(import "env" "tick" (func $tick))
  (type $t (func (param i32) (result i32)))
  (table $a 4 6 funcref) (table $b 2 funcref)
  (global $g (mut i32) (i32.const 0)) (global $f (mut f64) (f64.const 0))
  (elem $e funcref (ref.func $leaf) (ref.null func)) (elem (table $a) (i32.const 1) func $leaf $next)
  (func $leaf (type $t) (i32.add (local.get 0) (i32.const 1)))
  (func $next (type $t) (global.set $g (i32.add (global.get $g) (i32.const 3))) (call $leaf (local.get 0)))
  (func $two (param i32) (result i32 f64) (local.get 0) (f64.const 2))
  (func $set (param i32) (global.set $g (local.get 0)))`;

const MEMORY = '(memory 1 3) (data $d "abcdef")';

/** Bodies of functions with a parameter `$n`, called with 0, 1 and 2. */
const CASES: Readonly<Record<string, string>> = {
  'global.set between': '(global.set $g (i32.const 1)) (global.set $g (i32.const 2)) (drop (i32.const 1))',
  'global.set after a branch':
    '(block (br_if 0 (local.get $n)) (global.set $g (i32.const 1)) (global.set $f (f64.const 1)))',
  'elem.drop': '(drop (i32.const 1)) (elem.drop $e) (drop (i32.const 1))',
  'table.set': '(table.set $a (i32.const 0) (ref.func $leaf)) (table.set $a (i32.const 1) (ref.null func))',
  'table.get past the end': '(drop (i32.const 5)) (drop (table.get $a (i32.add (local.get $n) (i32.const 3))))',
  'table.grow':
    '(drop (table.grow $a (ref.func $leaf) (local.get $n))) (drop (table.grow $a (ref.null func) (i32.const 2)))',
  'table.grow of the other table':
    '(drop (table.grow $b (ref.func $leaf) (i32.const 3))) (drop (table.grow $a (ref.null func) (i32.const 9)))',
  'table.fill': '(table.fill $a (local.get $n) (ref.func $next) (i32.const 3))',
  'table.copy':
    '(table.copy $b $a (i32.const 0) (local.get $n) (i32.const 2)) (table.copy $a $a (i32.const 0) (i32.const 1) (i32.const 3))',
  'table.init':
    '(table.init $a $e (local.get $n) (i32.const 0) (i32.const 2)) (elem.drop $e) (table.init $a $e (i32.const 0) (i32.const 0) (local.get $n))',
  unreachable: '(global.set $g (i32.const 1)) (if (local.get $n) (then (unreachable))) (global.set $g (i32.const 2))',
  'division by zero': '(drop (i32.const 1)) (drop (i32.div_u (i32.const 7) (local.get $n))) (drop (i32.const 1))',
  'trunc of NaN or out of range':
    '(drop (i32.trunc_f32_s (select (f32.const nan) (f32.const 1e20) (local.get $n)))) (drop (i32.const 1))',
  call: '(drop (call $leaf (local.get $n))) (drop (call $next (local.get $n)))',
  'call of two results': '(global.set $f (f64.const 7)) (call $two (local.get $n)) (global.set $f) (global.set $g)',
  call_indirect: '(drop (call_indirect $a (type $t) (local.get $n) (i32.add (local.get $n) (i32.const 1))))',
  'host call': '(call $tick) (global.set $g (i32.const 1)) (call $tick)',
  'tail call': '(global.set $g (i32.const 1)) (return_call $set (i32.add (local.get $n) (i32.const 5)))',
  'indirect tail call':
    '(global.set $g (i32.const 1)) (drop (call $tail (local.get $n))) (global.set $g (i32.const 2))',
  'if with an empty end': '(if (local.get $n) (then (drop (i32.const 1))))',
  'if and else with empty ends': '(if (local.get $n) (then (drop (i32.const 1))) (else (nop)))',
  'if with a checked arm': '(if (local.get $n) (then (global.set $g (i32.const 1))))',
  'charges after one by data':
    '(table.fill $a (i32.const 0) (ref.null func) (i32.const 3)) (block (br_if 0 (local.get $n)) (drop (i32.const 1)))',
  'if with an empty arm': '(if (local.get $n) (then) (else (drop (i32.const 1))))',
  'empty else arm': '(if (local.get $n) (then (global.set $g (i32.const 1))) (else (nop)))',
  'arm that calls and returns':
    '(if (local.get $n) (then (call $tick) (return)) (else (drop (i32.const 1)))) (global.set $g (i32.const 4))',
  'arm that calls and returns, and nothing': '(if (local.get $n) (then (call $tick) (return)) (else (nop)))',
  'block that calls and returns':
    '(block (br_if 0 (local.get $n)) (call $tick) (return)) (global.set $g (i32.const 4))',
  'block that calls and returns, with nothing after it': '(block (br_if 0 (local.get $n)) (call $tick) (return))',
  'if within if':
    '(if (local.get $n) (then (if (i32.eq (local.get $n) (i32.const 2)) (then (drop (i32.const 1))) (else (return)))))',
  'dead arm': '(if (local.get $n) (then (br 1)) (else (drop (i32.const 1))))',
  'both arms dead': '(block (if (local.get $n) (then (br 1)) (else (br 1))))',
  'block left in its middle': '(block (drop (i32.const 1)) (br_if 0 (local.get $n)) (drop (i32.const 1)))',
  'block left twice': '(block (block (br_if 0 (local.get $n)) (br_if 1 (i32.eqz (local.get $n)))))',
  'block with a dead end': '(block (drop (i32.const 1)) (br_if 0 (local.get $n)) (br 0))',
  'block with a dead end after a call':
    '(block (drop (call $leaf (i32.const 1))) (br_if 0 (local.get $n)) (br 0)) (drop (i32.const 1))',
  'arms that call':
    '(if (local.get $n) (then (drop (call $leaf (i32.const 1)))) (else (drop (i32.const 1)))) (drop (i32.const 1))',
  'arm that calls and leaves':
    '(if (local.get $n) (then (call $tick) (br 0)) (else (drop (i32.const 1)))) (global.set $g (i32.const 4))',
  'arm that is dead after a charge':
    '(block (if (local.get $n) (then (drop (call $leaf (i32.const 1))) (br 1)) (else (drop (i32.const 1)))) (global.set $g (i32.const 4)))',
  'br_table over blocks':
    '(block (block (block (br_table 0 1 2 (local.get $n))) (global.set $g (i32.const 1))) (drop (i32.const 1)))',
  'br_table out of the function': '(block (br_table 0 1 0 (local.get $n))) (global.set $g (i32.const 1))',
  'br_table out of the function only': '(drop (i32.const 1)) (br_table 0 0 (local.get $n))',
  'br_table to the end': '(block (br_table 0 0 (local.get $n)))',
  'br_table to two ends': '(block (block (br_table 0 1 (local.get $n))))',
  'br_table after a call': '(block (drop (call $leaf (local.get $n))) (br_table 0 0 (local.get $n)))',
  'return in an arm': '(if (local.get $n) (then (return))) (global.set $g (i32.const 1))',
  'br_if out of the function': '(br_if 0 (local.get $n)) (global.set $g (i32.const 1)) (br_if 0 (i32.const 0))',
  'loop to its end':
    '(loop (local.set $n (i32.sub (local.get $n) (i32.const 1))) (br_if 0 (i32.gt_s (local.get $n) (i32.const 0))))',
  'loop with effects':
    '(loop (global.set $g (i32.add (global.get $g) (i32.const 1))) (br_if 0 (i32.ge_s (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))',
  'loop left from within':
    '(block (loop (br_if 1 (i32.eqz (local.get $n))) (local.set $n (i32.sub (local.get $n) (i32.const 1))) (br 0)))',
  'loop in a loop':
    '(loop (local.set $n (i32.sub (local.get $n) (i32.const 1))) (loop (br_if 1 (i32.gt_s (local.get $n) (i32.const 0)))))',
  'loop with a call':
    '(loop (call $tick) (br_if 0 (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))',
  'loop that branches back at once':
    '(loop (br_if 0 (local.tee $n (i32.and (i32.add (local.get $n) (i32.const 1)) (i32.const 3)))))',
  'sum after a landing':
    '(global.set $g (i32.add (block (result i32) (drop (br_if 0 (i32.const 5) (local.get $n))) (i32.add (local.get $n) (local.get $n))) (local.get $n)))',
  'local read below where values were put into their slots':
    '(local $v i32) (local.set $v (i32.const 9)) local.get $n (block) drop local.get $v (block (br_if 0 (local.get $n)) (local.set $v (i32.const 7))) global.set $g',
  ...sumsThatAreCompared(),
};

/** The interpreter fuses a sum, its local, the comparison and the branch into one operation. */
function sumsThatAreCompared(): Record<string, string> {
  const cases: Record<string, string> = {};
  for (const comparison of ['eq', 'ne', 'lt_s', 'lt_u', 'gt_s', 'gt_u', 'le_s', 'le_u', 'ge_s', 'ge_u']) {
    for (const addend of ['(local.get $m)', '(i32.const 1)']) {
      for (const bound of ['(local.get $m)', '(i32.const 2)']) {
        cases[`i32.${comparison} of a sum with ${addend} and ${bound}`] =
          `(local $m i32) (local.set $m (i32.const 2)) (block (br_if 0 (i32.${comparison} (local.tee $n (i32.add (local.get $n) ${addend})) ${bound})) (global.set $g (i32.const 1))) (global.set $f (f64.const 1))`;
      }
    }
  }
  return cases;
}

/** With a memory, whose digest is slow: called with 1. */
const MEMORY_CASES: Readonly<Record<string, string>> = {
  stores: '(i32.store (i32.const 0) (i32.const 1)) (i32.store8 (i32.const 8) (local.get $n)) (drop (i32.const 1))',
  'store past the end': '(drop (i32.const 1)) (i64.store (i32.sub (i32.const 65530) (local.get $n)) (i64.const -1))',
  'memory.grow': '(drop (memory.grow (local.get $n))) (drop (memory.grow (i32.const 1)))',
  'memory.fill': '(memory.fill (i32.const 0) (i32.const 7) (i32.mul (local.get $n) (i32.const 9)))',
  'memory.copy':
    '(i32.store (i32.const 0) (i32.const 0x01020304)) (memory.copy (i32.const 1) (i32.const 0) (i32.const 17))',
  'memory.init': '(memory.init $d (i32.const 3) (local.get $n) (i32.const 5)) (data.drop $d)',
  'data.drop': '(drop (i32.const 1)) (data.drop $d) (drop (i32.const 1))',
};

/** Bodies as above, run with every number of stack words from none to enough. */
const STACK_CASES: Readonly<Record<string, string>> = {
  nothing: '',
  'locals and operands':
    '(local i32 i64 f32 f64) (drop (i32.add (i32.const 1) (i32.mul (i32.const 2) (local.get $n))))',
  'a call': '(drop (call $leaf (local.get $n)))',
  'calls of calls': '(drop (call $next (call $next (local.get $n)))) (drop (call $leaf (i32.const 1)))',
  'a call with operands below it': '(drop (i32.add (i32.const 1) (i32.add (i32.const 2) (call $leaf (local.get $n)))))',
  'two results': '(call $two (local.get $n)) (drop) (drop)',
  'an indirect call': '(drop (call_indirect $a (type $t) (local.get $n) (i32.const 2)))',
  'a host call': '(call $tick) (drop (call $leaf (i32.const 1))) (call $tick)',
  'a tail call': '(drop (call $leaf (i32.const 1))) (return_call $set (local.get $n))',
  'a tail call to a leaf with nothing before it': '(return_call $set (local.get $n))',
  'an indirect tail call':
    '(drop (call $tail (i32.and (local.get $n) (i32.const 1)))) (drop (call $next (i32.const 1)))',
  'a return between calls':
    '(drop (call $leaf (i32.const 1))) (if (local.get $n) (then (return))) (drop (call $next (call $next (i32.const 1))))',
};
const WORDS_MAX = 120;
/** Number of fuel limits at which the comparisons are cut short. */
const COMPARISON_LIMITS = 4;

function moduleOf(body: string, memory: string): Uint8Array {
  const tail =
    '(func $tail (param i32) (result i32) (return_call_indirect $a (type $t) (local.get 0) (i32.add (local.get 0) (i32.const 1))))';
  return wat(`(module ${STATE} ${memory} ${tail} (func (export "run") (param $n i32) ${body}))`);
}

function limitsBetween(least: number, used: number): number[] {
  const all = Array.from({ length: used - least + 2 }, (_, i) => least + i);
  if (all.length <= EVERY_LIMIT_UP_TO) return all;
  return all.filter((_, i) => i < FROM_EACH_END || i >= all.length - FROM_EACH_END || i % STEP === 0);
}

function check(body: string, memory: string): void {
  const metered = loadModule(moduleOf(body, memory));
  const tiers = [interpreterProgram(metered), instrument(metered)];
  for (const n of memory === '' ? [0, 1, 2] : [1]) {
    const runs = (fuel: number) => tiers.map((tier) => runExport(tier, 'run', [n], fuel, { digest: true }));
    const { used } = runs(ENOUGH)[0]!;
    const least = metered.instantiationCharge - 1;
    for (const fuel of [ENOUGH, ...limitsBetween(least, used)]) {
      const [expected, actual] = runs(fuel);
      deepEqual(actual, expected, `n = ${n}, fuel ${fuel}`);
    }
  }
}

function checkStack(body: string): void {
  const metered = loadModule(moduleOf(body, ''));
  const tiers = [interpreterProgram(metered), instrument(metered)];
  const ends = new Set<string>();
  for (let stackWords = 0; stackWords < WORDS_MAX; stackWords++) {
    const limits = defineLimits('spec-words', { stackWords });
    for (const n of [0, 1]) {
      const [expected, actual] = tiers.map((tier) => runExport(tier, 'run', [n], ENOUGH, { digest: true, limits }));
      deepEqual(actual, expected, `n = ${n}, ${stackWords} words`);
      ends.add(expected!.outcome);
    }
  }
  deepEqual(ends, new Set(['exhausted stack', 'returned']));
}

const INTEGER_COMPARISONS = ['eq', 'ne', ...['lt', 'gt', 'le', 'ge'].flatMap((name) => [`${name}_s`, `${name}_u`])];
const FLOAT_COMPARISONS = ['eq', 'ne', 'lt', 'gt', 'le', 'ge'];

/** Every comparison of a type, of two locals and with a constant on each side, before every kind of branch. */
function comparisonsOf(type: string): string {
  const isFloat = type.startsWith('f');
  const conditions = (isFloat ? FLOAT_COMPARISONS : INTEGER_COMPARISONS).flatMap((name) => [
    `(${type}.${name} (local.get $x) (local.get $y))`,
    `(${type}.${name} (local.get $x) (${type}.const 1))`,
    `(${type}.${name} (${type}.const 1) (local.get $x))`,
  ]);
  if (!isFloat) conditions.push(`(${type}.eqz (local.get $x))`);
  const drops = (count: number) => '(drop (i32.const 1))'.repeat(count);
  return conditions
    .flatMap((condition) => [condition, `(i32.eqz ${condition})`])
    .map(
      (condition) => `(block (br_if 0 ${condition}) ${drops(1)})
        (if ${condition} (then ${drops(2)}) (else ${drops(5)}))
        (if ${condition} (then ${drops(3)}))
        (drop (select (i32.const 1) (i32.const 2) ${condition}))
        (local.set $n (i32.const 0))
        (loop (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (br_if 0 (i32.and ${condition} (i32.lt_u (local.get $n) (i32.const 2)))))
        (local.set $n (i32.const 0))
        (block (loop (br_if 1 (i32.eq (local.get $n) (i32.const 2)))
          (local.set $n (i32.add (local.get $n) (i32.const 1))) (br_if 0 ${condition})))
        (global.set $sum (i32.add (i32.mul (global.get $sum) (i32.const 3)) ${condition}))`,
    )
    .join('\n');
}

function checkComparisons(type: string): void {
  const metered = loadModule(
    wat(`(module (global $sum (mut i32) (i32.const 0))
      (func (export "run") (param $x ${type}) (param $y ${type}) (local $n i32) ${comparisonsOf(type)}))`),
  );
  const [reference, program] = [interpreterProgram(metered), instrument(metered)];
  const one = { i32: 1, i64: 1n, f32: 0x3f800000, f64: 0x3ff0000000000000n }[type]!;
  const nan = type === 'f32' ? 0x7fc00000 : 0x7ff8000000000000n;
  const others = typeof one === 'bigint' ? [0n, -1n, 2n, 1n << 62n] : [0, -1, 2, 1 << 30];
  for (const x of [one, ...others, ...(type.startsWith('f') ? [nan] : [])]) {
    const full = runExport(reference, 'run', [x, one], ENOUGH, { digest: true });
    const step = Math.floor((full.used - metered.instantiationCharge) / COMPARISON_LIMITS);
    const fuels = Array.from({ length: COMPARISON_LIMITS }, (_, i) => full.used - 1 - i * step);
    for (const fuel of [ENOUGH, ...fuels]) {
      const expected = runExport(reference, 'run', [x, one], fuel, { digest: true });
      deepEqual(runExport(program, 'run', [x, one], fuel, { digest: true }), expected, `x = ${x}, fuel ${fuel}`);
    }
  }
}

describe('agreement at every limit', () => {
  for (const [name, body] of Object.entries(CASES)) it(name, () => check(body, ''));
  for (const [name, body] of Object.entries(MEMORY_CASES)) it(name, () => check(body, MEMORY));
  for (const [name, body] of Object.entries(STACK_CASES)) it(`of the stack: ${name}`, () => checkStack(body));
  for (const type of ['i32', 'i64', 'f32', 'f64'])
    it(`of ${type} comparisons and branches`, () => checkComparisons(type));
});
