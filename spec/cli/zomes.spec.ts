/**
 * Zomes on the command line: ops and their dependencies, zome functions, bundles; and files that are hostile or
 * invalid.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { MessagePackValue } from '../../src/boundary/messagepack.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { createEngine } from '../../src/engine/engine.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import { toHex } from '../../src/index.js';
import { actionHash } from '../../src/zome/action.js';
import { createZomeHost } from '../../src/zome/create-zome-host.js';
import { entryHash } from '../../src/zome/entry.js';
import { hashText, wasmHash } from '../../src/zome/holo-hash.js';
import { type Op, op } from '../../src/zome/op.js';
import { fromZomeJson, toZomeJson } from '../../src/zome/zome-json.js';
import { type Json, packed, value } from '../zome/packed-bundle.js';
import { ALLOCATOR, askingGuest, constantGuest, OK_VALID, wasmOf } from '../zome/probe-guest.js';
import { AUTHOR, samples } from '../zome/sample-ops.js';
import { assay } from './command-line.js';
import { saidBy } from './said.js';

const LINKS = 'vectors/guests/links/links.wasm';
const BOOK = 'vectors/zome/ops/book.json';
const BOOK_DEPENDENCIES = 'vectors/zome/ops/book-dependencies.json';

let folder = '';
const file = (name: string): string => join(folder, name);
const expectSaid = saidBy('zomes', () => folder);

const zome = (name: string, dependencies: readonly string[] = []): Json => ({
  name,
  path: `${name}.wasm`,
  dependencies: dependencies.map((of) => ({ name: of })),
});

/** `validate` traces, and then requests a record. */
const TRACE = encodeMessagePack(
  new Map<string, MessagePackValue>([
    ['msg', 'look\u0007 here'],
    ['level', 'INFO'],
  ]),
);
const TRACING = `(module
  (import "env" "__hc__trace_1" (func $trace (param i32 i32) (result i64)))
  ${ALLOCATOR}
  (data (i32.const 1024) "${Array.from(OK_VALID, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')}")
  (data (i32.const 2048) "${Array.from(TRACE, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')}")
  (func (export "validate") (param i32 i32) (result i64)
    (drop (call $trace (i32.const 2048) (i32.const ${TRACE.length})))
    (i64.const ${(1024n << 32n) | BigInt(OK_VALID.length)})))`;

/** `{"Ok": bin(1.0)}` and `{"Err": WasmError}`, and an `Ok` without valid MessagePack. */
const OK_FLOAT = Uint8Array.from(Buffer.from('81a24f6bc409cb3ff0000000000000', 'hex'));
const OK_RUBBISH = Uint8Array.from(Buffer.from('81a24f6bc401c1', 'hex'));
const ERR = encodeMessagePack(value({ Err: { file: 'lib.rs', line: 7, error: { Guest: 'no\u0007' } } }) as never);

const POSTS = wasmOf(TRACING);
const AUTHORS = wasmOf(
  constantGuest({ validate: Uint8Array.from(Buffer.from('81a24f6bc40e81a7496e76616c6964a46e6f6e65', 'hex')) }),
);
/** A public and a private entry type, and two link types. */
const ENTRY_TYPES = new Uint8Array(readFileSync(LINKS));
const FUNCTIONS = wasmOf(constantGuest({ number: OK_FLOAT, fails: ERR, rubbish: OK_RUBBISH }));

function dna(name: string): Uint8Array {
  return packed(
    {
      manifest_version: '0',
      name,
      integrity: { network_seed: null, properties: null, zomes: [zome('posts'), zome('authors', ['posts'])] },
      coordinator: { zomes: [zome('functions', ['posts'])] },
    },
    { 'posts.wasm': POSTS, 'authors.wasm': AUTHORS, 'functions.wasm': FUNCTIONS },
  );
}

