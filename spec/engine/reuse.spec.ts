/**
 * Reuse in an engine is invisible: an engine that runs call after call in the same instances is compared with one that
 * makes everything new for each call. SEMANTICS 6 and 8.
 */
import { assert, expect } from 'chai';
import fc from 'fast-check';
import { anyModule, type GeneratedModule } from '../../src/agreement/module-arbitrary.js';
import { toHex } from '../../src/base/hash.js';
import {
  type CallResult,
  createEngine,
  type EngineOptions,
  encodeReceipt,
  type HostCall,
  type HostImport,
  i32,
  type LoadedModule,
  receiptHash,
  UsageError,
  type Value,
} from '../../src/index.js';
import { guestText } from '../boundary/wasm-guest.js';
import { hostSet } from './host-set.js';
import { bytesOfText, loadText } from './load-text.js';

const NOTHING_KEPT: EngineOptions = { tier: 'interpreter', moduleCacheBytes: 0, idleInstanceBytes: 0 };
const TIERS = ['interpreter', 'auto'] as const;

const SETS = [hostSet(1), hostSet(3)];

interface Step {
  readonly name: string;
  readonly args: readonly Value[];
  readonly fuel: number;
  readonly imports: readonly HostImport[];
}

/** Everything that is observable of a call. */
function summary(module: LoadedModule, { name, args, fuel, imports }: Step): string {
  const result: CallResult = module.call(name, args, { fuel, imports });
  const { stackWordsHigh, stateDigest, backtrace } = result.diagnostics;
  return [
    toHex(encodeReceipt(result.receipt)),
    toHex(stateDigest()),
    stackWordsHigh(),
    JSON.stringify(backtrace()),
    result.hostCalls
      .map((line) => `${line.module} ${line.name} ${toHex(line.inputHash)} ${toHex(line.outputHash)}`)
      .join('; '),
  ].join('\n');
}

async function load(bytes: Uint8Array, options: EngineOptions, engine = createEngine(options)): Promise<LoadedModule> {
  const loaded = await engine.load(bytes);
  if (!loaded.ok) throw new Error(loaded.fault.code);
  return loaded.module;
}

function stepsOf(generated: GeneratedModule, seed: readonly number[]): Step[] {
  const { calls } = generated;
  return seed.map((n) => {
    const { export: name, args } = calls[n % calls.length]!;
    // Enough, some, or hardly any fuel, so that calls that are cut short anywhere come before calls that are not.
    const fuel = [2_000_000, 40_000, 9_000 + (n % 3_000), n % 9_000][(n >> 8) & 3]!;
    return { name, args, fuel, imports: SETS[(n >> 12) & 1]! };
  });
}

const seeds = fc.array(fc.nat(0xffff), { minLength: 6, maxLength: 14 });

