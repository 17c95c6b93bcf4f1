/** A fleet of workers in this process, of two kinds, one of which may lie: for the specs of every queue. */
import { expect } from 'chai';
import { hash, toHex } from '../../src/base/hash.js';
import { encodeReceipt } from '../../src/engine/receipt/receipt-bytes.js';
import type { Tier } from '../../src/engine/tier.js';
import { type CollectedJob, Collector, type CollectorOptions } from '../../src/fleet/collector.js';
import type { FleetQueue } from '../../src/fleet/fleet-queue.js';
import { isFailed, LineReader, receiptOf, signerOf, signLines } from '../../src/fleet/line.js';
import { openQueue } from '../../src/fleet/open-queue.js';
import { openSubmitter } from '../../src/fleet/submitter.js';
import { type FleetWorker, fleetWorker } from '../../src/fleet/worker.js';
import { openPool, type Pool } from '../../src/pool/open-pool.js';
import { type Expected, inputOf, linksWork } from './sample-batch.js';

export const INPUTS = 24;
export const LEASE_MS = 2_000;

export async function submitted(queue: FleetQueue, name: string): Promise<Uint8Array> {
  const submitter = await openSubmitter(queue, { work: await linksWork(queue), name, jobInputs: 4 });
  for (let index = 0; index < INPUTS; index += 1)
    await submitter.add({ ...inputOf(index), index, name: `op ${index}` });
  await submitter.close();
  expect(submitter.jobs).to.equal(INPUTS / 4);
  return submitter.batch;
}

/** One of each kind for all specs, because a thread takes longer to start than a job to run. */
const pools = new Map<Tier, Pool>();

export function poolOf(tier: Tier): Pool {
  const pool = pools.get(tier) ?? openPool({ threads: 1, tier });
  pools.set(tier, pool);
  return pool;
}

export async function endPools(): Promise<void> {
  for (const pool of pools.values()) await pool.terminate();
  pools.clear();
}

export interface Running {
  readonly worker: FleetWorker;
  end(): Promise<void>;
}

export async function startWorker(
  url: string,
  tier: Tier,
  seed: number,
  tamper?: (queue: FleetQueue) => FleetQueue,
): Promise<Running> {
  const queue = await openQueue(url, { leaseMs: LEASE_MS });
  const pool = poolOf(tier);
  const secret = new Uint8Array(32).fill(seed);
  const worker = fleetWorker({ queue: tamper?.(queue) ?? queue, pool, tier, secret, leaseMs: LEASE_MS });
  const stop = new AbortController();
  const ran = worker.run(stop.signal);
  return {
    worker,
    end: async () => {
      stop.abort();
      await ran;
      await queue.close();
    },
  };
}

export async function collected(
  queue: FleetQueue,
  batch: Uint8Array,
  options: CollectorOptions,
): Promise<readonly CollectedJob[]> {
  const collector = new Collector(queue, batch, options);
  const jobs: CollectedJob[] = [];
  try {
    for await (const job of collector.before()) jobs.push(job);
    while (jobs.length < INPUTS / 4) jobs.push(...(await collector.next()));
  } finally {
    await collector.close();
  }
  return jobs;
}

export function mustBeExpected(jobs: readonly CollectedJob[], expected: readonly Expected[]): void {
  const seen = new Set<number>();
  for (const { job, items } of jobs) {
    for (const [i, { index }] of job.inputs.entries()) {
      expect(seen.has(index), `input ${index} once`).to.equal(false);
      seen.add(index);
      const item = items[i];
      if (isFailed(item)) throw new Error(item.text);
      const receipts = item.receipts.map((receipt) => toHex(hash(receipt)));
      expect({ verdict: item.verdict, receipts }).to.deep.equal(expected[index % expected.length]);
    }
  }
  expect(seen.size).to.equal(INPUTS);
}

/** A queue that changes the first receipt that its worker sends. */
export function lying(queue: FleetQueue): FleetQueue {
  const signer = signerOf(new Uint8Array(32).fill(LIAR));
  let isDone = false;
  const finish: FleetQueue['finish'] = async (worker, finished) => {
    const sent = finished.map(({ lease, line }) => {
      const { job, worker: key, kind, items } = new LineReader().read(line);
      const at = items.findIndex((item) => !isFailed(item) && item.receipts.length > 0);
      const item = items[at];
      if (isDone || item === undefined || isFailed(item)) return { lease, line };
      isDone = true;
      const { fuel, ...rest } = receiptOf(item.receipts[0]);
      const parts = { ...fuel.parts, guest: fuel.parts.guest + 1 };
      const receipt = encodeReceipt({ ...rest, fuel: { ...fuel, used: fuel.used + 1, parts } });
      const lie = { ...item, receipts: [receipt, ...item.receipts.slice(1)] };
      const body = { job, worker: key, kind, items: items.map((other, i) => (i === at ? lie : other)) };
      return { lease, line: signLines([body], signer)[0] };
    });
    await queue.finish(worker, sent);
  };
  return new Proxy(queue, {
    get: (target, name) => {
      const value = name === 'finish' ? finish : (Reflect.get(target, name, target) as unknown);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

export const LIAR = 3;
