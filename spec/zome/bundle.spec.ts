/** Bundles made by the spec: both manifest versions, nesting, hashes, damage, bombs. */
import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { MessagePackValue } from '../../src/boundary/messagepack.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { createEngine } from '../../src/engine/engine.js';
import {
  BUNDLE_LIMITS,
  type BundleFaultCode,
  type DnaBundle,
  dnaHashIn,
  dnasOf,
  type HappBundle,
  integrityZomeAt,
  readBundle,
  zomeDefinitionsOf,
} from '../../src/zome/bundle.js';
import { createZomeHost } from '../../src/zome/create-zome-host.js';
import { dnaHash } from '../../src/zome/dna-hash.js';
import { gunzip } from '../../src/zome/gunzip.js';
import { hashOfContent, hashText, wasmHash } from '../../src/zome/holo-hash.js';
import { type Json, packed, value } from './packed-bundle.js';
import { constantGuest, OK_VALID, wasmOf } from './probe-guest.js';
import { samples } from './sample-ops.js';

const POSTS = wasmOf(constantGuest({ validate: OK_VALID }));
const LINKS = wasmOf(constantGuest({ other: OK_VALID }));
const COORDINATOR = wasmOf(constantGuest({ init: OK_VALID }));

const DNA_0: Record<string, Json> = {
  manifest_version: '0',
  name: 'forum',
  integrity: {
    network_seed: null,
    properties: { limit: 3 },
    zomes: [
      { name: 'posts', hash: null, path: 'posts.wasm', dependencies: null },
      { name: 'links', hash: hashText(wasmHash(LINKS)), path: 'links.wasm', dependencies: [{ name: 'posts' }] },
    ],
  },
  coordinator: { zomes: [{ name: 'api', hash: null, path: 'api.wasm', dependencies: [{ name: 'posts' }] }] },
};
const RESOURCES_0 = { 'posts.wasm': POSTS, 'links.wasm': LINKS, 'api.wasm': COORDINATOR };

const DNA_1: Record<string, Json> = {
  manifest_version: '1',
  name: 'old forum',
  integrity: {
    network_seed: 'old',
    properties: null,
    origin_time: 1_640_995_200_000_000,
    zomes: [{ name: 'posts', hash: null, bundled: '../target/posts.wasm', dependencies: null, dylib: null }],
  },
  coordinator: { zomes: [{ name: 'api', hash: null, url: 'https://example.org/api.wasm', dependencies: null }] },
};
const RESOURCES_1 = { '../target/posts.wasm': POSTS };

const DNA_BYTES = packed(DNA_0, RESOURCES_0);

function happ(version: '0' | '1'): Uint8Array {
  const place = version === '0' ? 'path' : 'bundled';
  const dna = (id: string, modifiers: Json): Json => ({
    [place]: id,
    modifiers,
    installed_hash: null,
    clone_limit: 2,
  });
  const manifest: Json = {
    manifest_version: version,
    name: 'app',
    description: null,
    roles: [
      { name: 'main', provisioning: { strategy: 'create', deferred: false }, dna: dna('forum.dna', null) },
      {
        name: 'seeded',
        provisioning: { strategy: 'clone_only' },
        dna: dna('forum.dna', { network_seed: 'mine', properties: null }),
      },
      { name: 'elsewhere', provisioning: null, dna: { url: 'https://example.org/other.dna' } },
    ],
    allow_deferred_memproofs: false,
  };
  return packed(manifest, { 'forum.dna': DNA_BYTES });
}

/** The manifest without the hashes of modules, so that other modules can be listed in it. */
function withoutHashes(manifest: Json): Json {
  if (Array.isArray(manifest)) return manifest.map(withoutHashes);
  if (manifest === null || typeof manifest !== 'object' || manifest instanceof Uint8Array) return manifest;
  const entries = Object.entries(manifest as Record<string, Json>).filter(([key]) => key !== 'hash');
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutHashes(inner)]));
}

