/** What is said to decide over a loop: each way in which a value or a way can come to depend on something, alone. */
import { expect } from 'chai';
import { BodyScan, type LoopFacts, SOURCES } from '../../../src/engine/describe/body-scan.js';
import { loadText } from '../load-text.js';

/** The facts of the function's loops; it has a parameter `$n` and locals. */
async function loopsOf(code: string): Promise<readonly LoopFacts[]> {
  const { metered } = await loadText(`(module
    (import "env" "host" (func $host (result i32)))
    (import "env" "fixed" (global $imported i32))
    (memory 1) (table $t 2 funcref)
    (type $int (func (result i32)))
    (global $variable (mut i32) (i32.const 0)) (global $constant i32 (i32.const 7))
    (func $guest (result i32) (i32.const 0))
    (func $tail (param $n i32) (result i32) (i32.const 0))
    (func $subject (param $n i32) (result i32) (local $i i32) (local $j i32) (local $r funcref) ${code} (i32.const 0)))`);
  return new BodyScan(metered).scan(2).loops;
}

/** A loop that ends when `$i` is zero, which nothing in it changes. */
const ON_I = '(loop (br_if 0 (local.get $i)))';
const FIVE = '(local.set $i (i32.const 5))';

type Case = readonly [what: string, code: string, decidedBy: readonly string[]];

const VALUES: readonly Case[] = [
  ['a local that nothing was written to', ON_I, []],
  ['a local that a constant was written to', `${FIVE} ${ON_I}`, []],
  ['what `local.tee` leaves', '(loop (br_if 0 (local.tee $i (local.get $n))))', ['parameter']],
  ['what `local.tee` writes', `(drop (local.tee $i (local.get $n))) ${ON_I}`, ['parameter']],
  ['both operands', '(loop (br_if 0 (i32.add (local.get $n) (i32.load (i32.const 0)))))', ['parameter', 'memory']],
  ['the condition of select', '(loop (br_if 0 (select (i32.const 1) (i32.const 0) (local.get $n))))', ['parameter']],
  ['an address', '(loop (br_if 0 (i32.load (local.get $n))))', ['parameter', 'memory']],
  ['memory.size', '(loop (br_if 0 (memory.size)))', ['memory']],
  ['memory.grow', '(loop (br_if 0 (memory.grow (i32.const 0))))', ['memory']],
  ['table.size', '(loop (br_if 0 (table.size $t)))', ['memory']],
  ['table.get', '(loop (br_if 0 (ref.is_null (table.get $t (i32.const 0)))))', ['memory']],
  ['table.grow', '(loop (br_if 0 (table.grow $t (ref.null func) (i32.const 0))))', ['memory']],
  ['a null reference', '(loop (br_if 0 (ref.is_null (ref.null func))))', []],
  ['a call', '(loop (br_if 0 (call $guest)))', ['call']],
  ['a call of an import', '(loop (br_if 0 (call $host)))', ['host']],
  ['a call through the table', '(loop (br_if 0 (call_indirect (type $int) (i32.const 0))))', ['call']],
  ['an imported global, as it may be any value', '(loop (br_if 0 (global.get $imported)))', ['global']],
  ['a global that changes', '(loop (br_if 0 (global.get $variable)))', ['global']],
  ['a constant global', '(loop (br_if 0 (global.get $constant)))', []],
  ['what a block ends with', '(loop (br_if 0 (block (result i32) (local.get $n))))', ['parameter']],
  ['what a branch carries', '(loop (br_if 0 (block (result i32) (br 0 (local.get $n)))))', ['parameter']],
  [
    'what a conditional branch carries',
    '(loop (br_if 0 (block (result i32) (drop (br_if 0 (local.get $n) (i32.const 1))) (i32.const 0))))',
    ['parameter'],
  ],
  [
    'a value written later in the loop',
    '(loop (block (br_if 0 (local.get $i)) (br 0)) (local.set $i (local.get $n)) (br 0))',
    ['parameter'],
  ],
  ['what was written after it', `${ON_I.replace('$i', '$j')} (local.set $i (local.get $n))`, []],
];

const WAYS: readonly Case[] = [
  ['a condition that ended before', `(block (br_if 0 (local.get $n))) ${FIVE} ${ON_I}`, []],
  [
    'a condition that ended before a write in it',
    `(block (br_if 0 (local.get $n))) (loop ${FIVE} (br_if 0 (local.get $i)))`,
    [],
  ],
  ['a branch over the write', `(block (br_if 0 (local.get $n)) ${FIVE}) ${ON_I}`, ['parameter']],
  ['an `if` around the write', `(if (local.get $n) (then ${FIVE})) ${ON_I}`, ['parameter']],
  ['an `else` around the write', `(if (local.get $n) (then) (else ${FIVE})) ${ON_I}`, ['parameter']],
  ['an `if` that ended before', `(if (local.get $n) (then)) ${FIVE} ${ON_I}`, []],
  [
    'a table of branches over the write',
    `(block (block (br_table 0 1 (local.get $n))) ${FIVE}) ${ON_I}`,
    ['parameter'],
  ],
  ['a return before the write', `(if (local.get $n) (then (return (i32.const 1)))) ${FIVE} ${ON_I}`, ['parameter']],
  [
    'a tail call before the write',
    `(if (local.get $n) (then (return_call $tail (i32.const 1)))) ${FIVE} ${ON_I}`,
    ['parameter'],
  ],
  ['a trap before the write', `(if (local.get $n) (then (unreachable))) ${FIVE} ${ON_I}`, []],
  [
    'the loop in it',
    '(loop (loop (br_if 0 (i32.load (i32.const 0)))) (br_if 0 (local.get $n)))',
    ['parameter', 'memory'],
  ],
  ['a loop before it', `(loop (br_if 0 (local.get $n))) ${ON_I}`, []],
  ['an `if` in it', '(loop (if (local.get $n) (then (br 1))))', ['parameter']],
];

