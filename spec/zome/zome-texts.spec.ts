/** Error messages of the zome storey, compared whole, and the checks of each of its parts. */
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { bytes, nil, u32 } from '../../src/boundary/codec.js';
import { encodeBytes } from '../../src/boundary/codec-bytes.js';
import { decodeMessagePack } from '../../src/boundary/messagepack-decode.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { UsageError } from '../../src/index.js';
import type { Action } from '../../src/zome/action.js';
import { agentFromSeed } from '../../src/zome/agent.js';
import { dnasOf, readBundle } from '../../src/zome/bundle.js';
import { visibilityOf } from '../../src/zome/chain-op.js';
import { encodeDependencies, readDependencies } from '../../src/zome/dependency-file.js';
import { dnaDefinitionOf } from '../../src/zome/dna-definition.js';
import { releasesOf } from '../../src/zome/dna-release.js';
import { gunzip } from '../../src/zome/gunzip.js';
import { hashOfContent, hashText } from '../../src/zome/holo-hash.js';
import { defineHostFunction, ok } from '../../src/zome/host-function.js';
import type { Op } from '../../src/zome/op.js';
import { opFaults, opFaultsText } from '../../src/zome/op-check.js';
import { opWork } from '../../src/zome/op-work.js';
import { genesisOf, recordOf } from '../../src/zome/record-of.js';
import { HostCallLines } from '../../src/zome/recording.js';
import { type ActionContent, signAction } from '../../src/zome/sign-action.js';
import { hashName, verdictJson } from '../../src/zome/verdict-json.js';
import { hostOf } from './host-of.js';
import { type Json, packed } from './packed-bundle.js';
import { constantGuest, OK_VALID } from './probe-guest.js';
import { samples } from './sample-ops.js';

/** An op of which a spec may change any part. */
// biome-ignore lint/suspicious/noExplicitAny: it is made wrong by intent
type Loose = { value: any };

const SECRET = new Uint8Array(32).fill(42);
const AGENT = agentFromSeed(SECRET);
const OTHER = { action: hashOfContent('Action', Uint8Array.of(7)), entry: hashOfContent('Entry', Uint8Array.of(7)) };

function mistakeOf(work: () => unknown): readonly [code: string, message: string] {
  try {
    work();
  } catch (error) {
    if (error instanceof UsageError) return [error.code, error.message];
    throw error;
  }
  throw new Error('it was no mistake');
}

describe('the faults of an op that does not match', () => {
  const { ops, create, entry } = samples({ generation: '0.6', secret: SECRET });
  const named = (name: string) => structuredClone(ops.find((row) => row.name === name)!.op) as never as Loose;
  const said = (op: unknown) => opFaults(op as Op, '0.6').map(({ code, detail }) => `${code}: ${detail}`);
  const { hash, content } = create.hashed;
  const entryHash = (content as unknown as { readonly entry_hash: Uint8Array }).entry_hash;

  it('state the actual hashes and the expected ones', () => {
    const record = named('StoreRecord');
    record.value.record.signed_action.hashed.hash = OTHER.action;
    expect(said(record)).to.deep.equal([
      `action-hash: the action has the hash ${hashText(hash)}, not ${hashText(OTHER.action)}`,
    ]);
    const entryOp = named('StoreEntry');
    entryOp.value.entry = { entry_type: 'App', entry: Uint8Array.of(1) };
    const [wrong] = said(entryOp);
    expect(wrong).to.match(/^entry-hash: the entry has the hash uhCEk\S+; the action says uhCEk\S+$/);
    expect(wrong!.endsWith(hashText(entryHash))).to.equal(true);
    const unsigned = named('StoreEntry');
    unsigned.value.action.signature = new Uint8Array(64);
    const faults = opFaults(unsigned as unknown as Op, '0.6');
    const detail = `this is not the signature of ${hashText(AGENT.key)} over the action`;
    expect(faults).to.deep.equal([{ code: 'signature', path: '$.StoreEntry.action.signature', detail }]);
    expect(opFaults(unsigned as unknown as Op, '0.6', 'hashes')).to.deep.equal([]);
    expect(opFaultsText([faults[0]!, { code: 'address', path: '$.x', detail: 'y' }])).to.equal(
      `signature at $.StoreEntry.action.signature: ${detail}; address at $.x: y`,
    );
    expect(opFaultsText([])).to.equal('');
  });

  it('name the actual and the expected type of an action', () => {
    const newer = samples({ generation: '0.7', secret: SECRET });
    const of = (name: string) => structuredClone(newer.ops.find((row) => row.name === name)!.op) as never as Loose;
    const first = (op: unknown) => opFaults(op as Op, '0.7').map(({ code, detail }) => `${code}: ${detail}`)[0];
    const update = of('Update');
    update.value.update = structuredClone(newer.create);
    expect(first(update)).to.equal('action-type: the action is a Create, not a Update');
    const created = of('CreateEntry');
    created.value.action = of('Delete').value.delete;
    expect(first(created)).to.equal('action-type: the action is a Delete, not a Create or Update');
    const activity = named('RegisterAgentActivity');
    activity.value.action.hashed.content = { ...activity.value.action.hashed.content, type: 'Delete' };
    const { content: before } = activity.value.action.hashed;
    activity.value.action.hashed.content = {
      ...before,
      deletes_address: OTHER.action,
      deletes_entry_address: OTHER.entry,
    };
    activity.value.cached_entry = entry;
    expect(said(activity)).to.include('entry-hash: a Delete has no entry');
  });

  it('state which link is deleted', () => {
    const link = named('RegisterDeleteLink');
    link.value.create_link.link_type = 9;
    expect(said(link)).to.have.length(1);
    expect(said(link)[0]).to.match(/^address: it is uhCkk\S+; the signed action says uhCkk\S+$/);
  });
});