const EVERYTHING = `(module
  (import "env" "fuel" (func $fuel (result i64)))
  (import "env" "one" (global $one i32))
  (type $f (func (result i32)))
  (memory (export "memory") 1 40)
  (table $t 4 60 funcref)
  (global $a (mut i32) (i32.const 7)) (global $b (mut i64) (i64.const -7))
  (global $c (mut f32) (f32.const nan:0x200001)) (global $d (mut f64) (f64.const -0))
  (global $r (mut funcref) (ref.func $five)) (global $e (mut i32) (global.get $one))
  (data $passive "passive") (data (i32.const 3) "active") (data (i32.const 65530) "end")
  (elem $late funcref (ref.func $six) (ref.null func))
  (elem (table $t) (i32.const 1) func $five $six)
  (func $five (type $f) (i32.const 5)) (func $six (type $f) (i32.const 6))
  (func $start (global.set $e (i32.add (global.get $e) (i32.wrap_i64 (call $fuel)))))
  (start $start)
  (func (export "dirty") (param i32) (result i32)
    (global.set $a (local.get 0)) (global.set $b (i64.const 1)) (global.set $c (f32.const 1)) (global.set $d (f64.const 1))
    (global.set $r (ref.null func)) (global.set $e (i32.const 9))
    (memory.init $passive (i32.const 100) (i32.const 0) (i32.const 7)) (data.drop $passive)
    (table.init $t $late (i32.const 0) (i32.const 0) (i32.const 2)) (elem.drop $late)
    (table.set $t (i32.const 2) (ref.null func))
    (drop (table.grow $t (ref.func $six) (i32.and (local.get 0) (i32.const 31))))
    (drop (memory.grow (i32.and (local.get 0) (i32.const 31))))
    (memory.fill (i32.const 0) (i32.const 255) (i32.mul (memory.size) (i32.const 65536)))
    (call_indirect (type $f) (i32.and (local.get 0) (i32.const 7))))
  (func (export "grow memory") (param i32) (result i32) (memory.grow (i32.and (local.get 0) (i32.const 3))))
  (func (export "grow table") (param i32) (result i32)
    (table.grow $t (ref.null func) (i32.and (local.get 0) (i32.const 3))))
  (func (export "set table") (param i32) (table.set $t (i32.and (local.get 0) (i32.const 3)) (ref.func $six)))
  (func (export "look") (param i32) (result i32 i64 f32 f64 i32 i32 i32 i32 i32 i32)
    (global.get $a) (global.get $b) (global.get $c) (global.get $d) (ref.is_null (global.get $r)) (global.get $e)
    (memory.size) (table.size $t) (i32.load (local.get 0))
    (call_indirect (type $f) (i32.const 2))))`;

