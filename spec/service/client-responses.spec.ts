/** The client's requests, and what it makes of responses, also of those that are not the service's. */
import { expect } from 'chai';
import { hash, toHex } from '../../src/base/hash.js';
import { Client, type ClientOptions, type RequestOptions, ServiceError } from '../../src/service/client/client.js';
import { JsonText } from '../../src/service/protocol/schema-types.js';

const MODULE = '0'.repeat(64);
const PAGE = '<html>Welcome to the hotel</html>';
const FUEL = { used: 3, parts: { instantiate: 1, guest: 2, host: 0, boundary: 0 } };
const VALIDATED = { verdict: 'Valid', fuel: FUEL, receipts: [MODULE] };
const ENTRY = { module: MODULE, inputBase64: new Uint8Array(1) };
const busy = (status: number, retryAfterSeconds: number) =>
  Response.json({ type: 'x', title: 'x', status, code: 'rate-limited', retryAfterSeconds }, { status });

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
  readonly headers: Readonly<Record<string, string>>;
}

/** A client whose requests are answered one after the other, the last response again and again. */
function clientOf(responses: readonly (() => Response)[], options: Partial<ClientOptions> = {}) {
  const sent: Sent[] = [];
  const answer = async (url: string, init: RequestInit = {}) => {
    sent.push({ url, init, headers: (init.headers ?? {}) as Record<string, string> });
    return responses[Math.min(sent.length, responses.length) - 1]!();
  };
  const client = new Client({ url: 'http://a/', retries: 0, fetch: answer as typeof fetch, ...options });
  return { client, sent };
}

