/**
 * Parts of byte calls by themselves: the boundary's view of a guest, what is hashed, and which instance a call can use.
 */
import { expect } from 'chai';
import { hash, toHex } from '../../../src/base/hash.js';
import { ByteGuest, ExportTypes } from '../../../src/engine/call/byte-guest.js';
import { ByteInput } from '../../../src/engine/call/byte-input.js';
import { Seat } from '../../../src/engine/call/seat.js';
import { createEngine, defineLimits, type HostImport, i32, LIMITS_1, UsageError } from '../../../src/index.js';
import type { GuestInstance } from '../../../src/machine/instance.js';
import type { Outcome } from '../../../src/machine/outcome.js';
import { bytesOfText, loadText } from '../load-text.js';

describe('a guest of a byte call', () => {
  const TEXT = `(module (memory (export "m") 1) (func (export "none")) (func (export "i") (param i32 i32) (result i32) (i32.const 0))
    (func (export "l") (result i64) (i64.const 0)) (global (export "memory") i32 (i32.const 0)))`;
  const RATES = { boundaryIn: { base: 1, a: 2, b: 1 }, boundaryOut: { base: 3, a: 5, b: 1 } };

  async function guestOf(outcome: Outcome, stop?: object) {
    const { metered } = await loadText(TEXT);
    const seen: unknown[] = [];
    const charge = (part: string, units: number) => seen.push([part, units]) < 2;
    const instance = {
      metered,
      memory: 'one that is not exported as such',
      store: { schedule: { rates: RATES }, gauge: { stop, charge } },
      invoke: (index: number, args: readonly number[]) => {
        seen.push([index, args]);
        return outcome;
      },
    };
    const types = new ExportTypes(metered.module);
    return { guest: new ByteGuest(instance as unknown as GuestInstance, types, () => undefined), seen };
  }

  it('returns signed numbers, or nothing', async () => {
    for (const [name, results, value] of [
      ['none', [], undefined],
      ['i', [0xffff_fffe], -2],
      ['l', [0xffff_ffff_ffff_fffen], -2n],
    ] as const) {
      const { guest, seen } = await guestOf({ kind: 'returned', results });
      expect(guest.call(name, [1, 2])).to.deep.equal({ ok: true, value });
      expect(seen).to.have.length(1);
    }
  });

  it('is not called after the call has ended, and reports where it ends', async () => {
    const trapped = { kind: 'trapped', code: 'unreachable' } as const;
    const ended = await guestOf(trapped);
    expect(ended.guest.call('none', [])).to.deep.equal({ ok: false });
    expect(ended.seen).to.have.length(1);
    const over = await guestOf({ kind: 'returned', results: [] }, trapped);
    expect(over.guest.call('none', [])).to.deep.equal({ ok: false });
    expect(over.seen).to.have.length(0);
  });

  it('is charged at the boundary for its input, then for its output', async () => {
    const { guest, seen } = await guestOf({ kind: 'returned', results: [] });
    expect([guest.charge(10), guest.charge(10)]).to.deep.equal([true, false]);
    expect(seen).to.deep.equal([
      ['boundary', 21],
      ['boundary', 53],
    ]);
  });

  it('has the exact types of its functions, and a memory of the right name only', async () => {
    const { guest } = await guestOf({ kind: 'returned', results: [] });
    const types = ['none', 'i', 'l', 'i', 'm', 'x'].map((name) => guest.exportType(name));
    expect(types).to.deep.equal(['()->()', '(i32,i32)->(i32)', '()->(i64)', '(i32,i32)->(i32)', undefined, undefined]);
    expect(guest.memorySize()).to.equal(undefined);
  });
});

describe('the input of a byte call', () => {
  const [payload, constants] = [Uint8Array.of(1, 2), Uint8Array.of(3)];

  it('is hashed together with the constants', () => {
    expect(toHex(new ByteInput(payload, new Uint8Array(0)).hash(hash))).to.equal(toHex(hash(payload)));
    expect(toHex(new ByteInput(payload, constants).hash(hash))).to.equal(toHex(hash(Uint8Array.of(1, 2, 3))));
  });

  it('must not change', () => {
    const input = new ByteInput(payload, constants);
    input.placed(Uint8Array.of(1, 2), hash);
    expect(toHex(input.hash(hash))).to.equal(toHex(hash(Uint8Array.of(1, 2, 3))));
    expect(() => input.placed(Uint8Array.of(1, 9), hash)).to.throw(
      UsageError,
      /^the payload was modified during the call or before its diagnostics were read$/,
    );
  });

  it('is no longer than the limits allow', async () => {
    const limits = defineLimits('spec-short', { payloadBytes: 4 });
    const text = `(module (memory (export "memory") 1) (func (export "__hc__allocate_1") (param i32) (result i32) (i32.const 0))
      (func (export "__hc__deallocate_1") (param i32 i32)) (func (export "f") (param i32 i32) (result i64) (i64.const 0)))`;
    const loaded = await createEngine({ limits }).load(bytesOfText(text));
    if (!loaded.ok) throw new Error(loaded.fault.code);
    expect(() => loaded.module.callBytes('f', new Uint8Array(5))).to.throw(
      UsageError,
      /^the payload is 5 bytes; the limit payloadBytes is 4$/,
    );
    loaded.module.callBytes('f', new Uint8Array(4));
  });
});

describe('the seat of a call', () => {
  const constant = (bits: number): HostImport[] => [{ module: 'env', name: 'c', value: i32(bits) }];

  it('serves calls with the same constants', async () => {
    const { parts } = await loadText('(module (import "env" "c" (global i32)))', constant(1));
    const [one, same, two] = [1, 1, 2].map((bits) => parts.linkage(constant(bits)));
    const seat = new Seat(parts.programs.current, LIMITS_1, one!);
    expect([seat.fits(one!), seat.fits(same!), seat.fits(two!)]).to.deep.equal([true, true, false]);
  });
});