async function bundleOf<B>(bytes: Uint8Array): Promise<B> {
  const read = await readBundle(bytes);
  if (read.ok) return read.bundle as B;
  throw new Error(`${read.fault.code} at ${read.fault.place}: ${read.fault.detail}`);
}

describe('bundles', () => {
  it('a DNA of manifest version 0', async () => {
    const dna = await bundleOf<DnaBundle>(DNA_BYTES);
    expect(dna).to.include({ kind: 'dna', manifestVersion: '0', name: 'forum', networkSeed: '' });
    expect(dna.zomes.map(({ name, kind, dependencies }) => [name, kind, dependencies])).to.deep.equal([
      ['posts', 'integrity', []],
      ['links', 'integrity', ['posts']],
      ['api', 'coordinator', ['posts']],
    ]);
    expect(dna.zomes[0]!.wasm).to.deep.equal(POSTS);
    expect(dna.zomes[0]!.wasmHash).to.deep.equal(wasmHash(POSTS));
    expect(integrityZomeAt(dna, 1)?.name).to.equal('links');
    expect(integrityZomeAt(dna, 2)).to.equal(undefined);
  });

  it('a DNA is hashed over its modifiers and integrity zomes, byte by byte', async () => {
    const dna = await bundleOf<DnaBundle>(DNA_BYTES);
    const content = encodeMessagePack(
      value({
        modifiers: { network_seed: '', properties: encodeMessagePack(value({ limit: 3 }) as never) },
        integrity_zomes: [
          ['posts', { wasm_hash: wasmHash(POSTS), dependencies: [] }],
          ['links', { wasm_hash: wasmHash(LINKS), dependencies: ['posts'] }],
        ],
      }) as never,
    );
    expect(dnaHashIn(dna, '0.6')).to.deep.equal(hashOfContent('Dna', content));
    expect(dnaHash({ networkSeed: 'x', properties: null, integrityZomes: [] })).to.not.deep.equal(
      dnaHashIn(dna, '0.6'),
    );
  });

  /** Modules with a word in their data that shows which Holochain they are for. */
  const telling = (word: string) => wasmOf(constantGuest({ validate: OK_VALID }, `(data (i32.const 8) "${word}")`));
  const NEW = 'WasmErrormodule_pathlineerror';
  const OLD = 'WasmErrorfilelineerror';
  const RELEASES: readonly (readonly [what: string, manifest: Json, word: string, releases: readonly string[]])[] = [
    ['version 0, of 0.7', DNA_0, NEW, ['0.7']],
    ['version 0, of 0.6', DNA_0, OLD, ['0.6']],
    ['version 0, of an unknown release', DNA_0, '', ['0.6', '0.7']],
    ['version 1 with a time, of 0.1 or 0.2', DNA_1, 'struct RegisterDelete with 3 elements', ['0.1', '0.2']],
    ['version 1 with a time, of 0.2', DNA_1, '__hc__x_25519_x_salsa20_poly1305_decrypt_1', ['0.2']],
    ['version 1 with a time, of 0.3 or 0.4', DNA_1, 'RegisterCreateLink', ['0.3', '0.4']],
    ['version 1 with a time, of an unknown release', DNA_1, '', ['0.1', '0.2', '0.3', '0.4']],
  ];
  for (const [what, manifest, word, releases] of RELEASES) {
    it(`the hash of a DNA of manifest ${what}: ${releases.join(', ')}`, async () => {
      const bytes = telling(word);
      const dna = await bundleOf<DnaBundle>(
        packed(withoutHashes(manifest), {
          'posts.wasm': bytes,
          'links.wasm': bytes,
          'api.wasm': bytes,
          '../target/posts.wasm': bytes,
        }),
      );
      expect(dna.hashes.flatMap((row) => row.releases)).to.deep.equal(releases);
      const { name, networkSeed, properties, originTime } = dna;
      const integrityZomes = dna.zomes
        .filter(({ kind }) => kind === 'integrity')
        .map((zome) => ({ ...zome, wasmHash: zome.wasmHash! }));
      const about = { name, networkSeed, properties, integrityZomes, ...(originTime && { originTime }) };
      for (const row of dna.hashes)
        for (const release of row.releases) expect(row.hash).to.deep.equal(dnaHash(about, release));
      expect(dna.hash).to.deep.equal(dna.hashes.length === 1 ? dna.hashes[0]!.hash : undefined);
    });
  }

  it('the time of a DNA is microseconds or a text', async () => {
    const at = async (origin_time: Json) => {
      const integrity = { ...(DNA_1['integrity'] as object), origin_time };
      return (await bundleOf<DnaBundle>(packed({ ...DNA_1, integrity }, RESOURCES_1))).originTime;
    };
    expect(await at(1_640_995_200_000_000)).to.equal(1_640_995_200_000_000n);
    expect(await at('2022-01-01T00:00:00Z')).to.equal(1_640_995_200_000_000n);
    expect(await at('2022-02-11T23:05:19.470323Z')).to.equal(1_644_620_719_470_323n);
    expect(await at('2022-02-12T00:05:19.47+01:00')).to.equal(1_644_620_719_470_000n);
    for (const origin_time of ['soon', '2022-02-30T00:00:00Z']) {
      const wrong = await readBundle(packed({ ...DNA_1, integrity: { zomes: [], origin_time } }, {}));
      expect(wrong.ok || wrong.fault.detail, origin_time).to.include('RFC 3339');
    }
  });

  it('a DNA of manifest version 1, and paths outside the bundle', async () => {
    const dna = await bundleOf<DnaBundle>(packed(DNA_1, RESOURCES_1));
    expect(dna).to.include({ manifestVersion: '1', networkSeed: 'old' });
    expect(dna.zomes.map(({ name, wasm }) => [name, wasm !== undefined])).to.deep.equal([
      ['posts', true],
      ['api', false],
    ]);
    expect(zomeDefinitionsOf(dna).map(({ name }) => name)).to.deep.equal(['posts']);
  });

  it('a DNA of before Holochain 0.1: one list of zomes, bytes as arrays', async () => {
    const manifest = { manifest_version: '1', name: 'oldest', uid: 'u', zomes: [{ name: 'z', bundled: 'z.wasm' }] };
    const dna = await bundleOf<DnaBundle>(packed(manifest, { 'z.wasm': [...LINKS] }));
    expect(dna.zomes.map(({ name, kind, wasm }) => [name, kind, wasm])).to.deep.equal([['z', 'integrity', LINKS]]);
    expect(dna.networkSeed).to.equal('u');
  });

  it('an app of 2021: slots for roles, the seed beside the path of the DNA', async () => {
    const dna = packed(
      { manifest_version: '1', name: 'd', zomes: [{ name: 'z', bundled: 'z.wasm' }] },
      { 'z.wasm': [...LINKS] },
    );
    const slot = {
      id: 'main',
      provisioning: { strategy: 'create', deferred: false },
      dna: { bundled: 'd.dna', uid: 'seed', version: null },
    };
    const app = await bundleOf<HappBundle>(
      packed({ manifest_version: '1', name: 'app', slots: [slot] }, { 'd.dna': [...dna] }),
    );
    expect(app.roles.map((role) => [role.name, role.dna?.networkSeed])).to.deep.equal([['main', 'seed']]);
  });

  it('of two roles with the same name the last one counts', async () => {
    const role = (name: string, network_seed: string) => ({ name, dna: { path: 'd', modifiers: { network_seed } } });
    const roles = [role('a', 'first'), role('b', 'only'), role('a', 'last')];
    const app = await bundleOf<HappBundle>(packed({ manifest_version: '0', name: 'a', roles }, { d: DNA_BYTES }));
    expect(app.roles.map(({ name, dna }) => [name, dna?.networkSeed])).to.deep.equal([
      ['b', 'only'],
      ['a', 'last'],
    ]);
  });

  it('version 1 with path in the bundle, version 0 with a path that ends in the name of a resource', async () => {
    const one = { manifest_version: '1', name: 'd', integrity: { zomes: [{ name: 'z', path: 'z.wasm' }] } };
    const dna = await bundleOf<DnaBundle>(packed(one, { 'z.wasm': LINKS }));
    expect(dna.zomes[0]!.wasm).to.deep.equal(LINKS);
    expect(dna.hashes.flatMap(({ releases }) => releases)).to.deep.equal(['0.5', '0.6']);
    expect((await bundleOf<DnaBundle>(packed(one, {}))).zomes[0]!.wasm).to.equal(undefined);
    const zero = { ...one, manifest_version: '0', integrity: { zomes: [{ name: 'z', path: '../target/z.wasm' }] } };
    expect((await bundleOf<DnaBundle>(packed(zero, { 'z.wasm': LINKS }))).zomes[0]!.wasm).to.deep.equal(LINKS);
  });

  it('an unknown field: refused in the manifest of a DNA, ignored in that of an app', async () => {
    const zome = (more: Json) => ({ name: 'z', path: 'z.wasm', ...(more as object) });
    const of = (more: Json, part: Json, zomes: Json) => ({
      manifest_version: '0',
      name: 'd',
      integrity: { zomes, ...(part as object) },
      ...(more as object),
    });
    const cases: readonly (readonly [Json, string])[] = [
      [of({ extra: 1 }, {}, []), '$.extra'],
      [of({}, { origin_time: 1 }, []), '$.integrity.origin_time'],
      [of({}, {}, [zome({}), { ...zome({ dylib: null }), name: 'y' }]), '$.integrity.zomes[1].dylib'],
      [of({}, {}, [zome({ dependencies: [{ name: 'y', x: 1 }] })]), '$.integrity.zomes[0].dependencies[0].x'],
      [of({ coordinator: { zomes: [], seed: 1 } }, {}, []), '$.coordinator.seed'],
    ];
    for (const [manifest, path] of cases) {
      const read = await readBundle(packed(manifest as never, { 'z.wasm': LINKS }));
      expect(read.ok || [read.fault.code, read.fault.detail]).to.deep.equal([
        'malformed',
        `Holochain does not know this field: ${path}`,
      ]);
    }
    const app = packed(
      { manifest_version: '0', name: 'a', extra: 1, roles: [{ name: 'r', extra: 1, dna: { extra: 1 } }] },
      {},
    );
    expect((await bundleOf<HappBundle>(app)).roles).to.have.length(1);
  });

  for (const version of ['0', '1'] as const) {
    it(`an app of manifest version ${version}: roles, modifiers, DNAs`, async () => {
      const app = await bundleOf<HappBundle>(happ(version));
      expect(app.roles.map(({ name, strategy, dna }) => [name, strategy, dna?.networkSeed])).to.deep.equal([
        ['main', 'create', ''],
        ['seeded', 'clone_only', 'mine'],
        ['elsewhere', 'create', undefined],
      ]);
      expect(app.roles[0]!.cloneLimit).to.equal(2);
      expect(app.roles[1]!.dna!.hashes[0]).to.not.deep.equal(app.roles[0]!.dna!.hashes[0]);
      expect(dnasOf(app).map(({ role }) => role)).to.deep.equal(['main', 'seeded']);
    });

    it(`a webhapp of manifest version ${version}`, async () => {
      const place = version === '0' ? 'path' : 'bundled';
      const app = { [version === '0' ? 'happ' : 'happ_manifest']: { [place]: 'app.happ' } };
      const manifest = { manifest_version: version, name: 'web', ui: { [place]: 'ui.zip' }, ...app };
      const read = await readBundle(packed(manifest, { 'ui.zip': new Uint8Array(9), 'app.happ': happ(version) }));
      if (!read.ok || read.bundle.kind !== 'webhapp') throw new Error('no webhapp');
      expect(read.bundle).to.include({ name: 'web', uiBytes: 9 });
      expect(dnasOf(read.bundle)).to.have.length(2);
    });
  }

  it('the zomes of a DNA run', async () => {
    const dna = await bundleOf<DnaBundle>(DNA_BYTES);
    const made = await createZomeHost({ engine: createEngine(), zomes: zomeDefinitionsOf(dna) });
    if (!made.ok) throw new Error(made.fault.code);
    const { op } = samples().ops.find(({ name }) => name === 'StoreEntry')!;
    expect(made.host.validateOp(op).verdict).to.deep.equal({ kind: 'Valid' });
    expect(made.host.zome('posts').wasmHash).to.deep.equal(wasmHash(POSTS));
  });
});

