/**
 * Places of a call by fuel: forwards and backwards they are the same, and the state at each equals that of the host's
 * tier.
 */
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { i32 } from '../../src/index.js';
import type { Profiled } from '../../src/profile/profile-of.js';
import { type CallState, stateAt } from '../../src/profile/state-at.js';
import { loadText } from '../engine/load-text.js';

const GUEST = `(module
  (import "env" "tick" (func $tick (param i32)))
  (memory (export "memory") 1)
  (global $count (mut i64) (i64.const 0))
  (func $square (param i32) (result i32) (local f64) (i32.mul (local.get 0) (local.get 0)))
  (func (export "run") (param $n i32) (result i32) (local $i i32)
    (block $out
      (loop $again
        (br_if $out (i32.ge_u (local.get $i) (local.get $n)))
        (i32.store (i32.shl (local.get $i) (i32.const 2)) (call $square (local.get $i)))
        (global.set $count (i64.add (global.get $count) (i64.const 1)))
        (call $tick (local.get $i))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $again)))
    (drop (memory.grow (i32.const 1)))
    (memory.fill (i32.const 64) (i32.const 7) (i32.const 100))
    (local.get $i)))`;

const TICK = {
  module: 'env',
  name: 'tick',
  type: { params: ['i32'], results: [] },
  run: (call: { charge(units: number): boolean }) => {
    call.charge(5);
    return [];
  },
} as const;

function placesForwards(result: Profiled): readonly CallState[] {
  const places = [stateAt(result, 0)];
  for (let next = places[0]!.next; next !== undefined; next = places.at(-1)!.next) places.push(stateAt(result, next));
  return places;
}

function placesBackwards(result: Profiled): readonly CallState[] {
  const places = [stateAt(result, result.receipt.fuel.used)];
  while (places[0]!.paid > 0) places.unshift(stateAt(result, places[0]!.paid - 1));
  return places;
}

describe('the state of a call at a unit of fuel', () => {
  it('visits the same places forwards and backwards, from zero to the fuel of the receipt', async () => {
    const module = await loadText(GUEST, [TICK], { tier: 'interpreter' });
    const result = module.call('run', [i32(3)]);
    const forwards = placesForwards(result);
    expect(forwards.map(({ paid }) => paid)).to.deep.equal(placesBackwards(result).map(({ paid }) => paid));
    expect(forwards[0]!.part).to.equal('instantiate');
    expect(forwards.at(-1)!.paid).to.equal(result.receipt.fuel.used);
    const parts = new Set(forwards.map(({ part }) => part));
    expect([...parts]).to.deep.equal(['instantiate', 'guest', 'host', undefined]);
  });

  for (const tier of ['interpreter', 'instrumented'] as const)
    it(`is the state in which the ${tier} tier stops with that fuel`, async () => {
      const module = await loadText(GUEST, [TICK], { tier });
      const result = module.call('run', [i32(2)]);
      for (const { paid, next, digest } of placesForwards(result).filter((place) => place.digest !== undefined)) {
        for (const fuel of next === undefined ? [paid] : [paid, next - 1]) {
          const { diagnostics } = module.call('run', [i32(2)], { fuel });
          expect(toHex(diagnostics.stateDigest()), `fuel ${fuel}`).to.equal(toHex(digest!));
        }
      }
    });

  it('has the frames, the locals, the globals and the memory', async () => {
    const module = await loadText(GUEST, [TICK], { tier: 'instrumented' });
    const result = module.call('run', [i32(3)]);
    const inSquare = placesForwards(result).filter(({ frames }) => frames[0]?.name === 'square');
    expect(inSquare.map(({ locals }) => locals.map(({ type, low }) => `${type} ${low}`))).to.deep.equal(
      [0, 1, 2].map((i) => [`i32 ${i}`, 'f64 0']),
    );
    expect(inSquare.map(({ frames }) => frames.map(({ name }) => name))).to.deep.equal(
      Array.from({ length: 3 }, () => ['square', 'run']),
    );
    expect(inSquare.map(({ globals }) => globals[0]!.low)).to.deep.equal([0, 1, 2]);
    const end = stateAt(result, result.receipt.fuel.used);
    expect(end.pages).to.equal(2);
    expect([...new Int32Array(end.memory.buffer, 0, 3)]).to.deep.equal([0, 1, 4]);
    expect(end.memory[64]).to.equal(7);
    // The block is shown from its first instruction: `local.get 0`.
    const { frames: inFirst, metered: first } = inSquare[0]!;
    expect(first.module.bytes[inFirst[0]!.offset]).to.equal(0x20);
    // Before the host function is charged, its call is the next instruction.
    const [host] = placesForwards(result).filter(({ part }) => part === 'host');
    const { module: bytes } = host!.metered;
    expect(bytes.bytes[host!.frames[0]!.offset]).to.equal(0x10);
  });

  it('of a trapped call ends at the trap', async () => {
    const module = await loadText('(module (func (export "f") (param i32) (unreachable)))', [], {
      tier: 'interpreter',
    });
    const result = module.call('f', [i32(9)]);
    const end = stateAt(result, result.receipt.fuel.used);
    expect(end.next).to.equal(undefined);
    expect(end.locals).to.deep.equal([{ type: 'i32', low: 9, high: 0 }]);
    expect(end.metered.module.bytes[end.frames[0]!.offset]).to.equal(0x00);
  });
});
