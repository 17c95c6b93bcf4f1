/**
 * `assay try HAPP SCRIPT`: runs the calls of a script against a chain in memory, and validates everything that they
 * write.
 */
import type { Command } from 'commander';
import { defined } from '../base/defined.js';
import type { Generation } from '../boundary/generation.js';
import type { MessagePackValue } from '../boundary/messagepack.js';
import { encodeMessagePack } from '../boundary/messagepack-encode.js';
import type { Verdict } from '../boundary/validation.js';
import { createEngine } from '../engine/engine.js';
import type { Tier } from '../engine/tier.js';
import type { DnaBundle } from '../zome/bundle.js';
import { noVerdictText } from '../zome/callback-result.js';
import { createHapp } from '../zome/create-happ.js';
import type { Happ } from '../zome/happ.js';
import type { HappCall } from '../zome/happ-call.js';
import { dnaAt, readBundleFile, wasmIn } from './bundle-place.js';
import { CliError } from './cli-error.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { printable } from './layout.js';
import { loadError } from './load-module.js';
import { bundlePlaceOf } from './module-place.js';
import { fuelOption, generationOption, tierOption } from './option-values.js';
import { happLines, type TriedCall, triedCallLines, tryDocument, tryEndLine } from './try-report.js';
import { type Expectation, readScript, type ScriptCall, type TryScript, withResults } from './try-script.js';
import { usageErrorsOf } from './usage-advice.js';

interface Options {
  readonly generation?: Generation;
  readonly fuel?: number;
  readonly tier?: Tier;
  readonly json?: boolean;
}

const HELP = `
SCRIPT is JSON: a list of calls, or an object with the inputs that a conductor takes from its machine.

  {"agent": {"$bin": "0101...01"},          seed of the agent's key, 32 bytes
   "time": "2026-01-01T00:00:00Z",          the result of sys_time; also microseconds
   "randomSeed": {"$bin": "02"},            the seed of random_bytes
   "calls": [
     {"zome": "notes", "fn": "create_note", "input": {"title": "one"}, "as": "note"},
     {"zome": "notes", "fn": "get_note", "input": "$note.signed_action.hashed.hash"},
     {"zome": "notes", "fn": "create_note", "input": {"title": ""}, "expect": "rejected"}]}

A string that begins with $ refers to a result: $NAME.FIELD.INDEX of the call with "as": "NAME", $1 of the first call, $agent, $dna.
A call can also have "time" and "fuel". init runs before the first call. The integrity zomes validate everything that a call writes;
it is committed if all of it is Valid, otherwise the chain is unchanged. "expect" is ok (the default), error, rejected or no-answer.

Exit status: 0 every call ended as expected, 1 one did not, 4 one returned nothing although a result was expected, 2 usage or
load fault, 5 host failure.`;

export function addTryCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  program
    .command('try')
    .summary('run a whole happ on a chain in memory')
    .description(
      'Runs the calls of a script on the zomes of a DNA, without a conductor, and validates everything that they write.',
    )
    .argument('<dna>', 'forum.dna, app.happ#role or app.webhapp#role')
    .argument('<script>', 'the calls, .json or .msgpack')
    .option('--generation <name>', '0.6 or 0.7 (default: detected from the modules)', generationOption)
    .option('--fuel <n>', 'fuel limit of each guest that is called (default 1000000000)', fuelOption)
    .option('--tier <tier>', 'interpreter, or auto (default) for the fastest available', tierOption)
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP)
    .action(async (dna: string, script: string, options: Options) => {
      done(await runTry(console, dna, script, options));
    });
}

