/**
 * What is found in a body: its loops with their costs and calls, the functions it calls, and code that always ends in a
 * trap.
 */
import { expect } from 'chai';
import { BodyScan, type LoopScan } from '../../../src/engine/describe/body-scan.js';
import { loadText } from '../load-text.js';

/** The loops of a function that has a parameter `$n` and a local. */
async function loopsOf(code: string): Promise<readonly LoopScan[]> {
  const { metered } = await loadText(`(module
    (import "env" "host" (func $host (result i32)))
    (memory 1) (table 2 funcref)
    (type $int (func (result i32)))
    (func $guest (result i32) (i32.const 0))
    (func $subject (param $n i32) (result i32) (local $i i32) (local $j i32) ${code} (i32.const 0)))`);
  return new BodyScan(metered).scan(1).loops;
}

describe('a loop', () => {
  it('is endless if nothing leads out of it', async () => {
    const endless = async (code: string) => (await loopsOf(code)).map((loop) => loop.endless);
    expect(await endless('(loop (br 0))')).to.deep.equal([true]);
    expect(await endless('(loop (br_if 0 (local.get $n)))')).to.deep.equal([false]);
    expect(await endless('(loop (loop (br_if 0 (local.get $n))) (br 0))')).to.deep.equal([true, false]);
    expect(await endless('(loop (loop (br_if 0 (local.get $n))) (br_if 0 (local.get $n)))')).to.deep.equal([
      false,
      false,
    ]);
    expect(await endless('(loop (loop (br 0)) (br 0))')).to.deep.equal([true, true]);
    expect(await endless('(loop (if (local.get $n) (then (nop))) (br 0))')).to.deep.equal([true]);
    expect(await endless('(loop (if (local.get $n) (then (return (i32.const 1)))) (br 0))')).to.deep.equal([false]);
    expect(await endless('(block (loop (loop (br_if 2 (local.get $n)) (br 0)) (br 0)))')).to.deep.equal([false, false]);
    expect(await endless('(loop (loop (br_if 1 (local.get $n)) (br 0)) (br 0))')).to.deep.equal([true, false]);
  });

  it('counts its calls without those of inner loops', async () => {
    const loops =
      await loopsOf(`(call $guest) (drop) (loop (drop (call $guest)) (drop (call_indirect (type $int) (i32.const 0)))
      (loop (drop (call $host)) (br_if 0 (local.get $n))) (br_if 0 (local.get $n)))`);
    expect(loops.map(({ depth, calls }) => [depth, calls])).to.deep.equal([
      [0, 2],
      [1, 1],
    ]);
  });

  it('is reported with its location', async () => {
    const { metered } = await loadText('(module (func (param i32) (nop) (loop (br_if 0 (local.get 0)))))');
    const [loop] = new BodyScan(metered).scan(0).loops;
    expect(metered.module.bytes[loop!.offset]).to.equal(0x03);
    expect(metered.module.bytes[loop!.offset - 1]).to.equal(0x01);
  });
});

describe('a body', () => {
  it('lists what its live instructions call and reference', async () => {
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
    expect([...calls].map(([callee, { places }]) => [callee, places])).to.deep.equal([
      [1, 2],
      [0, 1],
      [3, 1],
    ]);
    expect([...indirectCalls.values()].map(({ places }) => places)).to.deep.equal([1, 1]);
    expect([...references]).to.deep.equal([1]);
  });

  it('may end with a tail call through a table', async () => {
    const { metered } = await loadText(`(module (table 1 funcref) (type $f (func))
      (func (param i32) (if (local.get 0) (then (return_call_indirect (type $f) (i32.const 0)))) (call_indirect (type $f) (i32.const 0))))`);
    expect([...new BodyScan(metered).scan(0).indirectCalls.values()].map(({ places }) => places)).to.deep.equal([2]);
  });

  it('calls from its loops, except for calls that only a trap follows', async () => {
    const { metered } = await loadText(`(module (func $a) (func $b) (func $c)
      (func (param $n i32)
        (block $panic
          (loop (br_if $panic (local.get $n)) (call $a) (if (local.get $n) (then (call $b) (unreachable)))
            (loop (call $a) (br_if 0 (local.get $n))) (br_if 0 (local.get $n)))
          (call $c) (return))
        (call $b) (unreachable)))`);
    const { calls, doomed } = new BodyScan(metered).scan(3);
    expect([...calls].map(([callee, { places, loops }]) => [callee, places, [...loops]])).to.deep.equal([
      [0, 2, [0, 1]],
      [1, 2, []],
      [2, 1, [-1]],
    ]);
    // The function is the first frame, the block the second.
    expect([...doomed]).to.deep.equal([1]);
  });
});
