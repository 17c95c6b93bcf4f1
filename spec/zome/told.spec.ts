/** Messages for damaged bundles, word by word, and the facts of a zome: its properties, or why they are not known. */
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { BUNDLE_LIMITS, type BundledZome, readBundle } from '../../src/zome/bundle.js';
import { hashOfContent, hashText, wasmHash } from '../../src/zome/holo-hash.js';
import { zomeFacts } from '../../src/zome/zome-facts.js';
import { type Json, packed } from './packed-bundle.js';
import { constantGuest, OK_VALID, wasmOf } from './probe-guest.js';

const WASM = wasmOf(constantGuest({ validate: OK_VALID }));
const OTHER = hashOfContent('Wasm', Uint8Array.of(1));
const DNA: Record<string, Json> = {
  manifest_version: '0',
  name: 'd',
  integrity: { zomes: [{ name: 'z', path: 'w' }] },
};
const dnaOf = (zome: Record<string, Json>, version = '0') =>
  packed({ ...DNA, manifest_version: version, integrity: { zomes: [{ name: 'z', path: 'w', ...zome }] } }, { w: WASM });
const role = (more: Record<string, Json>): Json => ({ name: 'r', dna: {}, ...more });
const appOf = (roles: Json, version: Json = '0') => packed({ manifest_version: version, name: 'a', roles }, {});

const SAID: readonly (readonly [what: string, bytes: Uint8Array, place: string, detail: string])[] = [
  ['no bytes', new Uint8Array(), '$', 'it is empty'],
  ['a byte', Uint8Array.of(0x1f), '$', 'its 1 bytes do not begin with 1f 8b, as gzip does'],
  ['another second byte', Uint8Array.of(0x1f, 0x8c), '$', 'its 2 bytes do not begin with 1f 8b, as gzip does'],
  [
    'half',
    packed(DNA, { w: WASM }).subarray(0, 40),
    '$',
    'it is truncated: its gzip data continues after its 40 bytes',
  ],
  ['no bundle', new Uint8Array(gzipSync(encodeMessagePack('x'))), '$', 'expected Bundle (a map), got str of 1 at $'],
  ['no maps', new Uint8Array(gzipSync(encodeMessagePack({ manifest: 1, resources: 2 }))), '$', 'not two maps'],
  [
    'a manifest without resources',
    new Uint8Array(gzipSync(encodeMessagePack({ manifest: {}, resources: 2 }))),
    '$',
    'not two maps',
  ],
  ['version 2', appOf([], '2'), '$', 'manifest versions 0 and 1 are supported, not 2'],
  ['the number 1', appOf([], 1), '$', 'manifest versions 0 and 1 are supported, not 1'],
  ['no name', packed({ manifest_version: '0', roles: [] }, {}), '$', 'expected str, got nothing at $.name'],
  ['no hash', dnaOf({ hash: 'x' }), '$.zomes.z', "'x' is not a hash: length"],
  ['a long text', dnaOf({ hash: 'y'.repeat(99) }), '$.zomes.z', `'${'y'.repeat(64)}' is not a hash: length`],
  [
    'another hash',
    dnaOf({ hash: hashText(OTHER) }),
    '$.zomes.z',
    `${hashText(wasmHash(WASM))}, not ${hashText(OTHER)}`,
  ],
  ['a resource that is missing', dnaOf({ path: 'v' }), '$.zomes.z', "the bundle does not contain 'v'"],
  ['an invalid resource', packed(DNA, { w: 'text' }), '$.zomes.z', "the resource 'w' is not a bin"],
  ['invalid bytes', packed(DNA, { w: [1, 256] }), '$.zomes.z', "the resource 'w' is not a bin"],
  ['no list of zomes', packed({ manifest_version: '0', name: 'd' }, {}), '$', 'the manifest is not that of a DNA'],
  [
    'a dependency on a coordinator',
    packed(
      {
        ...DNA,
        integrity: { zomes: [{ name: 'z', path: 'w', dependencies: [{ name: 'c' }] }] },
        coordinator: { zomes: [{ name: 'c', path: 'w' }] },
      },
      { w: WASM },
    ),
    '$',
    "the zome 'z' depends on 'c', which is not another integrity zome",
  ],
  [
    'two zomes of one name',
    packed({ ...DNA, coordinator: { zomes: [{ name: 'z', path: 'w' }] } }, { w: WASM }),
    '$',
    "two zomes have the name 'z'",
  ],
  [
    'clone-only with a limit of 0',
    appOf([role({ provisioning: { strategy: 'clone_only' } })]),
    '$.roles.r',
    'clone_only with a clone_limit of 0',
  ],
  [
    'too many roles',
    appOf(Array.from({ length: BUNDLE_LIMITS.roles + 1 }, (_, at) => role({ name: `r${at}` }))),
    '$',
    `${BUNDLE_LIMITS.roles + 1} roles`,
  ],
  [
    'a webhapp without an app',
    packed({ manifest_version: '0', name: 'w', ui: {} }, {}),
    'happ',
    'the bundle does not contain its app',
  ],
  [
    'an app that is missing in a webhapp',
    packed({ manifest_version: '0', name: 'w', ui: {}, happ: { path: 'a' } }, {}),
    'happ',
    "the bundle does not contain 'a'",
  ],
];