function smallDna(integrity: readonly Json[], coordinators: readonly Json[]): Uint8Array {
  const head = { manifest_version: '0', name: 'small' };
  return packed(
    {
      ...head,
      integrity: { network_seed: null, properties: null, zomes: integrity },
      coordinator: { zomes: coordinators },
    } as Json,
    { 'posts.wasm': POSTS, 'functions.wasm': FUNCTIONS },
  );
}

function happ(): Uint8Array {
  const role = (name: string, path: string): Json => ({
    name,
    provisioning: { strategy: 'create' },
    dna: { path, modifiers: { network_seed: name, properties: null }, clone_limit: 3 },
  });
  return packed(
    {
      manifest_version: '0',
      name: 'forum app',
      description: null,
      roles: [role('main', 'forum.dna'), role('more', 'forum.dna'), role('odd/name', 'odd.dna')],
    },
    { 'forum.dna': dna('forum'), 'odd.dna': dna('odd.dna') },
  );
}

/**
 * A DNA that is not in the file, one with a seed whose modules are not in the file or cannot be loaded, and a long
 * name.
 */
function oddHapp(): Uint8Array {
  const bundled = (name: string, dependencies: readonly string[] = []): Json => ({
    name,
    bundled: `${name}.wasm`,
    dependencies: dependencies.map((of) => ({ name: of })),
  });
  const integrity = [bundled('here'), bundled('broken')];
  const old = (name: string, zomes: readonly Json[], coordinator: readonly Json[]) =>
    packed(
      {
        manifest_version: '1',
        name,
        integrity: { network_seed: 'a seed', properties: null, origin_time: 1_640_995_200_000_000, zomes },
        coordinator: { zomes: coordinator },
      } as Json,
      { 'here.wasm': ENTRY_TYPES, 'broken.wasm': Uint8Array.of(0) },
    );
  const elsewhere: Json = { name: 'elsewhere', url: 'https://example.org/e.wasm', dependencies: [{ name: 'here' }] };
  const role = (name: string, dna: object): Json =>
    ({ name, provisioning: { strategy: 'create', deferred: false }, dna: { modifiers: null, ...dna } }) as Json;
  return packed(
    {
      manifest_version: '1',
      name: 'odd app',
      description: 'an app',
      roles: [
        role('absent', { url: 'https://example.org/other.dna' }),
        role('one', { bundled: 'one.dna', clone_limit: 1 }),
        role('two', { bundled: 'two.dna' }),
      ],
    },
    {
      'one.dna': old(`odd\u001b${'x'.repeat(60)}`, integrity, [elsewhere]),
      'two.dna': old('two', [bundled('here'), elsewhere], [bundled('broken', ['here', 'elsewhere'])]),
    },
  );
}

