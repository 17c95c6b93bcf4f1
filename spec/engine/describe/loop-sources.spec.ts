/**
 * The reported causes of a loop's number of turns: each possible dependency alone, and runs that would contradict the
 * report.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { callGraph } from '../../../src/engine/describe/call-graph.js';
import { SOURCES } from '../../../src/engine/describe/flow-graph.js';
import type { LoopFacts } from '../../../src/engine/describe/loop-facts.js';
import { loadText } from '../load-text.js';
import { NotConstant } from './check-loops.js';
import { anyLoopProgram } from './loop-programs.js';
import { checkProgram, nothingSeen } from './loop-soundness.js';

/** The outermost loops of the last function of a module. */
async function loopsOfLast(functions: string, more = ''): Promise<readonly LoopFacts[]> {
  const { metered } = await loadText(`(module
    (import "env" "host" (func $host (result i32)))
    (import "env" "fixed" (global $imported i32))
    (memory 1) (table $t 2 funcref) ${more}
    (type $int (func (result i32)))
    (global $variable (mut i32) (i32.const 0)) (global $constant i32 (i32.const 7))
    (global $once (mut i32) (i32.const 3)) (global $open (export "open") (mut i32) (i32.const 3))
    ${functions})`);
  return callGraph(metered)
    .functions.at(-1)!
    .loops.filter(({ depth }) => depth === 0);
}

async function loopIn(code: string): Promise<LoopFacts> {
  const loops = await loopsOfLast(`
    (func $zero (result i32) (i32.const 0))
    (func $reads (result i32) (i32.load (i32.const 0)))
    (func $same (param i32) (result i32) (local.get 0))
    (func $tail (param $n i32) (result i32) (i32.const 0))
    (func $writes (global.set $variable (i32.const 1)) (global.set $once (i32.const 3)))
    (func $subject (export "subject") (param $n i32) (result i32)
      (local $i i32) (local $j i32) (local $r funcref) ${code} (i32.const 0))`);
  return loops.at(-1)!;
}

const NEXT = '(local.set $i (i32.add (local.get $i) (i32.const 1)))';
const counted = (bound: string, first = '') => `${first} (loop ${NEXT} (br_if 0 (i32.lt_u (local.get $i) ${bound})))`;
const NINE = counted('(i32.const 9)');
const FIVE = '(local.set $i (i32.const 5))';
/** A loop that ends when `$i` is zero, which nothing in it changes. */
const ON_I = '(loop (br_if 0 (local.get $i)))';

type Case = readonly [what: string, code: string, decidedBy: readonly string[]];

