/** What the service refuses before a route sees it, or because something of its own fails: each time one problem. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { hash, toHex } from '../../src/base/hash.js';
import { ModuleMemory } from '../../src/service/module-place.js';
import type { LogLine } from '../../src/service/open-service.js';
import { StoreError } from '../../src/store/store-error.js';
import { DIVIDE, type Served, served, spoken } from './served.js';

const DIVIDE_HASH = toHex(hash(DIVIDE));
/** Modules that the place fails to return, by their hashes. */
const FAILING: Readonly<Record<string, Error>> = {
  ['e'.repeat(64)]: new Error("ENOENT: open '/etc/assay/key' or C:\\keys\\x now"),
  ['d'.repeat(64)]: new StoreError('folder', 'the folder is gone'),
};

class FailingPlace extends ModuleMemory {
  override async get(name: string): Promise<Uint8Array | undefined> {
    const error = FAILING[name];
    if (error !== undefined) throw error;
    return await super.get(name);
  }
}

interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The responses on a connection. */
function responsesOf(heard: string): readonly Response[] {
  return heard.split(/(?=HTTP\/1\.1 \d{3} )/).map((text) => {
    const [head = '', ...body] = text.split('\r\n\r\n');
    const [first = '', ...lines] = head.split('\r\n');
    const headers = Object.fromEntries(lines.map((line) => line.toLowerCase().split(': ')));
    return { status: Number(first.split(' ')[1]), headers, body: body.join('\r\n\r\n') };
  });
}