/** Some 600 kB of gzip that unpack to 600 MiB of zeros. */
function bomb(): Uint8Array {
  const head = gzipSync(Buffer.alloc(0)).subarray(0, 10);
  const block = deflateRawSync(Buffer.alloc(1 << 20), { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([head, ...Array.from({ length: 600 }, () => block)]);
}

const { ops, records } = samples({ zomeIndex: 0 });
const storeEntry = ops[1]!.op;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-zomes-'));
  writeFileSync(file('forum.dna'), dna('forum'));
  writeFileSync(file('pair.dna'), smallDna([zome('posts')], [zome('functions', ['posts'])]));
  writeFileSync(file('coordinator.dna'), smallDna([], [zome('functions')]));
  writeFileSync(file('app.happ'), happ());
  writeFileSync(
    file('app.WEBHAPP'),
    packed(
      { manifest_version: '0', name: 'web', ui: { path: 'ui' }, happ: { path: 'happ' } },
      { ui: new Uint8Array(1234), happ: happ() },
    ),
  );
  writeFileSync(file('empty.happ'), packed({ manifest_version: '0', name: 'x', description: null, roles: [] }, {}));
  writeFileSync(file('odd.happ'), oddHapp());
  writeFileSync(file('cut.dna'), dna('forum').subarray(0, 400));
  writeFileSync(file('bomb.happ'), bomb());
  writeFileSync(file('lengths.dna'), gzipSync(Buffer.from('81a86d616e6966657374ddffffffff', 'hex')));
  writeFileSync(file('plain.dna'), 'not gzip');
  writeFileSync(file('op.json'), toZomeJson(op('0.6'), storeEntry));
  writeFileSync(file('op.msgpack'), encodeMessagePack(op('0.6').encode(storeEntry) as never));
  writeFileSync(file('bad.json'), '{"StoreEntry":\n  {"action": nope}}');
  writeFileSync(file('not-an-op.json'), '{"StoreEntry":{"action":{"hashed":{"content":{"Create":{"author":1}}}}}}');
  writeFileSync(file('op-0.7.json'), toZomeJson(op('0.7'), samples({ generation: '0.7' }).ops[1]!.op));
  writeFileSync(file('wrong-hash.json'), readFileSync(BOOK, 'utf8').replace('uhCkkHFp', 'uhCkkHFq'));
  writeFileSync(file('recrods.json'), '{"recrods":[]}');
  writeFileSync(file('cut.msgpack'), Uint8Array.of(0x81, 0xa1));
  const dependencies = JSON.parse(readFileSync(BOOK_DEPENDENCIES, 'utf8')) as { records: object[] };
  const lying = JSON.stringify(dependencies).replace('"action_seq":5', '"action_seq":4');
  writeFileSync(file('lying.json'), lying);
  writeFileSync(file('old.wasm'), wasmOf(askingGuest('__get_entry', [])));
  writeFileSync(
    file('needy.wasm'),
    wasmOf(askingGuest('__hc__must_get_action_1', [encodeMessagePack(records[0]!.signed_action.hashed.hash)])),
  );
});

after(() => rmSync(folder, { recursive: true }));

type Document = Readonly<Record<string, unknown>>;

async function document(args: readonly string[]): Promise<Document & { status: number }> {
  const { status, out, err } = await assay([...args, '--json']);
  expect(err).to.equal('');
  return { status, ...(JSON.parse(out) as Document) };
}