describe('what decides over a loop', () => {
  for (const [what, code, decidedBy] of [...VALUES, ...WAYS]) {
    it(what, async () => {
      const loops = await loopsOf(code);
      const outermost = loops.filter(({ depth }) => depth === 0);
      expect(outermost.at(-1)!.decidedBy).to.deep.equal(decidedBy);
    });
  }

  it('is everything where following it takes too many walks', async () => {
    // Each walk carries the parameter one local further.
    const chain = (count: number) => {
      const locals = Array.from({ length: count }, (_, i) => `(local $c${i} i32)`).join(' ');
      const moves = Array.from({ length: count - 1 }, (_, i) => i)
        .reverse()
        .map((i) => `(local.set $c${i + 1} (local.get $c${i}))`);
      return `(module (memory 1) (func (param $n i32) ${locals}
        (loop ${moves.join(' ')} (local.set $c0 (local.get $n)) (br_if 0 (local.get $c${count - 1})))))`;
    };
    const decided = async (count: number) =>
      new BodyScan((await loadText(chain(count))).metered).scan(0).loops[0]!.decidedBy;
    expect(await decided(3)).to.deep.equal(['parameter']);
    expect(await decided(6)).to.deep.equal(['parameter']);
    expect(await decided(12)).to.deep.equal(SOURCES);
  });
});

describe('a loop', () => {
  it('is endless without a condition, and not with one in a loop in it', async () => {
    const endless = async (code: string) => (await loopsOf(code)).map((loop) => loop.endless);
    expect(await endless('(loop (br 0))')).to.deep.equal([true]);
    expect(await endless('(loop (br_if 0 (local.get $n)))')).to.deep.equal([false]);
    expect(await endless('(loop (loop (br_if 0 (local.get $n))) (br 0))')).to.deep.equal([false, false]);
    expect(await endless('(loop (loop (br_if 0 (local.get $n))) (br_if 0 (local.get $n)))')).to.deep.equal([
      false,
      false,
    ]);
    expect(await endless('(loop (loop (br 0)) (br 0))')).to.deep.equal([true]);
  });

  it('counts the calls in it, without those of the loops in it', async () => {
    const loops =
      await loopsOf(`(call $guest) (drop) (loop (drop (call $guest)) (drop (call_indirect (type $int) (i32.const 0)))
      (loop (drop (call $host)) (br_if 0 (local.get $n))) (br_if 0 (local.get $n)))`);
    expect(loops.map(({ depth, calls }) => [depth, calls])).to.deep.equal([
      [0, 2],
      [1, 1],
    ]);
  });

  it('is told with where it stands', async () => {
    const { metered } = await loadText('(module (func (param i32) (nop) (loop (br_if 0 (local.get 0)))))');
    const [loop] = new BodyScan(metered).scan(0).loops;
    expect(metered.module.bytes[loop!.offset]).to.equal(0x03);
    expect(metered.module.bytes[loop!.offset - 1]).to.equal(0x01);
  });
});

describe('a body', () => {
  it('is said to call what its live instructions call, and to refer to what they name', async () => {
    const { metered } = await loadText(`(module
      (import "env" "host" (func $host)) (table 1 funcref) (type $f (func)) (type $g (func (param i32)))
      (elem declare func $named $dead)
      (func $named) (func $dead) (func $tail)
      (func $subject (call $named) (call $named) (call $host)
        (call_indirect (type $f) (i32.const 0)) (call_indirect (type $g) (i32.const 1) (i32.const 0))
        (drop (ref.func $named))
        (block (br 0) (call $dead) (drop (ref.func $dead)) (block (loop (call $dead))))
        (return_call $tail) (call $dead)))`);
    const { calls, indirectCalls, references } = new BodyScan(metered).scan(3);
    expect([...calls]).to.deep.equal([
      [1, 2],
      [0, 1],
      [3, 1],
    ]);
    expect([...indirectCalls.values()]).to.deep.equal([1, 1]);
    expect([...references]).to.deep.equal([1]);
  });

  it('may end with a tail call through a table', async () => {
    const { metered } = await loadText(`(module (table 1 funcref) (type $f (func))
      (func (param i32) (if (local.get 0) (then (return_call_indirect (type $f) (i32.const 0)))) (call_indirect (type $f) (i32.const 0))))`);
    expect([...new BodyScan(metered).scan(0).indirectCalls.values()]).to.deep.equal([2]);
  });
});
