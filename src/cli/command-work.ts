/** `assay work`: joins this machine to a fleet. */
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { defined } from '../base/defined.js';
import { fromHex, isHex, toHex } from '../base/hash.js';
import type { Tier } from '../engine/tier.js';
import { type FleetQueue, LEASE_MS } from '../fleet/fleet-queue.js';
import { fleetWorker } from '../fleet/worker.js';
import { openPool } from '../pool/open-pool.js';
import { CliError } from './cli-error.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { counted, printable } from './layout.js';
import { QUEUE_HELP, waitNotice, withQueue } from './open-fleet.js';
import { threadsOption, tierOption } from './option-values.js';
import { readError, writeError } from './read-bytes.js';

interface Options {
  readonly queue: string;
  readonly threads?: number;
  readonly tier?: Tier;
  readonly key?: string;
  readonly name?: string;
  readonly idle?: number;
  readonly lease?: number;
  readonly json?: boolean;
}

const HELP = `${QUEUE_HELP}

A worker runs jobs of assay submit and signs the results with an ed25519 key. --key stores the key in a file, which is created if it
does not exist, so that the worker keeps its identity and its record of confirmed results when it is restarted. Give each worker its
own key. Jobs are checked by workers of another kind: run some with --tier interpreter.

Ctrl-C or SIGTERM: finishes the current jobs and ends. SIGKILL loses nothing: other workers run its jobs when their leases expire.
Exit status: 0 ended, 2 usage, 5 the server was unreachable for too long.`;

export function addWorkCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  program
    .command('work')
    .summary('join this machine to a fleet')
    .description('Takes jobs from a queue, runs them in threads, and returns signed results.')
    .requiredOption('--queue <url>', 'the queue: PostgreSQL or NATS JetStream')
    .option('--threads <n>', 'threads (default: one for each processor)', threadsOption)
    .option('--tier <tier>', 'interpreter, or auto (default) for the fastest available', tierOption)
    .option('--key <file>', 'file of the key that signs results (default: a new key)')
    .option('--name <text>', 'name shown by assay status (default: the name of the host)')
    .option('--idle <seconds>', 'end after this time without a job (default: never)', secondsOption)
    .option('--lease <seconds>', 'time after which the job of a lost worker goes to another', secondsOption)
    .option('--json', 'print one JSON document at the end')
    .addHelpText('after', HELP)
    .action(async (options: Options) => {
      const { queue: url, lease, key } = options;
      const secret = key === undefined ? new Uint8Array(randomBytes(SECRET_BYTES)) : keyIn(key);
      const leaseMs = lease === undefined ? LEASE_MS : Math.round(lease * 1_000);
      done(await withQueue(url, { leaseMs }, (queue) => runWork(console, queue, secret, leaseMs, options)));
    });
}

export function secondsOption(text: string): number {
  const seconds = /^[0-9]{1,6}(?:\.[0-9]{1,3})?$/.test(text) ? Number(text) : 0;
  if (seconds > 0) return seconds;
  throw new InvalidArgumentError('Write a number of seconds above 0.');
}

export async function runWork(
  console: Console,
  queue: FleetQueue,
  secret: Uint8Array,
  leaseMs: number,
  { threads, tier = 'auto', idle, name = hostname(), json }: Options,
): Promise<ExitStatus> {
  const pool = openPool(defined({ tier, threads }));
  const stop = new AbortController();
  const end = () => stop.abort();
  for (const signal of SIGNALS) process.once(signal, end);
  try {
    const worker = fleetWorker({
      queue,
      pool,
      tier,
      secret,
      name,
      leaseMs,
      ...(idle === undefined ? {} : { idleMs: idle * 1_000 }),
      onWait: waitNotice(console),
      onProgress: ({ jobs, inputs }) => {
        console.progress(`${counted(jobs, 'job')}, ${counted(inputs, 'input')}`);
      },
    });
    const { key, kind } = worker.identity;
    if (json !== true) console.out(`worker ${toHex(key).slice(0, 12)}, ${kind}, ${printable(name)}`);
    const { jobs, inputs } = await worker.run(stop.signal);
    console.progress('');
    if (json === true) console.out(JSON.stringify({ worker: toHex(key), kind, name, jobs, inputs }));
    else console.out(`${counted(jobs, 'job')}, ${counted(inputs, 'input')}`);
    return EXIT.ok;
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
    await pool.terminate();
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const SECRET_BYTES = 32;
const OWNER_ONLY = 0o600;

/** The key in a file, which is created if it does not exist. @throws CliError */
function keyIn(path: string): Uint8Array {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw readError(path, error);
    return madeKey(path);
  }
  const hex = text.trim();
  if (isHex(hex)) return fromHex(hex);
  throw new CliError(
    `${printable(path)} is not a key: it must contain 64 hexadecimal digits`,
    'name a file that is not there',
  );
}

function madeKey(path: string): Uint8Array {
  const secret = new Uint8Array(randomBytes(SECRET_BYTES));
  try {
    writeFileSync(path, `${toHex(secret)}\n`, { mode: OWNER_ONLY, flag: 'wx' });
    chmodSync(path, OWNER_ONLY);
  } catch (error) {
    throw writeError(path, error);
  }
  return secret;
}
