/**
 * A payload is copied once into a guest and once out of it, and nowhere else; so the receipt tells what the guest saw, and a
 * payload that is changed too early is an error and never another receipt.
 */
import { expect } from 'chai';
import { countCopies } from '../../bench/count-copies.js';
import { payloadGuest } from '../../bench/payload-guest.js';
import { hash, toHex } from '../../src/base/hash.js';
import { createEngine } from '../../src/engine/engine.js';
import type { LoadedModule } from '../../src/engine/loaded-module.js';
import { TIERS } from '../../src/engine/tier.js';
import { UsageError } from '../../src/engine/usage-error.js';
import { loadText } from './load-text.js';

const BYTES = 300_000;
/** Validates nothing, so that what is copied is copied by the boundary. */
const ANY = { isDecodable: () => true };

async function guest(tier: (typeof TIERS)[number]): Promise<LoadedModule> {
  const loaded = await createEngine({ tier }).load(payloadGuest(BYTES));
  if (!loaded.ok) throw new Error(loaded.fault.code);
  return loaded.module;
}

/** The allocator calls the host, which can change what the caller gave. */
const CHANGING = `(module
  (import "env" "f" (func $f))
  (memory (export "memory") 1)
  (func (export "__hc__allocate_1") (param i32) (result i32) (call $f) (i32.const 1024))
  (func (export "__hc__deallocate_1") (param i32 i32))
  (func (export "validate") (param i32 i32) (result i64) (call $f) (i64.const 0)))`;

describe('bytes over the boundary', () => {
  it('are counted by an instrument that sees copies', () => {
    const bytes = new Uint8Array(BYTES);
    const ways: readonly (() => unknown)[] = [
      () => bytes.slice(),
      () => new Uint8Array(bytes),
      () => Uint8Array.from(bytes),
      () => new Uint8Array(BYTES).set(bytes),
      () => bytes.buffer.slice(0),
      () => bytes.copyWithin(0, 0),
    ];
    for (const way of ways)
      expect(
        countCopies(BYTES, () => void way()),
        String(way),
      ).to.equal(1);
    expect(countCopies(BYTES, () => void new Uint8Array(bytes.buffer).subarray(1))).to.equal(0);
    expect(countCopies(BYTES, () => void new Uint8Array(BYTES))).to.equal(0);
  });

  for (const tier of TIERS) {
    it(`are copied once each way: ${tier}`, async () => {
      const module = await guest(tier);
      const payload = new Uint8Array(BYTES).fill(0xc0);
      const small = Uint8Array.of(0xc0);
      expect(countCopies(BYTES, () => void module.callBytes('take', payload, ANY))).to.equal(1);
      expect(countCopies(BYTES, () => void module.callBytes('give', small, ANY))).to.equal(1);
      // The codec's own: the payload around the entry.
      expect(countCopies(BYTES, () => void module.validate(payload, { exportName: 'take' }))).to.equal(2);
    });
  }

  for (const tier of TIERS) {
    it(`are hashed as the guest saw them: ${tier}`, async () => {
      const payload = Uint8Array.of(1, 2, 3);
      let calls = 0;
      const f = {
        module: 'env',
        name: 'f',
        type: { params: [], results: [] },
        run: () => {
          // The allocator's call comes before the bytes are written, the one of validate behind it.
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

  it('are an error where they were changed and the call has to run again', async () => {
    const module = await loadText(
      CHANGING.replaceAll(/\(import .*\)|\(call \$f\)/g, '').replace('(i64.const 0)', 'unreachable'),
    );
    const payload = Uint8Array.of(1, 2, 3);
    const { outcome, diagnostics } = module.callBytes('validate', payload, ANY);
    expect(outcome.kind).to.equal('trapped');
    expect(diagnostics.backtrace()).to.have.length(1);
    const again = module.callBytes('validate', payload, ANY);
    payload[0] = 9;
    expect(module.tier).to.equal('instrumented');
    expect(() => again.diagnostics.backtrace())
      .to.throw(UsageError)
      .with.property('code', 'payload-changed');
  });
});
