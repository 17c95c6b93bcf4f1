/** `assay serve` from its first line to its end: what it passes to the service, its signals, its ledger. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { priceTableJson } from '../../src/billing/price-table.js';
import { consoleOf } from '../../src/cli/console.js';
import { runCommandLine } from '../../src/cli/program.js';
import { Client } from '../../src/service/client/client.js';
import { wasmHash } from '../../src/zome/holo-hash.js';
import { TABLE } from '../billing/sample-billing.js';
import { assay } from './command-line.js';
import { saidBy } from './said.js';

const DIVIDE = 'vectors/guests/wat/divide.wasm';

interface Serving {
  readonly url: string;
  /** Its output on the error stream so far. */
  readonly err: () => string;
  readonly hangUp: () => void;
  /** @returns its exit status and what it printed */
  readonly end: (signal?: 'SIGINT' | 'SIGTERM') => Promise<readonly [number, string]>;
}

/** The result of `make`, and the periods of the timers it started. */
async function withPeriods<T>(make: () => Promise<T>): Promise<{ readonly made: T; readonly periods: unknown[] }> {
  const own = globalThis.setInterval;
  const periods: unknown[] = [];
  globalThis.setInterval = ((...args: Parameters<typeof own>) => {
    periods.push(args[1]);
    return own(...args);
  }) as typeof own;
  try {
    return { made: await make(), periods };
  } finally {
    globalThis.setInterval = own;
  }
}

