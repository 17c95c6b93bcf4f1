/** `assay submit MODULE`: runs a batch, as for `assay validate --batch`, on the workers of a fleet. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Generation } from '../boundary/generation.js';
import { FLEET_LIMITS } from '../fleet/fleet-limits.js';
import type { OpCheck } from '../zome/op-check.js';
import { CliError } from './cli-error.js';
import type { Console } from './console.js';
import type { ExitStatus } from './exit-status.js';
import { QUEUE_HELP, waitNotice, withQueue } from './open-fleet.js';
import { checkOption, fuelOption, generationOption, ledgerUnitsOption } from './option-values.js';
import { submitBatch } from './submit-batch.js';

interface Options {
  readonly queue: string;
  readonly batch: string;
  readonly deps?: string;
  readonly generation?: Generation;
  readonly check?: OpCheck | false;
  readonly fuel?: number;
  readonly json?: boolean;
  readonly out?: string;
  readonly resume?: boolean;
  readonly name?: string;
  readonly jobInputs?: number;
  readonly checkShare?: number;
  readonly replays?: string;
  readonly detach?: boolean;
  readonly billing?: string;
  readonly prices?: string;
  readonly tenant?: string;
  readonly allowance?: bigint;
}

const HELP = `${QUEUE_HELP}

Inputs, --deps, --check, --generation, --fuel and --out are those of assay validate --batch, and so are the lines of results. Every
validation runs on a worker (assay work), and this command compares the results. Part of the jobs runs again on a second worker of another
kind: all jobs of a new worker, then fewer as more of its results are confirmed, but never less than --check-share. If two results differ,
this command runs the input itself, excludes the wrong result, and writes a file for assay agree replay to --replays.

--detach returns when everything is submitted; the same command without it collects the results. The same inputs with the same options and
--name are the same batch: inputs that have a result do not run again.

With --billing the maximum cost of a job is reserved before it is submitted, so a tenant that cannot pay is refused before any work. Every
receipt of a result becomes a line of the ledger exactly once, even if an input runs again. Host failures are not billed. The command must
keep running (no --detach). A job waits until --allowance has room for it: a lower --fuel or fewer --job-inputs make it smaller.

Exit status: that of assay validate --batch; with --detach 0.`;

export function addSubmitCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  program
    .command('submit')
    .summary('validate a batch on the machines of a fleet')
    .description('Puts the inputs of a batch into a queue, and collects the results of its workers.')
    .argument('<module>', 'zome: a WebAssembly module with the byte ABI, or its place in a bundle')
    .requiredOption('--queue <url>', 'the queue: PostgreSQL or NATS JetStream')
    .requiredOption('--batch <path>', 'a folder of .json and .msgpack files, a .jsonl file, or a dump of a conductor')
    .option('--out <file>', 'file to which a line of JSON is written for each input')
    .option('--resume', 'continue from the --out of an interrupted batch')
    .option('--deps <file>', 'records that must_get_* can find: .json or .msgpack')
    .option('--check <what>', 'hashes, or all for hashes and signature (default hashes; all for a dump)', checkOption)
    .option('--no-check', 'do not check hashes and signatures of ops')
    .option('--generation <name>', '0.2, 0.2-map, 0.6 or 0.7 (default: detected from the module)', generationOption)
    .option('--fuel <n>', 'fuel limit of each call (default 1000000000)', fuelOption)
    .option('--name <text>', 'name of the batch (default: the last part of the path)')
    .option('--job-inputs <n>', 'inputs of a job (default 64)', jobInputsOption)
    .option(
      '--check-share <n>',
      'minimum share of jobs that a second worker runs, above 0, at most 1 (default 0.01)',
      shareOption,
    )
    .option('--replays <dir>', 'folder for files of results that differ (default: assay-replays)')
    .option('--detach', 'do not wait for results')
    .option('--billing <ledger>', 'bill a tenant of a ledger: a file of SQLite, or postgres://...')
    .option('--prices <file>', 'price table of --billing')
    .option('--tenant <name>', 'the tenant that pays, of --billing')
    .option('--allowance <units>', 'what --billing reserves at a time, in the unit of the ledger', ledgerUnitsOption)
    .option('--json', 'print the lines and the summary as JSON documents')
    .addHelpText('after', HELP)
    .action(async (path: string, options: Options) => {
      if (options.resume === true && options.out === undefined)
        throw new CliError('--resume needs --out', 'name the file of results to continue from with --out');
      if (options.detach === true && options.billing !== undefined)
        throw new CliError(
          '--billing cannot be used together with --detach',
          'omit --detach: with --billing the command reserves, waits and settles',
        );
      const onWait = waitNotice(console);
      done(await withQueue(options.queue, {}, (queue) => submitBatch(console, queue, path, { ...options, onWait })));
    });
}

function jobInputsOption(text: string): number {
  const inputs = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
  if (inputs >= 1 && inputs <= FLEET_LIMITS.jobInputs) return inputs;
  throw new InvalidArgumentError(`Write a number of inputs from 1 to ${FLEET_LIMITS.jobInputs}.`);
}

function shareOption(text: string): number {
  const share = /^[0-9]*\.?[0-9]+$/.test(text) ? Number(text) : 0;
  if (share > 0 && share <= 1) return share;
  throw new InvalidArgumentError('Write a share above 0 and at most 1, such as 0.05.');
}
