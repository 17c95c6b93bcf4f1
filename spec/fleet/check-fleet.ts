/**
 * Jobs over four worker processes, two of each kind, one of which lies now and then: workers are killed at random and
 * restarted, the server is killed and restarted. Every job ends once, with the receipts of one thread, and every lie is
 * found.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { hash, toHex } from '../../src/base/hash.js';
import { runCommandLine } from '../../src/cli/program.js';
import { type CollectedJob, Collector } from '../../src/fleet/collector.js';
import type { Mismatch } from '../../src/fleet/dispute.js';
import type { FleetQueue } from '../../src/fleet/fleet-queue.js';
import { isFailed } from '../../src/fleet/line.js';
import { writeMismatch } from '../../src/fleet/mismatch-file.js';
import { openQueue } from '../../src/fleet/open-queue.js';
import { openSubmitter, type Submitter } from '../../src/fleet/submitter.js';
import type { Finding } from '../pool/check.js';
import { randomOf } from '../pool/check.js';
import type { QueueKind } from './queues.js';
import { type Expected, inputOf, linksWork, singleThread } from './sample-batch.js';

export interface FleetCheckOptions {
  readonly seed: number;
  readonly jobs: number;
  /** Seconds after which no more jobs are submitted; submitted jobs still end. */
  readonly seconds: number;
  /** One worker lies about one in this many receipts. */
  readonly lies: number;
  readonly showProgress: (text: string) => void;
}

const TIERS = ['auto', 'interpreter', 'auto', 'interpreter'] as const;
const LIAR = 2;
const JOB_INPUTS = 2;
const LEASE_MS = 4_000;
const CHUNK_JOBS = 200;
/** Jobs that are submitted and not settled: enough that the queue is never empty. */
const AHEAD_JOBS = 2_000;
/** Jobs that end between two kills: a minimum, and in addition up to a share of all jobs. */
const KILL_JOBS = { least: 20, spread: 1 / 20 };
const RESTART_AT = [0.3, 0.7];
/** After this long without anything new, something is lost. */
const HANGS_MS = 90_000;
const CHILD = fileURLToPath(new URL('./worker-child.js', import.meta.url));

/** The workers: each is restarted after a kill. */
class Workers {
  readonly #url: string;
  readonly #lies: number;
  readonly #children: (ChildProcess | undefined)[] = [];
  readonly lies = new Set<string>();
  readonly keptLies = new Set<string>();
  readonly errors: string[] = [];
  killed = 0;
  #isEnded = false;

  constructor(url: string, lies: number) {
    this.#url = url;
    this.#lies = lies;
  }

  start(): void {
    for (const at of TIERS.keys()) this.#start(at);
  }

  #start(at: number): void {
    const lies = at === LIAR ? this.#lies : 0;
    const args = [this.#url, TIERS[at], String(at + 1), String(LEASE_MS), String(lies)];
    const child = fork(CHILD, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#children[at] = child;
    let pending = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      pending += text;
      const lines = pending.split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) this.#hear(line);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (this.errors.length < 5) this.errors.push(text.trim().slice(0, 500));
    });
    child.once('exit', (status) => {
      this.#children[at] = undefined;
      if (status !== null && status !== 0 && !this.#isEnded)
        this.errors.push(`worker ${at} ended with status ${status}`);
      if (!this.#isEnded) this.#start(at);
    });
  }

  #hear(line: string): void {
    const [what, job = ''] = line.split(' ');
    if (what === 'lie') this.lies.add(job);
    if (what === 'kept') this.keptLies.add(job);
  }

  kill(at: number): void {
    const child = this.#children[at % TIERS.length];
    if (child === undefined) return;
    this.killed += 1;
    child.kill('SIGKILL');
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    const ended = this.#children.map(
      (child) =>
        new Promise<void>((resolve) => {
          if (child === undefined || child.exitCode !== null || child.signalCode !== null) return resolve();
          const late = setTimeout(() => child.kill('SIGKILL'), 2 * LEASE_MS);
          child.once('exit', () => {
            clearTimeout(late);
            resolve();
          });
          child.kill('SIGTERM');
        }),
    );
    await Promise.all(ended);
  }
}