/** Runs the command in this process. Signals are passed to its own listeners, as the process would. */
async function serving(...args: readonly string[]): Promise<Serving> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const before = new Set(signals.flatMap((signal) => process.listeners(signal)));
  let [out, err] = ['', ''];
  let listens = (_: string) => {};
  const url = new Promise<string>((resolve) => {
    listens = resolve;
  });
  const stdout = {
    write: (text: string) => {
      out += text;
      listens(text.split(' ')[0]!);
    },
  };
  const stderr = { write: (text: string) => (err += text) };
  const line = ['serve', '--port', '0', '--threads', '1', '--tier', 'interpreter', ...args];
  const ended = runCommandLine(line, consoleOf(stdout, stderr, {}));
  const address = await Promise.race([url, ended.then(() => expect.fail(err))]);
  const own = (signal: (typeof signals)[number]) =>
    process
      .rawListeners(signal)
      .filter((listener) => !before.has((listener as { listener?: never }).listener ?? (listener as never)));
  return {
    url: address,
    err: () => err,
    hangUp: () => {
      for (const listener of own('SIGHUP')) listener('SIGHUP');
    },
    end: async (signal = 'SIGTERM') => {
      for (const listener of own(signal)) listener(signal);
      const status = await ended;
      for (const name of signals) for (const listener of own(name)) process.off(name, listener as () => void);
      return [status, out];
    },
  };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('assay serve', () => {
  let folder = '';
  const file = (name: string) => join(folder, name);
  const expectSaid = saidBy('serve', () => folder);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-serve-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('serves this machine without tokens, with limits, a memo, modules on disk and a log', async () => {
    const options = [
      '--limit',
      'bodyBytes=300',
      '--limit',
      'fuel=5000',
      '--memo',
      '--modules',
      file('modules'),
      '--log',
    ];
    const { url, err, end } = await serving('--no-auth', ...options);
    expect(url).to.match(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    const wasm = new Uint8Array(readFileSync(DIVIDE));
    const client = new Client({ url, retries: 0 });
    await client.putModule(wasm);
    expect(readdirSync(file('modules'), { recursive: true }).join()).to.include(toHex(wasmHash(wasm).subarray(3, 35)));
    const long = await fetch(`${url}/v1/call`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"x":"${'x'.repeat(300)}"}`,
    });
    expect([long.status, ((await long.json()) as { code: string }).code]).to.deep.equal([413, 'too-large']);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).to.include('memo');
    const [status, out] = await end('SIGINT');
    expect([status, out]).to.deep.equal([0, `${url}  (Ctrl-C ends; the page is ${url}/docs)\n`]);
    const lines = err().trimEnd().split('\n');
    expect(lines.at(-1)).to.satisfy(
      (line: string) => line.startsWith('{') || line === 'stopping after the requests in progress',
    );
    expect(lines).to.include('stopping after the requests in progress');
    const { time, kind } = JSON.parse(lines[0]!) as { time: string; kind: string };
    expect([time.slice(0, 2), time.endsWith('Z'), ['request', 'state'].includes(kind)]).to.deep.equal([
      '20',
      true,
      true,
    ]);
  });

  it('accepts tokens, and reloads their file', async () => {
    const tokens = file('tokens.json');
    const token = (await assay(['token', tokens, 'acme'])).out.trim();
    const { url, err, hangUp, end } = await serving('--tokens', tokens, '--memo', file('memo'));
    const asked = async (own: string) =>
      (await fetch(`${url}/v1/modules/${'0'.repeat(64)}`, { headers: { authorization: `Bearer ${own}` } })).status;
    expect(await asked(token)).to.equal(404);
    const second = (await assay(['token', tokens, 'more'])).out.trim();
    expect(await asked(second)).to.equal(401);
    hangUp();
    await until(() => err() !== '');
    expect(await asked(second)).to.equal(404);
    writeFileSync(tokens, '{}');
    hangUp();
    await until(() => err().split('\n').length > 2);
    expect(await asked(second)).to.equal(404);
    const [status] = await end();
    expectSaid('tokens anew', { status, out: '', err: err() });
    expect(existsSync(file('memo'))).to.equal(true);
  });

  it('bills to a ledger, and closes it', async () => {
    writeFileSync(file('prices.json'), JSON.stringify(priceTableJson(TABLE)));
    writeFileSync(file('house.key'), '7'.repeat(64));
    const ledger = ['--billing', file('ledger.db'), '--prices', file('prices.json'), '--allowance', '5'];
    const house = ['--house', 'House', '--key-file', file('house.key'), '--statement-hours', '2'];
    const { made, periods } = await withPeriods(() => serving('--no-auth', ...ledger, ...house));
    const { url, end } = made;
    expect((await fetch(`${url}/v1/balance`)).status).to.equal(402);
    expect((await assay(['bill', 'tenant', file('ledger.db'), 'local', '--credit', '9'])).status).to.equal(0);
    const balance = await (await fetch(`${url}/v1/balance`)).json();
    expect(balance).to.deep.include({ creditLimit: '9' });
    expect((await end())[0]).to.equal(0);
    expect(periods, 'statements').to.include(7_200_000);
    // The ledger is no longer locked, and has its content.
    expectSaid('the ledger behind it', await assay(['bill', 'tenant', file('ledger.db'), 'other']));
    const signing = ['--key-file', file('house.key'), '--statement-hours', '2'];
    const other = await withPeriods(() => serving('--no-auth', ...ledger, ...signing));
    expect((await other.made.end())[0]).to.equal(0);
    expect(other.periods, 'a key without --house issues none').not.to.include(7_200_000);
  });

  it('reports what it cannot do', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const taken = await assay(['serve', '--no-auth', '--threads', '1', '--port', String(port)]);
    await new Promise((resolve) => server.close(resolve));
    expectSaid('a port that is taken', { ...taken, err: taken.err.replace(String(port), 'PORT') });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeAllListeners(signal);
    expectSaid('--house without --key-file', await assay(['serve', '--no-auth', '--house', 'h']));
    writeFileSync(file('half.key'), '7'.repeat(32));
    expectSaid('half a key', await assay(['serve', '--no-auth', '--key-file', file('half.key'), '--billing', 'x']));
    expectSaid('--billing without --prices', await assay(['serve', '--no-auth', '--billing', file('l.db')]));
  });
});