const VALUES: readonly Case[] = [
  ['a local that was never written', ON_I, []],
  ['a local set to a constant', `${FIVE} ${ON_I}`, []],
  ['a count up to a constant', NINE, []],
  ['a count up to an argument', counted('(local.get $n)'), ['input']],
  ['a count that starts from an argument', counted('(i32.const 9)', '(local.set $i (local.get $n))'), ['input']],
  ['what `local.tee` leaves', '(loop (br_if 0 (local.tee $i (local.get $n))))', ['input']],
  ['what `local.tee` writes', `(drop (local.tee $i (local.get $n))) ${ON_I}`, ['input']],
  ['an overwritten value', `(local.set $i (local.get $n)) ${FIVE} ${ON_I}`, []],
  ['both operands', '(loop (br_if 0 (i32.add (local.get $n) (call $host))))', ['input', 'host']],
  ['the condition of select', '(loop (br_if 0 (select (i32.const 1) (i32.const 0) (local.get $n))))', ['input']],
  ['memory', '(loop (br_if 0 (i32.load8_u (local.get $i))))', ['memory']],
  ['an address', '(loop (br_if 0 (i32.load (local.get $n))))', ['input', 'memory']],
  ['memory.size', '(loop (br_if 0 (memory.size)))', ['memory.size']],
  ['memory.grow', '(loop (br_if 0 (memory.grow (i32.const 0))))', ['memory.size']],
  ['table.size', '(loop (br_if 0 (table.size $t)))', ['memory']],
  ['table.get', '(loop (br_if 0 (ref.is_null (table.get $t (i32.const 0)))))', ['memory']],
  ['table.grow', '(loop (br_if 0 (table.grow $t (ref.null func) (i32.const 0))))', ['memory']],
  ['a null reference', '(loop (br_if 0 (ref.is_null (ref.null func))))', []],
  ['a call that returns a constant', '(loop (br_if 0 (call $zero)))', []],
  ['a call that returns a value it read from memory', '(loop (br_if 0 (call $reads)))', ['memory']],
  ['a call that returns its argument', '(loop (br_if 0 (call $same (local.get $n))))', ['input']],
  ['a call of an import', '(loop (br_if 0 (call $host)))', ['host']],
  ['an imported global, which may have any value', '(loop (br_if 0 (global.get $imported)))', ['global']],
  ['a global that changes', '(loop (br_if 0 (global.get $variable)))', ['global']],
  ['a global to which its own value is written', '(loop (br_if 0 (global.get $once)))', []],
  ['an exported global that can change', '(loop (br_if 0 (global.get $open)))', ['global']],
  ['a constant global', '(loop (br_if 0 (global.get $constant)))', []],
  ['the result of a block', '(loop (br_if 0 (block (result i32) (local.get $n))))', ['input']],
  ['a value carried by a branch', '(loop (br_if 0 (block (result i32) (br 0 (local.get $n)))))', ['input']],
  [
    'a value carried by a conditional branch',
    '(loop (br_if 0 (block (result i32) (drop (br_if 0 (local.get $n) (i32.const 1))) (i32.const 0))))',
    ['input'],
  ],
  [
    'a value that depends on the path',
    '(loop (br_if 0 (block (result i32) (drop (br_if 0 (i32.const 1) (local.get $n))) (i32.const 0))))',
    ['input'],
  ],
  [
    'an arm of `if`',
    '(loop (br_if 0 (if (result i32) (local.get $n) (then (i32.const 1)) (else (i32.const 0)))))',
    ['input'],
  ],
  [
    'a parameter of `if`',
    '(loop (br_if 0 (local.get $n) (if (param i32) (result i32) (local.get $i) (then))))',
    ['input'],
  ],
  [
    'a parameter of `else`',
    '(loop (br_if 0 (local.get $n) (if (param i32) (result i32) (local.get $i) (then) (else))))',
    ['input'],
  ],
  [
    'a parameter of a loop that iterates',
    '(local.get $n) (loop (param i32) (local.set $i) (br_if 0 (i32.sub (local.get $i) (i32.const 1)) (local.get $i)) (drop))',
    ['input'],
  ],
  [
    'a value written later in the loop',
    '(loop (block (br_if 0 (local.get $i)) (br 0)) (local.set $i (local.get $n)) (br_if 0 (local.get $i)))',
    ['input'],
  ],
  ['a write after it', `${ON_I.replace('$i', '$j')} (local.set $i (local.get $n))`, []],
];

