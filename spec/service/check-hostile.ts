/** Hostile requests, again and again: each ends with a status, and the memory of the service does not grow. */
import { connect, type Socket } from 'node:net';
import { toHex } from '../../src/base/hash.js';
import { createEngine } from '../../src/engine/engine.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import type { CheckOptions, Finding } from '../pool/check.js';
import { guestFile } from '../pool/pool-guests.js';
import { type ServeChild, serveChild } from './serve-child.js';
import { DIVIDE, POST, spoken, statusOf, untaken } from './served.js';

const CONNECTIONS = 10_000;
const ROUNDS = 10;
const ROUNDS_OF_PART = 4;
const EACH = 50;
/** Of what is used after a collection, from the minimum of the earlier rounds to that of the later ones. */
const GROWTH_BYTES_MAX = 4 * 1024 * 1024;
const POOL_THREADS = 2;
/** Those of the pool, the service's, and the process's first. */
const THREADS = POOL_THREADS + 2;
/** Two threads, and the bodies and results of a round. */
const RESIDENT_BYTES_MAX = 768 * 1024 * 1024;
const LIMITS = [
  'headersMs=4000',
  'bodyMs=4000',
  'idleMs=2000',
  'jobMs=10000',
  'connections=12000',
  'drainMs=5000',
  // Receipts are kept up to their bound, which is not the subject here.
  'receiptBytes=1000000',
].flatMap((limit) => ['--limit', limit]);
/** How long a client that reads nothing waits to be disconnected. */
const UNTAKEN_MS = 60_000;
const ENTRY = guestFile('entries/post-valid-plain.msgpack');

/** An attack, and the statuses that may end it; 0 is a closed connection. */
type Attack = readonly [
  what: string,
  count: number,
  statuses: readonly number[],
  attack: (i: number) => Promise<number>,
];

function attacksOn({ port, url, token }: ServeChild, module: string, divide: string): readonly Attack[] {
  const head = (path: string, type: string, rest: string, method = 'POST') =>
    `${method} ${path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\ncontent-type: ${type}\r\n${rest}\r\n\r\n`;
  const raw = async (text: string, ms?: number) => statusOf(await spoken(port, text, ms));
  const sent = async (
    path: string,
    body: string | Uint8Array,
    type = 'application/json',
    method = 'POST',
    bearer = token,
  ) => {
    const response = await fetch(url + path, {
      method,
      body: body as BodyInit,
      headers: { authorization: `Bearer ${bearer}`, 'content-type': type },
    });
    await response.arrayBuffer();
    return response.status;
  };
  const wide = `{"module":"${module}","input":[${'[],'.repeat(500_000)}[]]}`;
  const deep = `{"module":"${module}","input":${'['.repeat(500_000)}${']'.repeat(500_000)}}`;
  const line = `${JSON.stringify({ inputBase64: Buffer.from(ENTRY).toString('base64') })}\n`;
  const call = `${JSON.stringify({ args: ['i32:84', 'i32:2'] })}\n`;
  const results = `${JSON.stringify({ module: divide, export: 'divide', receipts: 'bytes' })}\n${call.repeat(20_000)}`;
  return [
    [
      'truncated bodies',
      EACH,
      [0],
      () => cut(port, `${head('/v1/validate', 'application/json', 'content-length: 5000')}{"module":"`),
    ],
    [
      'truncated batches',
      EACH,
      [0, 200],
      () =>
        cut(
          port,
          `${head('/v1/batch', 'application/x-ndjson', 'content-length: 5000')}${JSON.stringify({ module })}\n${line}`,
        ),
    ],
    [
      'modules of another hash',
      EACH,
      [422],
      (i) => sent(`/v1/modules/${i.toString(16).padStart(64, '0')}`, POST, 'application/wasm', 'PUT'),
    ],
    [
      'bytes that are not a module',
      EACH,
      [422],
      () => sent(`/v1/modules/${'0'.repeat(64)}`, new Uint8Array(100_000), 'application/wasm', 'PUT'),
    ],
    ['wide JSON', 4, [200], () => sent('/v1/validate', wide)],
    ['deep JSON', 4, [422], () => sent('/v1/validate', deep)],
    ['large fields', 8, [413], () => sent('/v1/validate', `{"zomes":"${'x'.repeat(4e6)}","op":1}`)],
    [
      'lengths beyond the limit',
      EACH,
      [413],
      () => raw(head('/v1/validate', 'application/json', 'content-length: 9999999999')),
    ],
    ['bad tokens', EACH, [401], (i) => sent('/v1/validate', '{}', 'application/json', 'POST', `abc${i}.def`)],
    ['endless heads', EACH, [408], () => raw('POST /v1/validate HTTP/1.1\r\nhost: a\r\n', 30_000)],
    ['slow bodies', EACH, [408], () => dripped(port, head('/v1/validate', 'application/json', 'content-length: 5000'))],
    ['slow lines', 20, [408], () => dripped(port, head('/v1/batch', 'application/x-ndjson', 'content-length: 5000'))],
    [
      'responses that are not read',
      4,
      [0],
      () =>
        untaken(
          port,
          `${head('/v1/batch', 'application/x-ndjson', `content-length: ${results.length}`)}${results}`,
          UNTAKEN_MS,
        ).then((end) => (end === 'cut' ? 0 : -1)),
    ],
    ['bytes that are not HTTP', EACH, [400], () => raw('\u0016\u0003\u0001 nonsense\r\n\r\n')],
  ];
}

