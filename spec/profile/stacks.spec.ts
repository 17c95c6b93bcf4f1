/**
 * Stacks of small guests whose fuel is added up by hand: the fuel of each function, in which stack, and how many calls.
 */
import { expect } from 'chai';
import { createEngine, type HostImport, i32 } from '../../src/index.js';
import { foldedText } from '../../src/profile/folded.js';
import { functionTable } from '../../src/profile/function-table.js';
import type { Profile } from '../../src/profile/profile.js';
import { profileOf } from '../../src/profile/profile-of.js';
import { bytesOfText, loadText } from '../engine/load-text.js';

/**
 * A call costs its class and a unit for each value; a function costs its entry. `fuel-1`: entry 2, call 3, others 1.
 */
const stacksOf = (profile: Profile): readonly string[] => foldedText(profile).trimEnd().split('\n');

async function profiled(text: string, name: string, args: readonly number[] = [], imports: readonly HostImport[] = []) {
  const module = await loadText(text, imports, { tier: 'interpreter' });
  return profileOf(
    module.call(
      name,
      args.map((arg) => i32(arg)),
    ),
  );
}

const CALLS = `(module
  (func $leaf (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $middle (param i32) (result i32) (call $leaf (call $leaf (local.get 0))))
  (func (export "run") (param i32) (result i32) (i32.add (call $middle (local.get 0)) (call $leaf (local.get 0)))))`;