const WAYS: readonly Case[] = [
  ['an enclosing condition', `(if (local.get $n) (then ${NINE}))`, []],
  ['a condition that ended before it', `(block (br_if 0 (local.get $n))) ${FIVE} ${ON_I}`, []],
  ['a branch over the write', `(block (br_if 0 (local.get $n)) ${FIVE}) ${ON_I}`, ['input']],
  ['an `if` around the write', `(if (local.get $n) (then ${FIVE})) ${ON_I}`, ['input']],
  ['an `else` around the write', `(if (local.get $n) (then) (else ${FIVE})) ${ON_I}`, ['input']],
  ['an `if` that ended before', `(if (local.get $n) (then)) ${FIVE} ${ON_I}`, []],
  ['a table of branches over the write', `(block (block (br_table 0 1 (local.get $n))) ${FIVE}) ${ON_I}`, ['input']],
  ['a return before it', `(if (local.get $n) (then (return (i32.const 1)))) ${NINE}`, []],
  ['a tail call before it', `(if (local.get $n) (then (return_call $tail (i32.const 1)))) ${NINE}`, []],
  ['a return from it', `(loop (if (local.get $n) (then (return (i32.const 1)))) (br_if 0 (local.get $i)))`, ['input']],
  [
    'a tail call from it',
    `(loop (if (local.get $n) (then (return_call $tail (i32.const 1)))) (br_if 0 (local.get $i)))`,
    ['input'],
  ],
  ['a trap before the write', `(if (local.get $n) (then (unreachable))) ${FIVE} ${ON_I}`, []],
  ['a trap in the other arm than the write', `(if (local.get $n) (then (unreachable)) (else ${FIVE})) ${ON_I}`, []],
  ['a trap in it', `(loop (if (local.get $n) (then (unreachable))) (br_if 0 (local.get $i)))`, []],
  [
    'an exit to a trap',
    `(block $panic (loop (br_if $panic (local.get $n)) ${NEXT} (br_if 0 (i32.lt_u (local.get $i) (i32.const 9))))
      (return (i32.const 1))) (drop (call $zero)) (unreachable)`,
    [],
  ],
  [
    'an exit to a trap that is not the only exit',
    `(block $panic (loop (br_if $panic (local.get $n)) ${NEXT} (br_if 0 (i32.lt_u (local.get $i) (i32.const 9))))
      (return (i32.const 1))) (if (local.get $n) (then (return (i32.const 1)))) (unreachable)`,
    ['input'],
  ],
  ['paths inside it that rejoin', `(loop (if (call $host) (then (nop))) ${NINE.slice(6)}`, []],
  [
    'an inner loop controlled by something else',
    '(loop (loop (br_if 0 (call $host))) (br_if 0 (local.get $n)))',
    ['input'],
  ],
  [
    'an exit from an inner loop',
    '(block (loop (loop (br_if 2 (call $host)) (br_if 0 (i32.const 0))) (br_if 0 (local.get $i))))',
    ['host'],
  ],
  [
    'a branch from an inner loop to the next iteration',
    '(loop (loop (br_if 1 (call $host)) (br_if 0 (i32.const 0))) (br_if 0 (local.get $i)))',
    ['host'],
  ],
  [
    'an increment that is not always executed',
    `(loop (if (call $host) (then ${NEXT})) (br_if 0 (i32.lt_u (local.get $i) (i32.const 9))))`,
    ['host'],
  ],
  [
    'which of two paths was taken',
    `(loop (br_if 0 (call $host)) ${NEXT} (br_if 0 (i32.lt_u (local.get $i) (i32.const 9))))`,
    ['host'],
  ],
  ['the count of an earlier loop', `${counted('(local.get $n)')} (loop (br_if 0 (local.get $i)))`, ['input']],
  ['the count of an earlier constant loop', `${NINE} ${ON_I}`, []],
  ['a loop before it', `(loop (br_if 0 (local.get $n))) ${ON_I}`, []],
  ['an `if` in it', '(loop (if (local.get $n) (then (br 1))))', ['input']],
  ['a table of branches', '(loop (block (br_table 0 1 (local.get $n))))', ['input']],
];

describe('what controls a loop', () => {
  for (const [what, code, decidedBy] of [...VALUES, ...WAYS]) {
    it(what, async () => {
      expect((await loopIn(code)).decidedBy).to.deep.equal(decidedBy);
    });
  }

  it('is the iteration of an outer loop, and not its own', async () => {
    const { metered } = await loadText(`(module (func (local $i i32) (local $j i32)
      (loop (local.set $j (i32.const 0))
        (loop (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if 0 (i32.lt_u (local.get $j) (local.get $i))))
        (loop (local.set $j (i32.add (local.get $j) (i32.const 1))) (br_if 0 (i32.lt_u (local.get $j) (i32.const 20))))
        ${NEXT} (br_if 0 (i32.lt_u (local.get $i) (i32.const 9))))))`);
    const { loops } = callGraph(metered).functions[0]!;
    expect(loops.map(({ decidedBy }) => decidedBy)).to.deep.equal([[], ['turn'], ['turn']]);
  });
});

