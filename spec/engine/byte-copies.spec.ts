/**
 * A payload is copied once into a guest and once out of it, and nowhere else. So the receipt shows what the guest saw,
 * and a payload that is changed too early is an error and never another receipt.
 */
import { expect } from 'chai';
import { copiesOf } from '../../bench/copies.js';
import { copyCounter } from '../../bench/count-copies.js';
import { hash, toHex } from '../../src/base/hash.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { UsageError } from '../../src/base/usage-error.js';
import { TIERS } from '../../src/engine/tier.js';
import { loadText } from './load-text.js';

const BYTES = 300_000;
/** Validates nothing, so that the only copies are those of the boundary. */
const ANY = { isDecodable: () => true };

/** The allocator calls the host, which can change the caller's bytes. */
const CHANGING = `(module
  (import "env" "f" (func $f))
  (memory (export "memory") 1)
  (func (export "__hc__allocate_1") (param i32) (result i32) (call $f) (i32.const 1024))
  (func (export "__hc__deallocate_1") (param i32 i32))
  (func (export "validate") (param i32 i32) (result i64) (call $f) (i64.const 0)))`;

describe('bytes over the boundary', () => {
  it('are counted by an instrument that detects copies', () => {
    const bytes = new Uint8Array(BYTES);
    const ways: readonly (() => unknown)[] = [
      () => bytes.slice(),
      () => new Uint8Array(bytes),
      () => Uint8Array.from(bytes),
      () => new Uint8Array(BYTES).set(bytes),
      () => bytes.buffer.slice(0),
      () => bytes.copyWithin(0, 0),
    ];
    const { count, remove } = copyCounter();
    const counts = ways.map((way) => count(BYTES, () => void way()));
    const viewed = count(BYTES, () => void new Uint8Array(bytes.buffer).subarray(1));
    const made = count(BYTES, () => void new Uint8Array(BYTES));
    remove();
    expect(counts).to.deep.equal(ways.map(() => 1));
    expect({ viewed, made }).to.deep.equal({ viewed: 0, made: 0 });
  });

  for (const tier of TIERS) {
    it(`are copied once each way: ${tier}`, () => {
      // The codec's own copy: the payload around the entry.
      expect(copiesOf(tier, BYTES, LIMITS_1.pages)).to.deep.equal({ in: 1, out: 1, validate: 2 });
    });
  }

  for (const tier of TIERS) {
    it(`are hashed as the guest received them: ${tier}`, async () => {
      const payload = Uint8Array.of(1, 2, 3);
      let calls = 0;
      const f = {
        module: 'env',
        name: 'f',
        type: { params: [], results: [] },
        run: () => {
          // The allocator's call comes before the bytes are written, the call of validate after it.
          calls += 1;
          payload[0] = 6 + calls;
          return [];
        },
      } as const;
      const module = await loadText(CHANGING, [f], { tier });
      const { receipt } = module.callBytes('validate', payload, ANY);
      expect([calls, payload[0]]).to.deep.equal([2, 8]);
      expect(toHex(receipt.input)).to.equal(toHex(hash(Uint8Array.of(7, 2, 3))));
    });
  }

  it('are an error if they changed and the call has to run again', async () => {
    const module = await loadText(
      CHANGING.replaceAll(/\(import .*\)|\(call \$f\)/g, '').replace('(i64.const 0)', 'unreachable'),
      [],
      { tier: 'instrumented' },
    );
    const payload = Uint8Array.of(1, 2, 3);
    const { outcome, diagnostics } = module.callBytes('validate', payload, ANY);
    expect(outcome.kind).to.equal('trapped');
    expect(diagnostics.backtrace()).to.have.length(1);
    const again = module.callBytes('validate', payload, ANY);
    payload[0] = 9;
    expect(module.tier).to.equal('instrumented');
    expect(() => again.diagnostics.backtrace())
      .to.throw(UsageError, 'the payload was modified during the call or before its diagnostics were read')
      .with.property('code', 'payload-changed');
  });
});
