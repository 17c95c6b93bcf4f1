/**
 * A call that the host cannot finish runs again in the interpreter, takes its host results from the abandoned attempt
 * and returns the interpreter's receipt. docs/SEMANTICS.md, section 7.
 */
import { expect } from 'chai';
import wabt from 'wabt';
import { toHex } from '../../src/base/hash.js';
import { defineLimits } from '../../src/base/limits.js';
import { createEngine } from '../../src/engine/engine.js';
import type { HostImport } from '../../src/engine/imports/host-import.js';
import { HostTranscript } from '../../src/engine/imports/host-transcript.js';
import { encodeReceipt } from '../../src/engine/receipt/receipt-bytes.js';
import { i32 } from '../../src/wasm/value.js';

/** More stack than any host has, so that deep recursion overflows the host's own stack. */
const DEEP = defineLimits('spec-deep', { stackWords: 1_048_576 });

const GUEST = `(module
  (import "env" "next" (func $next (param i32) (result i32)))
  (memory (export "memory") 1)
  (func $down (export "down") (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0))
      (then (i32.const 0))
      (else (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))))
  (func (export "run") (param i32) (result i32)
    (local i32)
    (local.set 1 (call $next (i32.const 7)))
    (local.set 1 (i32.add (local.get 1) (call $next (i32.const 8))))
    (local.set 1 (i32.add (local.get 1) (call $down (local.get 0))))
    (i32.add (i32.add (local.get 1) (i32.load8_u (i32.const 100))) (call $next (i32.const 9)))))`;

/**
 * Returns its argument times the number of its calls, so that a repeated call would be visible; writes, pays and calls
 * back.
 */
function hostOf(asked: number[]): HostImport[] {
  return [
    {
      module: 'env',
      name: 'next',
      type: { params: ['i32'], results: ['i32'] },
      run: (call, [value]) => {
        const given = 'bits' in value ? Number(value.bits) : 0;
        asked.push(given);
        call.charge(10);
        const bytes = Uint8Array.of(asked.length);
        call.memory?.write(100, bytes);
        const inner = call.call('down', [i32(3)]);
        const line = Uint8Array.of(given, asked.length);
        call.record(line, bytes);
        // What the host later does with its bytes must not matter.
        bytes.fill(0xff);
        line.fill(0xff);
        return inner && [i32(given * asked.length)];
      },
    },
  ];
}

