/** A fleet of workers in this process, of two kinds, over each queue. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { moduleOfJson } from '../../src/agreement/agreement-call.js';
import { compareAnswers } from '../../src/agreement/compare-answers.js';
import { askNodes } from '../../src/agreement/find-disagreement.js';
import { closeNodes, parseNodes } from '../../src/agreement/node-spec.js';
import { readReplay } from '../../src/agreement/replay-file.js';
import { hash, toHex } from '../../src/base/hash.js';
import { encodeReceipt } from '../../src/engine/receipt/receipt-bytes.js';
import type { Tier } from '../../src/engine/tier.js';
import { type CollectedJob, Collector, type CollectorOptions } from '../../src/fleet/collector.js';
import type { Mismatch } from '../../src/fleet/dispute.js';
import type { FleetError } from '../../src/fleet/fleet-error.js';
import type { FleetQueue, WorkerIdentity } from '../../src/fleet/fleet-queue.js';
import { readJob } from '../../src/fleet/job.js';
import { failedItem, isFailed, LineReader, receiptOf, type Signer, signerOf, signLines } from '../../src/fleet/line.js';
import { writeMismatch } from '../../src/fleet/mismatch-file.js';
import { openQueue } from '../../src/fleet/open-queue.js';
import { openSubmitter } from '../../src/fleet/submitter.js';
import { WorkRunner } from '../../src/fleet/work-runner.js';
import { type FleetWorker, fleetWorker } from '../../src/fleet/worker.js';
import { openPool, type Pool } from '../../src/pool/open-pool.js';
import { billedFleet } from './billed-fleet.js';
import { onEachQueue } from './queues.js';
import { type Expected, inputOf, linksWork, singleThread } from './sample-batch.js';

const INPUTS = 24;
const LEASE_MS = 2_000;

async function submitted(queue: FleetQueue, name: string): Promise<Uint8Array> {
  const submitter = await openSubmitter(queue, { work: await linksWork(queue), name, jobInputs: 4 });
  for (let index = 0; index < INPUTS; index += 1)
    await submitter.add({ ...inputOf(index), index, name: `op ${index}` });
  await submitter.close();
  expect(submitter.jobs).to.equal(INPUTS / 4);
  return submitter.batch;
}

/** One of each kind for all specs: a thread takes longer to start than a job to run. */
const pools = new Map<Tier, Pool>();

function poolOf(tier: Tier): Pool {
  const pool = pools.get(tier) ?? openPool({ threads: 1, tier });
  pools.set(tier, pool);
  return pool;
}

after(async () => {
  for (const pool of pools.values()) await pool.terminate();
});

interface Running {
  readonly worker: FleetWorker;
  end(): Promise<void>;
}