/** Sends something and closes the connection. */
function cut(port: number, text: string): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text, () => setTimeout(() => socket.destroy(), 20)));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(0));
  });
}

/** Sends the head of a request and then a byte now and then. */
function dripped(port: number, head: string): Promise<number> {
  return new Promise((resolve) => {
    let heard = '';
    let drip: NodeJS.Timeout | undefined;
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(head);
      drip = setInterval(() => socket.write(' '), 200);
    });
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearInterval(drip);
      resolve(statusOf(heard));
    });
  });
}

async function round(
  child: ServeChild,
  module: string,
  divide: string,
  showProgress: (text: string) => void,
): Promise<ReadonlyMap<string, string>> {
  const wrong = new Map<string, string>();
  showProgress('attacks');
  const attacks = attacksOn(child, module, divide).map(async ([what, count, statuses, attack]) => {
    const ended = await Promise.all(Array.from({ length: count }, (_, i) => attack(i)));
    const others = [...new Set(ended.filter((status) => !statuses.includes(status)))];
    if (others.length > 0) wrong.set(what, `${others.join(', ')} in the place of ${statuses.join(' or ')}`);
  });
  await Promise.all(attacks);
  return wrong;
}

/** Opens connections that send nothing, as many as this machine permits, and sends requests meanwhile. */
async function manyConnections(
  { port, url }: ServeChild,
  count: number,
): Promise<{ readonly opened: number; readonly waitedMs: number; readonly left: number }> {
  const sockets: Socket[] = [];
  let open = 0;
  const connected = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        open += 1;
        resolve(true);
      });
      socket.on('error', () => resolve(false));
      socket.on('close', () => {
        open -= 1;
      });
      // Reads what the service sends at the time-out.
      socket.resume();
      sockets.push(socket);
    });
  let opened = 0;
  let waitedMs = 0;
  for (let begun = 0; begun < count; begun += 500) {
    const part = await Promise.all(Array.from({ length: Math.min(500, count - begun) }, connected));
    opened += part.filter((isOpen) => isOpen).length;
    const beginMs = performance.now();
    await (await fetch(`${url}/healthz`)).arrayBuffer();
    waitedMs = Math.max(waitedMs, performance.now() - beginMs);
    if (part.includes(false)) break;
  }
  for (let waits = 0; open > 0 && waits < 60; waits++) await new Promise((resolve) => setTimeout(resolve, 500));
  const left = open;
  for (const socket of sockets) socket.destroy();
  return { opened, waitedMs, left };
}

export async function checkHostile({ share, showProgress }: CheckOptions): Promise<readonly Finding[]> {
  const child = await serveChild('--threads', String(POOL_THREADS), ...LIMITS);
  const { hash: module } = await child.client.putModule(POST);
  const { hash: divide } = await child.client.putModule(DIVIDE);
  const loaded = await createEngine().load(POST);
  if (!loaded.ok) throw new Error(loaded.fault.code);
  const wanted = toHex(receiptHash(loaded.module.validate(ENTRY).receipt));
  const wrong: string[] = [];
  const residents: number[] = [];
  const used: number[] = [];
  const rounds = share < 0.5 ? ROUNDS_OF_PART : ROUNDS;
  for (let i = 0; i < rounds; i++) {
    for (const [what, how] of await round(child, module, divide, showProgress)) wrong.push(`${what}: ${how}`);
    residents.push(await child.figure('assay_resident_bytes'));
    used.push(await child.usedBytes(THREADS));
  }
  showProgress('many connections');
  const many = await manyConnections(child, Math.round(CONNECTIONS * Math.min(1, Math.max(share, 0.1))));
  const { receipts } = await child.client.validate({ module, inputBase64: ENTRY });
  const underWay = await child.figure('assay_bytes_under_way');
  const resident = await child.figure('assay_resident_bytes');
  const status = await child.stop();
  const megabytes = (bytes: number) => `${Math.round(bytes / 1_048_576)} MB`;
  const half = rounds / 2;
  const growth = Math.min(...used.slice(half)) - Math.min(...used.slice(0, half));
  return [
    {
      what: `${rounds} rounds of hostile requests, each with its status`,
      ok: wrong.length === 0,
      found: wrong.join('; ') || 'all as expected',
    },
    {
      what: `what is used after a collection grows by at most ${megabytes(GROWTH_BYTES_MAX)} from the earlier to the later rounds`,
      ok: growth <= GROWTH_BYTES_MAX,
      found: used.map(megabytes).join(', '),
    },
    {
      what: `the process takes at most ${megabytes(RESIDENT_BYTES_MAX)}`,
      ok: Math.max(...residents) <= RESIDENT_BYTES_MAX,
      found: residents.map(megabytes).join(', '),
    },
    {
      what: 'connections that send nothing are given up, and others are served meanwhile',
      ok: many.opened > 0 && many.left === 0 && many.waitedMs < 5_000,
      found: `${many.opened} at once, at most ${Math.round(many.waitedMs)} ms for another one, ${many.left} left; ${megabytes(resident)} after it`,
    },
    {
      what: 'afterwards the service is as before',
      ok: receipts[0] === wanted && underWay === 0 && status === 0,
      found: `${underWay} bytes under way, status ${status}`,
    },
  ];
}
