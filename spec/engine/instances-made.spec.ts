/**
 * How many instances calls need: a guest pays for its instantiation by the schedule, but the host's work for an
 * instance that cannot be reused costs more. A module cannot force a new instance for each call. The interpreter is the
 * oracle of every receipt.
 */
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { createEngine, type EngineOptions } from '../../src/engine/engine.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import { i32 } from '../../src/wasm/value.js';
import { bytesOfText } from './load-text.js';

const OUT_OF_BOUNDS = {
  'a data segment': '(memory 1) (data (i32.const 3) "abc") (data (i32.const 65536) "x") (data (i32.const 0) "y")',
  'an element segment': '(table 2 funcref) (elem (i32.const 1) func $f) (elem (i32.const 2) func $f) (memory 1)',
  'a data segment after elements':
    '(table 2 funcref) (elem (i32.const 1) func $f) (memory 1) (data (i32.const 65536) "x")',
};

/** Grows and changes a table, so the guarded form cannot be used. */
const GROWS = `(module (memory 1) (table 1 funcref)
  (func (export "run") (param i32) (result i32)
    (table.set (i32.const 0) (ref.null func))
    (loop $l (br_if $l (i32.gt_s (local.tee 0 (i32.sub (local.get 0) (i32.const 1))) (i32.const 0))))
    (memory.grow (i32.const 1))))`;

async function load(text: string, options: EngineOptions) {
  const engine = createEngine(options);
  const loaded = await engine.load(bytesOfText(text));
  if (!loaded.ok) throw new Error(loaded.fault.code);
  return { engine, module: loaded.module };
}

describe('instances', () => {
  for (const tier of ['interpreter', 'instrumented'] as const) {
    for (const [what, segments] of Object.entries(OUT_OF_BOUNDS)) {
      it(`whose instantiation fails in ${what} are reused, ${tier}`, async () => {
        const text = `(module ${segments} (global (mut i32) (i32.const 7)) (func $f (export "run")) (start $f))`;
        const { engine, module } = await load(text, { tier });
        const results: string[] = [];
        for (let i = 0; i < 4; i++) {
          const { outcome, receipt, diagnostics } = module.call('run');
          expect(outcome.kind).to.equal('trapped');
          results.push(`${toHex(receiptHash(receipt))} ${toHex(diagnostics.stateDigest())} ${diagnostics.tier}`);
          expect(engine.held().idleInstances).to.equal(1);
        }
        expect(new Set(results).size).to.equal(1);
        const oracle = (await load(text, { tier: 'interpreter' })).module.call('run');
        const [receipt, digest] = results[0]!.split(' ');
        expect(receipt).to.equal(toHex(receiptHash(oracle.receipt)));
        expect(digest).to.equal(toHex(oracle.diagnostics.stateDigest()));
      });
    }
  }

  it('that no other call can reuse are replaced by the interpreter after several short calls, until a call is long', async () => {
    const { module } = await load(GROWS, { tier: 'instrumented' });
    const oracle = (await load(GROWS, { tier: 'interpreter' })).module;
    const tiers: string[] = [];
    for (const turns of [1, 1, 1, 1, 1, 1, 1_000_000, 1, 1]) {
      const { receipt, diagnostics, outcome } = module.call('run', [i32(turns)]);
      tiers.push(diagnostics.tier);
      expect(outcome).to.deep.equal({ kind: 'returned', values: [i32(1)] });
      expect(toHex(receiptHash(receipt))).to.equal(toHex(receiptHash(oracle.call('run', [i32(turns)]).receipt)));
    }
    const short = ['instrumented', 'instrumented', 'instrumented', 'instrumented', 'interpreter', 'interpreter'];
    expect(tiers).to.deep.equal([...short, 'interpreter', 'instrumented', 'interpreter']);
  });
});
