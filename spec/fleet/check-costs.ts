/**
 * The cost of each step of a job in a queue, without the work: one caller drives the port with batch sizes like those
 * of workers.
 */
import { hash, toHex } from '../../src/base/hash.js';
import type { Decision, FleetQueue, WorkerIdentity } from '../../src/fleet/fleet-queue.js';
import { LineReader, signerOf, signLines } from '../../src/fleet/line.js';
import { openQueue } from '../../src/fleet/open-queue.js';
import { openSubmitter } from '../../src/fleet/submitter.js';
import type { Finding } from '../pool/check.js';
import type { FleetCheckOptions } from './check-fleet.js';
import { natsQueues, postgresQueues, type QueueKind } from './queues.js';
import { inputOf, linksWork, singleThread } from './sample-batch.js';

const JOBS = 2_000;
const JOB_INPUTS = 64;
const AT_ONCE = 16;
const JUDGED_AT_ONCE = 200;
const KIND = 'instrumented-node20-x64';

async function timed(jobs: number, work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return ((performance.now() - begin) * 1_000) / jobs;
}

async function costsOf(kind: QueueKind): Promise<readonly Finding[]> {
  if (kind.missing !== undefined) return [{ what: 'a server is there', ok: false, found: kind.missing }];
  await kind.start();
  const queue = await openQueue(kind.place());
  try {
    const signer = signerOf(new Uint8Array(32).fill(9));
    const worker: WorkerIdentity = { key: signer.key, kind: KIND, name: 'costs' };
    await queue.register(worker);
    const submitter = await openSubmitter(queue, {
      work: await linksWork(queue),
      name: 'costs',
      jobInputs: JOB_INPUTS,
    });
    const submit = await timed(JOBS, async () => {
      for (let index = 0; index < JOBS * JOB_INPUTS; index += 1)
        await submitter.add({ ...inputOf(index), index, name: `line ${index + 1}` });
      await submitter.close();
    });
    const items = (await singleThread()).map(({ verdict, receipts }) => ({
      verdict,
      receipts: receipts.map(() => new Uint8Array(320)),
    }));
    const body = Array.from({ length: JOB_INPUTS }, (_, i) => items[i % items.length]);
    const costs = { take: 0, sign: 0, finish: 0 };
    const { jobs } = submitter;
    for (;;) {
      let leases: Awaited<ReturnType<FleetQueue['take']>> = [];
      costs.take += await timed(jobs, async () => {
        leases = await queue.take(worker, AT_ONCE, 1_500);
      });
      if (leases.length === 0) break;
      const finished: { readonly lease: (typeof leases)[number]; readonly line: Uint8Array }[] = [];
      costs.sign += await timed(jobs, async () => {
        const lines = signLines(
          leases.map(({ id }) => ({ job: id, worker: signer.key, kind: KIND, items: body })),
          signer,
        );
        finished.push(...leases.map((lease, i) => ({ lease, line: lines[i] })));
      });
      costs.finish += await timed(jobs, () => queue.finish(worker, finished));
    }
    const judged = await judgeAll(queue, submitter.batch, jobs);
    const wait = 1_500_000 / jobs;
    const rows = { submit, ...costs, take: costs.take - wait, ...judged };
    return Object.entries(rows).map(([step, us]) => ({
      what: `${kind.name}, ${jobs} jobs of ${JOB_INPUTS} inputs, ${step}`,
      ok: Number.isFinite(us),
      found: `${us.toFixed(0)} us a job`,
    }));
  } finally {
    await queue.close();
    await kind.stop();
  }
}

async function judgeAll(queue: FleetQueue, batch: Uint8Array, jobs: number) {
  const reader = new LineReader();
  const costs = { unjudged: 0, read: 0, judge: 0 };
  for (let seen = 0; seen < jobs; ) {
    let found: Awaited<ReturnType<FleetQueue['unjudged']>> = [];
    costs.unjudged += await timed(jobs, async () => {
      found = await queue.unjudged(batch, JUDGED_AT_ONCE, 2_000);
    });
    if (found.length === 0) throw new Error(`${jobs - seen} jobs have no line`);
    const decisions: Decision[] = [];
    costs.read += await timed(jobs, async () => {
      for (const { id, lines } of found) {
        const line = reader.read(lines[0].bytes);
        if (toHex(line.job) !== toHex(id)) throw new Error('a line of another job');
        const settle = { line: lines[0].id, result: hash(line.job), inputs: line.items.length, fuel: 1 };
        decisions.push({ id, lines: lines.map(({ id: name }) => name), quarantined: [], settle });
      }
    });
    costs.judge += await timed(jobs, () => queue.judge(batch, decisions, []));
    seen += found.length;
  }
  return costs;
}

export async function checkCosts({ showProgress }: FleetCheckOptions): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const kind of [postgresQueues(), natsQueues()]) {
    showProgress(`costs of ${kind.name}`);
    findings.push(...(await costsOf(kind)));
  }
  return findings;
}
