/** `assay call MODULE EXPORT [VALUE...]`: calls an export and prints outcome, fuel and receipt. */
import type { Command } from 'commander';
import type { Tier } from '../engine/tier.js';
import { callDocument, callLines, outcomeLine } from './call-report.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { loadModule } from './load-module.js';
import { fuelOption, tierOption, valueArguments } from './option-values.js';
import { usageErrorsOf } from './usage-advice.js';

interface Options {
  readonly fuel?: number;
  readonly tier?: Tier;
  readonly json?: boolean;
}

const HELP = `
A VALUE is type:value:
  i32:7  i64:-1  i32:0xff          integers, decimal or hexadecimal
  f32:1.5  f64:-inf  f64:nan       floats; a decimal is rounded once
  f64:0x7ff8000000000000           floats by all their bits
  funcref:null                     references cross only as null

Exit status: 0 returned, 4 any other outcome, 2 usage or load fault, 5 host failure.`;

export function addCallCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  program
    .command('call')
    .summary('call an export of a module')
    .description('Calls an exported function and prints its outcome, fuel and receipt.')
    .argument('<module>', 'WebAssembly module, binary')
    .argument('<export>', 'name of an exported function')
    .argument('[values...]', 'arguments, each type:value')
    .option('--fuel <n>', 'fuel limit (default 1000000000)', fuelOption)
    .option('--tier <tier>', 'interpreter, or auto for the fastest there is', tierOption)
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
  const args = valueArguments(texts);
  const module = await loadModule(path, options.tier);
  const result = usageErrorsOf(path, () =>
    module.call(exportName, args, options.fuel === undefined ? {} : { fuel: options.fuel }),
  );
  if (options.json === true) console.out(JSON.stringify(callDocument(result)));
  else {
    const lines = callLines(result, console.colours, [outcomeLine(result.outcome, console.colours)]);
    console.out(lines.join('\n'));
  }
  return result.outcome.kind === 'returned' ? EXIT.ok : EXIT.notReturned;
}