describe('assay validate --op', () => {
  it('reports missing dependencies by hash, and is Valid with them', async () => {
    const waiting = await assay(['validate', LINKS, '--op', BOOK], { isTTY: true });
    expect(waiting.out).to.match(/uhCkkHFp[\w-]{45}/);
    expectSaid('what is missing', waiting);
    const missing = await document(['validate', LINKS, '--op', BOOK]);
    const [hash] = (missing['dependencies'] as { hashes: string[] }).hashes;
    expect(readFileSync(BOOK_DEPENDENCIES, 'utf8')).to.include(`"hash": "${hash}"`);
    const found = await document(['validate', LINKS, '--op', BOOK, '--deps', BOOK_DEPENDENCIES]);
    expect(found).to.deep.include({ status: 0, verdict: 'Valid', generation: { name: '0.6', by: 'nothing' } });
  });

  it('returns the receipt of the library', async () => {
    const read = fromZomeJson(op('0.6'), readFileSync(BOOK, 'utf8'));
    const made = await createZomeHost({
      engine: createEngine(),
      zomes: [{ name: 'links', wasm: readFileSync(LINKS) }],
    });
    if (!read.ok || !made.ok) throw new Error('the example does not load');
    const [call] = made.host.validateOp(read.value).calls;
    const { calls } = await document(['validate', LINKS, '--op', BOOK]);
    expect(calls).to.have.lengthOf(1);
    expect((calls as Document[])[0]).to.deep.include({ zome: 'links', receipt: toHex(receiptHash(call!.receipt)) });
  });

  it('reads an op as JSON and as MessagePack, in both tiers', async () => {
    const args = (name: string, ...more: string[]) => ['validate', file('forum.dna'), '--op', file(name), ...more];
    const results = await Promise.all([
      assay(args('op.json')),
      assay(args('op.msgpack')),
      assay(args('op.json', '--tier', 'interpreter')),
    ]);
    expect(results[0]!.status).to.equal(0);
    expect(results[1]).to.deep.equal(results[0]);
    expect(results[2]).to.deep.equal(results[0]);
  });

  it('finds actions and records in the dependencies', async () => {
    const action = toZomeJson(op('0.6'), ops[0]!.op).match(/"signed_action":(\{.*\}),"entry"/)![1]!;
    writeFileSync(file('actions.json'), `{"actions":[${action}]}`);
    const needy = ['validate', file('needy.wasm'), '--op', file('op.json')];
    expect((await assay(needy)).status).to.equal(3);
    expect((await assay([...needy, '--deps', file('actions.json')])).status).to.equal(0);
  });

  it('shows traces, with control characters escaped', async () => {
    const args = ['validate', `${file('forum.dna')}#posts`, '--op', file('op.json')];
    expect((await assay(args)).out).to.match(/^Valid\ntrace {2}INFO {2}look\\u\{7\} here\nfuel /);
    const { calls } = await document(args);
    expect((calls as Document[])[0]).to.deep.include({ traces: [{ level: 'INFO', message: 'look\u0007 here' }] });
  });

  it('runs the zome that the op concerns, or the named one, or all', async () => {
    const activity = file('activity.json');
    writeFileSync(activity, toZomeJson(op('0.6'), ops[4]!.op));
    const cases: readonly (readonly [string, string, readonly string[], string])[] = [
      ['forum.dna', file('op.json'), ['posts'], 'Valid'],
      ['forum.dna#authors', file('op.json'), ['authors'], 'Invalid'],
      ['forum.dna', activity, ['posts', 'authors'], 'Invalid'],
      ['app.happ#main', file('op.json'), ['posts'], 'Valid'],
      ['app.happ#more/authors', file('op.json'), ['authors'], 'Invalid'],
      ['app.happ#odd.dna', file('op.json'), ['posts'], 'Valid'],
      ['app.happ#odd.dna/posts', file('op.json'), ['posts'], 'Valid'],
      ['app.happ#odd/name/posts', file('op.json'), ['posts'], 'Valid'],
      ['app.WEBHAPP#main/authors', file('op.json'), ['authors'], 'Invalid'],
    ];
    for (const [module, path, zomes, verdict] of cases) {
      const { calls, ...rest } = await document(['validate', file(module), '--op', path]);
      expect(rest, module).to.deep.include({ verdict, status: verdict === 'Valid' ? 0 : 1 });
      expect(
        (calls as Document[]).map((call) => call['zome']),
        module,
      ).to.deep.equal(zomes);
    }
    expectSaid('two zomes', await assay(['validate', file('forum.dna'), '--op', activity], { isTTY: true }));
    expectSaid('two zomes as a document', await assay(['validate', file('forum.dna'), '--op', activity, '--json']));
  });

  it('has no verdict when the fuel is exhausted', async () => {
    const args = ['validate', LINKS, '--op', BOOK, '--fuel', '20000'];
    expectSaid('no verdict', await assay(args, { isTTY: true }));
    expect(await document(args)).to.deep.include({
      status: 4,
      verdict: null,
      cause: { kind: 'exhausted', resource: 'fuel' },
    });
  });

  it('reports that no zome ran when none applies', async () => {
    const ran = await assay(['validate', `${file('forum.dna')}#functions`, '--op', file('op.json')]);
    expect([ran.status, ran.out]).to.deep.equal([0, 'Valid\nno zome was called\n']);
  });

  it('passes the entry of --input to a zome in a bundle', async () => {
    const args = [
      'validate',
      `${file('app.happ')}#main/authors`,
      '--input',
      'vectors/guests/entries/post-valid-plain.json',
    ];
    expect(await document(args)).to.deep.include({ status: 1, verdict: 'Invalid', reason: 'none' });
  });

  it('reports that a module takes ops, if a bare entry has no verdict', async () => {
    const names = new TextEncoder().encode('RegisterCreateLink');
    for (const [name, more, status] of [
      ['ops and no verdict', { validate: OK_RUBBISH, names }, 2],
      ['ops and a verdict', { validate: OK_VALID, names }, 0],
      ['entries and no verdict', { validate: OK_RUBBISH }, 4],
    ] as const) {
      writeFileSync(file('takes.wasm'), wasmOf(constantGuest(more)));
      const ran = await assay(['validate', file('takes.wasm'), '--input', file('op.json')]);
      expect(ran.status, name).to.equal(status);
      expectSaid(name, ran);
    }
  });

  it('does not run an op that does not match its content, unless requested', async () => {
    const text = readFileSync(BOOK, 'utf8');
    writeFileSync(file('unfit.json'), text.replace('On Chains', 'On Chain'));
    const validate = (...options: string[]) => assay(['validate', LINKS, '--op', file('unfit.json'), ...options]);
    const refused = await validate();
    expect(refused.err).to.include('a conductor would not pass to a zome: entry-hash at $.StoreEntry.entry: the entry');
    expectSaid('an op that does not fit', refused);
    expectSaid('an op that does not fit as a document', await validate('--json'));
    expect((await validate('--no-check')).status).to.equal(3);
    const signed = await assay(['validate', LINKS, '--op', BOOK, '--check', 'all', '--json']);
    expect(signed.status).to.equal(2);
    expect(JSON.parse(signed.out).fault.faults.map(({ code }: { code: string }) => code)).to.deep.equal(['signature']);
  });

  it('has an example whose hashes match its content', () => {
    const read = fromZomeJson(op('0.6'), readFileSync(BOOK, 'utf8'));
    if (!read.ok) expect.fail(JSON.stringify(read.error));
    const { kind, value: content } = read.value as Extract<Op, { readonly kind: 'StoreEntry' }>;
    expect(kind).to.equal('StoreEntry');
    const { hash, content: created } = content.action.hashed;
    const action = { type: created.kind, ...created.value } as Parameters<typeof actionHash>[0];
    expect(hashText(hash)).to.equal(hashText(actionHash(action, '0.6')));
    expect(hashText(created.value.entry_hash)).to.equal(hashText(entryHash(content.entry, '0.6')));
  });
});

