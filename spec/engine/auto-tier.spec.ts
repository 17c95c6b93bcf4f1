/**
 * The tier `auto`: a module starts in the interpreter and changes over later, visible only in a diagnostic. The
 * interpreter alone is the oracle of every receipt.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { createEngine, type EngineOptions } from '../../src/engine/engine.js';
import type { HostImport } from '../../src/engine/imports/host-import.js';
import type { ArtefactCache } from '../../src/engine/load/artefact-cache.js';
import type { CallResult, LoadedModule } from '../../src/engine/loaded-module.js';
import { encodeReceipt } from '../../src/engine/receipt/receipt-bytes.js';
import { i32 } from '../../src/wasm/value.js';
import { bytesOfText } from './load-text.js';

/** Sums, stores and grows; traps at the end if the second bit of the argument is set. */
const WORK = `(module (memory (export "memory") 1 40) (global $g (mut f64) (f64.const 0))
  (func (export "work") (param i32) (result i32) (local i32)
    (loop $l
      (global.set $g (f64.div (global.get $g) (f64.convert_i32_u (local.get 1))))
      (i32.store (i32.and (local.get 1) (i32.const 65532)) (local.get 1))
      (br_if $l (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))
    (drop (memory.grow (i32.and (local.get 0) (i32.const 3))))
    (if (i32.and (local.get 0) (i32.const 2)) (then unreachable))
    (local.get 1)))`;

const ASKING = `(module (import "env" "ask" (func $ask (param i32) (result i32)))
  (func (export "work") (param i32) (result i32) (local i32)
    (loop $l
      (drop (call $ask (local.get 1)))
      (br_if $l (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))
    (local.get 1)))`;

async function load(bytes: Uint8Array, options: EngineOptions = {}, imports: readonly HostImport[] = []) {
  const loaded = await createEngine(options).load(bytes, { imports });
  if (!loaded.ok) throw new Error(loaded.fault.code);
  return loaded.module;
}

function summary({ outcome, receipt }: CallResult): string {
  return `${JSON.stringify(outcome)} ${toHex(encodeReceipt(receipt))}`;
}

/** Roughly the fuel that the interpreter may use on `WORK` before the other program is worth making. */
const ALLOWED = 1_000_000;

