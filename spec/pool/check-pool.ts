/**
 * Jobs of three kinds over a pool whose threads are killed at random: none is lost, none ends twice, each has one
 * thread's receipt.
 */
import { toHex } from '../../src/base/hash.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { createEngine } from '../../src/engine/engine.js';
import type { LoadedModule } from '../../src/engine/loaded-module.js';
import { encodeReceipt } from '../../src/engine/receipt/receipt-bytes.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { openNodeThread } from '../../src/pool/node-thread.js';
import { Pool } from '../../src/pool/open-pool.js';
import { PoolCore } from '../../src/pool/pool.js';
import { runAll } from '../../src/pool/run-all.js';
import type { OpenThread, ThreadPort } from '../../src/pool/thread-port.js';
import { i32 } from '../../src/wasm/value.js';
import { createZomeHost } from '../../src/zome/create-zome-host.js';
import { recordsSource } from '../../src/zome/dependency-source.js';
import { type CheckOptions, type Finding, randomOf } from './check.js';
import { guestFile, LINKS, OPS, RECORDS } from './pool-guests.js';

const JOBS = 100_000;
const THREADS = 2;
/** Jobs between two kills of a thread, and the maximum delay of a kill in milliseconds. */
const KILL_EVERY = { least: 300, spread: 1_000 };
const KILL_DELAY_MS = 30;
/** Distinct jobs of each kind. */
const DISTINCT = 500;

/** A job of the mix: its content, and its receipts from a single thread. */
interface MixedJob {
  readonly run: (pool: MixedSubjects) => Promise<readonly Uint8Array[]>;
  readonly wanted: readonly string[];
}

interface MixedSubjects {
  readonly call: (x: number, y: number) => Promise<readonly Uint8Array[]>;
  readonly entry: (bytes: Uint8Array) => Promise<readonly Uint8Array[]>;
  readonly op: (bytes: Uint8Array, hasDependencies: boolean) => Promise<readonly Uint8Array[]>;
}

async function loaded(wasm: Uint8Array): Promise<LoadedModule> {
  const made = await createEngine().load(wasm);
  if (!made.ok) throw new Error(made.fault.code);
  return made.module;
}

const DIVIDE = guestFile('wat/divide.wasm');
const POST = guestFile('post/post.wasm');
const ENTRIES = ['plain', 'minimal', 'body-10000-bytes'].map((name) => guestFile(`entries/post-valid-${name}.msgpack`));

async function singleThread(): Promise<MixedSubjects> {
  const divide = await loaded(DIVIDE);
  const post = await loaded(POST);
  const made = await createZomeHost({ engine: createEngine(), zomes: [LINKS], generation: '0.6' });
  if (!made.ok) throw new Error(made.fault.code);
  const dependencies = recordsSource(RECORDS, { generation: '0.6' });
  return {
    call: async (x, y) => [encodeReceipt(divide.call('divide', [i32(x), i32(y)]).receipt)],
    entry: async (bytes) => [encodeReceipt(post.validate(bytes).receipt)],
    op: async (bytes, hasDependencies) =>
      made.host
        .validateOp(bytes, hasDependencies ? { dependencies } : {})
        .calls.map((call) => encodeReceipt(call.receipt)),
  };
}

async function pooled(pool: Pool): Promise<MixedSubjects> {
  const [divide, post] = [await pool.addModule(DIVIDE), await pool.addModule(POST)];
  const zomes = await pool.addZomes({ zomes: [LINKS], generation: '0.6' });
  if (!divide.ok || !post.ok || !zomes.ok) throw new Error('a guest of the check does not load');
  const dependencies = { records: RECORDS };
  return {
    call: async (x, y) => [(await divide.module.call('divide', [i32(x), i32(y)])).receipt.bytes],
    entry: async (bytes) => [(await post.module.validate(bytes)).receipt.bytes],
    op: async (bytes, hasDependencies) => {
      const { calls } = await zomes.host.validateOp(bytes, hasDependencies ? { dependencies } : {});
      return calls.map((call) => call.receipt.bytes);
    },
  };
}