/** The results of the jobs. */
class Tally {
  readonly #expected: readonly Expected[];
  readonly seen = new Set<string>();
  readonly wrong: string[] = [];
  twice = 0;
  inputs = 0;

  constructor(expected: readonly Expected[]) {
    this.#expected = expected;
  }

  add({ id, job, items }: CollectedJob): void {
    const name = toHex(id);
    if (this.seen.has(name)) this.twice += 1;
    this.seen.add(name);
    for (const [at, { index }] of job.inputs.entries()) {
      const item = items[at];
      const wanted = this.#expected[index % this.#expected.length];
      this.inputs += 1;
      if (isFailed(item)) this.#note(`input ${index}: ${item.failure}, ${item.text}`);
      else if (item.verdict !== wanted.verdict) this.#note(`input ${index}: another verdict`);
      else if (item.receipts.map((receipt) => toHex(hash(receipt))).join() !== wanted.receipts.join())
        this.#note(`input ${index}: another receipt`);
    }
  }

  #note(text: string): void {
    this.wrong.push(text);
  }
}

async function addChunk(submitter: Submitter, from: number, jobs: number): Promise<void> {
  for (let index = from * JOB_INPUTS; index < (from + jobs) * JOB_INPUTS; index += 1) {
    await submitter.add({ ...inputOf(index), index, name: `op ${index}` });
  }
  await submitter.flush();
}

