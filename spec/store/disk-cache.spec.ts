/** The cache on disk: it returns exactly what was stored under a key, and nothing else. */

import { spawn } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { hash, toHex, utf8 } from '../../src/base/hash.js';
import type { RewrittenKey } from '../../src/engine/load/artefact-cache.js';
import { createEngine, type EngineOptions, encodeReceipt, type HostImport } from '../../src/index.js';
import { defineSchedule, FUEL_1, FUEL_1_PRICES } from '../../src/metering/schedule.js';
import { openDiskCache } from '../../src/store/disk-cache.js';
import { StoreError } from '../../src/store/store-error.js';
import { bytesOfText } from '../engine/load-text.js';

function keyOf(name: string): RewrittenKey {
  const [module, schedule, limits] = [name, 's', 'l'].map((text) => hash(utf8(text))) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  return { kind: 'rewritten', form: 'host-bounds', module, schedule, limits };
}

const CONTENT = utf8('what was made of a module');
const KEY = keyOf('a');

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-store-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function sealedFiles(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sealed'))
    .map((name) => join(folder, name));
}

async function rejection(action: Promise<unknown>): Promise<string> {
  const error: unknown = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof StoreError) return error.code;
  throw new Error(`not a StoreError: ${String(error)}`);
}

function otherLastByte(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const changed = Uint8Array.from(bytes);
  changed[changed.length - 1]! ^= 1;
  return changed;
}

/**
 * Constants, floats across the boundary, references, tables and segments: everything that affects a rewritten module.
 */
const EVERYTHING = `(module
  (import "env" "constant" (global $c f64)) (import "env" "keep" (func $keep (param f32) (result f64)))
  (table $a 3 funcref) (global $r (mut funcref) (ref.func $five)) (global $own (mut f64) (global.get $c))
  (memory 1) (data $d "abc") (elem $e func $five) (type $t (func (result i32)))
  (func $five (type $t) (i32.const 5))
  (func (export "change") (param f32) (result f64)
    (table.set $a (i32.const 1) (global.get $r)) (table.init $a $e (i32.const 2) (i32.const 0) (i32.const 1))
    (memory.init $d (i32.const 0) (i32.const 0) (i32.const 3)) (data.drop $d) (elem.drop $e)
    (global.set $own (f64.const 1)) (global.set $r (ref.null func)) (call $keep (local.get 0)))
  (func (export "look") (result f64 i32 i32) (global.get $own) (i32.load (i32.const 0)) (ref.is_null (table.get $a (i32.const 1))))
  (func (export "call") (result i32) (call_indirect $a (type $t) (i32.const 2))))`;