describe('what controls a loop of a called function', () => {
  const COUNT = `(local $i i32) ${counted('(local.get $n)')}`;
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'a constant argument does not control it',
      '(func $a (call $f (i32.const 5))) (func $b (call $f (i32.const 5)))',
      [],
    ],
    [
      'two constants control it by the call',
      '(func $a (call $f (i32.const 5))) (func $b (call $f (i32.const 6)))',
      ['caller'],
    ],
    ['an argument of an export does', '(func $a (export "a") (param i32) (call $f (local.get 0)))', ['input']],
    ['a value read from memory does', '(func $a (call $f (i32.load (i32.const 0))))', ['memory']],
    [
      'a value passed through functions does',
      '(func $a (call $b (call $host))) (func $b (param i32) (call $f (local.get 0)))',
      ['host'],
    ],
    [
      'the iteration of the caller does by the call',
      '(func $a (local $i i32) (loop (local.set $i (i32.add (local.get $i) (i32.const 1))) (call $f (local.get $i)) (br_if 0 (i32.lt_u (local.get $i) (i32.const 9)))))',
      ['caller'],
    ],
    [
      'the depth of a recursion does',
      '(func $a (call $r (i32.const 1))) (func $r (param i32) (if (call $host) (then (call $r (i32.add (local.get 0) (i32.const 1))))) (call $f (local.get 0)))',
      ['host', 'caller'],
    ],
    [
      'the depth of a recursion through a table does',
      `(table 1 funcref) (elem (i32.const 0) $r) (type $t (func (param i32))) (func $a (call $r (i32.const 1)))
       (func $r (param i32) (if (call $host) (then (call_indirect (type $t) (i32.add (local.get 0) (i32.const 1)) (i32.const 0)))) (call $f (local.get 0)))`,
      ['host', 'caller'],
    ],
    [
      'a value passed through a table does',
      '(table 1 funcref) (elem (i32.const 0) $f) (type $t (func (param i32))) (func $a (call_indirect (type $t) (call $host) (i32.const 0)))',
      ['host'],
    ],
    [
      'any caller through an exported table does',
      '(table (export "t") 1 funcref) (elem (i32.const 0) $f) (func $a (call $f (i32.const 5)))',
      ['input', 'caller'],
    ],
    [
      'any holder of a reference to it does',
      '(elem declare func $f) (func $a (result funcref) (ref.func $f))',
      ['input'],
    ],
  ];
  for (const [what, code, decidedBy] of cases) {
    it(what, async () => {
      const { metered } = await loadText(`(module (import "env" "host" (func $host (result i32))) (memory 1)
        ${code} (func $f (param $n i32) ${COUNT}))`);
      const [loop] = callGraph(metered).functions.at(-1)!.loops;
      expect(loop!.decidedBy).to.deep.equal(decidedBy);
      expect(loop!.direct).to.deep.equal([]);
      expect(loop!.byArguments).to.deep.equal([{ index: 0, from: decidedBy }]);
    });
  }

  it('the result of a call through a table comes from the table if there is a choice', async () => {
    const loop = '(func (loop (br_if 0 (call_indirect (type $int) (i32.const 0)))))';
    const decided = async (elements: string) => {
      const functions = `(func $a (result i32) (i32.const 0)) (func $b (result i32) (i32.const 1)) ${loop}`;
      return (await loopsOfLast(functions, `(elem (i32.const 0) ${elements})`))[0]!.decidedBy;
    };
    expect(await decided('$a')).to.deep.equal([]);
    expect(await decided('$a $b')).to.deep.equal(['memory']);
  });

  it('its arguments are listed, and other sources apart', async () => {
    const { metered } = await loadText(`(module (import "env" "host" (func $host (result i32))) (memory 1)
      (func (export "e") (param i32) (call $f (local.get 0) (i32.const 1) (i32.load (i32.const 0))))
      (func $f (param $a i32) (param $b i32) (param $c i32)
        (loop (br_if 0 (i32.add (local.get $c) (call $host)))) (loop (br_if 0 (i32.add (local.get $a) (local.get $b))))))`);
    const [first, second] = callGraph(metered).functions[1]!.loops;
    expect(first).to.deep.include({
      decidedBy: ['memory', 'host'],
      direct: ['host'],
      byArguments: [{ index: 2, from: ['memory'] }],
    });
    expect(second).to.deep.include({
      decidedBy: ['input'],
      direct: [],
      byArguments: [
        { index: 0, from: ['input'] },
        { index: 1, from: [] },
      ],
    });
  });
});