/** A manifest in which something is not a map. */
const NO_MAPS: readonly (readonly [manifest: Json, said: string])[] = [
  [{ ...DNA, integrity: 7 }, 'expected IntegrityManifest (a map), got integer 7 at $.integrity'],
  [{ ...DNA, coordinator: 7 }, 'expected CoordinatorManifest (a map), got integer 7 at $.coordinator'],
  [{ ...DNA, integrity: { zomes: [7] } }, 'expected ZomeManifest (a map), got integer 7 at $.integrity.zomes[0]'],
  [
    { ...DNA, integrity: { zomes: [{ name: 'z', dependencies: [7] }] } },
    'expected ZomeDependency (a map), got integer 7 at $.integrity.zomes[0].dependencies[0]',
  ],
  [{ manifest_version: '0', name: 'a', roles: [7] }, 'expected AppRoleManifest (a map), got integer 7 at $.roles[0]'],
  [
    { manifest_version: '0', name: 'a', roles: [{ dna: 7 }] },
    'expected AppRoleDnaManifest (a map), got integer 7 at $.roles[0].dna',
  ],
  [
    { manifest_version: '0', name: 'a', roles: [{ dna: { modifiers: 7 } }] },
    'expected DnaModifiersOpt (a map), got integer 7 at $.roles[0].dna.modifiers',
  ],
  [
    { manifest_version: '0', name: 'a', roles: [{ dna: { modifiers: { quantum_time: 7 } } }] },
    'expected Duration (a map), got integer 7 at $.roles[0].dna.modifiers.quantum_time',
  ],
  [
    { manifest_version: '0', name: 'a', roles: [{ dna: {}, provisioning: 7 }] },
    'expected CellProvisioning (a map), got integer 7 at $.roles[0].provisioning',
  ],
  [{ manifest_version: '0', name: 'w', ui: 7 }, 'expected WebUI (a map), got integer 7 at $.ui'],
  [
    { manifest_version: '0', name: 'w', ui: {}, happ: 7 },
    'expected AppManifestLocation (a map), got integer 7 at $.happ',
  ],
  [
    { manifest_version: '1', name: 'w', ui: {}, happ_manifest: 7 },
    'expected AppManifestLocation (a map), got integer 7 at $.happ_manifest',
  ],
];

describe('a manifest with a value that must be a map', () => {
  for (const [manifest, said] of NO_MAPS) {
    it(said, async () => {
      const read = await readBundle(packed(manifest, { w: WASM }));
      expect(read.ok || read.fault).to.deep.equal({ code: 'malformed', place: '$', detail: said });
    });
  }

  it('in version 1 takes bundled bytes, and a path only without them', async () => {
    const other = wasmOf(constantGuest({ other: OK_VALID }));
    const wasmAt = async (place: Record<string, Json>) => {
      const integrity = { zomes: [{ name: 'z', ...place }] };
      const read = await readBundle(packed({ ...DNA, manifest_version: '1', integrity }, { b: WASM, p: other }));
      if (!read.ok || read.bundle.kind !== 'dna') throw new Error('no DNA');
      return read.bundle.zomes[0]!.wasm;
    };
    expect(await wasmAt({ bundled: 'b', path: 'p' })).to.deep.equal(WASM);
    expect(await wasmAt({ path: 'p' })).to.deep.equal(other);
    expect(await wasmAt({ path: 'q' })).to.equal(undefined);
    expect(await wasmAt({ bundled: 'b', path: 'q' })).to.deep.equal(WASM);
    expect(await wasmAt({ url: 'https://example.org' })).to.equal(undefined);
  });
});