async function mixOf(seed: number): Promise<readonly MixedJob[]> {
  const random = randomOf(seed);
  const single = await singleThread();
  const runs: MixedJob['run'][] = [];
  for (let i = 0; i < DISTINCT; i++) {
    const [x, y] = [random(100_000), random(50)];
    runs.push((subjects) => subjects.call(x, y));
    const entry = ENTRIES[random(ENTRIES.length)]!.slice();
    // A changed byte makes most of them malformed, which is also a verdict.
    if (random(2) === 0) entry[random(entry.length)] = random(256);
    runs.push((subjects) => subjects.entry(entry));
    const [op, hasDependencies] = [OPS[random(OPS.length)]!, random(2) === 0];
    runs.push((subjects) => subjects.op(op, hasDependencies));
  }
  const jobs: MixedJob[] = [];
  for (const run of runs) jobs.push({ run, wanted: (await run(single)).map(toHex) });
  return jobs;
}

/** A pool that reports which of its threads exist and are ready. */
function openWatched(): { readonly pool: Pool; readonly ports: Set<ThreadPort> } {
  const ports = new Set<ThreadPort>();
  const open: OpenThread = (start, events) => {
    const port = openNodeThread(start, {
      message: (message) => {
        if (message.kind === 'ready') ports.add(port);
        events.message(message);
      },
      ended: (reason) => {
        ports.delete(port);
        events.ended(reason);
      },
    });
    return port;
  };
  const start = { tier: 'auto', limits: LIMITS_1, schedule: FUEL_1, heapMegabytes: undefined };
  // A thread killed from outside is not the job's fault; a job may meet more kills than a pool tolerates by default.
  const bounds = { timeLimitMs: 60_000, queueMax: 100_000, queueBytesMax: 2 ** 28, killsMax: 5 };
  return { pool: new Pool(new PoolCore({ open, start, threads: THREADS, ...bounds })), ports };
}

export async function checkPool({ seed, share, showProgress }: CheckOptions): Promise<readonly Finding[]> {
  const count = Math.round(JOBS * share);
  const random = randomOf(seed);
  const mix = await mixOf(seed + 1);
  const { pool, ports } = openWatched();
  const subjects = await pooled(pool);
  let killed = 0;
  let killAt = KILL_EVERY.least;
  const kill = () => {
    const live = [...ports];
    if (live.length === 0) return;
    live[random(live.length)]!.end();
    killed += 1;
  };
  const ends = new Uint8Array(count);
  const wrong: string[] = [];
  let done = 0;
  const inputs = Array.from({ length: count }, () => random(mix.length));
  for await (const ran of runAll(pool, inputs, (i) => mix[i]!.run(subjects), { order: 'completion' })) {
    ends[ran.index]! += 1;
    if (!ran.ok) wrong.push(`job ${ran.index}: ${ran.error}`);
    else if (ran.result.map(toHex).join() !== mix[ran.input]!.wanted.join())
      wrong.push(`job ${ran.index}: another receipt`);
    done += 1;
    if (done === killAt) {
      setTimeout(kill, random(KILL_DELAY_MS));
      killAt += KILL_EVERY.least + random(KILL_EVERY.spread);
    }
    if (done % 500 === 0) showProgress(`${done} of ${count} jobs, ${killed} threads ended`);
  }
  const counted = pool.counts;
  await pool.close();
  const once = ends.every((times) => times === 1);
  return [
    {
      what: `${count} jobs, each with the receipts of one thread`,
      ok: wrong.length === 0,
      found: wrong.slice(0, 3).join('; ') || `${killed} threads ended, ${counted.replaced} replaced`,
    },
    { what: 'none is lost, and none ends twice', ok: once && counted.done === count, found: `${counted.done} ended` },
    {
      what: 'threads were ended while they were working',
      ok: counted.replaced >= count / 3_000,
      found: `${counted.replaced}`,
    },
  ];
}