describe('nested loops', () => {
  it('are followed across calls, to the deepest path, with those that data controls counted separately', async () => {
    const { metered } = await loadText(`(module (import "env" "host" (func $host (result i32)))
      (func $outer (export "outer") (loop (call $middle) (br_if 0 (call $host))) (call $inner))
      (func $middle (local $i i32) (loop (call $inner) ${NEXT} (br_if 0 (i32.lt_u (local.get $i) (i32.const 9)))))
      (func $inner (export "inner") (loop (br_if 0 (call $host))))
      (func $round (export "round") (loop (if (call $host) (then (call $round))) (br_if 0 (call $host)))))`);
    const graph = callGraph(metered);
    const figures = (loops: readonly (readonly LoopFacts[])[]) =>
      loops.map((own) => own.map(({ nesting, degree }) => [nesting, degree]));
    expect(figures(graph.functions.map(({ loops }) => loops))).to.deep.equal([[[0, 1]], [[1, 1]], [[2, 2]], [[2, 3]]]);
    const [outer, inner] = graph.waysIn;
    expect(figures(graph.loopsFrom(inner!))).to.deep.equal([[], [], [[0, 1]], []]);
    expect(figures(graph.loopsFrom(outer!))).to.deep.equal([[[0, 1]], [[1, 1]], [[2, 2]], []]);
    expect(graph.waysTo(3).map(({ name }) => name)).to.deep.equal(['outer', 'inner']);
  });
});

describe('the work of the analysis', () => {
  it('is bounded: beyond the bound every source is reported', async () => {
    // Each branch passes all locals on to the end of the block.
    const decided = async (count: number) => {
      const locals = Array.from({ length: count }, (_, i) => i);
      const { metered } =
        await loadText(`(module (func (param $n i32) ${locals.map((i) => `(local $c${i} i32)`).join(' ')}
        (block ${locals.map((i) => `(local.set $c${i} (i32.const 1))`).join(' ')}
          ${locals.map(() => '(br_if 0 (local.get $n))').join(' ')})
        (loop (br_if 0 (i32.const 0)))))`);
      return callGraph(metered).functions[0]!.loops[0]!.decidedBy;
    };
    expect(await decided(20)).to.deep.equal([]);
    expect(await decided(1_500)).to.deep.equal(SOURCES);
  });
});

describe('a loop that is reported as constant', () => {
  it('has the same number of iterations in each entry of each run', async () => {
    const seen = nothingSeen();
    await fc.assert(
      fc.asyncProperty(anyLoopProgram(), (program) => checkProgram(program, seen)),
      { numRuns: 40 },
    );
    expect(seen.compared, JSON.stringify(seen)).to.be.greaterThan(10);
  });

  it('is refuted if any loop is reported as constant', async () => {
    const wrong = fc.asyncProperty(anyLoopProgram(), (program) =>
      checkProgram(program, nothingSeen(), ({ endless }) => !endless),
    );
    expect((await fc.check(wrong, { numRuns: 400, endOnFailure: true })).errorInstance).to.be.instanceOf(NotConstant);
  });
});
