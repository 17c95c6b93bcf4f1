/**
 * The host-call log: one hash over all lines in the order in which the calls begin, however they nest, and a bound on
 * the lines held.
 */
import { blake2b } from '@noble/hashes/blake2.js';
import { expect } from 'chai';
import fc from 'fast-check';
import wabt from 'wabt';
import { hash, toHex, utf8 } from '../../src/base/hash.js';
import { defineLimits } from '../../src/base/limits.js';
import { createEngine, type EngineOptions } from '../../src/engine/engine.js';
import type { HostImport } from '../../src/engine/imports/host-import.js';
import type { CallResult } from '../../src/engine/loaded-module.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import { HostCallLog, type HostCallRecord } from '../../src/machine/host-call-log.js';
import { HostFailure } from '../../src/machine/outcome.js';
import { i32 } from '../../src/wasm/value.js';
import { TIERS } from '../tiers.js';

function recordOf(line: number): HostCallRecord {
  const module = line % 3 === 0 ? 'env' : 'other';
  const name = `f${'x'.repeat(line % 7)}`;
  return { module, name, inputHash: hash(Uint8Array.of(line)), outputHash: hash(Uint8Array.of(line, line >> 8)) };
}

/** SEMANTICS 8 implemented literally, over all lines at once. */
function hashOfLines(count: number): string {
  const parts: number[] = [];
  for (let line = 0; line < count; line++) {
    const { module, name, inputHash, outputHash } = recordOf(line);
    for (const text of [module, name].map(utf8)) parts.push(text.length, 0, 0, 0, ...text);
    parts.push(...inputHash, ...outputHash);
  }
  return toHex(blake2b(Uint8Array.from(parts), { dkLen: 32 }));
}

describe('host-call log', () => {
  it('hashes lines in the order in which calls begin, however they nest', () => {
    // True begins a call inside the open ones, false ends the innermost.
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), fc.integer({ min: 0, max: 5 }), (steps, linesKept) => {
        const log = new HostCallLog(linesKept);
        const open: number[] = [];
        const end = (line: number) => log.end(line, recordOf(line));
        for (const begins of steps) {
          if (begins) open.push(log.begin());
          else if (open.length > 0) end(open.pop()!);
        }
        while (open.length > 0) end(open.pop()!);
        expect(log.waiting).to.equal(0);
        expect(toHex(log.hash())).to.equal(hashOfLines(log.count));
        const kept = Array.from({ length: Math.min(linesKept, log.count) }, (_, line) => recordOf(line));
        expect(log.kept).to.deep.equal(kept);
      }),
    );
  });

  it('hashes logs that are longer than its buffer', () => {
    for (const count of [700, 900, 3_000]) {
      const log = new HostCallLog();
      for (let line = 0; line < count; line++) log.end(log.begin(), recordOf(line));
      expect(toHex(log.hash()), `${count}`).to.equal(hashOfLines(count));
    }
  });

  it('refuses a hash while a call is open', () => {
    const log = new HostCallLog();
    log.begin();
    expect(() => log.hash()).to.throw('1 lines');
  });
});

const GUEST = `(module
  (import "env" "outer" (func $outer (param i32)))
  (import "env" "leaf" (func $leaf (param i32) (result i32)))
  (func $leaves (export "leaves") (param i32)
    (loop $again
      (drop (call $leaf (local.get 0)))
      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func $down (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
      (else (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))))
  (func (export "leaves then deep") (param i32 i32) (result i32)
    (call $leaves (local.get 0))
    (call $down (local.get 1)))
  (func (export "leaves then trap") (param i32) (call $leaves (local.get 0)) unreachable)
  (func (export "within") (param i32) (call $outer (local.get 0))))`;

const IMPORTS: HostImport[] = [
  {
    module: 'env',
    name: 'outer',
    type: { params: ['i32'], results: [] },
    run: (call, args) => (call.call('leaves', args) === undefined ? undefined : []),
  },
  { module: 'env', name: 'leaf', type: { params: ['i32'], results: ['i32'] }, run: () => [i32(7)] },
];

for (const tier of [...TIERS.keys()] as ('interpreter' | 'instrumented')[]) {
  describe(`what is kept of host calls, ${tier}`, () => {
    let wasm: Uint8Array;
    before(async () => {
      wasm = (await wabt()).parseWat('log.wat', GUEST).toBinary({}).buffer;
    });

    const loaded = async (options: EngineOptions) => {
      const load = await createEngine({ tier, ...options }).load(wasm, { imports: IMPORTS });
      if (!load.ok) throw new Error(load.fault.code);
      return load.module;
    };

    it('is a bounded part of the log, and the receipt covers the whole log', async () => {
      const whole = (await loaded({})).call('leaves', [i32(100)]);
      const bounded = (await loaded({ hostCallsKept: 10 })).call('leaves', [i32(100)]);
      expect(whole.hostCalls).to.have.length(100);
      expect(bounded.hostCalls).to.deep.equal(whole.hostCalls.slice(0, 10));
      expect([whole.hostCallCount, bounded.hostCallCount]).to.deep.equal([100, 100]);
      expect(toHex(receiptHash(bounded.receipt))).to.equal(toHex(receiptHash(whole.receipt)));
    });

    it('ends a call with more than stackWords lines waiting for an open one', async () => {
      const limits = defineLimits('spec-lines', { stackWords: 200 });
      const module = await loaded({ limits });
      const outcomeOf = ({ outcome, hostCallCount }: CallResult) => [outcome, hostCallCount];
      // One line is for the outer call itself.
      expect(outcomeOf(module.call('within', [i32(199)]))).to.deep.equal([{ kind: 'returned', values: [] }, 200]);
      const beyond = module.call('within', [i32(200)]);
      expect(outcomeOf(beyond)).to.deep.equal([{ kind: 'exhausted', resource: 'stack' }, 200]);
      // There is no such bound for consecutive calls.
      expect(outcomeOf(module.call('leaves', [i32(1_000)]))).to.deep.equal([{ kind: 'returned', values: [] }, 1_000]);
    });

    it('allows no second run past its bound', async () => {
      const limits = defineLimits('spec-deep', { stackWords: 1_048_576 });
      const within = await loaded({ limits, hostAnswerBytes: 100_000 });
      const deep = [i32(100), i32(60_000)];
      expect(within.call('leaves then deep', deep).outcome).to.deep.equal({ kind: 'returned', values: [i32(60_000)] });
      const beyond = await loaded({ limits, hostAnswerBytes: 10_000 });
      const call = () => beyond.call('leaves then deep', deep);
      if (tier === 'instrumented') expect(call).to.throw(HostFailure, 'hostAnswerBytes');
      else expect(call().outcome.kind).to.equal('returned');

      const trap = beyond.call('leaves then trap', [i32(100)]);
      expect(trap.diagnostics.backtrace()).to.have.length(tier === 'instrumented' ? 0 : 1);
      trap.diagnostics.stateDigest();
      beyond.call('leaves', [i32(1)]);
      expect(() => trap.diagnostics.stateDigest()).to.throw(HostFailure, 'hostAnswerBytes');
      const few = beyond.call('leaves then trap', [i32(3)]);
      expect(few.diagnostics.backtrace()).to.have.length(1);
    });

    it('has bounds that are integers', async () => {
      for (const bound of ['hostCallsKept', 'hostAnswerBytes'] as const) {
        for (const value of [-1, 0.5, Number.NaN]) {
          expect(() => createEngine({ tier, [bound]: value }), `${bound} ${value}`).to.throw(bound);
        }
      }
    });
  });
}