describe('assay call --json-input', () => {
  const functions = () => `${file('forum.dna')}#functions`;

  it('prints the result as JSON', async () => {
    const { status, out } = await assay(['call', functions(), 'number', '--json-input', '{"a":1}', '--json']);
    expect(status).to.equal(0);
    expect(out).to.match(/^\{"answer":\{"ok":1\.0\},"zome":"functions","export":"number",/);
    expect((await assay(['call', functions(), 'number', '--json-input', 'null'])).out).to.match(
      /^returned 1\.0\nfuel /,
    );
  });

  it('exits with status 1 for an error of the guest, and 4 for an unreadable result', async () => {
    const failed = await assay(['call', functions(), 'fails', '--json-input', 'null']);
    expect(failed.out).to.not.include('\u0007');
    expectSaid('a call that fails', failed);
    for (const [name, ...more] of [['number'], ['number', '--fuel', '100'], ['fails'], ['rubbish']] as const) {
      const args = ['call', functions(), name, '--json-input', 'null', ...more];
      expectSaid(['a call of', name, ...more].join(' '), await assay(args, { isTTY: true }));
      expectSaid(['a call of', name, ...more, '--json'].join(' '), await assay([...args, '--json']));
    }
    const rubbish = await document(['call', functions(), 'rubbish', '--json-input', 'null']);
    expect(rubbish.status).to.equal(4);
    expect(rubbish['answer']).to.have.nested.property('undecodable.path', '$');
    const exhausted = await assay(['call', functions(), 'number', '--json-input', 'null', '--fuel', '100']);
    expect([exhausted.status, exhausted.out.split('\n')[0]]).to.deep.equal([
      4,
      'exhausted fuel: the fuel limit is reached',
    ]);
  });

  it('reports a breach, and a zome that is not named', async () => {
    const outside = '(func (export "outside") (param i32 i32) (result i64) (i64.const -1))';
    const stuck = '(func (export "stuck") (param i32 i32) (result i64) unreachable)';
    writeFileSync(file('outside.wasm'), wasmOf(`(module ${ALLOCATOR} ${outside} ${stuck})`));
    for (const name of ['outside', 'stuck']) {
      const args = ['call', file('outside.wasm'), name, '--json-input', 'null'];
      expectSaid(`a call of ${name}`, await assay(args, { isTTY: true }));
      expectSaid(`a call of ${name} --json`, await assay([...args, '--json']));
    }
    expectSaid('several zomes', await assay(['call', file('forum.dna'), 'number', '--json-input', 'null']));
    for (const place of ['forum.dna#functions', 'app.happ#main/functions', 'pair.dna#functions', 'coordinator.dna'])
      expectSaid(`a call of ${place}`, await assay(['call', file(place), 'number', '--json-input', 'null']));
  });

  it('passes the input: hashes as bytes, files too', async () => {
    const check = (key: string) =>
      assay(['call', LINKS, 'genesis_self_check_2', '--json-input', `{"membrane_proof":null,"agent_key":${key}}`]);
    const agent = JSON.stringify(hashText(AUTHOR));
    expect((await check(agent)).out).to.match(/^returned "Valid"\n/);
    expect((await check(`{"$str":${agent}}`)).out).to.match(/^error WasmError .* Deserialize\(\[130, 174, /);
    writeFileSync(file('nil.msgpack'), Uint8Array.of(0xc0));
    const [json, packedFile] = await Promise.all([
      assay(['call', LINKS, 'entry_defs', '--json-input', 'null']),
      assay(['call', LINKS, 'entry_defs', '--json-input', `@${file('nil.msgpack')}`]),
    ]);
    expect(json.status).to.equal(0);
    expect(packedFile).to.deep.equal(json);
    expect(json.out).to.match(/^returned \{"Defs":\[\{"id":\{"App":"author"\}/);
  });
});

describe('assay inspect of bundles', () => {
  it('shows roles, DNAs and zomes', async () => {
    for (const name of ['app.happ', 'app.WEBHAPP', 'forum.dna', 'odd.happ', 'empty.happ']) {
      expectSaid(`inspect ${name}`, await assay(['inspect', file(name)], { isTTY: true }));
      expectSaid(`inspect ${name} --json`, await assay(['inspect', file(name), '--json']));
    }
    const { status, out } = await assay(['inspect', file('app.happ')]);
    expect(status).to.equal(0);
    expect(out).to.match(
      /^happ {9}forum app\nmanifest {5}version 0\nhost prices {2}[0-9a-f]{64}\n\nrole main create, at most 3 clones\n {2}dna {2}forum\n {2}hash {2}uhC0k/,
    );
    expect(out).to.match(/hash {2}uhC0k\S+ in Holochain 0\.6\n {2}hash {2}uhC0k\S+ in Holochain 0\.7\n/);
    expect(out).to.include(`${POSTS.length} bytes  ${hashText(wasmHash(POSTS))}`);
    expect(out).to.match(/coordinator {2}functions .* needs posts/);
    expect(out).to.match(/integrity {4}posts .*\n {4}callbacks {2}validate\n/);
  });

  it('hashes each part of a bundle', async () => {
    for (const [name, ...more] of [
      ['odd.happ'],
      ['odd.happ', '--json'],
      ['odd.happ', '--generation', '0.6'],
      ['app.happ', '--generation', '0.7'],
      ['app.happ#main'],
      ['app.happ#main/posts'],
      ['forum.dna#forum/posts'],
      ['odd.happ#one/elsewhere'],
      ['odd.happ#absent'],
      ['empty.happ'],
      ['op.json'],
      ['cut.dna'],
    ] as const) {
      const args = ['hash', file(name), ...more];
      expectSaid(['hash', name, ...more].join(' '), await assay(args, { isTTY: true }));
    }
    expectSaid('inspect a module that is elsewhere', await assay(['inspect', `${file('odd.happ')}#one/elsewhere`]));
  });

  it('prints one document with --json', async () => {
    const app = await document(['inspect', file('app.happ')]);
    expect(app).to.deep.include({ kind: 'happ', name: 'forum app', manifestVersion: '0' });
    const roles = app['roles'] as readonly { readonly name: string; readonly dna: Document }[];
    expect(roles.map(({ name }) => name)).to.deep.equal(['main', 'more', 'odd/name']);
    // The seeds of the roles make two DNAs from one file.
    const hashes = roles.map(
      ({ dna }) => dna['hashes'] as readonly { readonly releases: readonly string[]; hash: string }[],
    );
    expect(hashes[0]!.map(({ releases }) => releases)).to.deep.equal([['0.6'], ['0.7']]);
    expect(hashes[0]![0]!.hash).to.not.equal(hashes[1]![0]!.hash);
    expect(roles[0]!.dna['hash'], 'two releases, two hashes').to.equal(null);
    expect((roles[0]!.dna['zomes'] as Document[])[1]).to.deep.equal({
      name: 'authors',
      kind: 'integrity',
      bytes: AUTHORS.length,
      wasmHash: hashText(wasmHash(AUTHORS)),
      dependencies: ['posts'],
      callbacks: ['validate'],
      functions: [],
      entryTypes: [],
      linkTypes: 0,
    });
    expect(await document(['inspect', file('app.WEBHAPP')])).to.deep.include({ kind: 'webhapp', uiBytes: 1234 });
    expect(await document(['inspect', file('forum.dna')])).to.have.nested.property('dna.zomes[2].kind', 'coordinator');
  });

  it('shows a module in a bundle like any module', async () => {
    const { module } = await document(['inspect', `${file('app.happ')}#main/posts`]);
    expect(module).to.equal(toHex(wasmHash(POSTS).subarray(3, 35)));
  });
});

describe('assay on invalid files of zomes', () => {
  const validate =
    (module: string, name: string, ...more: string[]) =>
    () => ['validate', module === LINKS ? LINKS : file(module), '--op', file(name), ...more];
  const cases: readonly (readonly [() => readonly string[], RegExp])[] = [
    [
      () => ['inspect', file('cut.dna')],
      /cut\.dna is not a readable bundle: damaged at \$, it is truncated: its gzip data continues after its \d+ bytes/,
    ],
    [() => ['inspect', file('lengths.dna')], /malformed at \$, .*length-over-input/],
    [() => ['inspect', file('plain.dna')], /not-gzip at \$/],
    [() => ['inspect', file('nothing.happ')], /nothing\.happ: no such file/],
    [
      () => ['inspect', `${file('app.happ')}#main`],
      /#main has 3 zomes; choose one; places: main\/posts, main\/authors, main\/functions\n/,
    ],
    [
      () => ['inspect', `${file('app.happ')}#main/post`],
      /#main\/post: the bundle has no such place; places: main, main\/posts, /,
    ],
    [
      () => ['inspect', `${file('forum.dna')}#x\u001b`],
      /#x\\u\{1b\}: the bundle has no such place; places: posts, authors, functions/,
    ],
    [() => ['inspect', `${file('app.happ')}#forum/posts`], /several roles have this DNA; places: main, /],
    [validate('app.happ', 'op.json'), /contains 3 DNAs; choose one; places: main, /],
    [validate('empty.happ', 'op.json'), /contains 0 DNAs; choose one; places: none/],
    [validate(LINKS, 'bad.json'), /bad\.json, line 2, column 14: not a JSON value/],
    [
      validate(LINKS, 'not-an-op.json'),
      /is not a valid op of generation 0\.6: expected AgentPubKey, got no bin at \$\.StoreEntry\.action\.hashed\.content\.Create\.author/,
    ],
    [validate(LINKS, 'op-0.7.json'), /is not a valid op of generation 0\.6: .*\n.*--generation 0\.7/],
    [
      validate(LINKS, 'op.json', '--generation', '0.7'),
      /is not a valid op of generation 0\.7: .*\n.*--generation 0\.6/,
    ],
    [validate(LINKS, 'wrong-hash.json'), /line \d+, column \d+: not a hash: its last four bytes do not match/],
    [validate(LINKS, 'cut.msgpack'), /is not MessagePack: [a-z-]+ at byte \d/],
    [validate(LINKS, 'nothing.json'), /nothing\.json: no such file/],
    [validate('old.wasm', 'op.json'), /is unlinkable: .*env\.__get_entry/],
    [() => ['validate', LINKS, '--op', BOOK, '--deps', file('recrods.json')], /at \$\.recrods/],
    [
      () => ['validate', LINKS, '--op', BOOK, '--deps', file('lying.json')],
      /is listed under the hash uhCkk.*, but its content hashes to uhCkk/,
    ],
    [() => ['validate', LINKS, '--op', BOOK, '--deps', file('op.json')], /at \$\.StoreEntry/],
    [() => ['validate', LINKS, '--input', BOOK], /is a Holochain zome: its validate expects an op.*\n.*--op FILE/],
    [
      () => ['validate', LINKS, '--op', BOOK, '--input', BOOK],
      /choose what to validate: --input, --op, --dump or --batch/,
    ],
    [
      () => ['validate', LINKS, '--input', BOOK, '--deps', BOOK],
      /--deps, --check and --generation need --op or --dump/,
    ],
    [() => ['validate', LINKS, '--input', BOOK, '--no-check'], /--deps, --check and --generation need --op or --dump/],
    [validate(LINKS, 'op.json', '--check', 'most'), /--check hashes, --check all or --no-check/],
    [validate(LINKS, 'op.json', '--generation', '0.5'), /The generations are 0\.2, 0\.2-map, 0\.6, 0\.7/],
    [() => ['call', LINKS, 'entry_defs', '--json-input', '{'], /the argument, line 1, column 2: /],
    [() => ['call', LINKS, 'entry_defs', 'i32:1', '--json-input', '1'], /cannot be used together/],
    [() => ['call', LINKS, 'entry_defs', '--deps', BOOK], /need --json-input/],
    [() => ['call', LINKS, 'frobnicate', '--json-input', '1'], /does not export a function 'frobnicate'/],
    [
      () => ['call', file('forum.dna'), 'number', '--json-input', '1'],
      /has 3 zomes; choose one; places: posts, authors, functions\n/,
    ],
    [
      () => ['call', `${file('app.happ')}#more`, 'number', '--json-input', '1'],
      /#more has 3 zomes; choose one; places: more\/posts, more\/authors, more\/functions\n/,
    ],
    [
      () => ['call', file('app.happ'), 'number', '--json-input', '1'],
      /contains 3 DNAs; choose one; places: main, main\/posts, main\/authors, main\/functions, /,
    ],
    [
      () => ['call', file('pair.dna'), 'number', '--json-input', '1'],
      /has 2 zomes; choose one; places: posts, functions\n/,
    ],
    [() => ['call', LINKS, 'entry_defs', '--json-input', '@/nowhere.json'], /no such file/],
  ];
  it('reports a decompression bomb, and holds no more than the bound', async () => {
    const { status, err } = await assay(['inspect', file('bomb.happ')]);
    expect(err).to.match(/too-large at \$, its \d+ bytes unpack to more than the 67108864 that are allowed/);
    expect(status).to.equal(2);
  }).timeout(20_000);

  for (const [args, message] of cases) {
    it(`reports ${message.source.slice(0, 70)}`, async () => {
      const ran = await assay(args());
      expect(ran.err).to.match(message);
      expectSaid(`error: ${message.source}`, ran);
      const json = JSON.parse((await assay([...args(), '--json'])).out) as object;
      expect(Object.keys(json)).to.satisfy((keys: string[]) => ['fault', 'error'].includes(keys.join()));
    });
  }
});
