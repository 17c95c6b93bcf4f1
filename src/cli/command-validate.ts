/** `assay validate MODULE --input FILE`: runs a zome's validation on an entry and prints the verdict and the receipt. */
import { extname } from 'node:path';
import type { Command } from 'commander';
import { LIMITS_1 } from '../base/limits.js';
import { messagePackFromJsonBytes } from '../boundary/json-read.js';
import { encodeMessagePack } from '../boundary/messagepack-encode.js';
import type { ValidateResult } from '../engine/loaded-module.js';
import type { Tier } from '../engine/tier.js';
import { callDocument, callLines } from './call-report.js';
import { CliError } from './cli-error.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { printable } from './layout.js';
import { loadModule } from './load-module.js';
import { fuelOption, tierOption } from './option-values.js';
import { readBytesWithin } from './read-bytes.js';
import { usageErrorsOf } from './usage-advice.js';
import { verdictDocument, verdictLines } from './verdict-report.js';

interface Options {
  readonly input: string;
  readonly fuel?: number;
  readonly tier?: Tier;
  readonly json?: boolean;
}

const HELP = `
FILE is MessagePack, or JSON if its name ends in .json. In JSON {"$bin":"0aff"} is a binary, {"$int":"18446744073709551615"}
an integer of any size, {"$float":1} a float; a number with a point or an exponent is a float, any other an integer.

Exit status: 0 Valid, 1 Invalid, 3 UnresolvedDependencies, 4 no verdict, 2 usage or load fault, 5 host failure.`;

export function addValidateCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  program
    .command('validate')
    .summary('validate an entry with a zome')
    .description('Runs the validate callback of a module on an entry and prints the verdict and the receipt.')
    .argument('<module>', 'WebAssembly module that speaks the byte ABI')
    .requiredOption('--input <file>', 'the entry: .json or .msgpack')
    .option('--fuel <n>', 'fuel limit (default 1000000000)', fuelOption)
    .option('--tier <tier>', 'interpreter, or auto for the fastest there is', tierOption)
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP)
    .action(async (path: string, options: Options) => {
      done(await runValidate(console, path, options));
    });
}

async function runValidate(console: Console, path: string, options: Options): Promise<ExitStatus> {
  const input = readEntry(options.input);
  const module = await loadModule(path, options.tier);
  const result = usageErrorsOf(path, () =>
    module.validate(input, options.fuel === undefined ? {} : { fuel: options.fuel }),
  );
  if (options.json === true) {
    console.out(JSON.stringify({ ...verdictDocument(result.verdict), ...callDocument(result) }));
  } else {
    console.out(callLines(result, console.colours, verdictLines(result, console.colours)).join('\n'));
  }
  return statusOf(result);
}

/** The MessagePack of an entry's file. */
export function readEntry(path: string): Uint8Array {
  const bytes = readBytesWithin(path, LIMITS_1.payloadBytes, 'a payload');
  if (extname(path).toLowerCase() !== '.json') return bytes;
  const read = messagePackFromJsonBytes(bytes);
  if (read.ok) return encodeMessagePack(read.value);
  const { line, column, reason } = read.fault;
  throw new CliError(
    `${printable(path)}, line ${line}, column ${column}: ${printable(reason)}`,
    'correct the JSON there; see assay validate --help for binaries, large integers and floats',
  );
}

function statusOf({ verdict }: ValidateResult): ExitStatus {
  switch (verdict.kind) {
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
