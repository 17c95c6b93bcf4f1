/**
 * A module that the cache on disk knows to be valid, and has rewritten, cannot be distinguished from one that was
 * loaded from its bytes alone: listing, receipts, digests, backtraces, host calls, in every tier. And only this code
 * can mark a module as valid.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { anyModule } from '../../src/agreement/module-arbitrary.js';
import { hash, toHex, utf8 } from '../../src/base/hash.js';
import { defineLimits } from '../../src/base/limits.js';
import { valueOfBits } from '../../src/engine/imports/typed-values.js';
import type { ArtefactCache, ArtefactKey } from '../../src/engine/load/artefact-cache.js';
import {
  createEngine,
  type EngineOptions,
  encodeReceipt,
  type HostImport,
  type LoadedModule,
} from '../../src/index.js';
import { openDiskCache } from '../../src/store/disk-cache.js';
import { type Module, typeOfFunction } from '../../src/wasm/module.js';
import type { ValueType } from '../../src/wasm/types.js';
import type { Value } from '../../src/wasm/value.js';
import { bytesOfText } from '../engine/load-text.js';
import { packageFile } from '../programs/package-file.js';

const TIERS = ['interpreter', 'instrumented', 'auto'] as const;
/** Enough to start running; a guest that loops is exhausted. */
const FUEL = 50_000;
/** Number of exports called in a large module. */
const CALLS_MAX = 5;

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-known-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function zeros(types: Uint8Array): readonly Value[] {
  return Array.from(types, (type: ValueType) => valueOfBits(type, 0));
}

/** Whether it can be called alone, without a memory, table or variable from a module that it is linked with. */
function isWhole({ imports }: Module): boolean {
  return imports.every(
    ({ description }) =>
      description.kind === 'function' || (description.kind === 'global' && !description.type.mutable),
  );
}

/** A row for every imported name: functions that return zeros, constants of zero. */
function idleRows(module: Module): readonly HostImport[] {
  const items = new Map(module.imports.map((item) => [JSON.stringify([item.module, item.name]), item]));
  return [...items.values()].map(({ module: from, name, description }) => {
    if (description.kind === 'global') {
      return { module: from, name, value: valueOfBits(description.type.type, 0) };
    }
    if (description.kind !== 'function') throw new Error(`no row can replace ${from}.${name}`);
    const { params, results } = module.types[description.typeIndex]!;
    const names = (types: Uint8Array) => zeros(types).map(({ type }) => type);
    return {
      module: from,
      name,
      type: { params: names(params), results: names(results) },
      run: () => zeros(results),
    };
  });
}

async function load(bytes: Uint8Array, options: EngineOptions): Promise<LoadedModule> {
  const loaded = await createEngine(options).load(bytes);
  if (!loaded.ok) throw new Error(loaded.fault.code);
  return loaded.module;
}

/** Everything that is reported for calls of the exports with zeros. */
function resultsOfCalls(module: LoadedModule, imports: readonly HostImport[]): readonly string[] {
  const { module: decoded } = module.metered;
  const functions = decoded.exports.filter(({ kind }) => kind === 'function').slice(0, CALLS_MAX);
  return functions.map(({ name, index }) => {
    const args = zeros(typeOfFunction(decoded, index).params);
    const { receipt, hostCalls, diagnostics } = module.call(name, args, { imports, fuel: FUEL });
    return [
      toHex(encodeReceipt(receipt)),
      toHex(diagnostics.stateDigest()),
      diagnostics.stackWordsHigh(),
      JSON.stringify(diagnostics.backtrace()),
      hostCalls
        .map((line) => `${line.module} ${line.name} ${toHex(line.inputHash)} ${toHex(line.outputHash)}`)
        .join('; '),
    ].join('\n');
  });
}

/** Everything that is reported for a module, at once and after its tier has settled. */
async function summaryOf(bytes: Uint8Array, options: EngineOptions) {
  const module = await load(bytes, options);
  const { module: decoded } = module.metered;
  const resultsNow = isWhole(decoded) ? () => resultsOfCalls(module, idleRows(decoded)) : () => [];
  const atOnce = resultsNow();
  await module.settled();
  const { hash, loadPrice } = module;
  return { hash, loadPrice, description: module.describe(), atOnce, settled: resultsNow() };
}

