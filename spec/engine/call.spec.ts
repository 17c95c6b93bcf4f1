/** Calls: values in and out, mistakes of the caller, equal receipts regardless of earlier calls. SEMANTICS 6 to 8. */
import { expect } from 'chai';
import fc from 'fast-check';
import { hash } from '../../src/base/hash.js';
import { hostTableOf } from '../../src/engine/imports/host-table.js';
import {
  createEngine,
  DEFAULT_FUEL,
  decodeReceipt,
  defineLimits,
  encodeReceipt,
  i32,
  i64,
  receiptJson,
  toHex,
  UsageError,
  type Value,
} from '../../src/index.js';
import { bytesOfText, loadText } from './load-text.js';

const COUNTER = `(module
  (memory (export "memory") 1)
  (global $count (mut i32) (i32.const 0))
  (table (export "table") 2 funcref)
  (func (export "next") (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (i32.store (i32.const 8) (global.get $count))
    (drop (memory.grow (i32.const 1)))
    (global.get $count))
  (func $down (export "down") (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0))
      (then (i32.const 7))
      (else (call $down (i32.sub (local.get 0) (i32.const 1))))))
  (func (export "swap") (param i32 i64 f32 f64) (result f64 f32 i64 i32)
    local.get 3 local.get 2 local.get 1 local.get 0)
  (func (export "fail") (param i32) (if (local.get 0) (then unreachable))))`;

function usageCode(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof UsageError) return error.code;
    throw error;
  }
  return 'no error';
}