describe('second run', () => {
  let wasm: Uint8Array;
  before(async () => {
    wasm = (await wabt()).parseWat('second-run.wat', GUEST).toBinary({}).buffer;
  });

  const callWith = async (tier: 'interpreter' | 'instrumented', depth: number, fuel = 10 ** 9) => {
    const asked: number[] = [];
    const loaded = await createEngine({ tier, limits: DEEP }).load(wasm, { imports: hostOf(asked) });
    if (!loaded.ok) throw new Error(loaded.fault.code);
    const { module } = loaded;
    const result = module.call('run', [i32(depth)], { fuel });
    return { asked, module, result };
  };

  for (const [depth, what] of [
    [60_000, 'returns'],
    [1_000_000, 'exhausts the stack'],
  ] as const) {
    it(`of a recursion that overflows the host stack and ${what}`, async () => {
      const reference = await callWith('interpreter', depth);
      const second = await callWith('instrumented', depth);
      expect(reference.module.reruns).to.equal(0);
      expect(second.module.reruns, 'second runs').to.equal(1);
      expect(toHex(encodeReceipt(second.result.receipt))).to.equal(toHex(encodeReceipt(reference.result.receipt)));
      expect(second.result.outcome).to.deep.equal(reference.result.outcome);
      expect(second.asked, 'the host is asked once for each answer').to.deep.equal(reference.asked);
      expect(toHex(second.result.diagnostics.stateDigest())).to.equal(
        toHex(reference.result.diagnostics.stateDigest()),
      );
    });
  }

  it('is not needed for a recursion within the stack, at any fuel', async () => {
    for (const fuel of [10 ** 9, 13_200, 9_400]) {
      const reference = await callWith('interpreter', 100, fuel);
      const first = await callWith('instrumented', 100, fuel);
      expect(first.module.reruns).to.equal(0);
      expect(toHex(encodeReceipt(first.result.receipt))).to.equal(toHex(encodeReceipt(reference.result.receipt)));
    }
  });

  it('repeats host calls that differ after a call that was cut short', async () => {
    const text = `(module
      (import "env" "outer" (func $outer (result i32)))
      (import "env" "one" (func $one (param i32) (result i32))) (import "env" "other" (func $other (param i32) (result i32)))
      (func $down (param i32) (result i32)
        (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
          (else (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))))
      (func (export "input") (param i32 i32) (result i32)
        (i32.add (i32.add (call $one (local.get 0)) (call $one (i32.const 5))) (call $down (local.get 1))))
      (func (export "name") (param i32 i32) (result i32)
        (i32.add (i32.add (if (result i32) (i32.and (local.get 0) (i32.const 1)) (then (call $one (i32.const 3))) (else (call $other (i32.const 3))))
          (call $one (i32.const 5))) (call $down (local.get 1))))
      (func (export "run") (result i32) (call $outer)))`;
    const bytes = (await wabt()).parseWat('again.wat', text).toBinary({}).buffer;
    for (const inner of ['input', 'name']) {
      const asked: string[] = [];
      let attempts = 0;
      const leaf = (name: string): HostImport => ({
        module: 'env',
        name,
        type: { params: ['i32'], results: ['i32'] },
        run: (_, [value]) => {
          const given = value !== undefined && 'bits' in value ? Number(value.bits) : 0;
          asked.push(`${name} ${given}`);
          return [i32(1000 * asked.length + given)];
        },
      });
      const outer: HostImport = {
        module: 'env',
        name: 'outer',
        type: { params: [], results: ['i32'] },
        // The host has noticed the repeated call and takes another path, which needs no deep stack.
        run: (call) => {
          attempts++;
          return call.call(inner, [i32(attempts), i32(attempts === 1 ? 60_000 : 1)]);
        },
      };
      const imports = [outer, leaf('one'), leaf('other')];
      const loaded = await createEngine({ tier: 'instrumented', limits: DEEP }).load(bytes, { imports });
      if (!loaded.ok) throw new Error(loaded.fault.code);
      const { outcome, hostCalls } = loaded.module.call('run');
      expect(loaded.module.reruns).to.equal(1);
      const [first, second] = inner === 'input' ? ['one 1', 'one 2'] : ['one 3', 'other 3'];
      expect(asked, inner).to.deep.equal([first, 'one 5', second, 'one 5']);
      const sum = 3000 + Number(second!.split(' ')[1]) + 4005 + 1;
      expect(outcome, inner).to.deep.equal({ kind: 'returned', values: [i32(sum)] });
      expect(hostCalls.map(({ name }) => name)).to.deep.equal(['outer', second!.split(' ')[0], 'one']);
    }
  });

  it('reports the backtrace of a trap without calling the host again', async () => {
    const asked: number[] = [];
    const trap = (await wabt())
      .parseWat(
        't.wat',
        '(module (import "env" "f" (func $f)) (func $inner unreachable) (func (export "run") (call $f) (call $inner)))',
      )
      .toBinary({}).buffer;
    const imports: HostImport[] = [
      { module: 'env', name: 'f', type: { params: [], results: [] }, run: () => (asked.push(1) > 0 ? [] : undefined) },
    ];
    const loaded = await createEngine({ tier: 'instrumented' }).load(trap, { imports });
    if (!loaded.ok) throw new Error(loaded.fault.code);
    const { diagnostics, outcome } = loaded.module.call('run');
    expect(outcome).to.deep.equal({ kind: 'trapped', code: 'unreachable' });
    expect(diagnostics.backtrace().map((frame) => frame.functionIndex)).to.deep.equal([1, 2]);
    expect(asked).to.have.length(1);
  });

  it('does not replay a function whose names have their dots elsewhere', () => {
    const first = new HostTranscript(1_000);
    first.begin('a.b', 'c', new Uint8Array(0));
    first.ended([], false);
    expect(first.again().begin('a.b', 'c', new Uint8Array(0)).replay).to.equal(true);
    expect(first.again().begin('a', 'b.c', new Uint8Array(0)).replay).to.equal(false);
  });
});