export async function checkFleet(kind: QueueKind, options: FleetCheckOptions): Promise<readonly Finding[]> {
  if (kind.missing !== undefined) return [{ what: 'a server is there', ok: false, found: kind.missing }];
  await kind.start();
  const folder = mkdtempSync(join(tmpdir(), 'assay-fleet-'));
  const url = kind.place();
  const queue = await openQueue(url, { leaseMs: LEASE_MS });
  const workers = new Workers(url, options.lies);
  try {
    return await checkWith(kind, queue, workers, folder, options);
  } finally {
    await workers.end();
    await queue.close();
    await kind.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function checkWith(
  kind: QueueKind,
  queue: FleetQueue,
  workers: Workers,
  folder: string,
  { seed, jobs, seconds, lies, showProgress }: FleetCheckOptions,
): Promise<readonly Finding[]> {
  const random = randomOf(seed);
  const tally = new Tally(await singleThread());
  const mismatches: Mismatch[] = [];
  const refused: string[] = [];
  const submitter = await openSubmitter(queue, { work: await linksWork(queue), name: 'check', jobInputs: JOB_INPUTS });
  const collector = new Collector(queue, submitter.batch, {
    checkShare: 1,
    onMismatch: (mismatch) => mismatches.push(mismatch),
    onRefused: (_, reason) => refused.push(reason),
  });
  workers.start();
  const beginMs = performance.now();
  const share = () => Math.max(tally.seen.size / jobs, (performance.now() - beginMs) / 1_000 / seconds);
  let restarts = 0;
  let killAt = KILL_JOBS.least;
  let restarting = Promise.resolve();
  let isClosed = false;
  let newMs = beginMs;
  let quiet = 0;
  const disturb = () => {
    if (tally.seen.size >= killAt) {
      workers.kill(random(TIERS.length));
      killAt = tally.seen.size + KILL_JOBS.least + random(Math.ceil(jobs * KILL_JOBS.spread));
    }
    if (restarts < RESTART_AT.length && share() >= RESTART_AT[restarts] && tally.seen.size > 0) {
      restarts += 1;
      restarting = restarting.then(() => kind.restart());
    }
  };
  // At the end it continues until no more lines arrive, because a late line may also be a lie.
  while (!isClosed || tally.seen.size < submitter.jobs || quiet < 3) {
    if (!isClosed && submitter.jobs - tally.seen.size < AHEAD_JOBS) {
      const left = Math.min(CHUNK_JOBS, jobs - submitter.jobs);
      if (left > 0 && (performance.now() - beginMs) / 1_000 < seconds) await addChunk(submitter, submitter.jobs, left);
      else {
        await submitter.close();
        isClosed = true;
      }
    }
    const found = await collector.next();
    for (const job of found) tally.add(job);
    quiet = found.length === 0 ? quiet + 1 : 0;
    if (tally.seen.size < submitter.jobs || !isClosed) disturb();
    if (found.length > 0) newMs = performance.now();
    else if (performance.now() - newMs > HANGS_MS) break;
    showProgress(`${kind.name}: ${tally.seen.size} of ${submitter.jobs} jobs, ${workers.killed} workers killed`);
  }
  await restarting;
  const tookS = (newMs - beginMs) / 1_000;
  await collector.close();
  await sleep(0);
  const foundLies = new Set(mismatches.map(({ job }) => toHex(job)));
  const missed = [...workers.keptLies].filter((job) => !foundLies.has(job));
  const invented = [...foundLies].filter((job) => !workers.lies.has(job));
  const liar = toHex((await queue.workers()).find(({ wrong }) => wrong > 0)?.key ?? new Uint8Array(0));
  const blamed = mismatches.every(({ sides }) =>
    sides.every((side) => side.isRight || side.workers.every(({ key }) => toHex(key) === liar)),
  );
  const [status] = await queue.batches();
  return [
    {
      what: `${submitter.jobs} jobs of ${JOB_INPUTS} inputs over ${TIERS.length} worker processes, each with the receipts of one thread`,
      ok: tally.wrong.length === 0 && tally.inputs === submitter.inputs,
      found:
        tally.wrong.slice(0, 3).join('; ') ||
        `${tally.inputs} inputs, ${Math.round(tally.seen.size / tookS)} jobs a second`,
    },
    {
      what: 'every job ends once',
      ok: tally.seen.size === submitter.jobs && tally.twice === 0 && status.settled === submitter.jobs,
      found: `${tally.seen.size} ended, ${tally.twice} twice, ${status.settled} settled in the queue`,
    },
    {
      what: 'workers were killed, and the server too',
      ok: workers.killed > 0 && restarts === RESTART_AT.length && workers.errors.length === 0,
      found: workers.errors.join('; ') || `${workers.killed} workers, the server ${restarts} times`,
    },
    {
      what: `every lie is found (one receipt in ${lies} of one worker)`,
      ok: missed.length === 0 && invented.length === 0 && workers.keptLies.size > 0 && blamed && refused.length === 0,
      found:
        refused.slice(0, 3).join('; ') ||
        `${workers.keptLies.size} lies kept, ${foundLies.size} found, ${missed.length} missed, ${invented.length} invented`,
    },
    await replayFinding(folder, mismatches),
  ];
}

/** The first mismatch as a file: nodes that run it again all return the reference's result. */
async function replayFinding(folder: string, [first]: readonly Mismatch[]): Promise<Finding> {
  const what = 'a mismatch is a file for assay agree replay';
  if (first === undefined) return { what, ok: false, found: 'there were no mismatches' };
  const path = writeMismatch(folder, first);
  const said: string[] = [];
  const colours = new Proxy({}, { get: () => String }) as never;
  const console = {
    out: (text: string) => void said.push(text),
    err: (text: string) => void said.push(text),
    progress: () => undefined,
    colours,
    errorColours: colours,
    program: undefined,
  };
  const status = await runCommandLine(['agree', 'replay', path], console);
  return { what, ok: status === 0 && first.replay !== undefined, found: status === 0 ? first.field : said.join(' ') };
}
