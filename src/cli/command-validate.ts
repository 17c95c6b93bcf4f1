/**
 * `assay validate MODULE`: runs a zome's validation and prints the verdict and the receipt. `--input` validates an
 * entry, by the module alone; `--op` validates an op, with the host functions and dependencies of a zome host; `--dump`
 * validates every op that a conductor dumped.
 */
import type { Command } from 'commander';
import { defined } from '../base/defined.js';
import { LIMITS_1 } from '../base/limits.js';
import type { Generation } from '../boundary/generation.js';
import { encodeMessagePack } from '../boundary/messagepack-encode.js';
import type { Verdict } from '../boundary/validation.js';
import type { LoadedModule } from '../engine/loaded-module.js';
import type { Tier } from '../engine/tier.js';
import { takesOps } from '../zome/detect-generation.js';
import type { OpCheck } from '../zome/op-check.js';
import { verdictJson } from '../zome/verdict-json.js';
import { callDocument, callLines } from './call-report.js';
import { CliError } from './cli-error.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { printable } from './layout.js';
import { loadModule } from './load-module.js';
import {
  checkOption,
  fuelOption,
  generationOption,
  ledgerUnitsOption,
  threadsOption,
  tierOption,
} from './option-values.js';
import { readBytesWithin } from './read-bytes.js';
import { isJsonPath, jsonFileValue } from './read-document.js';
import { usageErrorsOf } from './usage-advice.js';
import { verdictLines } from './verdict-report.js';

interface Options {
  readonly input?: string;
  readonly op?: string;
  readonly dump?: readonly string[];
  readonly batch?: string;
  readonly threads?: number;
  readonly out?: string;
  readonly resume?: boolean;
  readonly billing?: string;
  readonly prices?: string;
  readonly tenant?: string;
  readonly allowance?: bigint;
  readonly deps?: string;
  readonly generation?: Generation;
  readonly check?: OpCheck | false;
  readonly fuel?: number;
  readonly tier?: Tier;
  readonly json?: boolean;
}

const HELP = `
MODULE is a .wasm file, or a place in a bundle: forum.dna#zome, app.happ#role/zome, app.webhapp#role/zome. The name of a DNA
can be used in place of its role. With --op, app.happ#role runs every zome that the op concerns, app.happ#role/zome only that one.

FILE is MessagePack, or JSON if its name ends in .json. In JSON, {"$bin":"0aff"} is a binary, {"$msgpack":value} a binary that
contains MessagePack, {"$int":"18446744073709551615"} an integer of any size, {"$float":1} a float. A number with a point or an
exponent is a float, any other number an integer. In --op and --deps a hash is written as text: "uhCkk...". docs/HOLOCHAIN.md
shows an op. For --op, --deps and --dump, - is standard input: assay new-op ... | assay validate zome.wasm --op -

--deps contains {"records":[...],"rejected":[...],"entries":[...],"actions":[...]}, or a list of records. No other records exist
for the zome.

An op is checked before a zome sees it: its hashes must be those of its action, its entry and its subject. --check all also
checks the signature, as a conductor does. An op that fails the check is an error with status 2. In a dump, such an op is
Invalid, and signatures are checked unless --check hashes or --no-check is given.

--dump takes the JSON of hc client call dump-full-state, the result of dumpFullState as JSON or MessagePack, or the records of
dump-state, from which the ops are derived. Several files are pages, or dumps of other agents. Dependencies are looked up in the
dump, then in --deps. The exit status is that of the worst op; from worst to best: 4, 1, 3, 0.

--batch validates all inputs in threads, the longest first. --out gets a line that describes the batch, then a line for each input
when it is done: {"index":0,"input":"a.json","verdict":"Valid","fuel":{"used":1},"receipts":["..."]}. If the batch is interrupted,
the same command with --resume does the rest. With --billing every receipt becomes a line of the ledger, exactly once even if an
input runs again; a tenant that cannot pay a whole fuel limit is refused before the run. An input without a verdict for which the
guest is not responsible has the cause host-failure or unreadable. The exit status is that of the worst input; from worst to best: 5, 2, 4, 1, 3, 0.

Exit status: 0 Valid, 1 Invalid, 3 UnresolvedDependencies, 4 no verdict, 2 usage or load fault, 5 host failure.`;

