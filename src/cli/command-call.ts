/**
 * `assay call MODULE EXPORT [VALUE...]`: calls an export and prints outcome, fuel and receipt. With `--json-input` the export
 * is a zome function (`call-zome.ts`).
 */
import type { Command } from 'commander';
import { defined } from '../base/defined.js';
import type { Generation } from '../boundary/generation.js';
import type { Tier } from '../engine/tier.js';
import { callDocument, callLines, outcomeLine } from './call-report.js';
import { CliError } from './cli-error.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { loadModule } from './load-module.js';
import { fuelOption, generationOption, tierOption, valueArguments } from './option-values.js';
import { usageErrorsOf } from './usage-advice.js';

interface Options {
  readonly jsonInput?: string;
  readonly deps?: string;
  readonly generation?: Generation;
  readonly fuel?: number;
  readonly tier?: Tier;
  readonly json?: boolean;
}

const HELP = `
A VALUE is type:value:
  i32:7  i64:-1  i32:0xff          integers, decimal or hexadecimal
  f32:1.5  f64:-inf  f64:nan       floats; a decimal is rounded once
  f64:0x7ff8000000000000           floats given by their bits
  funcref:null                     of references, only null can be passed

With --json-input, EXPORT is a function of a zome: the JSON is passed as MessagePack, the result is printed as JSON, and the
host functions are those of a zome host. MODULE can be a zome of a bundle, most often a coordinator: app.happ#role/zome.
assay validate --help describes the JSON and --deps.

  assay call posts.wasm get_post --json-input '{"hash":"uhCkk..."}'
  assay call app.happ#main/posts create_post --json-input @post.json

Exit status: 0 returned (and the zome function returned Ok), 1 the zome function returned an error, 4 any other outcome,
2 usage or load fault, 5 host failure.`;

export function addCallCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  program
    .command('call')
    .summary('call an export of a module')
    .description('Calls an exported function and prints its outcome, fuel and receipt.')
    .argument('<module>', 'WebAssembly module, binary, or its place in a bundle')
    .argument('<export>', 'name of an exported function')
    .argument('[values...]', 'arguments, each type:value')
    .option('--json-input <json>', 'input of a zome function: JSON, or @file (.json or .msgpack)')
    .option('--deps <file>', 'records that must_get_* can find: .json or .msgpack; with --json-input')
    .option('--generation <name>', '0.2, 0.2-map, 0.6 or 0.7 (default: detected); with --json-input', generationOption)
    .option('--fuel <n>', 'fuel limit (default 1000000000)', fuelOption)
    .option('--tier <tier>', 'interpreter, or auto (default) for the fastest available', tierOption)
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP)
    .action(async (path: string, exportName: string, texts: readonly string[], options: Options) => {
      done(await runCall(console, path, exportName, texts, options));
    });
}

async function runCall(
  console: Console,
  path: string,
  exportName: string,
  texts: readonly string[],
  options: Options,
): Promise<ExitStatus> {
  const { jsonInput, deps, generation } = options;
  if (jsonInput !== undefined) {
    if (texts.length > 0) {
      throw new CliError(
        'values and --json-input cannot be used together',
        'pass the input of a zome function as one JSON document',
      );
    }
    const { runCallZome } = await import('./call-zome.js');
    return runCallZome(console, path, exportName, { ...options, jsonInput });
  }
  if (deps !== undefined || generation !== undefined) {
    throw new CliError('--deps and --generation need --json-input', 'see assay call --help');
  }
  const args = valueArguments(texts);
  const module = await loadModule(path, options.tier);
  const result = usageErrorsOf(path, () => module.call(exportName, args, defined({ fuel: options.fuel })));
  if (options.json === true) console.out(JSON.stringify(callDocument(result)));
  else {
    const lines = callLines(result, console.colours, [outcomeLine(result.outcome, console.colours)]);
    console.out(lines.join('\n'));
  }
  return result.outcome.kind === 'returned' ? EXIT.ok : EXIT.notReturned;
}