/** A DNA with these integrity zomes, the first of which has one dependency. */
const DNA_OF = (names: readonly string[], dependency?: string): Json => ({
  manifest_version: '0',
  name: 'd',
  integrity: {
    zomes: names.map((name, at) => ({
      name,
      path: 'w',
      dependencies: at === 0 && dependency !== undefined ? [{ name: dependency }] : [],
    })),
  },
});

const CLONES: Json = {
  manifest_version: '0',
  name: 'a',
  roles: [{ name: 'r', provisioning: { strategy: 'clone_only' }, dna: {} }],
};

/** A `.dna.gz` of 2020. */
const OLDEST = new Map<string, MessagePackValue>([
  ['dna', new Map([['name', 'x']])],
  ['code', []],
]);

describe('damaged bundles', () => {
  const without = (resources: Readonly<Record<string, Json>>) => packed(DNA_0, resources);
  const nested = (dna: Uint8Array) =>
    packed(
      { manifest_version: '0', name: 'a', description: null, roles: [{ name: 'r', dna: { path: 'd' } }] },
      { d: dna },
    );
  const DAMAGED = `it is damaged: its ${DNA_BYTES.length} bytes do not match their checksum`;
  const rows: readonly (readonly [
    what: string,
    bytes: Uint8Array,
    code: BundleFaultCode,
    place: string,
    detail: string,
  ])[] = [
    ['no bytes', new Uint8Array(0), 'not-gzip', '$', 'it is empty'],
    ['no gzip', encodeMessagePack('hello'), 'not-gzip', '$', 'its 6 bytes do not begin with 1f 8b, as gzip does'],
    [
      'cut off',
      DNA_BYTES.subarray(0, DNA_BYTES.length - 20),
      'damaged',
      '$',
      `it is truncated: its gzip data continues after its ${DNA_BYTES.length - 20} bytes`,
    ],
    [
      'cut off after its first bytes',
      DNA_BYTES.subarray(0, 3),
      'damaged',
      '$',
      'it is truncated: its gzip data continues after its 3 bytes',
    ],
    ['a flipped bit', DNA_BYTES.map((byte, at) => (at === 40 ? byte ^ 64 : byte)), 'damaged', '$', DAMAGED],
    [
      'another length at its end',
      DNA_BYTES.map((byte, at) => (at === DNA_BYTES.length - 1 ? 0x7f : byte)),
      'damaged',
      '$',
      DAMAGED,
    ],
    [
      'gzip of bytes that are not MessagePack',
      new Uint8Array(gzipSync(Uint8Array.of(0xc1))),
      'malformed',
      '$',
      'no MessagePack: reserved-byte at byte 0 at $',
    ],
    [
      'no map',
      new Uint8Array(gzipSync(encodeMessagePack('hello'))),
      'malformed',
      '$',
      'expected Bundle (a map), got str of 5 at $',
    ],
    [
      'no resources',
      new Uint8Array(gzipSync(encodeMessagePack(new Map([['manifest', null]])))),
      'malformed',
      '$',
      'expected value, got nothing at $.resources',
    ],
    [
      'a manifest without a version',
      packed({ name: 'x' }, {}),
      'unknown-version',
      '$',
      'manifest versions 0 and 1 are supported, not undefined',
    ],
    [
      'a manifest of version 2',
      packed({ manifest_version: '2', name: 'x' }, {}),
      'unknown-version',
      '$',
      'manifest versions 0 and 1 are supported, not 2',
    ],
    [
      'a manifest without a name',
      packed({ manifest_version: '0' }, {}),
      'malformed',
      '$',
      'expected str, got nothing at $.name',
    ],
    [
      'a resource that is missing',
      without({ 'posts.wasm': POSTS }),
      'missing-resource',
      '$.zomes.links',
      "the bundle does not contain 'links.wasm'",
    ],
    [
      'a resource that is not a bin',
      without({ ...RESOURCES_0, 'api.wasm': 'text' }),
      'malformed',
      '$.zomes.api',
      "the resource 'api.wasm' is not a bin",
    ],
    [
      'a module with another hash',
      without({ ...RESOURCES_0, 'links.wasm': POSTS }),
      'wrong-hash',
      '$.zomes.links',
      `${hashText(wasmHash(POSTS))}, not ${hashText(wasmHash(LINKS))}`,
    ],
    [
      'two zomes of one name',
      packed(DNA_OF(['a', 'a']), { w: LINKS }),
      'malformed',
      '$',
      "two zomes have the name 'a'",
    ],
    [
      'a zome that depends on itself',
      packed(DNA_OF(['a'], 'a'), { w: LINKS }),
      'malformed',
      '$',
      "the zome 'a' depends on 'a', which is not another integrity zome",
    ],
    [
      'a zome that depends on an unknown one',
      packed(DNA_OF(['a'], 'b'), { w: LINKS }),
      'malformed',
      '$',
      "the zome 'a' depends on 'b', which is not another integrity zome",
    ],
    [
      'a clone-only role that may not be cloned',
      packed(CLONES, {}),
      'malformed',
      '$.roles.r',
      'clone_only with a clone_limit of 0',
    ],
    [
      'a format older than bundles',
      new Uint8Array(gzipSync(encodeMessagePack(OLDEST))),
      'unknown-version',
      '$',
      'a DNA from before bundles, {dna, code} of 2020: its zomes use an ABI older than Holochain 0.1; build it again',
    ],
    [
      'an app with an invalid DNA',
      nested(Uint8Array.of(1, 2)),
      'not-gzip',
      '$.roles.r',
      'its 2 bytes do not begin with 1f 8b, as gzip does',
    ],
    ['an app with an app in it', nested(happ('0')), 'malformed', '$.roles.r', 'the manifest is not that of a DNA'],
    [
      'a webhapp without its app',
      packed({ manifest_version: '0', name: 'w', ui: { path: 'u' } }, { u: POSTS }),
      'missing-resource',
      'happ',
      'the bundle does not contain its app',
    ],
  ];
  for (const [what, bytes, code, place, detail] of rows) {
    it(what, async () => {
      const read = await readBundle(bytes);
      expect(read.ok ? 'read' : [read.fault.code, read.fault.place, read.fault.detail]).to.deep.equal([
        code,
        place,
        detail,
      ]);
    });
  }
});