describe('a damaged bundle', () => {
  for (const [what, bytes, place, detail] of SAID) {
    it(`with ${what}: ${detail.slice(0, 60)}`, async () => {
      const read = await readBundle(bytes);
      expect(read.ok || [read.fault.place, read.fault.detail]).to.deep.equal([place, detail]);
    });
  }

  it('over its limit reports its number of bytes', async () => {
    const bytes = packed(DNA, { w: WASM });
    const read = await readBundle(bytes, { ...BUNDLE_LIMITS, packedBytes: 10 });
    expect(read.ok || read.fault.detail).to.equal(`${bytes.length} bytes, the limit is 10`);
  });

  it('is accepted with the maximum of roles, with a role that may be cloned, and with the hash of its module', async () => {
    const roles = Array.from({ length: BUNDLE_LIMITS.roles }, (_, at) => role({ name: `r${at}` }));
    const cloned = role({ provisioning: { strategy: 'clone_only' }, dna: { clone_limit: 1 } });
    for (const bytes of [appOf(roles), appOf([cloned]), dnaOf({ hash: hashText(wasmHash(WASM)) })])
      expect(await readBundle(bytes)).to.have.property('ok', true);
  });
});

describe('the facts of a zome', () => {
  const zome = (text: string, kind: BundledZome['kind'] = 'integrity'): BundledZome => ({
    name: 'z',
    kind,
    dependencies: ['others'],
    wasm: wasmOf(text),
    wasmHash: undefined,
  });
  const defs = encodeMessagePack({
    Ok: encodeMessagePack({
      Defs: [
        { id: { App: 'note' }, visibility: 'Public', required_validations: 1, cache_at_agent_activity: false },
        { id: 'CapClaim', visibility: 'Private', required_validations: 1, cache_at_agent_activity: false },
      ],
    }),
  });
  const counts = `(func (export "__num_entry_types") (result i32) (i32.const 2))
    (func (export "__num_link_types") (result i32) (i32.const 5))`;

  it('are its callbacks and types', async () => {
    const facts = await zomeFacts(
      zome(constantGuest({ validate: OK_VALID, entry_defs: defs, other: OK_VALID }, counts)),
    );
    expect(facts).to.deep.equal({
      callbacks: ['validate', 'entry_defs'],
      functions: [],
      entryTypes: [
        { name: 'note', visibility: 'Public' },
        { name: 'CapClaim', visibility: 'Private' },
      ],
      linkTypes: 5,
    });
  });

  it('are the functions of a coordinator, sorted', async () => {
    const text = constantGuest(
      { write: OK_VALID, init: OK_VALID, __private: OK_VALID, all: OK_VALID },
      '(func (export "odd") (param i32) (result i64) (i64.const 0))',
    );
    expect(await zomeFacts(zome(text, 'coordinator'))).to.deep.equal({
      callbacks: ['init'],
      functions: ['all', 'write'],
      entryTypes: [],
      linkTypes: 0,
    });
  });

  it('are empty for a zome without types, and a reason where it does not report them', async () => {
    expect(await zomeFacts(zome(constantGuest({})))).to.deep.equal({
      callbacks: [],
      functions: [],
      entryTypes: [],
      linkTypes: 0,
    });
    const trapping = '(func (export "entry_defs") (param i32 i32) (result i64) (unreachable))';
    const facts = await zomeFacts(zome(constantGuest({}, trapping)));
    expect((facts as { entryTypes: string }).entryTypes).to.match(/^it trapped: unreachable/);
  });

  it('are the reason why a module cannot be loaded, and undefined for a missing one', async () => {
    expect(await zomeFacts({ ...zome('(module)'), wasm: undefined })).to.equal(undefined);
    expect(await zomeFacts({ ...zome('(module)'), wasm: Uint8Array.of(1) })).to.equal('malformed bad-magic');
    expect(await zomeFacts(zome('(module (import "env" "f" (func)))'))).to.equal('unlinkable unknown-import: env.f');
  });
});