async function thrown(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    (value) => {
      throw new Error(`no error, but ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const batchOf = (client: Client, count = 1, options: RequestOptions = {}) =>
  all(client.batch({ module: MODULE }, Array(count).fill({ inputBase64: new Uint8Array(1) }), options));
const lines = (...values: readonly object[]) => new Response(values.map((one) => `${JSON.stringify(one)}\n`).join(''));

describe('client of the service: responses', () => {
  const ASKED: readonly (readonly [name: string, ask: (client: Client) => Promise<unknown>])[] = [
    ['validate', (client) => client.validate(ENTRY)],
    ['call', (client) => client.call({ module: MODULE, export: 'f', args: [] })],
    ['putModule', (client) => client.putModule(new Uint8Array(8))],
    ['receipt', (client) => client.receipt(MODULE)],
    ['balance', (client) => client.balance()],
    ['getModule', (client) => client.getModule(MODULE)],
    ['batch', (client) => batchOf(client)],
  ];

  it('that are not those of the service are a ServiceError, for every request', async () => {
    for (const [name, ask] of ASKED) {
      for (const text of [`${PAGE}\n`, '{"a":1}\n']) {
        const error = await thrown(ask(clientOf([() => new Response(text)]).client));
        expect(error, `${name} ${text}`).to.be.instanceOf(ServiceError);
        const { problem, ...rest } = error as ServiceError;
        expect({ ...problem, detail: '', rest }, name).to.deep.equal({
          type: 'about:blank',
          title: 'This is not a response of the service.',
          status: 502,
          code: 'not-understood',
          detail: '',
          rest: { status: 502, name: 'ServiceError' },
        });
        expect(problem.detail, name).to.match(/^(?:unknown key at|expected|the bytes do not have) /);
      }
    }
  });

  it('with an error have the problem in them, or the status and the time to wait', async () => {
    const own = { type: 'x', title: 'T', status: 404, code: 'unknown-module', path: '$.a' };
    const foreign = { type: 'about:blank', title: 'This is not a response of the service.', code: 'not-understood' };
    const cases: readonly (readonly [Response, object, string])[] = [
      [Response.json(own, { status: 404 }), own, 'unknown-module: T'],
      [
        new Response(PAGE, { status: 502, statusText: 'Bad Gateway' }),
        { ...foreign, status: 502, detail: '502 Bad Gateway' },
        'not-understood: 502 Bad Gateway',
      ],
      [
        new Response('{"code":1}', { status: 503, statusText: 'Busy', headers: { 'retry-after': '17' } }),
        { ...foreign, status: 503, detail: '503 Busy', retryAfterSeconds: 17 },
        'not-understood: 503 Busy',
      ],
      [
        new Response('', {
          status: 503,
          statusText: 'Busy',
          headers: { 'retry-after': 'Fri, 1 May 2026 00:00:00 GMT' },
        }),
        { ...foreign, status: 503, detail: '503 Busy' },
        'not-understood: 503 Busy',
      ],
    ];
    for (const [response, problem, message] of cases) {
      const error = (await thrown(clientOf([() => response]).client.validate(ENTRY))) as ServiceError;
      expect(error.problem).to.deep.equal(problem);
      expect([error.message, error.status, error.code]).to.deep.equal([message, response.status, error.problem.code]);
    }
  });

  it('of a batch have one result for each line that was sent', async () => {
    const result = (index: number) => ({ index, ...VALIDATED });
    const summary = { summary: { lines: 2, problems: 0, fuelUsed: '6' } };
    const stopping = { type: 'x', title: 'x', status: 408, code: 'timeout' };
    const cases: readonly (readonly [Response, string])[] = [
      [lines(result(0), result(2)), 'a result of line 2, which was not sent'],
      [lines(result(0), result(0)), 'a result of line 0, which was not sent'],
      [lines(result(0), { summary: { ...summary.summary, problem: stopping } }), 'timeout: x'],
      [lines(result(0), summary), 'cut: The batch was cut.'],
      [lines(result(0)), 'cut: The batch was cut.'],
      [new Response(null, { status: 204 }), 'cut: The batch was cut.'],
      [new Response(JSON.stringify(result(0))), 'cut: The batch was cut.'],
    ];
    for (const [response, message] of cases) {
      const error = (await thrown(batchOf(clientOf([() => response]).client, 2))) as ServiceError;
      expect(error, message).to.be.instanceOf(ServiceError);
      expect(error.message).to.include(message);
    }
    const found = await batchOf(clientOf([() => lines(result(1), result(0), summary)]).client, 2);
    expect(found.map(({ index }) => index)).to.deep.equal([1, 0]);
  });
});

describe('client of the service: requests', () => {
  it('name their route, the token, and a key that a repeated request has too', async () => {
    const { client, sent } = clientOf([() => busy(429, 0), () => busy(503, 0), () => Response.json(VALIDATED)], {
      url: 'http://a/b//',
      token: 'i.s',
      retries: 2,
    });
    await client.validate({ module: MODULE, input: new JsonText(Buffer.from('{"a":\n1.0}')) });
    await client.validate(ENTRY, { idempotencyKey: 'mine' });
    expect(sent.map(({ url }) => url)).to.deep.equal(Array(4).fill('http://a/b/v1/validate'));
    const [first, second, third, fourth] = sent.map(({ headers }) => headers);
    expect(first).to.include({ authorization: 'Bearer i.s', 'content-type': 'application/json' });
    expect(first!['idempotency-key']).to.match(/^[0-9a-f-]{36}$/);
    expect([second, third]).to.deep.equal([first, first]);
    expect(fourth!['idempotency-key']).to.equal('mine');
    expect(sent[0]!.init).to.include({ method: 'POST', body: `{"module":"${MODULE}","input":{"a": 1.0}}` });
    const bytes = Uint8Array.of(1, 2);
    const name = toHex(hash(bytes));
    const other = clientOf([() => Response.json({ hash: name, bytes: 2 })]);
    expect(await other.client.putModule(bytes)).to.deep.equal({ hash: name, bytes: 2 });
    expect(other.sent[0]!.url).to.equal(`http://a/v1/modules/${name}`);
    expect(other.sent[0]!.init).to.deep.include({ method: 'PUT', headers: { 'content-type': 'application/wasm' } });
    const text = clientOf([() => new Response('the invoice')]);
    expect(await text.client.statement(3)).to.equal('the invoice');
    expect(text.sent[0]!.url).to.equal('http://a/v1/statements/3');
  });

  it('are repeated as often as allowed, and only if the service is busy', async () => {
    for (const [response, retries, count] of [
      [() => busy(429, 0), 0, 1],
      [() => busy(503, 0), 2, 3],
      [() => busy(500, 0), 2, 1],
      [() => new Response(PAGE, { status: 404 }), 2, 1],
    ] as const) {
      const { client, sent } = clientOf([response], { retries });
      expect(await thrown(client.validate(ENTRY))).to.be.instanceOf(ServiceError);
      expect(sent.length).to.equal(count);
      const batch = clientOf([response], { retries });
      expect(await thrown(batchOf(batch.client))).to.be.instanceOf(ServiceError);
      expect(batch.sent.length).to.equal(count);
    }
    const offline = new Client({ url: 'http://a', retries: 0, fetch: () => Promise.reject(new TypeError('offline')) });
    expect(await thrown(batchOf(offline))).to.be.instanceOf(TypeError);
    const ready = async (status: number) => await clientOf([() => new Response('', { status })]).client.isReady();
    expect([await ready(200), await ready(503)]).to.deep.equal([true, false]);
  });

  it('end when they are aborted, also while they wait', async () => {
    const stop = new AbortController();
    const options = { signal: stop.signal };
    const waiting = [
      thrown(clientOf([() => busy(503, 30)], { retries: 3 }).client.validate(ENTRY, options)),
      thrown(batchOf(clientOf([() => lines()], { retries: 3 }).client, 1, options)),
    ];
    await new Promise(setImmediate);
    const reason = new Error('enough');
    stop.abort(reason);
    expect(await Promise.all(waiting)).to.deep.equal([reason, reason]);
    const { client, sent } = clientOf([() => busy(503, 0)], { retries: 3 });
    expect(await thrown(client.validate(ENTRY, options))).to.equal(reason);
    expect(sent[0]!.init.signal).to.equal(stop.signal);
  });

  it('of a batch have some thousand lines or some megabytes, and number the lines through', async () => {
    for (const [count, length, wanted] of [
      [2_001, 1, [2_000, 1]],
      [3, 2_200_000, [2, 1]],
    ] as const) {
      const parts: number[] = [];
      const ids: string[] = [];
      const answer = async (_: string, { body, headers }: { body: string; headers: Record<string, string> }) => {
        expect(headers).to.include({ 'content-type': 'application/x-ndjson', 'idempotency-key': 'k' });
        const [head, ...rest] = body.split('\n');
        expect(head).to.equal(`{"module":"${MODULE}"}`);
        ids.push(...rest.map((line) => /"id":"(\d+)"/.exec(line)![1]!));
        parts.push(rest.length);
        return lines(...rest.map((_line, index) => ({ index, ...VALIDATED })));
      };
      const client = new Client({ url: 'http://a', fetch: answer as never });
      const args = Array(count).fill({ input: 'x'.repeat(length) });
      const found = await all(client.batch({ module: MODULE }, args, { idempotencyKey: 'k' }));
      const numbers = Array.from({ length: count }, (_, i) => i);
      expect(found.map(({ index }) => index)).to.deep.equal(numbers);
      expect(ids).to.deep.equal(numbers.map(String));
      expect(parts).to.deep.equal(wanted);
    }
  });

  it('that the service would refuse, or that cannot be signed, are not sent', async () => {
    const { client, sent } = clientOf([() => Response.json(VALIDATED)], { sign: () => ({}) });
    const cases: readonly (readonly [Promise<unknown>, RegExp])[] = [
      [
        clientOf([]).client.validate({ module: 'x', input: 1 }),
        /^not a valid request: expected a hash.* at \$\.module$/,
      ],
      [client.validate({ module: MODULE, input: 1 }), /^only inputBase64 and payloadBase64 can be signed here/],
      [client.call({ module: MODULE, export: 'f', args: [] }), /^only inputBase64 and payloadBase64/],
      [client.validate({ zomes: [{ name: 'a', module: MODULE }], opBase64: new Uint8Array(1) }), /^only inputBase64/],
    ];
    for (const [work, said] of cases) {
      const error = await thrown(work);
      expect(error).to.be.instanceOf(RangeError);
      expect((error as Error).message).to.match(said);
    }
    expect(sent).to.deep.equal([]);
  });
});