describe('an action that cannot be built', () => {
  it('is at an impossible place of the chain', () => {
    const after = { hash: OTHER.action, seq: 3, timestamp: 1n } as never;
    const init: ActionContent = { type: 'InitZomesComplete' } as ActionContent;
    const dna: ActionContent = { type: 'Dna', dna_hash: hashOfContent('Dna', Uint8Array.of(1)) };
    const made = (content: ActionContent, place: object, signer = AGENT) =>
      mistakeOf(() => signAction(content, { author: AGENT, timestamp: 1n, ...place } as never, '0.6', signer));
    expect(made(init, { after: undefined })).to.deep.equal([
      'not-buildable',
      'a InitZomesComplete action follows another',
    ]);
    expect(made(dna, { after })).to.deep.equal([
      'not-buildable',
      'a Dna action is the first of its chain and follows none',
    ]);
    expect(made(init, { after }, agentFromSeed(new Uint8Array(32)))).to.deep.equal([
      'not-buildable',
      `the action must be signed by ${hashText(AGENT.key)}: pass that agent as signer`,
    ]);
  });

  it('changes something that does not exist', () => {
    const [dna, , agent] = genesisOf({ author: AGENT, generation: '0.6' });
    const place = { author: AGENT, generation: '0.6', after: agent } as const;
    const entry = { entry_type: 'App', entry: Uint8Array.of(1) } as const;
    expect(mistakeOf(() => recordOf({ ...place, action: 'Update', updates: dna, entry } as never))[1]).to.match(
      / is a Create or an Update, not a Dna$/,
    );
    expect(mistakeOf(() => recordOf({ ...place, action: 'DeleteLink', link: dna } as never))[1]).to.match(
      /^what a DeleteLink deletes is a CreateLink, not a Dna$/,
    );
    const proof = genesisOf({ author: AGENT, membraneProof: Uint8Array.of(5) })[1];
    expect((proof.signed_action.hashed.content as unknown as { membrane_proof: unknown }).membrane_proof).to.deep.equal(
      Uint8Array.of(5),
    );
  });
});

