/**
 * Parts of the kit by themselves: the flags of the processes it starts, runtime names, floats and segments as text,
 * host sets.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { assert } from 'chai';
import { disassembleModule } from '../../src/agreement/disassemble.js';
import { floatText } from '../../src/agreement/float-text.js';
import { searchFuel } from '../../src/agreement/fuel-search.js';
import { generationOfModule, generationOfZomes } from '../../src/agreement/generation-of-module.js';
import { hostsNamed } from '../../src/agreement/host-set.js';
import { inputHash } from '../../src/agreement/input-hash.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import { hostLogNode } from '../../src/agreement/node-host-log.js';
import { parseNode } from '../../src/agreement/node-spec.js';
import { runtimeName } from '../../src/agreement/runtime-name.js';
import { hash, toHex, utf8 } from '../../src/base/hash.js';
import { externPayload } from '../../src/boundary/validation.js';
import { sampleModule } from '../wasm/sample-module.js';
import { loadWat } from './load-wat.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-kit-'));
after(() => rmSync(folder, { recursive: true }));

describe('a process of the runtime', () => {
  const program = join(folder, 'runtime');

  before(() => {
    // Prints its command line, in place of a runtime.
    writeFileSync(program, '#!/bin/sh\necho "{\\"hello\\":\\"$* | $LC_ALL $LANG $TZ\\"}"\nexec cat >/dev/null\n');
    chmodSync(program, 0o755);
  });

  const started = async (spec: string) => {
    const own = {
      execPath: process.execPath,
      LC_ALL: process.env['LC_ALL'],
      LANG: process.env['LANG'],
      TZ: process.env['TZ'],
    };
    process.execPath = program;
    for (const name of ['LC_ALL', 'LANG', 'TZ']) delete process.env[name];
    try {
      const node = parseNode(spec);
      const hello = await node.describe();
      await node.close();
      return hello.replace(/\S+\/agreement\/runner\.js/, 'RUNNER');
    } finally {
      process.execPath = own.execPath;
      for (const name of ['LC_ALL', 'LANG', 'TZ'] as const) if (own[name] !== undefined) process.env[name] = own[name];
    }
  };

  const rows: Readonly<Record<string, string>> = {
    process: 'RUNNER auto |   ',
    'process@interpreter': 'RUNNER interpreter |   ',
    jitless: '--jitless RUNNER auto 0 |   ',
    'no-opt': '--no-opt RUNNER auto 0 |   ',
    'always-opt@instrumented': '--always-sparkplug --interrupt-budget=1000 RUNNER instrumented |   ',
    'liftoff-only': '--liftoff-only RUNNER auto |   ',
    'no-liftoff': '--no-liftoff RUNNER auto |   ',
    'small-stack': '--stack-size=500 RUNNER auto |   ',
    'small-heap': '--max-old-space-size=96 RUNNER auto |   ',
    'stress-gc': '--gc-interval=2000 RUNNER auto |   ',
    locale: 'RUNNER auto | tr_TR.UTF-8 tr_TR.UTF-8 Asia/Kathmandu',
    'process:node --a  --b': '--a --b RUNNER auto |   ',
    [`process:${program} --flag`]: '--flag RUNNER auto |   ',
  };
  for (const [spec, hello] of Object.entries(rows)) {
    it(spec.replace(folder, ''), async function () {
      if (process.platform === 'win32') this.skip();
      assert.equal(await started(spec), hello);
    });
  }

  for (const [name, flags] of [
    ['deno', 'run --allow-all --no-prompt --quiet --node-modules-dir=manual '],
    ['qjs', '--std '],
  ] as const) {
    it(`${name} runs with the flags that it needs`, async function () {
      if (process.platform === 'win32') this.skip();
      writeFileSync(join(folder, name), '#!/bin/sh\necho "{\\"hello\\":\\"$*\\"}"\nexec cat >/dev/null\n');
      chmodSync(join(folder, name), 0o755);
      assert.equal(await started(`process:${join(folder, name)}`), `${flags}RUNNER auto`);
    });
  }
});

it('a runtime is identified by its globals', () => {
  const under = (globals: Record<string, unknown>) => {
    const own = Object.keys(globals).map((key) => [key, Object.getOwnPropertyDescriptor(globalThis, key)] as const);
    for (const [key, value] of Object.entries(globals))
      Object.defineProperty(globalThis, key, { value, configurable: true, writable: true });
    try {
      return runtimeName();
    } finally {
      for (const [key, descriptor] of own) {
        if (descriptor === undefined) delete (globalThis as Record<string, unknown>)[key];
        else Object.defineProperty(globalThis, key, descriptor);
      }
    }
  };
  const versions = { node: '20.1.2' };
  assert.equal(under({ process: { arch: 'x64', versions } }), 'node 20.1.2 x64');
  assert.equal(under({ process: { versions } }), 'node 20.1.2');
  assert.equal(under({ Bun: { version: '1.2.3' }, process: { arch: 'arm64', versions } }), 'bun 1.2.3 arm64');
  assert.equal(under({ Deno: { version: { deno: '2.0.0' } }, process: { arch: 'x64', versions } }), 'deno 2.0.0 x64');
  assert.equal(under({ process: undefined, navigator: { userAgent: 'a page' } }), 'a page');
  assert.equal(under({ process: undefined, navigator: undefined }), 'unknown runtime');
});

it('floats are written in the syntax of the text format', () => {
  const f32: readonly (readonly [bigint, string])[] = [
    [0n, '0'],
    [0x8000_0000n, '-0'],
    [0x3f80_0000n, '0x1p+0'],
    [0xbf00_0000n, '-0x1p-1'],
    [0x4000_0000n, '0x1p+1'],
    [0x3fc0_0000n, '0x1.8p+0'],
    [0x3f80_0001n, '0x1.000002p+0'],
    [1n, '0x0.000002p-126'],
    [0x007f_ffffn, '0x0.fffffep-126'],
    [0x0080_0000n, '0x1p-126'],
    [0x7f7f_ffffn, '0x1.fffffep+127'],
    [0x7f80_0000n, 'inf'],
    [0xff80_0000n, '-inf'],
    [0x7fc0_0000n, 'nan'],
    [0xffc0_0000n, '-nan'],
    [0x7f80_0001n, 'nan:0x1'],
    [0x7fff_ffffn, 'nan:0x7fffff'],
  ];
  for (const [bits, text] of f32) assert.equal(floatText(bits, 32), text);
  const f64: readonly (readonly [bigint, string])[] = [
    [0x3ff0_0000_0000_0001n, '0x1.0000000000001p+0'],
    [1n, '0x0.0000000000001p-1022'],
    [0x7fef_ffff_ffff_ffffn, '0x1.fffffffffffffp+1023'],
    [0xfff8_0000_0000_0000n, '-nan'],
    [0x7ff0_0000_0000_0010n, 'nan:0x10'],
    [1n << 63n, '-0'],
  ];
  for (const [bits, text] of f64) assert.equal(floatText(bits, 64), text);
});

it('a module with one of every construct is disassembled completely', () => {
  const text = disassembleModule(sampleModule([0x41, 0, 0x24, 0]));
  for (const part of [
    'declare func 1',
    '(offset i32.const 0x00000000) func 0 1',
    '(item ref.func 0)',
    '(item ref.null func)',
    '"\\01\\02\\03"',
    '(global',
  ]) {
    assert.include(text.replace(/i32\.const 0\b(?!x)/g, 'i32.const 0x00000000'), part);
  }
});

describe('a set of host functions', () => {
  it('is given by name or by a file that exports it', async () => {
    assert.deepEqual(await hostsNamed('none'), []);
    const standard = await hostsNamed('standard');
    assert.includeMembers(
      standard.map(({ name }) => name),
      ['nothing', 'mix', 'poke', 'fuel', 'burn', 'stop'],
    );
    assert.isTrue(standard.every(({ module }) => module === 'env'));
    const [echo, ...rest] = await hostsNamed('echo');
    assert.deepEqual([echo!.module, echo!.name, rest.length], ['env', 'echo', 0]);
    const good = join(folder, 'hosts.mjs');
    writeFileSync(good, 'export const imports = [{ module: "a", name: "b", value: { type: "i32", bits: 1 } }];');
    assert.deepEqual(await hostsNamed(pathToFileURL(good).href), [
      { module: 'a', name: 'b', value: { type: 'i32', bits: 1 } },
    ]);
    const bad = pathToFileURL(join(folder, 'bad.mjs')).href;
    writeFileSync(join(folder, 'bad.mjs'), 'export const imports = { length: 0 };');
    const error: unknown = await hostsNamed(bad).catch((reason: unknown) => reason);
    assert.instanceOf(error, RangeError);
    assert.equal((error as Error).message, `${bad} does not export a list named imports`);
  });

  const ECHOING = `(module (import "env" "echo" (func $echo (param i32 i32) (result i64))) (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 1024))
    (func (export "__hc__allocate_1") (param i32) (result i32) (global.get $next) (global.set $next (i32.add (global.get $next) (local.get 0))))
    (func (export "__hc__deallocate_1") (param i32 i32))
    (func (export "f") (param i32 i32) (result i64) (call $echo (local.get 0) (local.get 1))))`;

  it('echo returns and logs its bytes at one unit each way, and a replay of its log does the same', async () => {
    const module = { bytes: await loadWat(ECHOING), hosts: 'echo' };
    const call = (payload: string) => ({ kind: 'bytes', export: 'f', payload, fuel: 100_000 }) as const;
    const ok = '81a24f6bc4024142';
    const nodes = [
      engineNode({ tier: 'interpreter' }),
      hostLogNode({ tier: 'interpreter' }),
      engineNode({ tier: 'instrumented', cache: 'warm', engine: 'fresh' }),
    ];
    const answers = await Promise.all(
      nodes.map((node) => node.run(module, [call(ok), call(`${ok.slice(0, -4)}4344`)])),
    );
    for (const given of answers) {
      const hosts = given.map((answer) =>
        answer.kind === 'receipt' ? [answer.values, answer.receipt.fuel.parts.host] : [answer],
      );
      assert.deepEqual(
        hosts,
        (answers[0] as typeof given).map((answer) =>
          answer.kind === 'receipt' ? [answer.values, answer.receipt.fuel.parts.host] : [],
        ),
      );
      assert.deepEqual(hosts[0]![0], [ok]);
    }
    const receipts = answers.map((given) =>
      given.map((answer) => (answer.kind === 'receipt' ? answer.receipt.hash : answer.kind)),
    );
    assert.deepEqual(receipts[1], receipts[0]);
    assert.deepEqual(receipts[2], receipts[0]);
    assert.notEqual(receipts[0]![0], receipts[0]![1]);
  });
});

describe('the input hash of a call', () => {
  const empty = { bytes: Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), hosts: 'none' };
  it('is the hash of the values, of the payload, or of the entry as passed to the guest', async () => {
    const of = (call: object) => inputHash(empty, { export: 'f', fuel: 1, ...call } as never);
    const entry = externPayload(Uint8Array.of(0xc0));
    assert.equal(await of({ kind: 'values', args: ['i32:0x00000007'] }), toHex(hash(Uint8Array.of(0x7f, 7, 0, 0, 0))));
    assert.equal(await of({ kind: 'bytes', payload: '0102' }), toHex(hash(Uint8Array.of(1, 2))));
    assert.equal(await of({ kind: 'validate', entry: 'c0' }), toHex(hash(entry)));
    assert.equal(await of({ kind: 'op', op: 'c0' }), toHex(hash(entry)));
    const wrong: unknown = await of({ kind: 'values', args: ['i32:x'] }).catch((error: unknown) => error);
    assert.instanceOf(wrong, RangeError);
  });

  it('covers the constants of the host', async () => {
    const bytes = await loadWat('(module (import "env" "i" (global i32)) (func (export "f")))');
    const hosts = join(folder, 'constants.mjs');
    writeFileSync(hosts, 'export const imports = [{ module: "env", name: "i", value: { type: "i32", bits: 5 } }];');
    const module = { bytes, hosts: pathToFileURL(hosts).href };
    const call = { kind: 'values', export: 'f', args: [], fuel: 1_000_000 } as const;
    const [answer] = await engineNode({ tier: 'interpreter' }).run(module, [call]);
    if (answer?.kind !== 'receipt') throw new Error(JSON.stringify(answer));
    assert.equal(await inputHash(module, call), answer.receipt.input);
    assert.notEqual(answer.receipt.input, toHex(hash(new Uint8Array(0))));
  });
});

describe('the generation detected from zomes', () => {
  const wasm = (data: string) =>
    Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, data.length + 2, 1, 0x78, ...utf8(data));
  const [silent, seven, two] = [
    wasm(''),
    wasm('WasmErrormodule_pathlineerror'),
    wasm('struct RegisterDelete with 3 elements'),
  ];

  it('is that of the first zome that reveals one, integrity zomes first', () => {
    assert.deepEqual([silent, seven, two].map(generationOfModule), ['0.6', '0.7', '0.2']);
    const zome = (name: string, bytes: Uint8Array, kind?: 'integrity' | 'coordinator') => ({
      name,
      wasm: bytes,
      ...(kind === undefined ? {} : { kind }),
    });
    assert.equal(generationOfZomes([]), '0.6');
    assert.equal(generationOfZomes([zome('a', silent)]), '0.6');
    assert.equal(generationOfZomes([zome('a', two, 'coordinator'), zome('b', seven)]), '0.7');
    assert.equal(generationOfZomes([zome('a', two, 'coordinator'), zome('b', silent, 'integrity')]), '0.2');
    assert.equal(generationOfZomes([zome('a', silent), zome('b', two), zome('c', seven)]), '0.2');
  });
});

it('the search tries the same inputs for a seed in every release', async () => {
  const asked: string[] = [];
  const call = { kind: 'bytes', export: 'f', payload: '00112233445566778899', fuel: 1 } as const;
  const fuelOf = async (one: object) => asked.push((one as typeof call).payload);
  await searchFuel(fuelOf, [call], { bytesMax: 12, steps: 300, seed: 7 });
  assert.equal(toHex(hash(utf8(asked.join('\n')))), 'a428d6941d268f2deabe4dda6224962256404287801752a722966c1d36a26ff3');
});