describe('the cache on disk', () => {
  it('returns what was stored, also in another process, and nothing for another key', async () => {
    const cache = await openDiskCache(folder);
    expect(await cache.get(KEY)).to.equal(undefined);
    await cache.put(KEY, CONTENT);
    expect(await cache.get(KEY)).to.deep.equal(CONTENT);
    expect(await (await openDiskCache(folder)).get(KEY)).to.deep.equal(CONTENT);
    expect(await cache.get(keyOf('b'))).to.equal(undefined);
    expect(await cache.get({ ...KEY, limits: hash(utf8('other')) })).to.equal(undefined);
    expect(await cache.get({ ...KEY, schedule: hash(utf8('other')) })).to.equal(undefined);
    expect(await (await openDiskCache(folder, { version: 'next' })).get(KEY)).to.equal(undefined);
    expect(await (await openDiskCache(folder, { key: new Uint8Array(32) })).get(KEY)).to.equal(undefined);
    expect(cache.counts).to.deep.equal({ hits: 1, misses: 4, rejected: 0, failures: 0, lastFailure: undefined });
  });

  it('misses a file with any byte changed, or truncated or extended anywhere, and deletes it', async () => {
    const cache = await openDiskCache(folder);
    await cache.put(KEY, CONTENT);
    const [path] = sealedFiles();
    const good = readFileSync(path!);
    const change = fc.oneof(
      fc.record({ at: fc.nat(good.length - 1), mask: fc.integer({ min: 1, max: 255 }) }).map(({ at, mask }) => {
        const bytes = Uint8Array.from(good);
        bytes[at]! ^= mask;
        return bytes;
      }),
      fc.nat(good.length - 1).map((length) => Uint8Array.from(good.subarray(0, length))),
      fc.uint8Array({ minLength: 1, maxLength: 9 }).map((more) => Uint8Array.from([...good, ...more])),
    );
    await fc.assert(
      fc.asyncProperty(change, async (bytes) => {
        writeFileSync(path!, bytes);
        expect(await cache.get(KEY)).to.equal(undefined);
        expect(sealedFiles()).to.deep.equal([]);
      }),
      { numRuns: 100, examples: [[new Uint8Array(0)], [otherLastByte(good)]] },
    );
    writeFileSync(path!, good);
    expect(await cache.get(KEY)).to.deep.equal(CONTENT);
  });

  it('misses an authentic file under the name of another', async () => {
    const cache = await openDiskCache(folder);
    await cache.put(KEY, CONTENT);
    const [path] = sealedFiles();
    const bytes = readFileSync(path!);
    await cache.put(keyOf('b'), utf8('other'));
    for (const other of sealedFiles()) writeFileSync(other, bytes);
    expect(await cache.get(KEY)).to.deep.equal(CONTENT);
    expect(await cache.get(keyOf('b'))).to.equal(undefined);
    expect(cache.counts.rejected).to.equal(1);
  });

  it('restricts its key and its files to their owner', async () => {
    await (await openDiskCache(folder)).put(KEY, CONTENT);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077, name).to.equal(0);
    const key = join(folder, 'key');
    expect(readFileSync(key)).to.have.length(32);
    chmodSync(key, 0o644);
    expect(await rejection(openDiskCache(folder))).to.equal('key-file');
    chmodSync(key, 0o600);
    writeFileSync(key, new Uint8Array(31));
    expect(await rejection(openDiskCache(folder))).to.equal('key-file');
  });

  it('refuses invalid options', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'no folder');
    expect(await rejection(openDiskCache(join(file, 'below')))).to.equal('folder');
    expect(await rejection(openDiskCache(folder, { key: new Uint8Array(31) }))).to.equal('key');
    expect(await rejection(openDiskCache(folder, { key: new Uint8Array(65) }))).to.equal('key');
    expect(await rejection(openDiskCache(folder, { bytesMax: -1 }))).to.equal('bound');
  });

  it('stays within its bound, evicts the least recently used, and deletes what dead processes left', async () => {
    const bytesMax = 10_000;
    const cache = await openDiskCache(folder, { bytesMax });
    const abandoned = join(folder, 'new-abandoned');
    writeFileSync(abandoned, 'x');
    utimesSync(abandoned, 1, 1);
    const young = join(folder, 'new-young');
    writeFileSync(young, 'x');
    await cache.put(KEY, new Uint8Array(2_000));
    for (let i = 0; i < 12; i++) {
      await cache.put(keyOf(`more ${i}`), new Uint8Array(2_000));
      // File times are in milliseconds.
      await setTimeout(4);
      expect(await cache.get(KEY)).to.have.length(2_000);
      await setTimeout(4);
      const bytes = sealedFiles().reduce((sum, path) => sum + statSync(path).size, 0);
      expect(bytes).to.be.at.most(bytesMax);
    }
    expect(readdirSync(folder)).to.include('new-young').and.not.include('new-abandoned');
    await cache.put(keyOf('too large'), new Uint8Array(bytesMax));
    expect(await cache.get(keyOf('too large'))).to.equal(undefined);
  });

  it('misses, without failing a load, when its folder is gone', async () => {
    const cache = await openDiskCache(folder);
    rmSync(folder, { recursive: true });
    await cache.put(KEY, CONTENT);
    expect(await cache.get(KEY)).to.equal(undefined);
    expect(cache.counts).to.include({ failures: 1, lastFailure: 'ENOENT' });
  });

  it('is safe between processes that create its key and write the same files at once', async () => {
    const script = `
      const { openDiskCache } = await import(${JSON.stringify(new URL('../../src/store/disk-cache.js', import.meta.url).href)});
      const cache = await openDiskCache(${JSON.stringify(folder)}, { version: 'v', bytesMax: 60000 });
      let wrong = 0;
      for (let round = 0; round < 40; round++) {
        const n = round % 5;
        const key = { kind: 'rewritten', form: 'host-bounds', module: new Uint8Array(32).fill(n), schedule: new Uint8Array(32), limits: new Uint8Array(32) };
        const seen = await cache.get(key);
        if (seen !== undefined && (seen.length !== 9000 + n || seen.some((byte) => byte !== n))) wrong++;
        await cache.put(key, new Uint8Array(9000 + n).fill(n));
      }
      process.stdout.write(JSON.stringify({ wrong, ...cache.counts }));`;
    const outputs = await Promise.all(Array.from({ length: 3 }, () => runScript(script)));
    for (const output of outputs) {
      expect(JSON.parse(output)).to.include({ wrong: 0, rejected: 0, failures: 0 });
    }
  }).timeout(60_000);

  it('does not affect receipts: an engine with a cold, a warm and a corrupted cache', async () => {
    const bytes = readFileSync('vectors/guests/post/post.wasm');
    const entry = readFileSync('vectors/guests/entries/post-valid-plain.msgpack');
    const receipts: string[] = [];
    const cache = await openDiskCache(folder);
    for (const spoil of [false, false, true]) {
      if (spoil) for (const path of sealedFiles()) writeFileSync(path, 'spoilt');
      const loaded = await createEngine({ artefacts: cache }).load(bytes);
      if (!loaded.ok) throw new Error(loaded.fault.code);
      await loaded.module.settled();
      expect(loaded.module.tier).to.equal('instrumented');
      receipts.push(toHex(encodeReceipt(loaded.module.validate(entry).receipt)));
    }
    expect(new Set(receipts).size).to.equal(1);
    expect(cache.counts).to.include({ hits: 2, misses: 4, rejected: 2 });
  });
});