describe('a host function of a user', () => {
  const priced = (cost: object) => () =>
    defineHostFunction({ name: 'f', input: nil, output: nil, cost: cost as never, run: () => ok(null) });

  it('has a cost within the bounds of a receipt', () => {
    const row = priced({ base: 1_000_000, perByte: 1_000_000 })();
    expect(row).to.deep.include({ permissions: ['none'], reason: 'its author is responsible for it', deniedAs: 'f' });
    for (const cost of [{ base: 0 }, { base: 1_000_001 }, { base: 0.5 }, { base: 1, perByte: -1 }]) {
      expect(priced(cost)).to.throw(
        RangeError,
        `the cost of f must be integers up to 10^6, base from 1, not ${JSON.stringify(cost)}`,
      );
    }
    // Each of the rates is checked.
    expect(priced({ base: 1, perByte: 1_000_001, more: 1 })).to.throw(RangeError, 'the cost of f');
  });

  it('runs without a call, and pays what it charges', async () => {
    const paid = defineHostFunction<number, Uint8Array>({
      name: '__own__paid_1',
      input: u32,
      output: bytes,
      cost: { base: 1, perByte: 0 },
      run: (units, call) => {
        expect(call.fuelLeft()).to.equal(Number.MAX_SAFE_INTEGER);
        expect([call.charge(units), call.charge(2)]).to.deep.equal([true, true]);
        return ok(Uint8Array.of(units));
      },
    });
    const text = constantGuest({ validate: OK_VALID });
    const host = await hostOf([{ name: 'z', text }, { name: 'y', text, kind: 'coordinator' } as never], {
      hostFunctions: [paid],
    });
    const input = encodeBytes(u32, 5);
    const line = host.ask('z', 'validate', '__own__paid_1', input);
    expect([line.name, line.input, line.fuel, line.answer?.kind]).to.deep.equal(['__own__paid_1', input, 7, 'output']);
    expect(() => host.ask('z', 'validate', '__own__none_1', input)).to.throw(
      RangeError,
      /^the host has no function '__own__none_1'$/,
    );
    expect(() => host.zome('x')).to.throw(RangeError, /^unknown zome 'x'; the zomes are z, y$/);
    expect(host.hostTable.rows.map(({ name }) => name)).to.include('__own__paid_1');
    expect(host.dependencies.record(OTHER.action)).to.equal(undefined);
  });
});

describe('the faults of a bundle', () => {
  const WASM = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  const dna = (zome: object, more: object = {}) =>
    ({
      manifest_version: '0',
      name: 'd',
      integrity: { zomes: [{ name: 'z', path: 'z.wasm', ...zome }] },
      ...more,
    }) as Json;
  const web = (more: object) => ({ manifest_version: '0', name: 'w', ui: { path: 'ui' }, ...more }) as Json;
  const FAULTS: readonly (readonly [Json, Readonly<globalThis.Record<string, Json>>, string, string, string])[] = [
    ['no map', {}, 'malformed', '$', 'not two maps'],
    [dna({ hash: 'x' }), { 'z.wasm': WASM }, 'malformed', '$.zomes.z', "'x' is not a hash: "],
    [dna({}), { 'z.wasm': 'text' }, 'malformed', '$.zomes.z', "the resource 'z.wasm' is not a bin"],
    [dna({}), {}, 'missing-resource', '$.zomes.z', "the bundle does not contain 'z.wasm'"],
    [web({ happ: { path: 'a' } }), {}, 'missing-resource', 'ui', "the bundle does not contain 'ui'"],
    [web({ happ: { path: 'a' } }), { ui: WASM }, 'missing-resource', 'happ', "the bundle does not contain 'a'"],
    [web({ happ: { url: 'a' } }), { ui: WASM }, 'missing-resource', 'happ', 'the bundle does not contain its app'],
    [
      { ...(dna({}) as object), manifest_version: '7' },
      {},
      'unknown-version',
      '$',
      'manifest versions 0 and 1 are supported, not 7',
    ],
  ];
  for (const [manifest, resources, code, place, detail] of FAULTS) {
    it(`${code} at ${place}: ${detail}`, async () => {
      const read = await readBundle(packed(manifest, resources));
      if (read.ok) throw new Error('it is read');
      expect([read.fault.code, read.fault.place]).to.deep.equal([code, place]);
      if (detail.endsWith(': '))
        expect(read.fault.detail.startsWith(detail) && read.fault.detail.length > detail.length).to.equal(true);
      else expect(read.fault.detail).to.equal(detail);
    });
  }

  it('list its DNAs by their roles', async () => {
    const bytes = packed(dna({}), { 'z.wasm': WASM });
    const read = await readBundle(bytes);
    if (!read.ok || read.bundle.kind !== 'dna') throw new Error('no DNA');
    expect(dnasOf(read.bundle)).to.deep.equal([{ role: '', dna: read.bundle }]);
    const roles = [{ dna: { path: 'd' } }, { name: 'far', dna: { url: 'x' } }] as Json;
    const app = await readBundle(packed({ manifest_version: '0', name: 'a', roles }, { d: bytes }));
    if (!app.ok || app.bundle.kind !== 'happ') throw new Error('no app');
    expect(app.bundle.roles.map(({ name }) => name)).to.deep.equal(['', 'far']);
    expect(dnasOf(app.bundle).map(({ role }) => role)).to.deep.equal(['']);
    const none = await readBundle(packed({ manifest_version: '0', name: 'a', description: 'x', roles: [] }, {}));
    expect(none.ok && none.bundle.kind === 'happ' && none.bundle.roles).to.deep.equal([]);
    const timed = dnaDefinitionOf({ ...read.bundle, originTime: 5n as never });
    expect(timed.modifiers).to.have.property('origin_time', 5n);
    expect(dnaDefinitionOf(read.bundle).modifiers).not.to.have.property('origin_time');
  });
});

