/** The service: receipts are those of one thread, every request ends with a code, and running work is completed. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { hash, toHex } from '../../src/base/hash.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { createEngine } from '../../src/engine/engine.js';
import type { LoadedModule } from '../../src/engine/loaded-module.js';
import { encodeReceipt } from '../../src/engine/receipt/receipt-bytes.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import { Client, ServiceError } from '../../src/service/client/client.js';
import type { Problem } from '../../src/service/protocol/messages.js';
import { JsonText } from '../../src/service/protocol/schema-types.js';
import { i32 } from '../../src/wasm/value.js';
import { createZomeHost } from '../../src/zome/create-zome-host.js';
import { encodeDependencies } from '../../src/zome/dependency-file.js';
import { recordsSource } from '../../src/zome/dependency-source.js';
import { saidBy } from '../cli/said.js';
import { guestFile, LINKS, OPS, RECORDS } from '../pool/pool-guests.js';
import { DIVIDE, LINKS_WASM, POST, type Served, served, spoken, statusOf, untaken } from './served.js';

const ENTRY = guestFile('entries/post-valid-plain.msgpack');
const BOOK = new Uint8Array(readFileSync(new URL('../../../vectors/zome/ops/book.json', import.meta.url)));
const ENTRY_JSON = new JsonText(guestFile('entries/post-valid-plain.json'));

/** The form of a signed request. */
const SIGNED = {
  format: 'assay-request-1',
  ...Object.fromEntries(['tenantKey', 'module', 'input', 'priceTable'].map((name) => [name, '0'.repeat(64)])),
  export: 'validate',
  fuelLimit: 1,
  nonce: '0'.repeat(32),
  at: '2026-11-21T09:30:00.000Z',
  signature: '0'.repeat(128),
};

/** A module with only a custom section of this many bytes; the size is LEB128 in four bytes. */
function paddedModule(length: number): Uint8Array {
  const module = new Uint8Array(length + 13);
  const size = [length & 127, (length >> 7) & 127, (length >> 14) & 127, length >> 21];
  module.set([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, size[0]! | 128, size[1]! | 128, size[2]! | 128, size[3]!]);
  return module;
}

async function moduleOf(wasm: Uint8Array): Promise<LoadedModule> {
  const loaded = await createEngine().load(wasm);
  if (!loaded.ok) throw new Error(loaded.fault.code);
  return loaded.module;
}

const expectSaid = saidBy('service-problems');

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ServiceError) return error.problem;
  throw new Error(`no problem, but ${error}`);
}