describe('bombs', () => {
  const limits = { ...BUNDLE_LIMITS, unpackedBytes: 1_000_000 };

  it('gzip that unpacks to more than the bound is stopped early', async () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(200_000_000), { level: 9 }));
    expect(bomb.length).to.be.lessThan(250_000);
    const started = performance.now();
    const left = await gunzip(bomb, 1_000_000);
    expect(left.ok || [left.code, left.detail]).to.deep.equal([
      'too-large',
      `its ${bomb.length} bytes unpack to more than the 1000000 that are allowed`,
    ]);
    expect(performance.now() - started).to.be.lessThan(2_000);
    const read = await readBundle(bomb, limits);
    expect(read.ok || read.fault.code).to.equal('too-large');
  });

  it('a small file that unpacks to hundreds of megabytes uses no more memory than its bound', () => {
    const script = `
      import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
      import { readBundle } from ${JSON.stringify(new URL('../../src/zome/index.js', import.meta.url).href)};
      const bomb = new Uint8Array(gzipSync(Buffer.alloc(300_000_000)));
      const before = process.memoryUsage.rss();
      let most = 0;
      const timer = setInterval(() => { most = Math.max(most, process.memoryUsage.rss()); }, 1);
      const read = await readBundle(bomb);
      clearInterval(timer);
      console.log(JSON.stringify({ code: read.fault?.code, bytes: bomb.length, grew: most - before }));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(stderr).to.equal('');
    const { code, bytes, grew } = JSON.parse(stdout) as { code: string; bytes: number; grew: number };
    expect(code).to.equal('too-large');
    expect(bytes).to.be.lessThan(400_000);
    expect(grew).to.be.lessThan(BUNDLE_LIMITS.unpackedAnyway + 100_000_000);
  }).timeout(120_000);

  it('a file may unpack to a multiple of its size, and a small one to more', async () => {
    const few = { ...BUNDLE_LIMITS, unpackedAnyway: 100, unpackedPerByte: 1 };
    expect((await readBundle(DNA_BYTES, { ...few, unpackedAnyway: 1_000_000 })).ok).to.equal(true);
    expect((await readBundle(DNA_BYTES, { ...few, unpackedPerByte: 1_000 })).ok).to.equal(true);
    const over = await readBundle(DNA_BYTES, few);
    expect(over.ok || over.fault.code).to.equal('too-large');
  });

  it('gunzip does not trust the stated length', async () => {
    const bytes = Uint8Array.from({ length: 5_000 }, (_, at) => at % 7);
    for (const stated of [0, 1, 0xffff_ffff]) {
      const zipped = new Uint8Array(gzipSync(bytes));
      new DataView(zipped.buffer).setUint32(zipped.length - 4, stated, true);
      expect(await gunzip(zipped, 10_000), String(stated)).to.include({ ok: false, code: 'damaged' });
    }
    const notOurs = new Uint8Array(gzipSync(bytes));
    expect(await gunzip(notOurs, 5_000)).to.deep.equal({ ok: true, bytes });
  });

  it('the bound applies to the sum of nested contents', async () => {
    const dna = packed(DNA_0, { ...RESOURCES_0, 'api.wasm': new Uint8Array(400_000) });
    const roles = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `r${at}`, dna: { path: 'd' } }));
    const app = (count: number) =>
      packed({ manifest_version: '0', name: 'a', description: null, roles: roles(count) }, { d: dna });
    expect((await readBundle(app(2), limits)).ok).to.equal(true);
    const three = await readBundle(app(3), limits);
    expect(three.ok || [three.fault.code, three.fault.place]).to.deep.equal(['too-large', '$.roles.r2']);
    const many = await readBundle(app(300));
    expect(many.ok || many.fault).to.deep.equal({ code: 'too-large', place: '$', detail: '300 roles' });
    expect((await readBundle(app(2), { ...limits, roles: 2 })).ok).to.equal(true);
    expect((await readBundle(app(2), { ...limits, roles: 1 })).ok).to.equal(false);
  });

  it('a file over the bound, exactly at it, and MessagePack nested too deeply', async () => {
    const packedBytes = DNA_BYTES.length;
    expect((await readBundle(DNA_BYTES, { ...BUNDLE_LIMITS, packedBytes })).ok).to.equal(true);
    const over = await readBundle(DNA_BYTES, { ...BUNDLE_LIMITS, packedBytes: packedBytes - 1 });
    const detail = `${packedBytes} bytes, the limit is ${packedBytes - 1}`;
    expect(over.ok || over.fault).to.deep.equal({ code: 'too-large', place: '$', detail });
    const deep = new Uint8Array(gzipSync(new Uint8Array(500_000).fill(0x91)));
    const nested = await readBundle(deep);
    expect(nested.ok || nested.fault.detail).to.include('depth-exceeded');
  });

  it('gunzip returns exactly the bound', async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251);
    const zipped = new Uint8Array(gzipSync(bytes));
    expect(await gunzip(zipped, 100_000)).to.deep.equal({ ok: true, bytes });
    expect(await gunzip(zipped, 99_999)).to.include({ ok: false, code: 'too-large' });
  });
});
