/**
 * Billing of a fleet, on each queue: every receipt of a result is billed once, whatever workers and collectors do
 * twice.
 */
import { expect } from 'chai';
import { hash, toHex } from '../../src/base/hash.js';
import { type BilledAccount, BillingRefused, openAccount } from '../../src/billing/billed-account.js';
import { type Billing, openBilling } from '../../src/billing/billing.js';
import { mostOf, price } from '../../src/billing/price.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import { itemOf } from '../../src/billing/usage-item.js';
import { DEFAULT_FUEL } from '../../src/engine/loaded-module.js';
import { encodeReceipt } from '../../src/engine/receipt/receipt-bytes.js';
import { type CollectedJob, Collector } from '../../src/fleet/collector.js';
import type { FleetQueue, Lease, WorkerIdentity } from '../../src/fleet/fleet-queue.js';
import { readJob } from '../../src/fleet/job.js';
import { failedItem, type Item, isFailed, receiptOf, signerOf, signLines } from '../../src/fleet/line.js';
import { openQueue } from '../../src/fleet/open-queue.js';
import { openSubmitter, type Submitter } from '../../src/fleet/submitter.js';
import { WorkRunner } from '../../src/fleet/work-runner.js';
import type { Pool } from '../../src/pool/open-pool.js';
import { TABLE } from '../billing/sample-billing.js';
import type { QueueKind } from './queues.js';
import { inputOf, linksWork } from './sample-batch.js';

const PAID = 10n ** 15n;
const INPUTS = 8;
const JOB_INPUTS = 2;
/** Longer than a spec: no other worker gets a job that a worker has taken here. */
const LEASE_MS = 60_000;

const SIGNERS = [41, 42, 43].map((seed) => signerOf(new Uint8Array(32).fill(seed)));
const WORKERS: readonly WorkerIdentity[] = SIGNERS.map(({ key }, at) => ({ key, kind: `kind-${at}`, name: `${at}` }));

async function openHouse(paid = PAID): Promise<Billing> {
  const billing = await openBilling(await openSqlite(':memory:'));
  await billing.openTenant('acme');
  await billing.payIn('acme', paid, 'deposit');
  return billing;
}

function accountOf(billing: Billing, amount = PAID): Promise<BilledAccount> {
  return openAccount(billing, 'acme', { table: TABLE, amount });
}

async function submitterOf(queue: FleetQueue, name: string, billing: BilledAccount): Promise<Submitter> {
  return await openSubmitter(queue, { work: await linksWork(queue), name, jobInputs: JOB_INPUTS, billing });
}

async function addAll(submitter: Submitter): Promise<void> {
  for (let index = 0; index < INPUTS; index += 1)
    await submitter.add({ ...inputOf(index), index, name: `op ${index}` });
  await submitter.close();
}

/** All jobs, which may arrive in parts. */
async function takeAll(queue: FleetQueue): Promise<readonly Lease[]> {
  const leases: Lease[] = [];
  while (leases.length < INPUTS / JOB_INPUTS) {
    const some = await queue.take(WORKERS[0], 16, 5_000);
    if (some.length === 0) throw new Error(`only ${leases.length} jobs were submitted`);
    leases.push(...some);
  }
  return leases;
}

async function finish(queue: FleetQueue, worker: number, lease: Lease, items: readonly Item[]): Promise<void> {
  const { key, kind } = WORKERS[worker];
  const [line] = signLines([{ job: lease.id, worker: key, kind, items }], SIGNERS[worker]);
  await queue.finish(WORKERS[worker], [{ lease, line }]);
}

/** Items with one unit of fuel too much in the first receipt. */
function inflated(items: readonly Item[]): readonly Item[] {
  const [first, ...rest] = items;
  if (isFailed(first)) throw new Error(first.text);
  const { fuel, ...receipt } = receiptOf(first.receipts[0]);
  const parts = { ...fuel.parts, guest: fuel.parts.guest + 1 };
  const bytes = encodeReceipt({ ...receipt, fuel: { ...fuel, used: fuel.used + 1, parts } });
  return [{ ...first, receipts: [bytes, ...first.receipts.slice(1)] }, ...rest];
}

async function subjectsIn(billing: Billing): Promise<readonly string[]> {
  const subjects: string[] = [];
  for await (const { subject } of billing.lines('acme')) subjects.push(toHex(subject));
  return subjects.sort();
}

function receiptsOf(jobs: readonly CollectedJob[]): readonly string[] {
  const items = jobs.flatMap((job) => job.items);
  return items.flatMap((item) => (isFailed(item) ? [] : item.receipts.map((bytes) => toHex(hash(bytes))))).sort();
}