describe('service', () => {
  let at: Served;
  let post: string;
  let divide: string;
  let links: string;

  before(async () => {
    at = await served({
      memo: true,
      small: { concurrency: 1, fuelPerSecond: 1_000 },
      limits: { headersMs: 800, bodyMs: 800, idleMs: 800, keepAliveMs: 800 },
    });
    [post, divide, links] = (await Promise.all(
      [POST, DIVIDE, LINKS_WASM].map(async (wasm) => (await at.client.putModule(wasm)).hash),
    )) as [string, string, string];
  });

  after(() => at.service.close());

  const request = (method: string, path: string, body?: string | Uint8Array, headers: Record<string, string> = {}) =>
    fetch(at.url + path, {
      method,
      headers: { authorization: `Bearer ${at.acme}`, ...headers },
      ...(body === undefined ? {} : { body: body as BodyInit }),
    });
  const json = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    request('POST', path, typeof body === 'string' ? body : JSON.stringify(body), {
      'content-type': 'application/json',
      ...headers,
    });

  it('returns the verdicts and receipts of a single thread, for entries, values, bytes and ops', async () => {
    const single = (await moduleOf(POST)).validate(ENTRY);
    for (const input of [{ input: ENTRY_JSON }, { inputBase64: ENTRY }]) {
      const made = await at.client.validate({ module: post, ...input, receipts: 'bytes' });
      expect(made.verdict).to.equal('Valid');
      expect(made.receiptBytes).to.deep.equal([toHex(encodeReceipt(single.receipt))]);
      expect(made.fuel).to.deep.equal({ used: single.receipt.fuel.used, parts: single.receipt.fuel.parts });
    }
    const called = (await moduleOf(DIVIDE)).call('divide', [i32(7), i32(0)], { fuel: 50_000 });
    const call = await at.client.call({ module: divide, export: 'divide', args: ['i32:7', 'i32:0'], fuel: 50_000 });
    expect(call.outcome).to.deep.equal({ kind: 'trapped', code: 'integer-divide-by-zero' });
    expect(call.receipts).to.deep.equal([toHex(receiptHash(called.receipt))]);
    const short = { kind: 'exhausted', resource: 'fuel' };
    const exhausted = await at.client.call({ module: divide, export: 'divide', args: ['i32:7', 'i32:1'], fuel: 1 });
    expect(exhausted.outcome).to.deep.equal(short);
    const none = await at.client.validate({ module: post, inputBase64: ENTRY, fuel: 1 });
    expect([none.verdict, none.cause]).to.deep.equal([null, short]);
    const payload = encodeMessagePack(ENTRY);
    const bytes = (await moduleOf(POST)).callBytes('validate', payload);
    const byBytes = await at.client.call({ module: post, export: 'validate', payloadBase64: payload });
    expect(byBytes.receipts).to.deep.equal([toHex(receiptHash(bytes.receipt))]);
    const { outcome } = bytes;
    expect(byBytes.outcome).to.deep.equal({
      kind: 'returned',
      outputBase64: outcome.kind === 'returned' && new Uint8Array(outcome.output),
    });
    const names = ['links', 'more'];
    const made = await createZomeHost({
      engine: createEngine(),
      zomes: names.map((name) => ({ ...LINKS, name })),
      generation: '0.6',
    });
    if (!made.ok) throw new Error(made.fault.code);
    const dependencies = recordsSource(RECORDS, { generation: '0.6' });
    const zomes = names.map((name) => ({ name, module: links }));
    const counts = new Set<number>();
    for (const op of OPS) {
      const wanted = made.host.validateOp(op, { dependencies });
      const ask = {
        zomes,
        generation: '0.6',
        opBase64: op,
        dependenciesBase64: encodeDependencies({ records: RECORDS }, '0.6'),
      } as const;
      const [first, again] = [await at.client.validate(ask), await at.client.validate(ask)];
      expect(first.receipts).to.deep.equal(wanted.calls.map(({ receipt }) => toHex(receiptHash(receipt))));
      expect({ ...again, isHit: undefined }).to.deep.equal({ ...first, isHit: undefined });
      expect([first.isHit, again.isHit]).to.deep.equal([undefined, true]);
      counts.add(wanted.calls.length);
      const fuels = wanted.calls.map(({ receipt }) => receipt.fuel);
      const sum = (of: (fuel: (typeof fuels)[number]) => number) => fuels.reduce((total, fuel) => total + of(fuel), 0);
      const { instantiate, guest, host, boundary } = first.fuel.parts;
      expect([first.fuel.used, instantiate, guest, host, boundary]).to.deep.equal([
        sum(({ used }) => used),
        sum(({ parts }) => parts.instantiate),
        sum(({ parts }) => parts.guest),
        sum(({ parts }) => parts.host),
        sum(({ parts }) => parts.boundary),
      ]);
    }
    expect([...counts], 'ops of one zome, and of both').to.include.members([1, 2]);
  });

  it('keeps every digit of JSON, as the command line does', async () => {
    const one = await at.client.validate({
      module: post,
      input: new JsonText(new TextEncoder().encode('{"title":1.0}')),
    });
    const other = await at.client.validate({ module: post, input: { title: 1 } });
    expect(one.receipts).not.to.deep.equal(other.receipts);
  });

  it('closes an idle connection', async () => {
    const beganMs = performance.now();
    const heard = await spoken(at.port, 'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n', 10_000);
    expect(statusOf(heard)).to.equal(200);
    expect(performance.now() - beganMs).to.be.lessThan(9_000);
  });

  it('disconnects a client that reads no response, even if it keeps sending', async () => {
    const module = paddedModule(12_000_000);
    const { hash: large } = await at.client.putModule(module);
    const head = `GET /v1/modules/${large} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${at.acme}\r\n\r\n`;
    expect(await untaken(at.port, head, 10_000)).to.equal('cut');
    expect((await at.client.getModule(large)).length).to.equal(module.length);
  });

  it('keeps receipts and modules by their hashes, and receipts for each tenant', async () => {
    const { receipts } = await at.client.validate({ module: post, inputBase64: ENTRY });
    const kept = await at.client.receipt(receipts[0]!);
    expect(kept.hash).to.equal(receipts[0]);
    const other = new Client({ url: at.url, token: at.small, retries: 0 });
    expect((await problemOf(other.receipt(receipts[0]!))).code).to.equal('unknown-receipt');
    expect(await at.client.getModule(post)).to.deep.equal(POST);
    expect((await problemOf(at.client.getModule('0'.repeat(64)))).code).to.equal('unknown-module');
  });

  it('runs a batch in the order of its lines, and reports errors in place', async () => {
    const lines = [
      { inputBase64: ENTRY },
      { input: { title: '' } },
      { args: ['i32:1'] },
      { op: {} },
      { input: ENTRY_JSON },
    ];
    const items = [];
    for await (const item of at.client.batch({ module: post }, lines)) items.push(item);
    expect(items.map(({ index }) => index)).to.deep.equal([0, 1, 2, 3, 4]);
    expect(
      items.map((item) => ('problem' in item ? item.problem.code : 'verdict' in item ? item.verdict : '')),
    ).to.deep.equal(['Valid', 'Invalid', 'invalid-request', 'invalid-request', 'Valid']);
    const ops = { zomes: [{ name: 'links', module: links }] };
    const details = [];
    for await (const item of at.client.batch(ops, [{ args: ['i32:1'] }, { op: 1 }, { input: 1 }]))
      details.push('problem' in item ? item.problem.detail : item);
    expect(details[0]).to.equal('zomes take op or opBase64');
    expect(details[1]).to.match(/^not an op of generation 0.6/);
    expect(details[2]).to.equal('zomes take op or opBase64');
    const many = [];
    const args = Array.from({ length: 2_500 }, (_, i) => ({ args: [`i32:${i}`, `i32:${i % 3}`] }));
    for await (const item of at.client.batch({ module: divide, export: 'divide', order: 'completion' }, args))
      many.push(item);
    const module = await moduleOf(DIVIDE);
    const wanted = args.map((_, i) => toHex(receiptHash(module.call('divide', [i32(i), i32(i % 3)]).receipt)));
    const found = many.sort((a, b) => a.index - b.index).map((item) => ('receipts' in item ? item.receipts[0] : item));
    expect(found).to.deep.equal(wanted);
  });

  it('writes each body as JSON does, with fields and numbers in order', async () => {
    const inputBase64 = Buffer.from(ENTRY).toString('base64');
    const book = JSON.parse(new TextDecoder().decode(BOOK)) as unknown;
    const lines = async (head: object, ...inputs: readonly object[]) => {
      const body = [head, ...inputs].map((one) => JSON.stringify(one)).join('\n');
      const response = await request('POST', '/v1/batch', body, { 'content-type': 'application/x-ndjson' });
      expect(response.headers.get('content-type')).to.equal('application/x-ndjson');
      expect(response.headers.get('cache-control')).to.equal('no-store');
      const text = await response.text();
      return text.trim().split('\n').slice(0, -1);
    };
    const texts = [
      ...(await lines({ module: post, receipts: 'bytes' }, { inputBase64 }, { input: { title: '"\u00e9\n' } })),
      ...(await lines({ module: divide, export: 'divide' }, { args: ['i32:1', 'i32:0'] })),
      ...(await lines({ zomes: [{ name: 'links', module: links }] }, { op: book }, { op: book })),
      await (await json('/v1/validate', { module: post, inputBase64, receipts: 'bytes' })).text(),
      await (await json('/v1/call', { module: divide, export: 'divide', args: ['i32:4', 'i32:2'] })).text(),
    ];
    const fields = texts.map((text) => {
      const read = JSON.parse(text) as object;
      expect(text).to.equal(JSON.stringify(read));
      return Object.keys(read).join(' ');
    });
    expect(fields).to.deep.equal([
      'index verdict fuel receipts receiptBytes',
      'index verdict reason fuel receipts receiptBytes',
      'index outcome fuel receipts',
      'index verdict dependencies fuel receipts',
      'index verdict dependencies fuel receipts isHit',
      'verdict fuel receipts receiptBytes',
      'outcome fuel receipts',
    ]);
  });

  it('ends a batch that is cut off, that is not JSON, or that stalls', async () => {
    const head = (length: number) =>
      `POST /v1/batch HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${at.acme}\r\ncontent-type: application/x-ndjson\r\ncontent-length: ${length}\r\n\r\n`;
    const first = `${JSON.stringify({ module: divide, export: 'divide' })}\n`;
    const line = `${JSON.stringify({ args: ['i32:4', 'i32:2'] })}\n`;
    const stalled = await spoken(at.port, `${head(10_000)}${first}${line}`);
    expect(statusOf(stalled)).to.equal(200);
    expect(stalled).to.include('"index":0').and.include('"code":"timeout"');
    expect(statusOf(await spoken(at.port, `${head(2)}x\n`))).to.equal(400);
    expect(statusOf(await spoken(at.port, `${head(1)}\n`))).to.equal(400);
    const nameless = await request('POST', '/v1/batch', `${JSON.stringify({ module: divide })}\n${line}`, {
      'content-type': 'application/x-jsonlines; charset=utf-8',
    });
    expect((JSON.parse((await nameless.text()).split('\n')[0]!) as { problem: Problem }).problem).to.include({
      code: 'invalid-request',
      path: '$.export',
      detail: 'a call needs the name of an export',
    });
    const bad = await (
      await request('POST', '/v1/batch', `${first}${line}{"args"\n\n${line}`, { 'content-type': 'application/jsonl' })
    ).text();
    expect(
      bad
        .trim()
        .split('\n')
        .map((text) => Object.keys(JSON.parse(text))[1] ?? 'summary'),
    ).to.deep.equal(['outcome', 'problem', 'outcome', 'summary']);
  });

  it('returns the first response to a request with a known Idempotency-Key', async () => {
    const ask = { module: post, inputBase64: ENTRY };
    const first = await json(
      '/v1/validate',
      { ...ask, inputBase64: Buffer.from(ENTRY).toString('base64') },
      { 'idempotency-key': 'k' },
    );
    const second = await json(
      '/v1/validate',
      { ...ask, inputBase64: Buffer.from(ENTRY).toString('base64') },
      { 'idempotency-key': 'k' },
    );
    expect(second.headers.get('idempotency-replayed')).to.equal('true');
    expect(await second.text()).to.equal(await first.text());
    const other = await json('/v1/validate', { module: post, input: 1 }, { 'idempotency-key': 'k' });
    expect(other.status).to.equal(422);
    expect(await other.json()).to.have.property('code', 'key-reused');
    expect((await json('/v1/validate', { module: post, input: 1 }, { 'idempotency-key': 'a b' })).status).to.equal(422);
    // A request that failed has no response to keep: with its key, it is run again.
    for (const _ of [1, 2]) {
      const failed = await json('/v1/validate', { module: 'f'.repeat(64), input: 1 }, { 'idempotency-key': 'l' });
      expect(await failed.json()).to.have.property('code', 'unknown-module');
    }
  });

  it('limits what a tenant uses, and returns when to retry', async () => {
    const small = new Client({ url: at.url, token: at.small, retries: 0 });
    // Its first call uses more than ten seconds of its rate.
    await small.validate({ module: post, inputBase64: ENTRY });
    const problem = await problemOf(small.validate({ module: post, inputBase64: ENTRY }));
    expect(problem).to.include({ code: 'rate-limited', status: 429 });
    expect(problem.retryAfterSeconds).to.be.within(60, 120);
  });

  const HOSTILE: readonly (readonly [string, () => Promise<Response>, number, string])[] = [
    ['no token', () => fetch(`${at.url}/v1/receipts/${'0'.repeat(64)}`), 401, 'unauthorized'],
    [
      'a bad token',
      () => request('GET', '/metrics', undefined, { authorization: 'Bearer abc.def' }),
      401,
      'unauthorized',
    ],
    [
      'a token without operator rights',
      () => request('GET', '/metrics', undefined, { authorization: `Bearer ${at.small}` }),
      403,
      'forbidden',
    ],
    ['no such path', () => request('GET', '/v2'), 404, 'not-found'],
    ['no such method', () => request('DELETE', '/v1/validate'), 405, 'method-not-allowed'],
    [
      'another type',
      () => request('POST', '/v1/call', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'unsupported-media-type',
    ],
    ['no JSON', () => json('/v1/call', '{"module":'), 400, 'bad-request'],
    ['a key twice', () => json('/v1/call', '{"module":1,"module":2}'), 400, 'bad-request'],
    [
      'no UTF-8',
      () => request('POST', '/v1/call', Uint8Array.of(0x22, 0xff, 0x22), { 'content-type': 'application/json' }),
      400,
      'bad-request',
    ],
    ['nothing', () => json('/v1/call', ''), 400, 'bad-request'],
    ['text after the JSON', () => json('/v1/call', '{} {}'), 400, 'bad-request'],
    ['a list', () => json('/v1/call', [1]), 422, 'invalid-request'],
    ['a missing field', () => json('/v1/validate', { input: 1 }), 422, 'invalid-request'],
    ['a field of another type', () => json('/v1/validate', { module: 1, input: 1 }), 422, 'invalid-request'],
    ['no base64, but a number', () => json('/v1/validate', { module: post, inputBase64: 1 }), 422, 'invalid-request'],
    [
      'a zome of another kind',
      () => json('/v1/validate', { zomes: [{ name: 'a', module: links, kind: 'both' }], op: 1 }),
      422,
      'invalid-request',
    ],
    [
      'too many arguments',
      () => json('/v1/call', { module: divide, export: 'divide', args: Array(1_001).fill('i32:1') }),
      422,
      'invalid-request',
    ],
    [
      'no hash of a DNA',
      () =>
        json('/v1/validate', {
          zomes: [{ name: 'a', module: links }],
          dna: { hash: `uhC0k${'A'.repeat(48)}` },
          op: 1,
        }),
      422,
      'invalid-request',
    ],
    ['a receipt that is not there', () => request('GET', `/v1/receipts/${'0'.repeat(64)}`), 404, 'unknown-receipt'],
    [
      'a batch with a bad key',
      () =>
        request('POST', '/v1/batch', `{"module":"${post}"}`, {
          'content-type': 'application/x-ndjson',
          'idempotency-key': 'a b',
        }),
      422,
      'invalid-request',
    ],
    [
      'signed requests, which are for billing',
      () => json('/v1/validate', { module: post, input: 1, signedRequests: [SIGNED] }),
      422,
      'invalid-request',
    ],
    [
      'a batch of another type',
      () => request('POST', '/v1/batch', '{}', { 'content-type': 'application/json' }),
      415,
      'unsupported-media-type',
    ],
    [
      'a module of another type',
      () => request('PUT', `/v1/modules/${'0'.repeat(64)}`, DIVIDE, { 'content-type': 'text/plain' }),
      415,
      'unsupported-media-type',
    ],
    [
      'deep JSON',
      () => json('/v1/validate', `{"module":"${post}","input":${'['.repeat(2e5)}${']'.repeat(2e5)}}`),
      422,
      'unusable-input',
    ],
    [
      'deep fields',
      () => json('/v1/validate', `{"zomes":${'['.repeat(2e5)}${']'.repeat(2e5)},"op":1}`),
      422,
      'invalid-request',
    ],
    ['large fields', () => json('/v1/validate', `{"zomes":"${'x'.repeat(1.1e6)}","op":1}`), 413, 'too-large'],
    ['an unknown key', () => json('/v1/validate', { module: post, input: 1, fule: 1 }), 422, 'invalid-request'],
    ['two inputs', () => json('/v1/validate', { module: post, input: 1, inputBase64: '' }), 422, 'invalid-request'],
    ['bad base64', () => json('/v1/validate', { module: post, inputBase64: '???=' }), 422, 'invalid-request'],
    ['too much fuel', () => json('/v1/validate', { module: post, input: 1, fuel: 2 ** 53 - 1 }), 422, 'unusable-input'],
    ['an unknown module', () => json('/v1/validate', { module: 'f'.repeat(64), input: 1 }), 404, 'unknown-module'],
    [
      'an unknown zome',
      () => json('/v1/validate', { zomes: [{ name: 'a', module: 'f'.repeat(64) }], op: 1 }),
      404,
      'unknown-module',
    ],
    ['no zomes', () => json('/v1/validate', { zomes: [], op: 1 }), 422, 'invalid-request'],
    [
      'two zomes of a name',
      () => json('/v1/validate', { zomes: [1, 2].map(() => ({ name: 'a', module: links })), op: 1 }),
      422,
      'unusable-input',
    ],
    [
      'bytes that are not an op',
      () => json('/v1/validate', { zomes: [{ name: 'links', module: links }], op: { a: 1 } }),
      422,
      'unusable-input',
    ],
    ['an unknown export', () => json('/v1/call', { module: divide, export: 'x', args: [] }), 422, 'unusable-input'],
    [
      'bad arguments',
      () => json('/v1/call', { module: divide, export: 'divide', args: ['i32:99999999999', 'x'] }),
      422,
      'invalid-request',
    ],
    ['an invalid hash', () => request('GET', '/v1/modules/..%2f..%2fetc'), 422, 'invalid-request'],
    [
      'a wrong hash',
      () => request('PUT', `/v1/modules/${'0'.repeat(64)}`, DIVIDE, { 'content-type': 'application/wasm' }),
      422,
      'hash-mismatch',
    ],
    [
      'no module',
      () => request('PUT', `/v1/modules/${toHex(hash(ENTRY))}`, ENTRY, { 'content-type': 'application/wasm' }),
      422,
      'load-fault',
    ],
  ];
  for (const [what, ask, status, code] of HOSTILE) {
    it(`rejects ${what} with ${status} ${code}`, async () => {
      const response = await ask();
      const problem = (await response.json()) as Problem;
      expect(response.headers.get('content-type')).to.match(/^application\/problem\+json/);
      expect([response.status, problem.status, problem.code]).to.deep.equal([status, status, code]);
      expectSaid(what, JSON.stringify(problem, null, 1));
    });
  }

  it('rejects what is not HTTP, what is too long and what is too slow', async () => {
    const post = (headers: string) =>
      `POST /v1/call HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${at.acme}\r\ncontent-type: application/json\r\n${headers}\r\n`;
    const cases: readonly (readonly [string, number])[] = [
      ['nonsense\r\n\r\n', 400],
      [`GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
      ['GET /healthz HTTP/1.1\r\nhost', 408],
      [`${post('content-length: 100\r\n')}{`, 408],
      [post('content-length: 99999999999\r\n'), 413],
      [`${post('transfer-encoding: chunked\r\n')}zz\r\n`, 400],
      ['CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n', 405],
    ];
    const heard = await Promise.all(cases.map(([text]) => spoken(at.port, text)));
    expect(heard.map(statusOf)).to.deep.equal(cases.map(([, status]) => status));
    for (const response of heard) expect(response).to.include('application/problem+json');
  });

  it('serves metrics, its document and its health', async () => {
    const figures = await (await request('GET', '/metrics')).text();
    for (const line of [
      'assay_calls_total{outcome="returned"}',
      'assay_fuel_total{part="guest"}',
      'assay_memo_total{result="hit"}',
      'assay_verdicts_total{verdict="Valid"}',
      'assay_verdicts_total{verdict="none"} 1',
      'assay_tenant_fuel_total{tenant="small"}',
      'assay_tenant_refused_total{tenant="small",code="rate-limited"} 1',
      'assay_workers 1',
      'assay_queue_jobs 0',
      'assay_bytes_under_way 0',
    ]) {
      expect(figures).to.include(line);
    }
    expect(await (await fetch(`${at.url}/openapi.json`)).json()).to.deep.equal(at.service.document);
    expect((await fetch(`${at.url}/healthz`)).status).to.equal(200);
    expect(await at.client.isReady()).to.equal(true);
  });

  it('finishes pending work when it is closed, and accepts no more', async () => {
    const own = await served();
    const { hash: module } = await own.client.putModule(DIVIDE);
    const lines = async function* () {
      for (let i = 0; i < 6_000; i++) yield { args: [`i32:${i}`, 'i32:2'] };
    };
    const body = [JSON.stringify({ module, export: 'divide' })];
    for await (const line of lines()) body.push(JSON.stringify(line));
    const response = await fetch(`${own.url}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${own.acme}`, 'content-type': 'application/x-ndjson' },
      body: body.join('\n'),
    });
    const closed = own.service.close();
    const results = (await response.text()).trim().split('\n');
    await closed;
    const { summary } = JSON.parse(results.at(-1)!) as { summary: { lines: number; problem?: { code: string } } };
    expect(summary.lines).to.equal(results.length - 1);
    expect(results.slice(0, -1).every((text, i) => (JSON.parse(text) as { index: number }).index === i)).to.equal(true);
    if (summary.lines < 6_000) expect(summary.problem?.code).to.equal('stopping');
    expect(await fetch(`${own.url}/healthz`).catch(() => 'closed')).to.equal('closed');
  });
});