/** Module files: of our guests, and from npm. */
const FILES: Readonly<Record<string, () => Uint8Array>> = {
  ...Object.fromEntries(
    readdirSync('vectors/guests', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.wasm'))
      .map((name) => [name, () => new Uint8Array(readFileSync(join('vectors/guests', name)))]),
  ),
  'brotli-wasm': () => packageFile('brotli-wasm', 'pkg.node/brotli_wasm_bg.wasm'),
  'source-map': () => packageFile('source-map', 'lib/mappings.wasm'),
};

describe('a module that the disk knows', () => {
  for (const [name, read] of Object.entries(FILES)) {
    it(`is indistinguishable from an unknown one: ${name}`, async () => {
      const bytes = read();
      const expected = await summaryOf(bytes, { tier: 'interpreter' });
      for (const tier of TIERS) {
        for (const time of ['unknown', 'known']) {
          const artefacts = await openDiskCache(join(folder, tier));
          expect(await summaryOf(bytes, { tier, artefacts }), `${tier}, ${time}`).to.deep.equal(expected);
          const kinds = tier === 'interpreter' ? 1 : 2;
          const counts = time === 'known' ? { hits: kinds, misses: 0 } : { hits: 0, misses: kinds };
          expect(artefacts.counts, `${tier}, ${time}`).to.include({ ...counts, rejected: 0, failures: 0 });
        }
      }
    }).timeout(60_000);
  }

  it('is indistinguishable for any module', async () => {
    await fc.assert(
      fc.asyncProperty(anyModule(), async ({ bytes }) => {
        const expected = await summaryOf(bytes, { tier: 'interpreter' });
        for (const tier of TIERS) {
          const kept = new Map<string, Uint8Array>();
          for (const time of ['unknown', 'known']) {
            expect(await summaryOf(bytes, { tier, artefacts: inMemory(kept) }), `${tier}, ${time}`).to.deep.equal(
              expected,
            );
          }
        }
      }),
      { numRuns: 10 },
    );
  }).timeout(120_000);

  it('is loaded as before when any byte of its artefacts is changed, or they are truncated', async () => {
    const bytes = FILES['post/post.wasm']!();
    const expected = await summaryOf(bytes, { tier: 'instrumented' });
    const damage = fc.record({ at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), cuts: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, cuts }) => {
        await summaryOf(bytes, { tier: 'instrumented', artefacts: await openDiskCache(folder) });
        const files = readdirSync(folder).filter((name) => name.endsWith('.sealed'));
        for (const file of files) {
          const good = Uint8Array.from(readFileSync(join(folder, file)));
          const place = Math.floor(at * good.length);
          good[place]! ^= 0x10;
          writeFileSync(join(folder, file), cuts ? good.subarray(0, place) : good);
        }
        const artefacts = await openDiskCache(folder);
        expect(await summaryOf(bytes, { tier: 'instrumented', artefacts })).to.deep.equal(expected);
        expect(artefacts.counts).to.include({ hits: 0, misses: 2, rejected: 2 });
      }),
      { numRuns: 12 },
    );
  }).timeout(60_000);

  it('is loaded as before whatever a validly sealed artefact contains', async () => {
    const bytes = FILES['post/post.wasm']!();
    for (const tier of TIERS) {
      const expected = await summaryOf(bytes, { tier });
      for (const content of ['', '\n', '{}\n', 'null\n', '[]\nx', '{"shared":false}\n', '\ud800', 'x'.repeat(32)]) {
        const kept = new Map<string, Uint8Array>();
        const artefacts = inMemory(kept);
        await summaryOf(bytes, { tier, artefacts });
        for (const key of kept.keys()) kept.set(key, utf8(content));
        expect(await summaryOf(bytes, { tier, artefacts }), `${tier}, ${JSON.stringify(content)}`).to.deep.equal(
          expected,
        );
      }
    }
  }).timeout(60_000);
});

describe('the record that a module is valid', () => {
  const WIDE = defineLimits('spec-wide', { pages: 20 });
  const NARROW = defineLimits('spec-narrow', { pages: 10 });
  const LARGE = bytesOfText('(module (memory 15) (func (export "f")))');

  it('holds for the limits under which it was validated', async () => {
    const artefacts = inMemory(new Map());
    for (const limits of [WIDE, NARROW, WIDE]) {
      const loaded = await createEngine({ artefacts, limits }).load(LARGE);
      expect(loaded.ok ? 'ok' : loaded.fault.code).to.equal(limits === WIDE ? 'ok' : 'limit-pages');
    }
  });

  it('exists for no invalid module, and not for another one', async () => {
    const keys: ArtefactKey[] = [];
    const kept = new Map<string, Uint8Array>();
    const inner = inMemory(kept);
    const artefacts: ArtefactCache = {
      get: (key) => inner.get(key),
      put: (key, content) => {
        keys.push(key);
        return inner.put(key, content);
      },
    };
    const engine = createEngine({ artefacts, tier: 'instrumented' });
    const wrong = bytesOfText('(module (func (result i32) (i64.const 0)))');
    expect((await engine.load(wrong)).ok).to.equal(false);
    expect((await engine.load(LARGE.subarray(0, -1))).ok).to.equal(false);
    expect(keys).to.deep.equal([]);
    expect((await engine.load(LARGE)).ok).to.equal(true);
    expect(keys.map(({ kind }) => kind)).to.deep.equal(['valid', 'rewritten']);
    // The entry of another module in place of this one's; an entry contains its module's identity.
    for (const key of kept.keys())
      if (key.startsWith('valid')) kept.set(nameOf({ ...keys[0]!, module: hash(wrong) }), kept.get(key)!);
    expect((await engine.load(wrong)).ok).to.equal(false);
  });

  it('replaces validation in one place', () => {
    const users = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && readFileSync(join('src', name), 'utf8').includes('validatedBefore'))
      .sort();
    expect(users).to.deep.equal([join('engine', 'load', 'module-artefacts.ts'), join('validate', 'validate.ts')]);
  });
});

function nameOf(key: ArtefactKey): string {
  const { kind, module, limits } = key;
  return [kind, toHex(module), toHex(limits), key.kind === 'valid' ? '' : key.form].join(' ');
}

/** Returns what was stored. */
function inMemory(kept: Map<string, Uint8Array>): ArtefactCache {
  return {
    get: async (key) => kept.get(nameOf(key)),
    put: async (key, content) => {
      kept.set(nameOf(key), content);
    },
  };
}