/** The tenant's payment must equal a recount of its lines. */
async function mustBePaid(billing: Billing): Promise<void> {
  let volume = 0n;
  let net = 0n;
  for await (const { item } of billing.lines('acme')) {
    const priced = price(itemOf(item) as Parameters<typeof price>[0], TABLE, volume);
    volume += priced.fuel;
    net += priced.amount;
  }
  const { balance, reserved } = await billing.balance('acme');
  expect({ paid: PAID - balance, reserved }).to.deep.equal({
    paid: net + (net * TABLE.taxPartsPerMillion) / 1_000_000n,
    reserved: 0n,
  });
}

export function billedFleet(kind: QueueKind, poolOf: () => Pool): void {
  it('bills each receipt of a result once, and none delivered twice, disputed, wrong, failed or collected again', async () => {
    const queue = await openQueue(kind.place(), { leaseMs: LEASE_MS });
    const billing = await openHouse();
    const account = await accountOf(billing);
    try {
      const submitter = await submitterOf(queue, 'billed', account);
      await addAll(submitter);
      const runner = new WorkRunner(queue, poolOf());
      const collector = new Collector(queue, submitter.batch, { checkShare: 1 });
      const jobs: CollectedJob[] = [];
      const collect = async () => {
        const found = await collector.next();
        for (const job of found) await submitter.bill(job);
        jobs.push(...found);
        await account.settle();
        return found.length;
      };
      const failure = Array.from({ length: JOB_INPUTS }, () => failedItem('host-failure', 'no memory'));
      const leases = await takeAll(queue);
      const items = await Promise.all(leases.map(({ job }) => runner.run(readJob(job))));
      const lineOf = (worker: number, at: number): readonly Item[] => {
        if (at === 3) return failure;
        return at === 1 && worker === 0 ? inflated(items[at]) : items[at];
      };
      for (const [at, lease] of leases.entries()) await finish(queue, 0, lease, lineOf(0, at));
      // Each is drawn for a check, so there is no result yet, and nothing to bill.
      expect(await collect()).to.equal(0);
      expect(await subjectsIn(billing)).to.deep.equal([]);
      for (const worker of [1, 2]) {
        for (const [at, lease] of leases.entries()) await finish(queue, worker, lease, lineOf(worker, at));
      }
      while (jobs.length < leases.length) await collect();
      const billed = await subjectsIn(billing);
      expect(billed).to.deep.equal(receiptsOf(jobs));
      const right = items.flatMap((some, at) => (at === 3 ? [] : some));
      const expected = right.flatMap((item) =>
        isFailed(item) ? [] : item.receipts.map((bytes) => toHex(hash(bytes))),
      );
      expect(billed).to.deep.equal(expected.sort());
      // A late line, and the same jobs delivered again.
      await finish(queue, 2, leases[0], inflated(items[0]));
      expect(await collect()).to.equal(0);
      for (const job of jobs) await submitter.bill(job);
      await collector.close();
      await account.close();
      // The command again, as after a kill: all jobs have their results.
      const again = await accountOf(billing);
      const second = await submitterOf(queue, 'billed', again);
      await addAll(second);
      const reader = new Collector(queue, second.batch);
      for await (const job of reader.before()) await second.bill(job);
      await reader.close();
      await again.close();
      expect(await subjectsIn(billing)).to.deep.equal(billed);
      await mustBePaid(billing);
    } finally {
      await billing.ledger.database.close();
      await queue.close();
    }
  });

  it('bills what was settled but not billed when its collector was killed, and a batch of another name again', async () => {
    const queue = await openQueue(kind.place(), { leaseMs: LEASE_MS });
    const billing = await openHouse();
    try {
      const receipts: string[] = [];
      for (const name of ['one', 'two']) {
        const lost = await accountOf(billing, PAID / 4n);
        const submitter = await submitterOf(queue, name, lost);
        await addAll(submitter);
        const leases = await takeAll(queue);
        const runner = new WorkRunner(queue, poolOf());
        for (const lease of leases) await finish(queue, 0, lease, await runner.run(readJob(lease.job)));
        for (const lease of leases) await finish(queue, 1, lease, await runner.run(readJob(lease.job)));
        const collector = new Collector(queue, submitter.batch);
        const jobs: CollectedJob[] = [];
        while (jobs.length < leases.length) jobs.push(...(await collector.next()));
        await collector.close();
        receipts.push(...receiptsOf(jobs));
        // Its process has ended before billing: the allowance is returned, as it is when the lease expires.
        await lost.close();
        const account = await accountOf(billing, PAID / 4n);
        const next = await submitterOf(queue, name, account);
        await addAll(next);
        const reader = new Collector(queue, next.batch);
        for await (const job of reader.before()) await next.bill(job);
        await reader.close();
        await account.close();
      }
      expect(await subjectsIn(billing)).to.deep.equal(receipts.sort());
      await mustBePaid(billing);
    } finally {
      await billing.ledger.database.close();
      await queue.close();
    }
  });

  it('bills a result of an earlier run that arrives while the batch is submitted again', async () => {
    const queue = await openQueue(kind.place(), { leaseMs: LEASE_MS });
    const most = BigInt(JOB_INPUTS) * mostOf(BigInt(DEFAULT_FUEL), TABLE);
    // Jobs of an earlier run without billing.
    const before = await openSubmitter(queue, { work: await linksWork(queue), name: 'again', jobInputs: JOB_INPUTS });
    for (let index = 0; index < INPUTS; index += 1) await before.add({ ...inputOf(index), index, name: `op ${index}` });
    await before.close();
    const leases = await takeAll(queue);
    const billing = await openHouse(most + most / 2n);
    const account = await accountOf(billing);
    try {
      const submitter = await submitterOf(queue, 'again', account);
      const submitting = addAll(submitter);
      const runner = new WorkRunner(queue, poolOf());
      // The first of them holds the whole allowance: the last one has its result before its turn comes.
      for (const lease of [...leases].reverse()) {
        const items = await runner.run(readJob(lease.job));
        for (const worker of [0, 1]) await finish(queue, worker, lease, items);
      }
      const collector = new Collector(queue, submitter.batch);
      const jobs: CollectedJob[] = [];
      const bills: Promise<void>[] = [];
      while (jobs.length < leases.length) {
        const found = await collector.next();
        jobs.push(...found);
        bills.push(...[...found].reverse().map((job) => submitter.bill(job)));
      }
      await Promise.all([submitting, ...bills]);
      await collector.close();
      await account.close();
      expect(await subjectsIn(billing)).to.deep.equal(receiptsOf(jobs));
      expect((await billing.balance('acme')).reserved).to.equal(0n);
    } finally {
      await billing.ledger.database.close();
      await queue.close();
    }
  });

  it('refuses before any work, and submits no more than the tenant can pay', async () => {
    const queue = await openQueue(kind.place(), { leaseMs: LEASE_MS });
    const most = BigInt(JOB_INPUTS) * mostOf(BigInt(DEFAULT_FUEL), TABLE);
    try {
      const poor = await openHouse(most - 1n);
      const refused = await addAll(await submitterOf(queue, 'poor', await accountOf(poor))).catch(
        (error: unknown) => error,
      );
      expect(refused).to.be.instanceOf(BillingRefused);
      expect(await queue.batches()).to.deep.equal([]);
      await poor.ledger.database.close();
      // One job at a time: the next is submitted after the previous one is billed.
      const billing = await openHouse(most + most / 2n);
      const account = await accountOf(billing);
      const submitter = await submitterOf(queue, 'narrow', account);
      const submitting = addAll(submitter);
      const collector = new Collector(queue, submitter.batch, { checkShare: 0.01 });
      const runner = new WorkRunner(queue, poolOf());
      for (let at = 0; at < INPUTS / JOB_INPUTS; at += 1) {
        const leases = await queue.take(WORKERS[0], 16, 5_000);
        expect(leases, `job ${at}`).to.have.length(1);
        const items = await runner.run(readJob(leases[0].job));
        for (const worker of [0, 1]) await finish(queue, worker, leases[0], items);
        const jobs: CollectedJob[] = [];
        while (jobs.length === 0) jobs.push(...(await collector.next()));
        for (const job of jobs) await submitter.bill(job);
      }
      await submitting;
      await collector.close();
      await account.close();
      expect(await subjectsIn(billing)).to.have.length.greaterThan(0);
      await billing.ledger.database.close();
    } finally {
      await queue.close();
    }
  });

  it('counts the first result where two collectors decide differently', async () => {
    const queue = await openQueue(kind.place(), { leaseMs: LEASE_MS });
    try {
      const submitter = await openSubmitter(queue, { work: await linksWork(queue), name: 'two collectors' });
      await submitter.add({ ...inputOf(0), index: 0, name: 'op' });
      await submitter.close();
      const [lease] = await queue.take(WORKERS[0], 1, 5_000);
      await finish(queue, 0, lease, [failedItem('unreadable', 'x')]);
      const [{ id, lines }] = await queue.unjudged(submitter.batch, 1, 5_000);
      const decision = (result: Uint8Array) => {
        const names = lines.map((line) => line.id);
        return [{ id, lines: names, quarantined: [], settle: { line: names[0], result, inputs: 1, fuel: 0 } }];
      };
      expect(await queue.judge(submitter.batch, decision(hash(id)), [])).to.deep.equal([]);
      expect(await queue.judge(submitter.batch, decision(hash(id)), [])).to.deep.equal([]);
      const others = await queue.judge(submitter.batch, decision(id), []);
      expect(others.map(toHex)).to.deep.equal([toHex(id)]);
    } finally {
      await queue.close();
    }
  });
}