describe('tier auto', () => {
  it('returns the same receipts before, while and after it switches', async () => {
    const bytes = readFileSync('vectors/guests/post/post.wasm');
    const entry = readFileSync('vectors/guests/entries/post-valid-plain.msgpack');
    const receipt = (module: LoadedModule) => toHex(encodeReceipt(module.validate(entry).receipt));
    const expected = receipt(await load(bytes, { tier: 'interpreter' }));
    const module = await load(bytes);
    const seen: string[] = [];
    expect(module.tier).to.equal('interpreter');
    expect(module.compilation).to.deep.equal({ state: 'pending' });
    while (module.compilation.state === 'pending') {
      const result = module.validate(entry);
      expect(toHex(encodeReceipt(result.receipt))).to.equal(expected);
      seen.push(result.diagnostics.tier);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(module.compilation).to.deep.equal({ state: 'done' });
    expect(seen[0]).to.equal('interpreter');
    const after = module.validate(entry);
    expect(after.diagnostics.tier).to.equal('instrumented');
    expect(toHex(encodeReceipt(after.receipt))).to.equal(expected);
  });

  it('continues a long call in the other tier where nothing observed its beginning, at every limit', async () => {
    const bytes = bytesOfText(WORK);
    const reference = await load(bytes, { tier: 'interpreter' });
    const used = (n: number) => reference.call('work', [i32(n)]).receipt.fuel.used;
    const digest = (n: number) => reference.call('work', [i32(n)]).diagnostics.stateDigest();
    const perTurn = (used(1001) - used(1)) / 1000;
    // The number of turns that uses up the interpreter's allowance, and one fewer and one more.
    const turns = Math.floor((ALLOWED + 20 * bytes.length - used(1)) / perTurn);
    const tiers = new Set<string>();
    for (const n of [turns, turns + 1, turns + 2]) {
      for (const fuel of [1e9, used(n), used(n) - 1, ALLOWED + 20 * bytes.length, ALLOWED + 20 * bytes.length + 1]) {
        const module = await load(bytes);
        const result = module.call('work', [i32(n)], { fuel });
        expect(summary(result), `${n} turns, ${fuel} fuel`).to.equal(
          summary(reference.call('work', [i32(n)], { fuel })),
        );
        if (fuel === 1e9) expect(result.diagnostics.stateDigest()).to.deep.equal(digest(n));
        tiers.add(result.diagnostics.tier);
        expect(module.reruns).to.equal(0);
      }
    }
    expect([...tiers].sort()).to.deep.equal(['instrumented', 'interpreter']);
  });

  it('switches between the calls of a program that never yields, and calls no host function twice', async () => {
    const asked: number[] = [];
    const ask: HostImport = {
      module: 'env',
      name: 'ask',
      type: { params: ['i32'], results: ['i32'] },
      run: (call, [value]) => {
        asked.push(call.fuelLeft());
        return [value!];
      },
    };
    const bytes = bytesOfText(ASKING);
    const reference = await load(bytes, { tier: 'interpreter' }, [ask]);
    const expected = reference.call('work', [i32(17_000)]);
    const fuelsAsked = asked.splice(0);
    const module = await load(bytes, {}, [ask]);
    const results = [0, 1, 2].map(() => module.call('work', [i32(17_000)]));
    expect(results.map(({ diagnostics }) => diagnostics.tier)).to.deep.equal([
      'interpreter',
      'instrumented',
      'instrumented',
    ]);
    for (const result of results) expect(summary(result)).to.equal(summary(expected));
    expect(asked).to.deep.equal([...fuelsAsked, ...fuelsAsked, ...fuelsAsked]);
  });

  it('moves a long call that has called no host function yet, and shows a host function all of its fuel', async () => {
    const text = (calls: string) => `(module (import "env" "ask" (func $ask (param i32) (result i32)))
      (func (export "work") (param i32) (result i32) (local i32)
        (if (i32.eqz (local.get 0)) (then (drop (call $ask (i32.const 1)))))
        ${calls}
        (loop $l (br_if $l (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 2_000_000))))
        (local.get 1)))`;
    const tiers: string[] = [];
    for (const calls of ['', '(drop (call $ask (i32.const 2)))']) {
      const asked: number[] = [];
      const ask: HostImport = {
        module: 'env',
        name: 'ask',
        type: { params: ['i32'], results: ['i32'] },
        run: (call, [value]) => {
          asked.push(call.fuelLeft());
          return [value!];
        },
      };
      const bytes = bytesOfText(text(calls));
      const expected = (await load(bytes, { tier: 'interpreter' }, [ask])).call('work', [i32(1)]);
      const fuelsAsked = asked.splice(0);
      const result = (await load(bytes, {}, [ask])).call('work', [i32(1)]);
      expect(summary(result)).to.equal(summary(expected));
      expect(asked).to.deep.equal(fuelsAsked);
      tiers.push(result.diagnostics.tier);
    }
    expect(tiers).to.deep.equal(['instrumented', 'interpreter']);
  });

  it('keeps no idle instance of the tier that it has left', async () => {
    const engine = createEngine();
    const loaded = await engine.load(bytesOfText('(module (memory 1) (func (export "f")))'));
    if (!loaded.ok) throw new Error(loaded.fault.code);
    const { module } = loaded;
    module.call('f');
    module.call('f');
    await module.settled();
    expect(module.call('f').diagnostics.tier).to.equal('instrumented');
    expect(engine.held().idleInstances).to.equal(1);
  });

  it('stays in the interpreter with a module that the host should not compile', async () => {
    const locals = '(local i64)'.repeat(3000);
    const body = '(block (br_if 0 (local.get 0)) (local.set 1 (i64.const 1)))'.repeat(14_000);
    const params = (n: number) => Array.from({ length: 13 }, (_, bit) => ((n >> bit) & 1 ? 'i32' : 'i64')).join(' ');
    const types = Array.from({ length: 4_001 }, (_, n) => `(type (func (param ${params(n)})))`).join('');
    const bombs = [
      `(module (func (export "f") (param i32) ${locals} ${body}))`,
      `(module ${types} (func (export "f") (param i32)))`,
    ];
    for (const bytes of bombs.map(bytesOfText)) {
      for (const tier of ['auto', 'instrumented'] as const) {
        const module = await load(bytes, { tier });
        await module.settled();
        expect(module.compilation).to.include({ state: 'declined', reason: 'too-heavy' });
        expect(module.call('f', [i32(1)]).diagnostics.tier).to.equal('interpreter');
      }
    }
  });

  it('stays in the interpreter if the host refuses, or compiles only asynchronously', async () => {
    function refuse(): never {
      throw new WebAssembly.CompileError('no');
    }
    const bytes = bytesOfText(WORK);
    const long = [i32(1_000_000)];
    await withWebAssembly({ compile: async () => refuse() }, async () => {
      const module = await load(bytes);
      await module.settled();
      expect(module.compilation).to.include({ state: 'declined', reason: 'host-refused', detail: 'no' });
      expect(module.call('work', long).diagnostics.tier).to.equal('interpreter');
    });
    const engine = createEngine();
    const loadedOf = async (given: Uint8Array): Promise<LoadedModule> => {
      const loaded = await engine.load(given);
      if (!loaded.ok) throw new Error(loaded.fault.code);
      return loaded.module;
    };
    // The host is tested with the first module.
    await (await loadedOf(bytesOfText(ASKING))).settled();
    const module = await loadedOf(bytes);
    await withWebAssembly({ Module: refuse }, async () => {
      expect(module.call('work', long).diagnostics.tier).to.equal('interpreter');
      expect(module.compilation).to.deep.equal({ state: 'pending' });
    });
    await module.settled();
    expect(module.call('work', long).diagnostics.tier).to.equal('instrumented');
  });

  it('tests the host when a module is rewritten, and stays in the interpreter if that cannot run', async () => {
    function refuse(): never {
      throw new WebAssembly.CompileError('no');
    }
    const long = [i32(1_000_000)];
    await withWebAssembly({ Module: refuse }, async () => {
      for (const settle of [true, false]) {
        const module = await load(bytesOfText(WORK));
        expect(module.compilation).to.deep.equal({ state: 'pending' });
        if (settle) await module.settled();
        expect(module.call('work', long).diagnostics.tier).to.equal('interpreter');
        expect(module.compilation).to.deep.equal({ state: 'none' });
      }
    });
  });

  it('reports its own error and continues', async () => {
    const error = new Error('the cache breaks its promise');
    const artefacts: ArtefactCache = {
      get: ({ kind }) => (kind === 'rewritten' ? Promise.reject(error) : Promise.resolve(undefined)),
      put: async () => {},
    };
    const module = await load(bytesOfText(WORK), { artefacts });
    await module.settled();
    expect(module.compilation).to.deep.equal({ state: 'failed', error });
    expect(module.call('work', [i32(1)]).outcome.kind).to.equal('returned');
  });

  it('stores the rewritten module, also when a call could not wait', async () => {
    for (const turns of [1, 1_000_000]) {
      const kept = new Map<string, Uint8Array>();
      const artefacts: ArtefactCache = {
        get: async ({ kind }) => kept.get(kind),
        put: async ({ kind }, content) => {
          kept.set(kind, content);
        },
      };
      const first = await load(bytesOfText(WORK), { artefacts });
      first.call('work', [i32(turns)]);
      await first.settled();
      while (!kept.has('rewritten')) await new Promise((resolve) => setTimeout(resolve, 1));
      const second = await load(bytesOfText(WORK), { artefacts });
      await second.settled();
      expect(summary(second.call('work', [i32(5)]))).to.equal(summary(first.call('work', [i32(5)])));
      expect(second.tier).to.equal('instrumented');
    }
  });

  it('uses the interpreter on a host without WebAssembly', async () => {
    const there = globalThis.WebAssembly;
    try {
      Reflect.deleteProperty(globalThis, 'WebAssembly');
      const module = await load(bytesOfText(WORK));
      expect(module.compilation).to.deep.equal({ state: 'none' });
      expect(module.call('work', [i32(1_000_000)]).diagnostics.tier).to.equal('interpreter');
      await module.settled();
      expect(module.tier).to.equal('interpreter');
    } finally {
      globalThis.WebAssembly = there;
    }
  });

  it('keeps no process alive that has nothing else to do', () => {
    const script = `
      const { createEngine } = await import(${JSON.stringify(new URL('../../src/engine/engine.js', import.meta.url).href)});
      const { packageFile } = await import(${JSON.stringify(new URL('../programs/package-file.js', import.meta.url).href)});
      const { module } = await createEngine().load(packageFile('brotli-wasm', 'pkg.node/brotli_wasm_bg.wasm'));
      process.on('exit', () => process.stdout.write(module.compilation.state));`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    });
    expect({ stdout, stderr, status }).to.deep.equal({ stdout: 'pending', stderr: '', status: 0 });
  });
});

/** Replaces parts of the host's `WebAssembly` while a test runs. */
async function withWebAssembly(parts: object, test: () => Promise<void>): Promise<void> {
  const there = globalThis.WebAssembly;
  const others = Object.fromEntries(Object.getOwnPropertyNames(there).map((name) => [name, Reflect.get(there, name)]));
  try {
    globalThis.WebAssembly = { ...others, ...parts } as typeof WebAssembly;
    await test();
  } finally {
    globalThis.WebAssembly = there;
  }
}