describe('stacks of a profile', () => {
  it('are those of the calls, each with its own charges', async () => {
    const profile = await profiled(CALLS, 'run', [1]);
    const byStack = new Map(
      stacksOf(profile).map((line) => [line.replace(/ \d+$/, ''), Number(/\d+$/.exec(line)![0])]),
    );
    expect([...byStack.keys()].sort()).to.deep.equal(
      ['(instantiate)', 'run', 'run;leaf', 'run;middle', 'run;middle;leaf'].sort(),
    );
    // The same function costs the same each time it is called.
    expect(byStack.get('run;middle;leaf')).to.equal(2 * byStack.get('run;leaf')!);
    const { root, middle, leaf } = {
      root: profile.nodes[0]!,
      middle: functionTable(profile).find(({ frame }) => frame.name === 'middle')!,
      leaf: functionTable(profile).find(({ frame }) => frame.name === 'leaf')!,
    };
    expect(root.total).to.equal(profile.fuel.used);
    expect(leaf.calls).to.equal(3);
    expect(leaf.self).to.equal(3 * byStack.get('run;leaf')!);
    expect(middle.total).to.equal(middle.self + byStack.get('run;middle;leaf')!);
  });

  it('fold recursion, direct and through others', async () => {
    const profile = await profiled(
      `(module
        (func $even (export "even") (param i32) (result i32)
          (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 1))
            (else (call $odd (i32.sub (local.get 0) (i32.const 1))))))
        (func $odd (param i32) (result i32)
          (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
            (else (call $even (i32.sub (local.get 0) (i32.const 1)))))))`,
      'even',
      [1_001],
    );
    expect(
      profile.nodes.map(({ frame, calls, recursions }) => [profile.frames[frame]!.name, calls, recursions]),
    ).to.deep.equal([
      ['even', 1, 0],
      ['even', 1, 500],
      ['odd', 501, 0],
      ['(instantiate)', 1, 0],
    ]);
    expect(profile.stackWords).to.be.greaterThan(1_000 * 13);
  });

  it('have a tail call in place of its caller', async () => {
    const profile = await profiled(
      `(module
        (func $count (param i32) (result i32)
          (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0)) (else (return_call $other (local.get 0)))))
        (func $other (param i32) (result i32) (return_call $count (i32.sub (local.get 0) (i32.const 1))))
        (func (export "run") (param i32) (result i32) (call $count (local.get 0))))`,
      'run',
      [10],
    );
    expect(stacksOf(profile).map((line) => line.replace(/ \d+$/, ''))).to.have.members([
      '(instantiate)',
      'run',
      'run;count',
      'run;other',
    ]);
    expect(functionTable(profile).find(({ frame }) => frame.name === 'other')!.calls).to.equal(10);
  });

  it('have host functions below their callers, and functions called back below those', async () => {
    const host: HostImport = {
      module: 'env',
      name: 'ask',
      type: { params: ['i32'], results: ['i32'] },
      cost: 100,
      run: (call, [value]) => {
        call.charge(11);
        const inner = call.call('twice', [value!]);
        call.charge(5);
        return inner;
      },
    };
    const text = `(module
      (import "env" "ask" (func $ask (param i32) (result i32)))
      (func $twice (export "twice") (param i32) (result i32) (i32.shl (local.get 0) (i32.const 1)))
      (func (export "run") (param i32) (result i32) (call $ask (call $ask (local.get 0))))
      (func (export "tail") (param i32) (result i32) (return_call $ask (local.get 0))))`;
    const profile = await profiled(text, 'run', [3], [host]);
    const lines = stacksOf(profile);
    expect(lines).to.include('run;env.ask 232');
    expect(lines.filter((line) => line.startsWith('run;env.ask;twice '))).to.have.length(1);
    expect(profile.fuel.parts.host).to.equal(232);
    const tail = await profiled(text, 'tail', [3], [host]);
    expect(stacksOf(tail)).to.include('env.ask 116');
  });

  it('have the start function below the instantiation, with the host functions that it calls', async () => {
    const host: HostImport = {
      module: 'env',
      name: 'tick',
      type: { params: [], results: [] },
      cost: 7,
      run: () => [],
    };
    const profile = await profiled(
      `(module
        (import "env" "tick" (func $tick))
        (global $n (mut i32) (i32.const 0))
        (func $begin (global.set $n (i32.const 5)) (call $tick))
        (start $begin)
        (func (export "run") (result i32) (global.get $n)))`,
      'run',
      [],
      [host],
    );
    expect(stacksOf(profile).map((line) => line.replace(/ \d+$/, ''))).to.have.members([
      '(instantiate)',
      '(instantiate);begin',
      '(instantiate);begin;env.tick',
      'run',
    ]);
    const { parts } = profile.fuel;
    expect(parts.host).to.equal(7);
    const instantiation = profile.nodes.find(({ frame }) => profile.frames[frame]!.kind === 'instantiate')!;
    expect(instantiation.total).to.equal(parts.instantiate + 7);
  });

  it('show which function grew the memory', async () => {
    const profile = await profiled(
      `(module (memory 1)
        (func $grow (drop (memory.grow (i32.const 3))))
        (func (export "run") (call $grow) (call $grow) (drop (memory.grow (i32.const 1)))))`,
      'run',
    );
    const pages = new Map(functionTable(profile).map(({ frame, pages }) => [frame.name, pages]));
    expect([pages.get('grow'), pages.get('run'), profile.pages]).to.deep.equal([6, 1, 8]);
  });

  it('are bounded: callees beyond the capacity of a node are merged', async () => {
    const functions = Array.from({ length: 300 }, (_, i) => `(func $f${i})`).join('');
    const calls = Array.from({ length: 300 }, (_, i) => `(call $f${i})`).join('');
    const profile = await profiled(`(module ${functions} (func (export "run") ${calls}))`, 'run');
    const other = functionTable(profile).find(({ frame }) => frame.kind === 'other')!;
    expect(other.calls).to.equal(44);
    expect(functionTable(profile)).to.have.length(256 + 3);
  });

  it('are equal in both tiers, regardless of earlier calls', async () => {
    const bytes = bytesOfText(CALLS);
    const texts: string[] = [];
    for (const tier of ['interpreter', 'auto'] as const) {
      const loaded = await createEngine({ tier }).load(bytes);
      if (!loaded.ok) throw new Error(loaded.fault.code);
      await loaded.module.settled();
      if (tier === 'auto') expect(loaded.module.tier).to.equal('instrumented');
      loaded.module.call('run', [i32(9)]);
      texts.push(JSON.stringify(profileOf(loaded.module.call('run', [i32(1)]))));
    }
    expect(texts[0]).to.equal(texts[1]);
  });
});