async function startWorker(
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

async function collected(
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

function mustBeExpected(jobs: readonly CollectedJob[], expected: readonly Expected[]): void {
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

/** A queue whose worker changes the first receipt that it sends. */
function lying(queue: FleetQueue): FleetQueue {
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

const LIAR = 3;

onEachQueue('a fleet', (kind) => {
  let expected: readonly Expected[] = [];

  before(async () => {
    expected = await singleThread();
  });

  it('gives the receipts of one thread, each once, checked by workers of another kind', async () => {
    const url = kind.place();
    const queue = await openQueue(url, { leaseMs: LEASE_MS });
    const workers = [await startWorker(url, 'auto', 1), await startWorker(url, 'interpreter', 2)];
    try {
      const batch = await submitted(queue, 'all');
      const mismatches: Mismatch[] = [];
      const jobs = await collected(queue, batch, { checkShare: 1, onMismatch: (found) => mismatches.push(found) });
      mustBeExpected(jobs, expected);
      expect(mismatches).to.deep.equal([]);
      const [status] = await queue.batches();
      expect(status).to.include({ isClosed: true, jobs: 6, inputs: INPUTS, settled: 6, settledInputs: INPUTS });
      const records = await queue.workers();
      expect(records.map(({ wrong }) => wrong)).to.deep.equal([0, 0]);
      expect(records.reduce((sum, { confirmed }) => sum + confirmed, 0)).to.equal(12);
      // The same batch again is the same jobs: nothing runs, and the results are there.
      expect(toHex(await submitted(queue, 'all'))).to.equal(toHex(batch));
      mustBeExpected(await collected(queue, batch, {}), expected);
    } finally {
      for (const worker of workers) await worker.end();
      await queue.close();
    }
  });

  it('goes on after the server was ended, without the lie of a worker, and with a collector that was ended', async () => {
    const url = kind.place();
    const queue = await openQueue(url, { leaseMs: LEASE_MS });
    const workers = [await startWorker(url, 'auto', LIAR, lying), await startWorker(url, 'interpreter', 2)];
    const folder = mkdtempSync(join(tmpdir(), 'assay-fleet-spec-'));
    try {
      const batch = await submitted(queue, 'lies');
      const mismatches: Mismatch[] = [];
      const options: CollectorOptions = { checkShare: 1, onMismatch: (found) => mismatches.push(found) };
      const first = new Collector(queue, batch, options);
      const some: CollectedJob[] = [];
      while (some.length === 0) some.push(...(await first.next()));
      await first.close();
      await kind.restart();
      mustBeExpected(await collected(queue, batch, options), expected);
      expect(mismatches.map(({ sides }) => sides.map(({ isRight }) => isRight).sort())).to.deep.equal([[false, true]]);
      const [{ replay, field, sides }] = mismatches;
      expect(field).to.match(/^calls\[0\]\.receipt\./);
      const liars = sides.flatMap(({ isRight, workers: of }) => (isRight ? [] : of));
      expect(liars.map(({ key }) => toHex(key))).to.deep.equal([toHex(workers[0].worker.identity.key)]);
      expect((await queue.batches()).map(({ quarantined }) => quarantined)).to.deep.equal([1]);
      const records = await queue.workers();
      expect(
        records.map(({ key, wrong }) => (toHex(key) === toHex(liars[0].key) ? wrong : -wrong)).sort(),
      ).to.deep.equal([-0, 1]);
      if (replay === undefined) throw new Error('a guest ran');
      const path = writeMismatch(folder, mismatches[0]);
      const { module, calls, expected: wanted, nodes } = readReplay(path);
      const named = await parseNodes(nodes);
      const { answers } = await askNodes(named, moduleOfJson(module), calls);
      await closeNodes(named);
      for (const answer of answers) expect(compareAnswers(wanted[0], answer[0])).to.equal(undefined);
    } finally {
      for (const worker of workers) await worker.end();
      await queue.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('gives a job to another when its lease has run out, and keeps a line that comes late', async () => {
    const queue = await openQueue(kind.place(), { leaseMs: 1_000 });
    try {
      const [one, two] = [1, 2].map((seed) => signerOf(new Uint8Array(32).fill(seed)));
      const workers = [one, two].map(({ key }, i) => ({ key, kind: `kind-${i}`, name: `${i}` }));
      for (const worker of workers) await queue.register(worker);
      const submitter = await openSubmitter(queue, { work: await linksWork(queue), name: 'late', jobInputs: 1 });
      await submitter.add({ ...inputOf(0), index: 0, name: 'op' });
      await submitter.close();
      const [taken] = await queue.take(workers[0], 16, 5_000);
      expect(taken.attempt).to.equal(1);
      // The port of a worker that hangs gives no more; NATS keeps what it has sent to it for as long as the lease.
      const [again] = await queue.take(workers[1], 16, 10_000);
      expect(toHex(again.id)).to.equal(toHex(taken.id));
      expect(again.attempt).to.equal(2);
      const item = failedItem('unreadable', 'x');
      const lineBy = (signer: Signer, worker: WorkerIdentity) =>
        signLines([{ job: taken.id, worker: signer.key, kind: worker.kind, items: [item] }], signer)[0];
      await queue.finish(workers[1], [{ lease: again, line: lineBy(two, workers[1]) }]);
      await queue.finish(workers[0], [{ lease: taken, line: lineBy(one, workers[0]) }]);
      const collector = new Collector(queue, submitter.batch, { checkShare: 1 });
      const jobs: CollectedJob[] = [];
      while (jobs.length === 0) jobs.push(...(await collector.next()));
      await collector.close();
      expect(jobs.map(({ items }) => items)).to.deep.equal([[item]]);
      expect(await queue.take(workers[0], 16, 0)).to.deep.equal([]);
    } finally {
      await queue.close();
    }
  });

  it('checks a line itself where the only worker of another kind fails', async () => {
    const queue = await openQueue(kind.place(), { leaseMs: LEASE_MS });
    const signers = [1, 2].map((seed) => signerOf(new Uint8Array(32).fill(seed)));
    const workers = signers.map(({ key }, i) => ({ key, kind: `kind-${i}`, name: `${i}` }));
    try {
      for (const worker of workers) await queue.register(worker);
      const submitter = await openSubmitter(queue, { work: await linksWork(queue), name: 'alone', jobInputs: 1 });
      await submitter.add({ ...inputOf(1), index: 1, name: 'op' });
      await submitter.close();
      const collector = new Collector(queue, submitter.batch, { checkShare: 1 });
      const jobs: CollectedJob[] = [];
      const runner = new WorkRunner(queue, poolOf('interpreter'));
      const failed = [failedItem('host-failure', 'no memory')];
      for (const [i, worker] of workers.entries()) {
        const [lease] = await queue.take(worker, 16, 10_000);
        const items = i === 0 ? await runner.run(readJob(lease.job)) : failed;
        const [line] = signLines([{ job: lease.id, worker: worker.key, kind: worker.kind, items }], signers[i]);
        await queue.finish(worker, [{ lease, line }]);
        expect(jobs).to.have.length(0);
        jobs.push(...(await collector.next()));
      }
      await collector.close();
      expect(jobs.map(({ items }) => items.map((item) => isFailed(item)))).to.deep.equal([[false]]);
    } finally {
      await queue.close();
    }
  });

  it('settles a job however many lines one worker leaves for it', async () => {
    const queue = await openQueue(kind.place(), { leaseMs: LEASE_MS });
    const submitter = await openSubmitter(queue, { work: await linksWork(queue), name: 'flooded' });
    await submitter.add({ ...inputOf(0), index: 0, name: 'op' });
    await submitter.close();
    const signers = [21, 22, 23].map((seed) => signerOf(new Uint8Array(32).fill(seed)));
    const identity = (at: number): WorkerIdentity => ({ key: signers[at].key, kind: `kind-${at}`, name: `${at}` });
    const [lease] = await queue.take(identity(0), 1, 5_000);
    for (let i = 0; i < 40; i += 1) await queue.finish(identity(0), [{ lease, line: Uint8Array.of(i) }]);
    const items = await new WorkRunner(queue, poolOf('interpreter')).run(readJob(lease.job));
    for (const at of [1, 2]) {
      const { key, kind: name } = identity(at);
      const [line] = signLines([{ job: lease.id, worker: key, kind: name, items }], signers[at]);
      await queue.finish(identity(at), [{ lease, line }]);
    }
    const collector = new Collector(queue, submitter.batch);
    const jobs: CollectedJob[] = [];
    for (let looks = 0; jobs.length === 0 && looks < 10; looks += 1) jobs.push(...(await collector.next()));
    expect(jobs).to.have.length(1);
    const [{ items: found }] = jobs;
    expect(found).to.deep.equal(items);
    await collector.close();
    await queue.close();
  });

  billedFleet(kind, () => poolOf('interpreter'));

  it('refuses content that is not there, too long, or not what its hash says', async () => {
    const queue = await openQueue(kind.place());
    try {
      const key = await queue.putContent(Uint8Array.of(1, 2, 3));
      expect(await queue.getContent(key, 3)).to.deep.equal(Uint8Array.of(1, 2, 3));
      const codeOf = async (run: Promise<unknown>) =>
        await run.then(
          () => 'none',
          (error: unknown) => (error as FleetError).code,
        );
      expect(await codeOf(queue.getContent(key, 2))).to.equal('content');
      expect(await codeOf(queue.getContent(hash(key), 3))).to.equal('missing');
    } finally {
      await queue.close();
    }
  });
});