export function addValidateCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  program
    .command('validate')
    .summary('validate an entry or an op with a zome')
    .description('Runs the validate callback of a zome on an entry or an op and prints the verdict and the receipt.')
    .argument('<module>', 'zome: a WebAssembly module with the byte ABI, or its place in a bundle')
    .option('--input <file>', 'the entry: .json or .msgpack')
    .option('--op <file>', 'the op: .json or .msgpack')
    .option('--dump <files...>', 'dumps of a conductor (dump_full_state): validates every op in them')
    .option('--batch <path>', 'many entries or ops, in threads: a folder of .json and .msgpack files, or a .jsonl file')
    .option('--threads <n>', 'threads of --batch (default: one for each processor)', threadsOption)
    .option('--out <file>', 'file to which --batch writes a line of JSON for each input')
    .option('--resume', 'continue from the --out of an interrupted batch')
    .option('--billing <ledger>', 'bill --batch to a tenant of a ledger: a file of SQLite, or postgres://...')
    .option('--prices <file>', 'price table of --billing')
    .option('--tenant <name>', 'the tenant that pays, of --billing')
    .option('--allowance <units>', 'what --billing reserves at a time, in the unit of the ledger', ledgerUnitsOption)
    .option('--deps <file>', 'records that must_get_* can find: .json or .msgpack; with --op, --dump or --batch')
    .option('--check <what>', 'hashes, or all for hashes and signature (default hashes; all for a dump)', checkOption)
    .option('--no-check', 'do not check hashes and signatures of ops; with --op, --dump or --batch')
    .option('--generation <name>', '0.2, 0.2-map, 0.6 or 0.7 (default: detected from the module)', generationOption)
    .option('--fuel <n>', 'fuel limit of each call (default 1000000000)', fuelOption)
    .option('--tier <tier>', 'interpreter, or auto (default) for the fastest available', tierOption)
    .option('--json', 'print one JSON document; with --dump one for each op, then one with the totals')
    .addHelpText('after', HELP)
    .action(async (path: string, options: Options) => {
      done(await runValidate(console, path, options));
    });
}

async function runValidate(console: Console, path: string, options: Options): Promise<ExitStatus> {
  const { input, op, dump, batch, deps, generation, check } = options;
  if ([input, op, dump, batch].filter((given) => given !== undefined).length !== 1) {
    throw new CliError(
      'choose what to validate: --input, --op, --dump or --batch',
      '--input takes an entry, --op an op with its action, --dump the dump of a conductor, --batch many of them; see assay validate --help',
    );
  }
  if (batch !== undefined) {
    const { validateBatch } = await import('./validate-batch.js');
    return validateBatch(console, path, { ...options, batch });
  }
  if (
    options.threads !== undefined ||
    options.out !== undefined ||
    options.resume === true ||
    options.billing !== undefined
  ) {
    throw new CliError(
      '--threads, --out, --resume and --billing need --batch',
      'pass the folder or file of inputs with --batch',
    );
  }
  if (dump !== undefined) {
    const { validateDumpFiles } = await import('./validate-dump.js');
    return validateDumpFiles(console, path, { ...options, dump });
  }
  if (op !== undefined) return validateOp(console, path, { ...options, op });
  if (deps === undefined && generation === undefined && check === undefined)
    return validateInput(console, path, { ...options, input: input! });
  throw new CliError(
    '--deps, --check and --generation need --op or --dump',
    'pass an op with --op; an entry alone has neither hashes nor dependencies',
  );
}

async function validateInput(
  { out, colours }: Console,
  path: string,
  options: Options & { readonly input: string },
): Promise<ExitStatus> {
  const input = readEntry(options.input);
  const module = await loadModule(path, options.tier);
  if (importsHolochain(module)) throw opNeeded(path);
  const result = usageErrorsOf(path, () => module.validate(input, defined({ fuel: options.fuel })));
  // Given an entry, a module that expects ops returns no verdict and does not say why.
  if (result.verdict.kind === 'NoVerdict' && takesOps(module.metered.module.bytes)) throw opNeeded(path);
  if (options.json === true) out(JSON.stringify({ ...verdictJson(result.verdict), ...callDocument(result) }));
  else out(callLines(result, colours, verdictLines(result, colours)).join('\n'));
  return statusOf(result.verdict);
}

function importsHolochain(module: LoadedModule): boolean {
  return module.describe().imports.some((item) => item.module === 'env' && item.name.startsWith('__hc__'));
}

function opNeeded(path: string): CliError {
  return new CliError(
    `${printable(path)} is a Holochain zome: its validate expects an op, not an entry alone`,
    'pass the entry with its action as an op: --op FILE; assay new-op makes one',
  );
}

async function validateOp(
  { out, colours }: Console,
  path: string,
  options: Options & { readonly op: string },
): Promise<ExitStatus> {
  const { validateOpFile } = await import('./validate-op.js');
  const { validationDocument, validationLines } = await import('./validation-report.js');
  const { host, validation } = await validateOpFile(path, options);
  if (options.json === true) out(JSON.stringify(validationDocument(validation, host.detected)));
  else out(validationLines(validation, colours).join('\n'));
  return statusOf(validation.verdict);
}

/** The MessagePack of an entry file. */
export function readEntry(path: string): Uint8Array {
  const bytes = readBytesWithin(path, LIMITS_1.payloadBytes, 'a payload');
  return isJsonPath(path) ? encodeMessagePack(jsonFileValue(path, bytes)) : bytes;
}

function statusOf({ kind }: Verdict): ExitStatus {
  switch (kind) {
    case 'Valid':
      return EXIT.ok;
    case 'Invalid':
      return EXIT.invalid;
    case 'UnresolvedDependencies':
      return EXIT.unresolved;
    case 'NoVerdict':
      return EXIT.notReturned;
  }
}