async function runTry(console: Console, argument: string, path: string, options: Options): Promise<ExitStatus> {
  const { out, progress, colours } = console;
  const script = readScript(path);
  progress('loading the zomes');
  const happ = await happOf(argument, script, options);
  progress('');
  if (options.json !== true) out(happLines(happ, colours).join('\n'));
  const tried: TriedCall[] = [];
  const results = new Map<string, MessagePackValue>([
    ['agent', happ.agent.key],
    ['dna', happ.host.dnaInfo.hash],
  ]);
  for (const [index, step] of script.calls.entries()) {
    const call = called(happ, step, results, argument, options);
    const one = { call, isExpected: endOf(call) === step.expect };
    tried.push(one);
    if (call.outcome.kind === 'ok') {
      results.set(String(index + 1), call.outcome.value);
      if (step.as !== undefined) results.set(step.as, call.outcome.value);
    }
    if (options.json !== true) out(triedCallLines(index + 1, one, colours).join('\n'));
  }
  if (options.json === true) out(tryDocument(happ, tried));
  else out(`\n${tryEndLine(happ, tried, colours)}`);
  return statusOf(tried);
}

function called(
  happ: Happ,
  { zome, fn, input, time, fuel }: ScriptCall,
  results: ReadonlyMap<string, MessagePackValue>,
  argument: string,
  options: Options,
): HappCall {
  const zomes = happ.host.zomes.map(({ name }) => name);
  if (!zomes.includes(zome)) {
    throw new CliError(`unknown zome ${printable(zome)}`, `the zomes are ${zomes.map(printable).join(', ')}`);
  }
  const limit = fuel ?? options.fuel;
  return usageErrorsOf(argument, () =>
    happ.call(zome, fn, withResults(input, results), {
      ...defined({ time, fuel: limit }),
    }),
  );
}

/** If `init` fails before a call, the call ends as an error. */
function endOf({ outcome }: HappCall): Expectation {
  return outcome.kind === 'not-initialized' ? 'error' : outcome.kind;
}

function statusOf(tried: readonly TriedCall[]): ExitStatus {
  const wrong = tried.filter(({ isExpected }) => !isExpected);
  if (wrong.length === 0) return EXIT.ok;
  return wrong.some(({ call }) => call.outcome.kind === 'no-answer') ? EXIT.notReturned : EXIT.invalid;
}

/** @throws CliError for files that cannot be read, found, loaded or linked, and if the self check fails */
async function happOf(argument: string, script: TryScript, options: Options): Promise<Happ> {
  const dna = await dnaOf(argument);
  const { seed, time, randomSeed, membraneProof } = script;
  const made = await createHapp({
    engine: createEngine({ tier: options.tier ?? 'auto' }),
    dna,
    agent: { seed },
    time,
    randomSeed,
    ...(membraneProof === undefined ? {} : { membraneProof: encodeMessagePack(membraneProof) }),
    ...defined({ generation: options.generation }),
  });
  if (made.ok) return made.happ;
  switch (made.reason) {
    case 'load':
      throw loadError(
        `${argument} (zome ${made.zome})`,
        made.fault,
        'a zome can import only functions of a Holochain host of 0.1 to 0.7',
      );
    case 'generation':
      throw new CliError(
        `${printable(argument)} is of generation ${made.generation}, which assay try does not support`,
        'Holochain 0.3 to 0.7 is supported; if the generation was detected wrongly, pass --generation',
      );
    case 'genesis':
      throw new CliError(
        `the genesis self check is not Valid: ${printable(selfCheckText(made.validation.verdict))}`,
        'add the "membraneProof" that the zomes expect to the script',
      );
  }
}

function selfCheckText(verdict: Verdict): string {
  if (verdict.kind === 'Invalid') return verdict.reason;
  return verdict.kind === 'NoVerdict' ? noVerdictText(verdict.cause) : verdict.kind;
}

async function dnaOf(argument: string): Promise<DnaBundle> {
  const named = bundlePlaceOf(argument);
  if (named === undefined) {
    throw new CliError(
      `${printable(argument)} is not a bundle`,
      'pass a .dna, .happ or .webhapp: assay try runs a whole DNA',
    );
  }
  const { dna, zome } = dnaAt(await readBundleFile(named.path), named.path, named.place);
  if (zome === undefined) {
    // A module that is not in the bundle is an error here, not a missing zome.
    for (const one of dna.zomes) wasmIn(argument, one);
    return dna;
  }
  throw new CliError(
    `${printable(argument)} is one zome, but assay try runs a whole DNA`,
    `write ${printable(named.place.includes('/') ? `${named.path}#${named.place.split('/')[0]}` : named.path)}`,
  );
}