describe('an engine that keeps instances', () => {
  for (const tier of TIERS) {
    it(`reports the same for every call as a new engine, regardless of earlier calls: ${tier}`, async () => {
      const shared = createEngine({ tier });
      await fc.assert(
        fc.asyncProperty(anyModule(), seeds, async (generated, seed) => {
          const kept = await load(generated.bytes, {}, shared);
          const fresh = await load(generated.bytes, NOTHING_KEPT);
          for (const step of stepsOf(generated, seed)) assert.strictEqual(summary(kept, step), summary(fresh, step));
        }),
        { numRuns: 25 },
      );
      assert.isAbove(shared.held().idleInstances, 5);
    }).timeout(120_000);

    it(`resets memory, tables, globals, segments and the start function: ${tier}`, async () => {
      const bytes = bytesOfText(EVERYTHING);
      const kept = await load(bytes, { tier });
      const anew = await load(bytes, NOTHING_KEPT);
      const call = fc.record({
        name: fc.constantFrom('dirty', 'grow memory', 'grow table', 'set table', 'look'),
        args: fc.oneof(fc.constantFrom(0, 1, 3, 7, 31), fc.nat(131_072)).map((n) => [i32(n)]),
        fuel: fc.oneof(fc.constant(1_000_000), fc.nat(12_000)),
        imports: fc.constantFrom(...SETS),
      });
      const calls = fc.array(call, { minLength: 2, maxLength: 10 });
      fc.assert(
        fc.property(calls, (steps) => {
          for (const step of steps) assert.strictEqual(summary(kept, step), summary(anew, step));
        }),
        { numRuns: 25 },
      );
    });
  }

  it('runs a nested call of the same module in another instance', async () => {
    const text = `(module (import "env" "again" (func $again (param i32) (result i32)))
      (global $n (mut i32) (i32.const 0))
      (func (export "run") (param i32) (result i32)
        (global.set $n (i32.add (global.get $n) (local.get 0)))
        (if (i32.eqz (local.get 0)) (then (return (global.get $n))))
        (i32.add (global.get $n) (call $again (i32.sub (local.get 0) (i32.const 1))))))`;
    const again: HostImport = {
      module: 'env',
      name: 'again',
      type: { params: ['i32'], results: ['i32'] },
      run: (_, args) => {
        const { outcome } = module.call('run', args);
        return outcome.kind === 'returned' ? outcome.values : undefined;
      },
    };
    const module = await loadText(text, [again]);
    for (let i = 0; i < 3; i++) {
      expect(module.call('run', [i32(4)]).outcome).to.deep.equal({ kind: 'returned', values: [i32(10)] });
    }
  });

  it('reports the state of a call after others have run in its instance, without calling the host again', async () => {
    let asked = 0;
    const count: HostImport = {
      module: 'env',
      name: 'count',
      type: { params: [], results: ['i32'] },
      run: () => [i32(++asked)],
    };
    const text = `(module (import "env" "count" (func $count (result i32))) (memory 1)
      (func (export "f") (i32.store (i32.const 0) (call $count))))`;
    for (const tier of TIERS) {
      const module = await loadText(text, [count], { tier });
      const results = [module.call('f'), module.call('f'), module.call('f')];
      const state = toHex(results[2]!.diagnostics.stateDigest());
      const before = asked;
      const digests = results.map(({ diagnostics }) => toHex(diagnostics.stateDigest()));
      expect(digests[2]).to.equal(state);
      expect(new Set(digests).size).to.equal(3);
      expect(asked).to.equal(before);
    }
  });

  it('isolates later calls from anything that a host function kept', async () => {
    const seen: HostCall[] = [];
    const spy: HostImport = {
      module: 'env',
      name: 'spy',
      type: { params: [], results: [] },
      run: (call) => {
        seen.push(call);
        return [];
      },
    };
    const text = '(module (import "env" "spy" (func $spy)) (memory 1) (func (export "f") (call $spy)))';
    const module = await loadText(text, [spy]);
    module.call('f');
    const [call] = seen;
    for (const use of [() => call!.memory, () => call!.charge(1), () => call!.fuelLeft(), () => call!.call('f', [])]) {
      expect(use).to.throw('after the call ended');
    }
  });

  it('keeps no instance of a call that threw, and none beyond its bound', async () => {
    const thrower: HostImport = {
      module: 'env',
      name: 'throw',
      type: { params: ['i32'], results: [] },
      run: (_, [x]) => {
        if (x !== undefined && 'bits' in x && x.bits === 1) throw new Error('no');
        return [];
      },
    };
    const text = `(module (import "env" "throw" (func $throw (param i32))) (memory 3 100)
      (func (export "f") (param i32) (call $throw (local.get 0)))
      (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))`;
    const engine = createEngine({ tier: 'interpreter', idleInstanceBytes: 2 * 1024 * 1024 });
    const loaded = await engine.load(bytesOfText(text), { imports: [thrower] });
    if (!loaded.ok) throw new Error(loaded.fault.code);
    const { module } = loaded;
    expect(() => module.call('f', [i32(1)])).to.throw('threw: no');
    expect(engine.held().idleInstances).to.equal(0);
    module.call('f', [i32(0)]);
    expect(engine.held().idleInstances).to.equal(1);
    module.call('grow', [i32(60)]);
    expect(engine.held().idleInstances).to.equal(0);
    module.call('grow', [i32(5)]);
    expect(engine.held()).to.include({ modules: 1, idleInstances: 1 });
    expect(engine.held().idleInstanceBytes).to.be.within(8 * 65_536, 2 * 1024 * 1024);
    engine.release();
    expect(engine.held()).to.deep.equal({ modules: 0, moduleBytes: 0, idleInstances: 0, idleInstanceBytes: 0 });
    expect(module.call('grow', [i32(5)]).outcome).to.deep.equal({ kind: 'returned', values: [i32(3)] });
  });

  it('reports no backtrace of an earlier call when fuel runs out outside of the guest', async () => {
    const module = await loadText(guestText({ validate: '(unreachable)' }));
    const payload = Uint8Array.of(0xc0);
    const trapped = module.callBytes('validate', payload);
    const exhausted = module.callBytes('validate', payload, { fuel: module.metered.instantiationCharge });
    expect(exhausted.outcome).to.deep.equal({ kind: 'exhausted', resource: 'fuel' });
    expect(exhausted.diagnostics.backtrace()).to.deep.equal([]);
    expect(trapped.diagnostics.backtrace()).to.have.length(1);
  });

  it('caches modules by their bytes within its bound, evicting the least recently used', async () => {
    const bytes = [1, 2, 3].map((n) => bytesOfText(`(module (func (export "f") (result i32) (i32.const ${n})))`));
    const size = bytes[0]!.length;
    const engine = createEngine({ moduleCacheBytes: 2 * size + 1 });
    const metered = async (n: number) => {
      const loaded = await engine.load(bytes[n]!);
      if (!loaded.ok) throw new Error(loaded.fault.code);
      return loaded.module.metered;
    };
    const first = await metered(0);
    const second = await metered(1);
    expect(await metered(0)).to.equal(first);
    await metered(2);
    expect(await metered(0)).to.equal(first);
    expect(await metered(1)).to.not.equal(second);
    expect(engine.held()).to.include({ modules: 2, moduleBytes: 2 * size });
    // The caller's bytes are not those of the cache.
    const copy = bytes[0]!.slice();
    const other = createEngine();
    const before = await other.load(copy);
    copy.fill(0);
    const after = await other.load(bytes[0]!);
    expect(before.ok && after.ok && before.module.hash === after.module.hash).to.equal(true);
    expect((await other.load(copy)).ok).to.equal(false);
  });

  it('confuses no modules of equal length, wherever they differ and however they are aligned in their buffers', async () => {
    const bytes = bytesOfText('(module (func (export "f") (result i32) (i32.const 1)))');
    for (let at = 8; at < bytes.length; at++) {
      const engine = createEngine({ tier: 'interpreter' });
      const before = await engine.load(bytes);
      const other = bytes.slice();
      other[at]! ^= 1;
      const after = await engine.load(other);
      if (before.ok && after.ok) expect(after.module.hash, `byte ${at}`).to.not.equal(before.module.hash);
      const expected = await createEngine({ tier: 'interpreter', moduleCacheBytes: 0 }).load(other);
      expect(after.ok ? after.module.hash : after.fault).to.deep.equal(
        expected.ok ? expected.module.hash : expected.fault,
      );
    }
    const engine = createEngine({ tier: 'interpreter' });
    const hashes: string[] = [];
    for (let offset = 0; offset < 9; offset++) {
      const buffer = new Uint8Array(bytes.length + offset);
      buffer.set(bytes, offset);
      const loaded = await engine.load(buffer.subarray(offset));
      if (loaded.ok) hashes.push(loaded.module.hash);
    }
    expect(new Set(hashes).size).to.equal(1);
    expect(hashes).to.have.length(9);
    expect(engine.held().modules).to.equal(1);
  });

  for (const tier of TIERS) {
    it(`runs the bytes that were loaded, even if the caller changes them later: ${tier}`, async () => {
      const bytes = bytesOfText(`(module (memory 1) (data (i32.const 0) "abcd") (global $g i32 (i32.const 5))
        (func (export "f") (result i32) (i32.add (i32.load (i32.const 0)) (global.get $g))))`).slice();
      const module = await load(bytes, { tier });
      bytes.fill(0);
      expect(module.call('f').outcome).to.deep.equal({ kind: 'returned', values: [i32(0x64636261 + 5)] });
    });
  }

  for (const tier of TIERS) {
    it(`returns receipts with bytes of their own: ${tier}`, async () => {
      const module = await load(bytesOfText('(module (func (export "f") (param i32)))'), { tier });
      const first = module.call('f', [i32(1)]).receipt;
      const wanted = toHex(receiptHash(first));
      for (const value of Object.values(first)) if (value instanceof Uint8Array) value.fill(0);
      expect(toHex(receiptHash(first))).not.to.equal(wanted);
      expect(toHex(receiptHash(module.call('f', [i32(1)]).receipt))).to.equal(wanted);
    });
  }

  it('refuses bounds that are not numbers of bytes', () => {
    expect(() => createEngine({ moduleCacheBytes: -1 }))
      .to.throw(UsageError)
      .with.property('code', 'bad-bound');
    expect(() => createEngine({ idleInstanceBytes: 0.5 }))
      .to.throw(UsageError)
      .with.property('code', 'bad-bound');
  });
});
