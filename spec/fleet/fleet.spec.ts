import { expect } from 'chai';
import { hash, toHex } from '../../src/base/hash.js';
import { type CollectedJob, Collector } from '../../src/fleet/collector.js';
import type { Mismatch } from '../../src/fleet/dispute.js';
import type { FleetError } from '../../src/fleet/fleet-error.js';
import type { WorkerIdentity } from '../../src/fleet/fleet-queue.js';
import { readJob } from '../../src/fleet/job.js';
import { failedItem, isFailed, type Signer, signerOf, signLines } from '../../src/fleet/line.js';
import { openQueue } from '../../src/fleet/open-queue.js';
import { openSubmitter } from '../../src/fleet/submitter.js';
import { WorkRunner } from '../../src/fleet/work-runner.js';
import { billedFleet } from './billed-fleet.js';
import {
  collected,
  endPools,
  INPUTS,
  LEASE_MS,
  mustBeExpected,
  poolOf,
  startWorker,
  submitted,
} from './fleet-in-process.js';
import { onEachQueue } from './queues.js';
import { type Expected, inputOf, linksWork, singleThread } from './sample-batch.js';

after(endPools);

onEachQueue('a fleet', (kind) => {
  let expected: readonly Expected[] = [];

  before(async () => {
    expected = await singleThread();
  });

  it('returns the receipts of a single thread, each once, checked by workers of another kind', async () => {
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

  it('gives a job to another worker when its lease has expired, and keeps a late line', async () => {
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
      // The port of a hanging worker delivers nothing more; NATS reserves what it has sent to it for the length of the
      // lease.
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

  it('can be opened with another lease, or none', async () => {
    const url = kind.place();
    for (const leaseMs of [1_000, 2_000, 500, undefined]) {
      const queue = await openQueue(url, leaseMs === undefined ? {} : { leaseMs });
      const worker = { key: new Uint8Array(32).fill(7), kind: 'kind', name: 'one' };
      await queue.register(worker);
      expect(await queue.take(worker, 1, 0)).to.deep.equal([]);
      await queue.close();
    }
  });

  it('checks a line itself if the only worker of another kind fails', async () => {
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

  it('settles a job however many lines one worker writes for it', async () => {
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

  it('refuses content that is missing, too long, or does not match its hash', async () => {
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
