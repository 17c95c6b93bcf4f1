/** `assay status`: the progress of the batches of a fleet, and its workers. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { toHex } from '../base/hash.js';
import { shareOf } from '../fleet/check-share.js';
import type { BatchStatus, FleetQueue, WorkerRecord } from '../fleet/fleet-queue.js';
import { readBatchHead } from '../fleet/job.js';
import { CliError } from './cli-error.js';
import type { Colours, Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { columns, counted, grouped, printable } from './layout.js';
import { QUEUE_HELP, withQueue } from './open-fleet.js';

interface Options {
  readonly queue: string;
  readonly watch?: boolean;
  readonly json?: boolean;
}

const HELP = `${QUEUE_HELP}

BATCH is the name of a batch, or the beginning of its hash, as assay submit prints them. --watch shows the progress until every named
batch is done; with --json one document per second.

Exit status: 0 all are done, 3 not yet, 2 usage, 5 the server cannot be reached.`;

const WATCH_MS = 1_000;
/** A worker that was not seen for this long counts as lost. */
const GONE_MS = 120_000;
const SHOWN = 12;

export function addStatusCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  program
    .command('status')
    .summary('show the batches and workers of a fleet')
    .description('Shows the progress of the batches in a queue, and its workers.')
    .argument('[batches...]', 'batches by name or hash (default: all)')
    .requiredOption('--queue <url>', 'the queue: PostgreSQL or NATS JetStream')
    .option('--watch', 'continue until all are done')
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP)
    .action(async (names: readonly string[], options: Options) => {
      done(await withQueue(options.queue, {}, (queue) => runStatus(console, queue, names, options)));
    });
}

export async function runStatus(
  console: Console,
  queue: FleetQueue,
  names: readonly string[],
  options: Options,
): Promise<ExitStatus> {
  for (;;) {
    const batches = named(await queue.batches(), names);
    const isDone = batches.every(isDoneBatch);
    const isLast = isDone || options.watch !== true;
    if (options.json === true) console.out(JSON.stringify(statusDocument(batches, await queue.workers())));
    else if (isLast) {
      console.progress('');
      console.out(statusLines(batches, await queue.workers(), console.colours).join('\n'));
    } else console.progress(progressText(batches));
    if (isLast) return isDone ? EXIT.ok : EXIT.unresolved;
    await sleep(WATCH_MS);
  }
}

function isDoneBatch({ isClosed, jobs, settled }: BatchStatus): boolean {
  return isClosed && settled >= jobs;
}

function named(batches: readonly BatchStatus[], names: readonly string[]): readonly BatchStatus[] {
  if (names.length === 0) return batches;
  return names.map((name) => {
    const found = batches.filter(({ id, head }) => toHex(id).startsWith(name) || readBatchHead(head).name === name);
    if (found.length === 1) return found[0];
    const problem = found.length === 0 ? 'there is no batch' : 'there are several batches';
    throw new CliError(`${problem} '${printable(name)}' in the queue`, 'assay status without a name lists them');
  });
}

function statusDocument(batches: readonly BatchStatus[], workers: readonly WorkerRecord[]): object {
  return {
    batches: batches.map(({ id, head, ...counts }) => ({
      batch: toHex(id),
      name: readBatchHead(head).name,
      ...counts,
    })),
    workers: workers.map(({ key, seenAt, ...rest }) => ({
      worker: toHex(key),
      ...rest,
      seenAt: new Date(seenAt).toISOString(),
    })),
  };
}

function progressText(batches: readonly BatchStatus[]): string {
  const sum = (of: (batch: BatchStatus) => number) => batches.reduce((total, batch) => total + of(batch), 0);
  const done = sum(({ settled }) => settled);
  const all = sum(({ jobs }) => jobs);
  const inputs = `${grouped(sum(({ settledInputs }) => settledInputs))} inputs`;
  return `${grouped(done)} of ${counted(all, 'job')}, ${inputs}, ${grouped(sum(({ running }) => running))} running`;
}

function statusLines(
  batches: readonly BatchStatus[],
  workers: readonly WorkerRecord[],
  colours: Colours,
): readonly string[] {
  if (batches.length === 0) return ['no batch was submitted'];
  const rows = batches.map((batch) => [
    toHex(batch.id).slice(0, SHOWN),
    printable(readBatchHead(batch.head).name),
    isDoneBatch(batch) ? { text: 'done', style: colours.green } : batch.isClosed ? 'open' : 'being submitted',
    `${grouped(batch.settled)} of ${grouped(batch.jobs)}`,
    grouped(batch.waiting),
    grouped(batch.running),
    grouped(batch.toJudge),
    grouped(batch.settledInputs),
    grouped(batch.fuel),
    batch.quarantined > 0 ? { text: grouped(batch.quarantined), style: colours.red } : '0',
  ]);
  const notes = statusNotes(batches, workers);
  const head = ['batch', 'name', '', 'jobs', 'waiting', 'running', 'to judge', 'inputs', 'fuel', 'quarantined'];
  return [
    ...columns([head, ...rows], [3, 4, 5, 6, 7, 8, 9]),
    '',
    ...workerLines(workers, colours),
    ...(notes.length === 0 ? [] : ['']),
    ...notes.map((note) => colours.yellow(note)),
  ];
}

function workerLines(workers: readonly WorkerRecord[], colours: Colours): readonly string[] {
  const now = Date.now();
  const rows = workers.map(({ key, name, kind, seenAt, confirmed, wrong }) => [
    toHex(key).slice(0, SHOWN),
    printable(name),
    kind,
    now - seenAt > GONE_MS ? 'gone' : `${grouped(Math.max(0, Math.round((now - seenAt) / 1_000)))} s ago`,
    grouped(confirmed),
    wrong > 0 ? { text: grouped(wrong), style: colours.red } : '0',
    `${Math.ceil(100 * shareOf(confirmed, 0))} %`,
  ]);
  if (rows.length === 0) return ['no worker has joined'];
  return columns([['worker', 'name', 'kind', 'seen', 'confirmed', 'wrong', 'checked'], ...rows], [3, 4, 5, 6]);
}

function waiting(jobs: number, of = ''): string {
  return `${counted(jobs, 'job')}${of} ${jobs === 1 ? 'waits' : 'wait'}`;
}

/** What holds batches up, and what to do about it. */
export function statusNotes(batches: readonly BatchStatus[], workers: readonly WorkerRecord[]): readonly string[] {
  const live = workers.filter(({ seenAt }) => Date.now() - seenAt <= GONE_MS);
  const notes: string[] = [];
  if (live.length === 0 && batches.some(({ waiting }) => waiting > 0)) {
    notes.push('no worker is there: start one with assay work --queue URL');
  }
  for (const { id, waitingForOther, toJudge } of batches) {
    for (const [kind, jobs] of Object.entries(waitingForOther)) {
      if (live.some((worker) => worker.kind !== kind)) continue;
      const tier = kind.startsWith('interpreter') ? 'auto' : 'interpreter';
      notes.push(`${waiting(jobs)} for a worker of another kind than ${kind}: start one with --tier ${tier}`);
    }
    if (toJudge > 0) {
      const of = ` of ${toHex(id).slice(0, SHOWN)}`;
      notes.push(`${waiting(toJudge, of)} to be judged: the assay submit that is to have the results does it`);
    }
  }
  return notes;
}
