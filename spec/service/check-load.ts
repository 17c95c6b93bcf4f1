/**
 * Batches over HTTP compared with the same jobs in a pool, in one run; the responses contain the receipts of one
 * thread.
 */
import autocannon from 'autocannon';
import { toHex } from '../../src/base/hash.js';
import { createEngine } from '../../src/engine/engine.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import { openPool } from '../../src/pool/open-pool.js';
import { runAll } from '../../src/pool/run-all.js';
import type { CheckOptions, Finding } from '../pool/check.js';
import { randomOf } from '../pool/check.js';
import { guestFile } from '../pool/pool-guests.js';
import { serveChild } from './serve-child.js';
import { POST } from './served.js';

const THREADS = 2;
const SECONDS = 10;
const LINES = 500;
const CONNECTIONS = 4;
const ROUNDS = 3;
const LEAST_SHARE = 0.6;
/** A short run beside other work is less precise: it detects a slowdown to half the speed. */
const LEAST_SHARE_SHORT = 0.35;
const NAMES = ['valid-plain', 'valid-minimal', 'invalid-title-empty'];

/** Calls per second of the pool and of the service, and the client's share: processor microseconds for each line. */
interface Round {
  readonly alone: number;
  readonly served: number;
  readonly clientUs: number;
  /** Milliseconds per batch. */
  readonly p50: number;
  readonly p99: number;
}

export async function checkLoad({ seed, share, showProgress }: CheckOptions): Promise<readonly Finding[]> {
  const random = randomOf(seed);
  const seconds = Math.max(1, Math.round((SECONDS * share) / ROUNDS));
  const least = share < 1 ? LEAST_SHARE_SHORT : LEAST_SHARE;
  const entries = NAMES.map((name) => guestFile(`entries/post-${name}.msgpack`));
  const chosen = Array.from({ length: LINES }, () => random(entries.length));
  showProgress('the pool and the service in turn');
  const loaded = await createEngine().load(POST);
  if (!loaded.ok) throw new Error(loaded.fault.code);
  const receipts = entries.map((entry) => toHex(receiptHash(loaded.module.validate(entry).receipt)));
  const wanted = chosen.map((i) => receipts[i]).join();

  const pool = openPool({ threads: THREADS });
  const added = await pool.addModule(POST);
  if (!added.ok) throw new Error(added.fault.code);
  const poolRate = async (): Promise<number> => {
    const beginMs = performance.now();
    const endMs = beginMs + seconds * 1_000;
    let jobs = 0;
    const inputs = function* () {
      for (let i = 0; performance.now() < endMs; i = (i + 1) % LINES) yield entries[chosen[i]!]!;
    };
    for await (const ran of runAll(pool, inputs(), (entry) => added.module.validate(entry))) {
      if (!ran.ok) throw ran.error;
      // Work that the service also does: the receipt is decoded and its hash returned.
      if (ran.result.receipt.value.fuel.used > 0 && ran.result.receipt.hash.length === 32) jobs += 1;
    }
    return (jobs / (performance.now() - beginMs)) * 1_000;
  };

  showProgress('the service');
  const child = await serveChild('--threads', String(THREADS));
  const { hash: module } = await child.client.putModule(POST);
  const lines = chosen.map((i) => JSON.stringify({ inputBase64: Buffer.from(entries[i]!).toString('base64') }));
  const batch = {
    path: '/v1/batch',
    body: [JSON.stringify({ module }), ...lines].join('\n'),
    type: 'application/x-ndjson',
  };
  const single = {
    path: '/v1/validate',
    body: `{"module":"${module}",${lines[0]!.slice(1)}`,
    type: 'application/json',
  };
  let bodies = 0;
  let wrong = 0;
  const fired = (request: typeof batch, connections: number, duration: number) =>
    autocannon({
      url: child.url,
      connections,
      duration,
      timeout: 60,
      requests: [
        {
          method: 'POST',
          path: request.path,
          body: request.body,
          headers: { authorization: `Bearer ${child.token}`, 'content-type': request.type },
          onResponse: (status, body) => {
            bodies += 1;
            if (status !== 200) wrong += 1;
            // Reading every body in full would take processor time from the measurement.
            else if (request === batch && bodies % 5 === 1 && receiptsIn(body) !== wanted) wrong += 1;
          },
        },
      ],
    });
  await poolRate();
  await fired(batch, CONNECTIONS, 2);
  // Alternating, since the machine may have other work: each round is compared within itself.
  const rounds: Round[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const alone = await poolRate();
    const began = process.cpuUsage();
    const { duration, latency, ...counts } = await fired(batch, CONNECTIONS, seconds);
    const { user, system } = process.cpuUsage(began);
    const lines = counts['2xx'] * LINES;
    const clientUs = (user + system) / lines;
    rounds.push({ alone, served: lines / duration, clientUs, p50: latency.p50, p99: latency.p99 });
  }
  rounds.sort((a, b) => a.served / a.alone - b.served / b.alone);
  const { alone, served, clientUs, p50, p99 } = rounds[Math.floor(ROUNDS / 2)]!;
  await pool.close();
  const one = await fired(single, 16, Math.max(2, seconds));
  const status = await child.stop();
  const ratio = served / alone;
  return [
    {
      what: `batches over HTTP have at least ${least * 100} % of the rate of the pool`,
      ok: ratio >= least,
      found: `${Math.round(served)} a second of ${Math.round(alone)}: ${(ratio * 100).toFixed(0)} %; a batch of ${LINES} lines takes ${p50} ms, p99 ${p99} ms; the client takes ${clientUs.toFixed(1)} us a line of the same processors`,
    },
    {
      what: 'one at a time, 16 connections',
      ok: one.non2xx === 0 && one.errors === 0,
      found: `${Math.round(one.requests.average)} a second, p50 ${one.latency.p50} ms, p99 ${one.latency.p99} ms`,
    },
    {
      what: 'receipts are those of a single thread',
      ok: wrong === 0 && bodies > 0,
      found: `${bodies} responses, ${wrong} wrong`,
    },
    { what: 'it ends on SIGTERM', ok: status === 0, found: `status ${status}` },
  ];
}

function receiptsIn(body: string): string {
  return [...body.matchAll(/"receipts":\["([0-9a-f]{64})"\]/g)].map(([, receipt]) => receipt).join();
}