const DEARER = defineSchedule('spec-dearer', { ...FUEL_1_PRICES, functionEntry: 77 });
const IMPORTS: readonly HostImport[] = [
  { module: 'env', name: 'constant', value: { type: 'f64', bits: 0x7ff4000000000001n } },
  {
    module: 'env',
    name: 'keep',
    type: { params: ['f32'], results: ['f64'] },
    run: (_, [value]) => [{ type: 'f64', bits: 'bits' in value! ? BigInt(value.bits) : 0n }],
  },
];

describe('an engine with a cache on disk', () => {
  it('returns the receipts of one without, for each schedule, on reused instances', async () => {
    const cache = await openDiskCache(folder);
    const bytes = bytesOfText(EVERYTHING);
    const receiptsOf = async (options: EngineOptions) => {
      const loaded = await createEngine(options).load(bytes, { imports: IMPORTS });
      if (!loaded.ok) throw new Error(loaded.fault.code);
      const args = (name: string) => (name === 'change' ? [{ type: 'f32', bits: 0x7fa00001 } as const] : []);
      return ['look', 'change', 'look', 'call', 'change', 'call'].map((name) => {
        const { receipt, outcome, diagnostics } = loaded.module.call(name, args(name));
        const values = JSON.stringify(outcome, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
        return [toHex(encodeReceipt(receipt)), values, toHex(diagnostics.stateDigest())];
      });
    };
    for (const schedule of [FUEL_1, DEARER]) {
      const expected = await receiptsOf({ tier: 'interpreter', schedule });
      for (const time of ['first', 'second']) {
        const actual = await receiptsOf({ tier: 'instrumented', schedule, artefacts: cache });
        expect(actual, `${schedule.id}, the ${time} time`).to.deep.equal(expected);
      }
    }
    // Validity does not depend on the schedule.
    expect(cache.counts).to.include({ hits: 5, misses: 3 });
  });
});

function runScript(script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    const out: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => out.push(chunk.toString()));
    child.on('error', reject);
    child.on('close', () => resolve(out.join('')));
  });
}
