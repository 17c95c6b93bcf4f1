/** The remains of requests whose clients have gone, of limits that change, and of a service that ends. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { hash, toHex } from '../../src/base/hash.js';
import { makeToken, TokenFileError, TokenTable } from '../../src/service/tokens.js';
import { wat } from '../instrumented/wat.js';
import { DIVIDE, type Served, served, statusOf } from './served.js';

/** Uses all its fuel. */
const SPIN = wat('(module (func (export "spin") (param i32) (loop $again (br $again))))');
/** Roughly a tenth of a second, and three seconds. */
const SOME_FUEL = 10_000_000;
const MUCH_FUEL = 300_000_000;

describe('service, at the end of requests', () => {
  let at: Served;
  let spin: string;

  before(async () => {
    at = await served({
      small: { concurrency: 1, fuelPerSecond: 1_000_000_000 },
      limits: { batchMs: 1_000, drainMs: 500, storedBytes: 100_000 },
    });
    spin = (await at.client.putModule(SPIN)).hash;
  });

  after(() => at.service.close());

  const headers = (type: string, token = at.small) => ({ authorization: `Bearer ${token}`, 'content-type': type });
  const call = (fuel: number) => JSON.stringify({ module: spin, export: 'spin', args: ['i32:0'], fuel });
  const called = (extra: Record<string, string> = {}) =>
    fetch(`${at.url}/v1/call`, {
      method: 'POST',
      headers: { ...headers('application/json'), ...extra },
      body: call(1_000),
    });
  const batch = (fuel: number, count: number) =>
    [JSON.stringify({ module: spin, export: 'spin', fuel }), ...Array(count).fill('{"args":["i32:0"]}')].join('\n');

  /** Returns when bodies of so many bytes have arrived: their calls are in progress then, or about to be. */
  async function underWay(served: Served, bytes = 1): Promise<void> {
    for (let found = 0; found < bytes; await sleep(5)) {
      const response = await fetch(`${served.url}/metrics`, { headers: headers('', served.acme) });
      found = Number(/under_way (\d+)/.exec(await response.text())![1]);
    }
  }

  /** Sends a request, and disconnects at a given time, or as soon as something arrives. */
  async function left(path: string, type: string, body: string, when: () => Promise<void>): Promise<void> {
    const socket = connect(at.port, '127.0.0.1');
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    const lines = Object.entries({ host: 'here', 'content-length': String(body.length), ...headers(type) });
    const head = lines.map(([name, value]) => `${name}: ${value}`).join('\r\n');
    socket.write(`POST ${path} HTTP/1.1\r\n${head}\r\n\r\n${body}`);
    const come = new Promise<void>((resolve) => socket.once('data', () => resolve()));
    await Promise.race([when(), come]);
    socket.destroy();
  }

  async function calls(): Promise<number> {
    const response = await fetch(`${at.url}/metrics`, { headers: headers('', at.acme) });
    return Number(/assay_calls_total\{outcome="exhausted"\} (\d+)/.exec(await response.text())?.[1] ?? 0);
  }

  /** Returns when there is a place for another request, which has then run. */
  async function place(): Promise<void> {
    while ((await called()).status !== 200) await sleep(20);
  }

  it('gives a client that still sends lingerMs to read the response, and runs nothing of the rest', async () => {
    const own = await served({ limits: { lingerMs: 1_000, bodyBytes: 100 } });
    const socket = connect({ port: own.port, host: '127.0.0.1', allowHalfOpen: true });
    const request = (start: string, bytes: number) =>
      `${start} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${own.acme}\r\ncontent-type: application/json\r\ncontent-length: ${bytes}\r\n\r\n`;
    socket.write(request('POST /v1/call', 1_000));
    const drip = setInterval(() => socket.write(' '), 20);
    let response = '';
    socket.on('data', (chunk) => {
      response += chunk;
    });
    await new Promise<void>((resolve) => socket.once('end', resolve));
    const endedMs = performance.now();
    socket.write(' '.repeat(1_000));
    socket.write(request('DELETE /v1/call', 0));
    await new Promise<void>((resolve) => socket.once('error', () => {}).once('close', () => resolve()));
    clearInterval(drip);
    expect(statusOf(response)).to.equal(413);
    expect(performance.now() - endedMs).to.be.within(500, 4_500);
    const refused = async () =>
      /method-not-allowed/.test(await (await fetch(`${own.url}/metrics`, { headers: headers('', own.acme) })).text());
    expect(await refused()).to.equal(false);
    await fetch(`${own.url}/v1/call`, { method: 'DELETE', headers: headers('', own.acme) });
    expect(await refused()).to.equal(true);
    await own.service.close();
  });

  it('releases the slot of a request when its client disconnects, and not before its call has ended', async () => {
    for (const [path, type, body] of [
      ['/v1/call', 'application/json', call(MUCH_FUEL)],
      ['/v1/batch', 'application/x-ndjson', batch(MUCH_FUEL, 3)],
    ] as const) {
      await left(path, type, body, () => underWay(at));
      expect((await called()).status).to.equal(429);
      await place();
    }
    const before = await calls();
    await left('/v1/batch', 'application/x-ndjson', batch(SOME_FUEL, 5), () => sleep(10_000));
    await place();
    // One in addition to those of the batch, all of which have ended by then.
    expect(await calls()).to.equal(before + 6);
  });

  it('refuses an empty Idempotency-Key', async () => {
    expect((await called({ 'idempotency-key': '' })).status).to.equal(422);
  });

  it('accepts base64 from any JSON writer', async () => {
    const body = `{"module":"${spin}","export":"spin","payloadBase64":"\\/\\/8="}`;
    const request = { method: 'POST', headers: headers('application/json'), body };
    expect((await fetch(`${at.url}/v1/call`, request)).status).to.equal(200);
  });

  it('ends a batch in time if its tenant has exceeded its rate', async () => {
    const own = await served({ small: { fuelPerSecond: 1 }, limits: { batchMs: 1_500 } });
    await own.client.putModule(SPIN);
    const response = await fetch(`${own.url}/v1/batch`, {
      method: 'POST',
      headers: headers('application/x-ndjson', own.small),
      body: batch(1_000, 2_000),
    });
    const last = (await response.text()).trim().split('\n').at(-1)!;
    expect((JSON.parse(last) as { summary: { problem: { code: string } } }).summary.problem.code).to.equal('timeout');
    await own.service.close();
  });

  it('keeps no more modules than its limit, however many arrive at once', async () => {
    const padded = (i: number) => {
      const module = new Uint8Array(30_000);
      module.set([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 0x80 | (29_988 & 127), 0x80 | ((29_988 >> 7) & 127), 1, 1, i]);
      return module;
    };
    const put = async (i: number) => {
      const module = padded(i);
      const response = await fetch(`${at.url}/v1/modules/${toHex(hash(module))}`, {
        method: 'PUT',
        headers: headers('application/wasm', at.acme),
        body: module,
      });
      return response.status;
    };
    const statuses = await Promise.all([0, 1, 2, 3, 4, 5].map(put));
    expect(statuses.sort()).to.deep.equal([201, 201, 201, 507, 507, 507]);
  });

  it('reloads the limits of a tenant with its tokens, and refuses two of one name', async () => {
    const { token, line } = makeToken();
    const row = { name: 'other', tokens: [line] };
    const figures = async () =>
      (await fetch(`${at.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).status;
    const acme = { name: 'acme', tokens: [makeToken().line] };
    at.service.setTokens(new TokenTable([{ ...row, operator: true }, acme]));
    expect(await figures()).to.equal(200);
    at.service.setTokens(new TokenTable([row, acme]));
    expect(await figures()).to.equal(403);
    expect(() => new TokenTable([row, { ...row, tokens: [makeToken().line] }])).to.throw(TokenFileError);
  });

  it('shuts down in time, whatever is running', async () => {
    const own = await served({ limits: { drainMs: 200 } });
    await own.client.putModule(SPIN);
    const body = call(MUCH_FUEL * 10);
    const long = fetch(`${own.url}/v1/call`, { method: 'POST', headers: headers('application/json', own.acme), body });
    const end = long.then(
      ({ status }) => status,
      () => 'cut',
    );
    await underWay(own);
    const beganMs = performance.now();
    await own.service.close();
    expect(performance.now() - beganMs).to.be.below(2_000);
    expect(await end).to.equal('cut');
  });

  it('refuses requests that arrive while it stops, and finishes those that had begun', async () => {
    const own = await served();
    await own.client.putModule(SPIN);
    const body = call(SOME_FUEL * 2);
    const head = (first: string, ...lines: readonly string[]) =>
      [first, 'host: a', `authorization: Bearer ${own.acme}`, ...lines, '', ''].join('\r\n');
    const first = head('POST /v1/call HTTP/1.1', 'content-type: application/json', `content-length: ${body.length}`);
    const late = ['GET /readyz HTTP/1.1', `GET /v1/receipts/${'0'.repeat(64)} HTTP/1.1`];
    const sockets = late.map(() => connect(own.port, '127.0.0.1'));
    const heard = sockets.map(async (socket) => {
      socket.write(first + body);
      let text = '';
      for await (const data of socket) text += data;
      return text;
    });
    await underWay(own, 2 * body.length);
    const closed = own.service.close();
    for (const [i, socket] of sockets.entries()) socket.write(head(late[i]!));
    for (const text of await Promise.all(heard)) {
      const responses = text.split(/(?=HTTP\/1\.1 \d)/);
      expect(responses.map(statusOf)).to.deep.equal([200, 503]);
      expect(responses[1])
        .to.include('"code":"stopping"')
        .and.include('"retryAfterSeconds":5')
        .and.match(/^retry-after: 5/m);
    }
    expect(await closed).to.deep.equal([]);
  });

  it('counts no bytes of a module whose reader has disconnected', async () => {
    const wasm = DIVIDE;
    const name = toHex(hash(wasm));
    const own = await served({
      modules: {
        get: async () => {
          await sleep(100);
          return wasm;
        },
        put: async () => name,
        bytes: async () => 0,
      },
    });
    const abort = new AbortController();
    const get = fetch(`${own.url}/v1/modules/${name}`, { headers: headers('', own.acme), signal: abort.signal });
    await sleep(50);
    abort.abort();
    await get.catch(() => undefined);
    await sleep(150);
    const figures = await fetch(`${own.url}/metrics`, { headers: headers('', own.acme) });
    expect(await figures.text()).to.include('assay_bytes_under_way 0');
    await own.service.close();
  });
});