describe('service: refusals', () => {
  const log: LogLine[] = [];
  let at: Served;

  before(async () => {
    at = await served({ modules: new FailingPlace(), limits: { lingerMs: 100 }, log: (line) => log.push(line) });
    await at.client.putModule(DIVIDE);
  });

  after(() => at.service.close());

  const figures = async () =>
    await (await fetch(`${at.url}/metrics`, { headers: { authorization: `Bearer ${at.acme}` } })).text();
  const head = (first: string, ...headers: readonly string[]) =>
    [first, 'host: a', 'connection: close', ...headers, '', ''].join('\r\n');
  const authorized = (first: string, ...headers: readonly string[]) =>
    head(first, `authorization: Bearer ${at.acme}`, ...headers);
  const chunked = () =>
    head(
      'POST /v1/batch HTTP/1.1',
      `authorization: Bearer ${at.acme}`,
      'content-type: application/x-ndjson',
      'transfer-encoding: chunked',
    );
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

  it('are problems with their headers, also those of the HTTP library', async () => {
    const cases: readonly (readonly [text: string, status: number, code: string | undefined, more?: object])[] = [
      [authorized('GET /v1/modules/%zz HTTP/1.1'), 400, 'bad-request'],
      [authorized('DELETE /%zz HTTP/1.1', 'content-length: 5'), 400, 'bad-request', { connection: 'close' }],
      [authorized(`GET /v1/modules/${'a'.repeat(600)} HTTP/1.1`), 422, 'invalid-request', { path: '$.hash' }],
      [authorized('GET /v1/receipts/A HTTP/1.1'), 422, 'invalid-request', { path: '$.hash' }],
      [
        'GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n',
        400,
        'bad-request',
        { detail: 'the Host header is missing' },
      ],
      ['GET /healthz HTTP/1.0\r\n\r\n', 200, undefined],
      [head('GET /healthz HTTP/1.1', 'expect: more'), 200, undefined],
      [head('DELETE /v1/modules/a HTTP/1.1'), 405, 'method-not-allowed', { allow: 'put, get' }],
      [head('PUT /openapi.json?a HTTP/1.1', 'content-length: 0'), 405, 'method-not-allowed', { allow: 'get' }],
      [head('FOO /v1/modules/a?b HTTP/1.1'), 405, 'method-not-allowed', { allow: 'put, get' }],
      [head('FOO /v1/balance HTTP/1.1'), 404, 'not-found'],
      [head('GET /v1/statements/1 HTTP/1.1'), 404, 'not-found'],
      [head('FOO bar baz HTTP/1.1'), 400, 'bad-request'],
      [head('GET /v1/receipts/a HTTP/1.1'), 401, 'unauthorized', { 'www-authenticate': 'bearer' }],
      [head('GET /metrics HTTP/1.1', `authorization: Bearer ${at.small}`), 403, 'forbidden'],
      [head('GET /metrics HTTP/1.1', `authorization: bearer ${at.acme}`), 200, undefined],
      [head('GET /metrics HTTP/1.1', `authorization: Basic ${at.acme}`), 401, 'unauthorized'],
      [head('GET /metrics HTTP/1.1', `authorization: Bearer ${at.acme} x`), 401, 'unauthorized'],
      [`${chunked()}zz\r\n`, 400, 'bad-request', { connection: 'close' }],
      [`${chunked()}${chunk('{}\n')}0\r\n\r\n`, 422, 'invalid-request', { connection: 'close' }],
    ];
    await Promise.all(
      cases.map(async ([text, status, code, more = {}]) => {
        const heard = responsesOf(await spoken(at.port, text));
        expect(heard.length, text).to.equal(1);
        const [{ headers, body, ...response }] = heard as [Response];
        expect(response.status, text).to.equal(status);
        if (code === undefined) return;
        const problem = JSON.parse(/\{.*\}/.exec(body)![0]) as Readonly<Record<string, unknown>>;
        expect(headers['content-type'], text).to.match(/^application\/problem\+json/);
        expect({ ...headers, ...problem }, text).to.include({
          type: `urn:assay:problem:${code}`,
          status,
          code,
          ...more,
        });
        expect('www-authenticate' in headers, text).to.equal(status === 401);
      }),
    );
    const counted = 'assay_requests_total{route="other",status="400"} 2\n';
    while (!(await figures()).includes(counted)) await sleep(10);
    expect(log.filter(({ kind }) => kind === 'error')).to.deep.equal([]);
  });

  it('hide what went wrong in the service from the client, and paths from the log', async () => {
    log.length = 0;
    const asked = async (name: string) => {
      const headers = { authorization: `Bearer ${at.acme}` };
      const response = await fetch(`${at.url}/v1/modules/${name}`, { headers });
      return (await response.json()) as object;
    };
    expect(await asked('d'.repeat(64))).to.deep.equal({
      type: 'urn:assay:problem:unavailable',
      title: 'The ledger or the store of the service is not available.',
      status: 503,
      code: 'unavailable',
      detail: 'the store of modules cannot be used',
      retryAfterSeconds: 5,
    });
    expect(await asked('e'.repeat(64))).to.deep.equal({
      type: 'urn:assay:problem:internal',
      title: 'The service has a bug. This says nothing about the guest.',
      status: 500,
      code: 'internal',
    });
    expect(log.filter(({ kind }) => kind === 'error')).to.deep.equal([
      { kind: 'error', route: 'getModule', name: 'Error', message: "ENOENT: open '(path)' or (path) now" },
    ]);
    for (const code of ['internal', 'unavailable'])
      expect(await figures()).to.include(`assay_problems_total{code="${code}"} 1\n`);
  });

  it('say nothing in the middle of another response, nor before an earlier one', async () => {
    const lines = `${JSON.stringify({ module: DIVIDE_HASH, export: 'divide' })}\n{"args":["i32:4","i32:2"]}\n`;
    const call = JSON.stringify({ module: DIVIDE_HASH, export: 'divide', args: ['i32:4', 'i32:2'] });
    const called = authorized(
      'POST /v1/call HTTP/1.1',
      'content-type: application/json',
      `content-length: ${call.length}`,
    ).replace('connection: close\r\n', '');
    /** Sends the second text when something was received. */
    const heardAfter = (first: string, second: string) =>
      new Promise<string>((resolve) => {
        let heard = '';
        const socket = connect(at.port, '127.0.0.1', () => socket.write(first));
        socket.on('data', (data) => {
          heard += data.toString('latin1');
          if (heard.includes('"outcome"')) socket.write(second);
        });
        socket.on('error', () => socket.destroy()).on('close', () => resolve(heard));
      });
    const inBatch = responsesOf(await heardAfter(chunked() + chunk(lines), 'zz\r\n'));
    expect(inBatch.map(({ status }) => status)).to.deep.equal([200]);
    expect(inBatch[0]!.body).to.include('"index":0').and.not.to.include('summary');
    expect(await spoken(at.port, `${called}${call}nonsense\r\n\r\n`)).to.equal('');
    const behind = responsesOf(await heardAfter(called + call, 'nonsense\r\n\r\n'));
    expect(behind.map(({ status }) => status)).to.deep.equal([200, 400]);
  });

  it('of a client that disconnects in the head of a batch are no bug of the service', async () => {
    log.length = 0;
    await new Promise<void>((resolve) => {
      const socket = connect(at.port, '127.0.0.1', () => {
        socket.write(`${chunked()}${chunk('{')}`);
        setTimeout(() => socket.destroy(), 20);
        socket.once('close', () => resolve());
      });
    });
    while (log.length === 0) await sleep(5);
    expect(log.map(({ kind, route, status }) => ({ kind, route, status }))).to.deep.equal([
      { kind: 'request', route: 'batch', status: 400 },
    ]);
  });
});