describe('calls', () => {
  it('preserve every bit of a value', async () => {
    const module = await loadText(COUNTER);
    const bits32 = fc.nat(0xffff_ffff);
    const bits64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    fc.assert(
      fc.property(bits32, bits64, bits32, bits64, (a, b, c, d) => {
        const args: Value[] = [
          { type: 'i32', bits: a },
          { type: 'i64', bits: b },
          { type: 'f32', bits: c },
          { type: 'f64', bits: d },
        ];
        const { outcome } = module.call('swap', args);
        expect(outcome).to.deep.equal({ kind: 'returned', values: [...args].reverse() });
      }),
      { examples: [[0x7fa0_0001, 2n ** 64n - 1n, 0x7fa0_0001, 0x7ff4_0000_0000_0001n]] },
    );
  });

  it('have a pristine instance each', async () => {
    const module = await loadText(COUNTER);
    const first = module.call('next');
    const state = first.diagnostics.stateDigest();
    const second = module.call('next');
    expect(first.outcome).to.deep.equal({ kind: 'returned', values: [i32(1)] });
    expect(encodeReceipt(second.receipt)).to.deep.equal(encodeReceipt(first.receipt));
    expect(first.receipt.pages).to.equal(2);
    expect(second.diagnostics.stateDigest()).to.deep.equal(state);
  });

  it('return equal receipts regardless of earlier calls', async () => {
    const module = await loadText(COUNTER);
    const golden = toHex(encodeReceipt((await loadText(COUNTER)).call('down', [i32(5)]).receipt));
    const before = fc.array(
      fc.oneof(
        fc.record({ name: fc.constant('down'), arg: fc.integer({ min: 0, max: 2000 }), fuel: fc.nat(40_000) }),
        fc.record({ name: fc.constant('fail'), arg: fc.nat(1), fuel: fc.constant(DEFAULT_FUEL) }),
      ),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(before, (calls) => {
        for (const { name, arg, fuel } of calls) module.call(name, [i32(arg)], { fuel });
        expect(toHex(encodeReceipt(module.call('down', [i32(5)]).receipt))).to.equal(golden);
      }),
      { numRuns: 30 },
    );
  });

  it('use fuel independently of the limit, and are exhausted below what they use', async () => {
    const module = await loadText(COUNTER);
    const full = module.call('down', [i32(9)]).receipt;
    fc.assert(
      fc.property(fc.nat(full.fuel.used * 2), (fuel) => {
        const { receipt } = module.call('down', [i32(9)], { fuel });
        if (fuel >= full.fuel.used) {
          expect(receipt).to.deep.equal({ ...full, fuel: { ...full.fuel, limit: fuel } });
        } else {
          expect(receipt.outcome).to.deep.equal({ kind: 'exhausted', resource: 'fuel' });
          expect(receipt.fuel.used).to.equal(fuel);
        }
        expect(decodeReceipt(encodeReceipt(receipt))).to.deep.equal({ ok: true, receipt });
      }),
      { examples: [[full.fuel.used], [full.fuel.used - 1], [0]] },
    );
  });

  it('report what a receipt contains', async () => {
    const engine = createEngine();
    const bytes = bytesOfText(COUNTER);
    const loaded = await engine.load(bytes);
    if (!loaded.ok) throw new Error(loaded.fault.code);
    const { receipt, outcome } = loaded.module.call('down', [i32(3)], { fuel: 12_345 });
    expect(receiptJson(receipt)).to.deep.include({
      format: 'assay-receipt-2',
      profile: 'assay-1',
      schedule: toHex(engine.schedule.hash),
      limits: toHex(engine.limits.hash),
      hosts: toHex(hostTableOf([], 50).hash),
      module: toHex(hash(bytes)),
      export: 'down',
      // Type byte and little-endian bits of i32 3 and 7.
      input: toHex(hash(Uint8Array.of(0x7f, 3, 0, 0, 0))),
      output: toHex(hash(Uint8Array.of(0x7f, 7, 0, 0, 0))),
      outcome: { kind: 'returned' },
      hostCalls: toHex(hash(new Uint8Array(0))),
    });
    expect(receipt.fuel.limit).to.equal(12_345);
    expect(outcome).to.deep.equal({ kind: 'returned', values: [i32(7)] });
  });

  it('report beside the receipt where they failed and how high the stack was', async () => {
    const module = await loadText(COUNTER);
    const trapped = module.call('fail', [i32(1)]);
    const frames = trapped.diagnostics.backtrace();
    expect(trapped.outcome).to.deep.equal({ kind: 'trapped', code: 'unreachable' });
    expect(frames.map(({ name }) => name)).to.deep.equal(['fail']);
    expect(module.metered.module.bytes[frames[0]!.offset]).to.equal(0x00);
    const frame = module.describe().functions.find(({ name }) => name === 'down')!.frameWords;
    expect(module.call('down', [i32(3)]).diagnostics.stackWordsHigh()).to.equal(4 * frame);
    expect(module.call('down', [i32(3)]).diagnostics.backtrace()).to.deep.equal([]);
  });

  it('end as exhausted(stack) at the limit of the record, regardless of the host stack', async () => {
    const limits = defineLimits('deep', { stackWords: 1_048_576 });
    const module = await loadText(COUNTER, [], { limits });
    const { outcome, receipt } = module.call('down', [i32(1_000_000)]);
    expect(outcome).to.deep.equal({ kind: 'exhausted', resource: 'stack' });
    expect(receipt.limits).to.deep.equal(limits.hash);
  });

  it('charge nothing for an instantiation that the fuel does not cover', async () => {
    const module = await loadText(COUNTER);
    const { receipt, diagnostics } = module.call('next', [], { fuel: module.metered.instantiationCharge - 1 });
    expect(receipt.outcome).to.deep.equal({ kind: 'exhausted', resource: 'fuel' });
    expect(receipt.pages).to.equal(0);
    expect(receipt.fuel.parts).to.deep.equal({ instantiate: receipt.fuel.limit, guest: 0, host: 0, boundary: 0 });
    expect(diagnostics.stateDigest()).to.deep.equal(hash(new Uint8Array(0)));
    expect(diagnostics.backtrace()).to.deep.equal([]);
  });

  it('end as breached(reference) when a result is a non-null reference', async () => {
    const module = await loadText(`(module (func $f) (elem declare func $f)
      (func (export "some") (result funcref) (ref.func $f)) (func (export "none") (result funcref) (ref.null func)))`);
    expect(module.call('some').outcome).to.deep.equal({ kind: 'breached', code: 'reference' });
    const none = module.call('none');
    expect(none.outcome).to.deep.equal({ kind: 'returned', values: [{ type: 'funcref', ref: null }] });
    expect(toHex(none.receipt.output)).to.equal(toHex(hash(Uint8Array.of(0x70))));
  });

  it('throw mistakes of the caller before anything runs', async () => {
    const module = await loadText(COUNTER);
    const externref = await loadText('(module (func (export "take") (param externref)))');
    const importing = await loadText('(module (import "env" "f" (func)) (func (export "run")))');
    expect(usageCode(() => module.call('nothing'))).to.equal('unknown-export');
    expect(usageCode(() => module.call('memory'))).to.equal('not-a-function');
    expect(usageCode(() => module.callBytes('nothing', new Uint8Array(0)))).to.equal('unknown-export');
    expect(usageCode(() => module.call('down'))).to.equal('argument-count');
    expect(usageCode(() => module.call('down', [i64(1n)]))).to.equal('argument-type');
    expect(usageCode(() => module.call('down', [{ type: 'i32', bits: -1 }]))).to.equal('argument-type');
    expect(usageCode(() => module.call('down', [{ type: 'i32', bits: 1.5 }]))).to.equal('argument-type');
    expect(usageCode(() => externref.call('take', [{ type: 'externref', ref: 3 }]))).to.equal('argument-reference');
    for (const fuel of [-1, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(usageCode(() => module.call('next', [], { fuel }))).to.equal('fuel-limit');
    }
    expect(usageCode(() => createEngine({ tier: 'warp' as never }))).to.equal('unknown-tier');
    expect(usageCode(() => importing.call('run'))).to.equal('unlinkable');
  });

  it('refuse a payload beyond the limit before the call', async () => {
    const module = await loadText(COUNTER, [], { limits: defineLimits('short', { payloadBytes: 4 }) });
    expect(usageCode(() => module.callBytes('down', new Uint8Array(5)))).to.equal('payload-too-long');
  });

  it('are not affected by later changes of the loaded bytes', async () => {
    const bytes = bytesOfText(COUNTER);
    const loaded = await createEngine().load(bytes);
    bytes.fill(0xff);
    if (!loaded.ok) throw new Error(loaded.fault.code);
    expect(loaded.module.call('down', [i32(2)]).outcome).to.deep.equal({ kind: 'returned', values: [i32(7)] });
  });

  it('run start under the meter, charged to the instantiation', async () => {
    const module = await loadText(`(module (global $g (mut i32) (i32.const 0))
      (func $s (global.set $g (i32.const 5))) (start $s) (func (export "get") (result i32) (global.get $g)))`);
    const { outcome, receipt } = module.call('get');
    expect(outcome).to.deep.equal({ kind: 'returned', values: [i32(5)] });
    expect(receipt.fuel.parts.instantiate).to.be.greaterThan(module.metered.instantiationCharge);
    const trapping = await loadText('(module (memory 3) (func $s unreachable) (start $s) (func (export "run")))');
    expect(trapping.call('run').receipt).to.deep.include({
      pages: 3,
      outcome: { kind: 'trapped', code: 'unreachable' },
    });
  });
});

describe('loading', () => {
  it('returns faults as data', async () => {
    const engine = createEngine();
    expect(await engine.load(new Uint8Array(0))).to.deep.equal({
      ok: false,
      fault: { kind: 'malformed', code: 'unexpected-end', offset: 0 },
    });
    const short = createEngine({ limits: defineLimits('short', { moduleBytes: 8 }) });
    const loaded = await short.load(bytesOfText(COUNTER));
    expect(loaded.ok ? '' : loaded.fault.code).to.equal('limit-module-bytes');
  });

  it('never throws, for any bytes', async () => {
    const engine = createEngine();
    const good = bytesOfText(COUNTER);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.uint8Array({ maxLength: 4 }), async (at, patch) => {
        const bytes = new Uint8Array(good);
        bytes.set(patch.slice(0, bytes.length), Math.min(at % bytes.length, bytes.length - patch.length));
        const loaded = await engine.load(bytes);
        if (loaded.ok) expect(loaded.module.hash).to.have.length(64);
        else expect(loaded.fault.offset).to.be.within(0, bytes.length);
      }),
      { numRuns: 500 },
    );
  });

  it('describes the module', async () => {
    const module = await loadText(COUNTER);
    const description = module.describe();
    expect(description.exports.map(({ kind, name, type }) => `${kind} ${name} ${type}`)).to.deep.equal([
      'memory memory 1.. pages',
      'table table funcref 2..',
      'function next () -> (i32)',
      'function down (i32) -> (i32)',
      'function swap (i32, i64, f32, f64) -> (f64, f32, i64, i32)',
      'function fail (i32) -> ()',
    ]);
    expect(description.features).to.deep.equal(['multi-value']);
    expect(description.functions.map(({ index, name }) => [index, name])).to.deep.equal([
      [0, 'next'],
      [1, 'down'],
      [2, 'swap'],
      [3, 'fail'],
    ]);
  });

  it('describes the imports of a module', async () => {
    const engine = createEngine();
    const loaded = await engine.load(
      bytesOfText(`(module $shop
        (import "env" "f" (func (param i32) (result i64))) (import "env" "t" (table 1 2 funcref))
        (import "env" "m" (memory 1 3)) (import "env" "g" (global i32)) (import "env" "h" (global (mut f64)))
        (func) (export "f" (func 0)) (export "g" (global 0)) (export "t" (table 0)))`),
    );
    if (!loaded.ok) throw new Error(loaded.fault.code);
    const { name, imports, exports, functions, features } = loaded.module.describe();
    expect(name).to.equal('shop');
    expect(imports.map((item) => `${item.kind} ${item.module}.${item.name} ${item.type}`)).to.deep.equal([
      'function env.f (i32) -> (i64)',
      'table env.t funcref 1..2',
      'memory env.m 1..3 pages',
      'global env.g i32',
      'global env.h mut f64',
    ]);
    expect(exports.map(({ type }) => type)).to.deep.equal(['(i32) -> (i64)', 'i32', 'funcref 1..2']);
    expect(functions.map((row) => row.name)).to.deep.equal(['func[1]']);
    expect(features).to.deep.equal(['mutable-globals']);
    expect(loaded.module.linkFault([])?.detail).to.equal('env.f');
  });

  it('names functions by their imports in a backtrace', async () => {
    const module = await loadText(
      '(module (import "env" "f" (func)) (func $named (call 0) unreachable) (export "run" (func 1)))',
      [{ module: 'env', name: 'f', type: { params: [], results: [] }, run: () => [] }],
    );
    expect(
      module
        .call('run')
        .diagnostics.backtrace()
        .map(({ name }) => name),
    ).to.deep.equal(['named']);
  });

  it('names every feature that a module uses', async () => {
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ['(module (func (result i32) (i32.extend8_s (i32.const 1))))', ['sign-extension']],
      ['(module (func (drop (i32.trunc_sat_f32_s (f32.const 1)))))', ['saturating-conversion']],
      ['(module (func $f (return_call $f)))', ['tail-call']],
      ['(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))', ['bulk-memory']],
      ['(module (data "x"))', ['bulk-memory']],
      ['(module (table 1 externref))', ['reference-types']],
      ['(module (type (func (param externref))))', ['reference-types']],
      ['(module (global externref (ref.null extern)))', ['reference-types']],
      ['(module (func (local externref)))', ['reference-types']],
      ['(module (global (export "g") (mut i32) (i32.const 0)))', ['mutable-globals']],
      ['(module (func (block (result i32 i32) (i32.const 0) (i32.const 1)) drop drop))', ['multi-value']],
    ];
    for (const [text, features] of cases) {
      expect((await loadText(text)).describe().features, text).to.deep.equal(features);
    }
  });
});