describe('a zome host', () => {
  it('has no verdict when a callback cannot wait, and none for an unknown zome', async () => {
    const waits = encodeMessagePack({ Ok: encodeMessagePack({ UnresolvedDependencies: { Hashes: [OTHER.action] } }) });
    const host = await hostOf([{ name: 'z', text: constantGuest({ genesis_self_check: waits, validate: OK_VALID }) }]);
    const { verdict, calls } = host.genesisSelfCheck({ agentKey: AGENT.key });
    expect(verdict).to.deep.equal({
      kind: 'Invalid',
      reason: 'the self check waits for dependencies, which it cannot have',
    });
    expect(calls).to.have.length(1);
    const { op } = samples({ zomeIndex: 9 }).ops.find(({ name }) => name === 'StoreEntry')!;
    const validation = host.validateOp(op);
    expect(validation.verdict.kind).not.to.equal('Valid');
    expect({ ...validation, verdict: undefined }).to.deep.equal({
      verdict: undefined,
      calls: [],
      zomes: [],
      recording: { zomes: [], calls: [] },
    });
  });
});

describe('small parts of the zome storey', () => {
  it('a recording belongs to one call', () => {
    const line = { name: 'f', input: Uint8Array.of(1), fuel: 1, answer: undefined };
    const lines = new HostCallLines([line, { ...line, fuel: 2 }, { ...line, name: 'g' }]);
    expect([lines.next('f', line.input).fuel, lines.next('f', line.input).fuel]).to.deep.equal([1, 2]);
    for (const [name, input] of [
      ['f', line.input],
      ['f', Uint8Array.of(2)],
      ['h', line.input],
    ] as const) {
      const text = `the recording has no call of ${name} with this input; it is of another call`;
      expect(() => lines.next(name, input)).to.throw(text);
      if (input !== line.input) expect(() => lines.recorded(name, input)).to.throw(text);
    }
    expect(lines.next('g', line.input).name).to.equal('g');
  });

  it('verdicts as JSON have causes of every kind', () => {
    const cause = (value: object) => verdictJson({ kind: 'NoVerdict', zome: 'z', cause: value } as never).cause;
    expect(cause({ kind: 'breached', code: 'output-undecodable' })).to.deep.equal({
      kind: 'breached',
      code: 'output-undecodable',
    });
    expect(cause({ kind: 'trapped', code: 'unreachable' })).to.deep.equal({ kind: 'trapped', code: 'unreachable' });
    expect(cause({ kind: 'exhausted', resource: 'fuel' })).to.deep.equal({ kind: 'exhausted', resource: 'fuel' });
    expect(hashName(OTHER.entry)).to.equal(hashText(OTHER.entry));
    expect(hashName(Uint8Array.of(1, 2))).to.equal('0102');
  });

  it('dependencies report which lists exist', () => {
    expect(readDependencies(new Map([['entry', []]]) as never, '0.6')).to.deep.equal({
      ok: false,
      error: { path: '$.entry', reason: 'unknown list; the lists are records, rejected, entries, actions' },
    });
    const { records, entry } = samples({ generation: '0.6' });
    const document = { records: [...records], rejected: [], entries: [entry], actions: [] };
    for (const [given, lists] of [
      [document, document],
      [{ entries: [entry] }, { records: [], rejected: [], entries: [entry], actions: [] }],
    ] as const) {
      const bytesOf = decodeMessagePack(encodeDependencies(given, '0.6'));
      if (!bytesOf.ok) throw new Error('it is not MessagePack');
      const read = readDependencies(bytesOf.value, '0.6');
      expect(read).to.deep.equal({ ok: true, value: lists });
    }
  });

  it('releases are those of the manifest that a module does not exclude', () => {
    const signs = { manifestVersion: '1', hasOriginTime: true, hasPaths: false, modules: [] };
    const module = (text: string) => [new TextEncoder().encode(text)];
    for (const [change, releases] of [
      [{}, ['0.1', '0.2', '0.3', '0.4']],
      [{ hasOriginTime: false }, ['0.5']],
      [{ hasPaths: true }, ['0.5', '0.6']],
      [{ manifestVersion: '0' }, ['0.6', '0.7']],
      [{ modules: module('filelineerror') }, ['0.1', '0.2', '0.3', '0.4']],
      [{ manifestVersion: '0', modules: module('filelineerror') }, ['0.6']],
      [{ hasOriginTime: false, modules: module('filelineerror') }, ['0.5']],
      [{ modules: module('nothing of it') }, ['0.1', '0.2', '0.3', '0.4']],
      [{ modules: [...module('nothing'), ...module('filelineerror')] }, ['0.1', '0.2', '0.3', '0.4']],
    ] as const) {
      expect(releasesOf({ ...signs, ...change }), JSON.stringify(change)).to.deep.equal(releases);
    }
  });

  it('compressed content is unpacked up to a bound, whatever length its trailer states', async () => {
    const content = Uint8Array.from({ length: 300_000 }, (_, at) => (at * at) >> 3);
    const zipped = new Uint8Array(gzipSync(content));
    const whole = await gunzip(zipped, 300_000);
    expect(whole.ok && toHex(whole.bytes) === toHex(content)).to.equal(true);
    expect(await gunzip(zipped, 299_999)).to.deep.equal({
      ok: false,
      code: 'too-large',
      detail: `its ${zipped.length} bytes unpack to more than the 299999 that are allowed`,
    });
    // Two gzip members in sequence: the trailer has only the length of the second.
    const two = Uint8Array.of(...zipped, ...gzipSync(Uint8Array.of(7)));
    const both = await gunzip(two, 1_000_000);
    if (both.ok) expect([both.bytes.length, both.bytes.at(-1)]).to.deep.equal([300_001, 7]);
    expect(await gunzip(new Uint8Array(0), 9)).to.deep.equal({ ok: false, code: 'not-gzip', detail: 'it is empty' });
    const damaged = zipped.with(zipped.length - 8, zipped.at(-8)! ^ 1);
    expect(await gunzip(damaged, 300_000)).to.deep.equal({
      ok: false,
      code: 'damaged',
      detail: `it is damaged: its ${zipped.length} bytes do not match their checksum`,
    });
  });

  it('the visibility of an entry depends on its type', () => {
    const of = (entry_type: object, type = 'Create') => visibilityOf({ type, entry_type } as unknown as Action);
    expect(of({ kind: 'AgentPubKey' })).to.equal('Public');
    expect([of({ kind: 'CapClaim' }), of({ kind: 'CapGrant' })]).to.deep.equal(['Private', 'Private']);
    const app = (kind: string) => ({ kind: 'App', value: { entry_index: 0, zome_index: 0, visibility: { kind } } });
    expect([of(app('Public')), of(app('Private'), 'Update')]).to.deep.equal(['Public', 'Private']);
    expect(of(app('Public'), 'Delete')).to.equal(undefined);
  });

  it('the description of an op depends on its subject', () => {
    const { ops } = samples({ generation: '0.6', zomeIndex: 2, entryIndex: 3, linkType: 4 });
    const works = new Map(ops.map(({ name, op }) => [name, opWork(op)]));
    expect(new Set(works.values()).size).to.equal(works.size);
    expect(works.get('StoreRecord')).to.include('Create').and.include('2').and.include('3');
    expect(works.get('RegisterCreateLink')).to.include('4');
    const [, , agent] = genesisOf({ author: AGENT, generation: '0.6' });
    const op = { kind: 'StoreRecord', value: { record: agent } } as unknown as Op;
    expect(opWork(op)).to.include('AgentPubKey');
  });
});
