/** `assay agree MODULE`: checks that nodes that differ in everything that may differ return the same receipt. */
import { readdirSync, writeFileSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import type { AgreementOptions } from '../agreement/agreement.js';
import {
  type AgreementCall,
  type AgreementModule,
  type AgreementSubject,
  type AgreementZomes,
  opCall,
} from '../agreement/agreement-call.js';
import { AgreementCheck, type CheckOptions, type CheckReport } from '../agreement/agreement-check.js';
import { generationOfModule } from '../agreement/generation-of-module.js';
import { hostsNamed } from '../agreement/host-set.js';
import type { AgreementNode } from '../agreement/node.js';
import { writeGolden } from '../agreement/node-golden.js';
import { closeNodes, DEFAULT_NODES, NODE_NAMES, parseNodes } from '../agreement/node-spec.js';
import { replayName } from '../agreement/replay.js';
import { writeReplay } from '../agreement/replay-file.js';
import { junitText, reportLines } from '../agreement/report-text.js';
import { defined } from '../base/defined.js';
import { toHex } from '../base/hash.js';
import { LIMITS_1 } from '../base/limits.js';
import { UsageError } from '../base/usage-error.js';
import type { Generation } from '../boundary/generation.js';
import type { LoadedModule } from '../engine/loaded-module.js';
import { type OpOptions, opSubject } from './agree-ops.js';
import { CliError } from './cli-error.js';
import { addReplayCommand } from './command-agree-replay.js';
import { readEntry } from './command-validate.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { printable } from './layout.js';
import { loadModule } from './load-module.js';
import { readModule } from './module-place.js';
import { fuelOption, generationOption, seedOption, valueArguments } from './option-values.js';
import { ProgressLine } from './progress-line.js';
import { readBytesWithin, readError, writeError } from './read-bytes.js';

interface Options {
  readonly inputs?: string;
  readonly arbitrary?: string;
  readonly op?: readonly string[];
  readonly deps?: string;
  readonly generation?: Generation;
  readonly nodes?: string;
  readonly node?: readonly string[];
  readonly export: string;
  readonly payload?: boolean;
  readonly imports?: string;
  readonly fuel?: number;
  readonly fuelMax?: number;
  readonly bytesMax?: number;
  readonly runs?: number;
  readonly seed?: number;
  readonly traps?: boolean;
  readonly golden?: string;
  readonly replays?: string;
  readonly junit?: string;
  readonly json?: boolean;
}

const HELP = `
A node is NAME[@TIER][+VARIATION...], process:PROGRAM or golden:FOLDER. Names: ${NODE_NAMES.join(', ')}.
Variations: +fresh +warm (engines of this process), +reversed +shuffled +disturbed +pressure.

  assay agree post.wasm --inputs entries
  assay agree post.wasm --inputs entries --nodes interpreter,jitless,process:/opt/bun
  assay agree post.wasm --arbitrary posts.mjs --runs 1000 --fuel-max 5000000 --bytes-max 2000
  assay agree app.happ#main/posts --op ops --deps deps.json --runs 1000

Zomes that import functions of a Holochain host are run with --op: ops in .json or .msgpack files and folders, with --deps
as in assay validate. --runs N adds N hostile variants of these ops. MODULE can be a place in a bundle: app.happ#role
runs every zome of the DNA that an op concerns.

--inputs reads .msgpack files, .json files (see assay validate --help), and .args files with the values of one call per line.
The default export of the --arbitrary module is a fast-check arbitrary of bytes or of lists of values.

Exit status: 0 every property holds, 1 one does not, 2 usage or load fault, 5 host failure.`;

export function addAgreeCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  const command = program
    .command('agree')
    .summary('check that nodes agree on a module')
    .description(
      'Runs the same calls on many nodes and compares their receipts bit by bit. Also checks traps and a fuel bound.',
    )
    .argument('<module>', 'WebAssembly module, binary')
    .option('--inputs <dir>', 'folder of inputs')
    .option('--arbitrary <file>', 'JavaScript module whose default export is a fast-check arbitrary of inputs')
    .option('--op <paths...>', 'ops, or folders of them, for the zomes of a Holochain host')
    .option('--deps <file>', 'records that must_get_* can find: .json or .msgpack; with --op')
    .option('--generation <name>', '0.2, 0.2-map, 0.6 or 0.7 (default: detected from the module)', generationOption)
    .option('--nodes <list>', `nodes, comma-separated (default ${DEFAULT_NODES.join(',')})`)
    .option('--node <node>', 'one more node; can be repeated', (one: string, all: string[] = []) => [...all, one])
    .option('--export <name>', 'the export to call', 'validate')
    .option('--payload', 'pass the bytes as they are, not wrapped as the entry of a validate call')
    .option('--imports <file>', 'JavaScript module that exports the host functions as a list named imports')
    .option('--fuel <n>', 'fuel limit of a call (default 1000000000; with --op 10000000)', fuelOption)
    .option('--fuel-max <n>', 'report a failure if a call uses more fuel', fuelOption)
    .option('--bytes-max <n>', 'search for a more expensive input of up to this many bytes', fuelOption)
    .option('--runs <n>', 'number of generated inputs (default 100) or hostile ops (default 0)', fuelOption)
    .option('--seed <n>', 'seed of the generated inputs', seedOption)
    .option('--traps', 'do not report traps, breaches and exhaustion as failures')
    .option('--golden <dir>', "write the first node's receipts to this folder; later runs can use it as a node")
    .option('--replays <dir>', 'folder for replay files of disagreements')
    .option('--junit <file>', 'write a JUnit XML report')
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP)
    .action(async (path: string, options: Options) => {
      done(await runAgree(console, path, options));
    });
  addReplayCommand(command, console, done);
}

async function runAgree(console: Console, path: string, options: Options): Promise<ExitStatus> {
  const sources = [options.inputs, options.arbitrary, options.op].filter((source) => source !== undefined);
  if (sources.length !== 1) {
    throw new CliError('choose one source of inputs: --inputs, --arbitrary or --op', 'see assay agree --help');
  }
  if (options.op === undefined && options.deps !== undefined) {
    throw new CliError('--deps needs --op', 'pass ops with --op; an entry alone has no dependencies');
  }
  if (options.op !== undefined && options.bytesMax !== undefined) {
    throw new CliError('--bytes-max works only on inputs that are bytes', 'remove it; --fuel-max bounds every op');
  }
  if (options.golden !== undefined && options.inputs === undefined) {
    throw new CliError('--golden needs --inputs', 'pass a folder of inputs with --inputs');
  }
  if (options.op !== undefined) return agreeOnOps(console, path, { ...options, op: options.op });
  const module: AgreementModule = {
    bytes: await readModule(path),
    hosts: options.imports === undefined ? 'none' : await hostsAt(options.imports),
  };
  // A module that does not load is reported once, not by every node; with imports the nodes report it.
  if (options.imports === undefined) checkImports(path, await loadModule(path));
  const nodes = await nodesOf(options);
  try {
    const report =
      options.inputs === undefined
        ? await checkArbitrary(console, module, nodes, options)
        : await checkFolder(console, module, nodes, options);
    console.progress('');
    return tell(console, path, report, options);
  } finally {
    await closeNodes(nodes);
  }
}

export async function nodesOf({
  nodes,
  node = [],
}: Pick<Options, 'nodes' | 'node'>): Promise<readonly AgreementNode[]> {
  const listed = nodes === undefined ? DEFAULT_NODES : nodes.split(',').map((name) => name.trim());
  try {
    return await parseNodes([...listed, ...node]);
  } catch (error) {
    if (error instanceof RangeError) throw new CliError(printable(error.message), 'see assay agree --help');
    throw readError(listed.join(','), error);
  }
}

/** The path from which nodes load host functions. @throws CliError for a file that exports none */
async function hostsAt(path: string): Promise<string> {
  const name = pathToFileURL(resolve(path)).href;
  try {
    await hostsNamed(name);
  } catch (error) {
    throw new CliError(
      `${printable(path)} has no host functions: ${printable(error instanceof Error ? error.message : String(error))}`,
      'pass a JavaScript module that exports them as a list named imports',
    );
  }
  return name;
}

/** A module without its imports cannot be run. */
function checkImports(path: string, module: LoadedModule): void {
  const { imports } = module.describe();
  const [first] = imports;
  if (first === undefined) return;
  const name = `${printable(first.module)}.${printable(first.name)}`;
  const problem = `${printable(path)} imports ${name}, which is not provided`;
  const isZome = imports.some((item) => item.module === 'env' && item.name.startsWith('__hc__'));
  const advice = isZome
    ? 'it is a Holochain zome: pass ops with --op FILE or FOLDER'
    : 'pass a module that exports the host functions: --imports FILE';
  throw new CliError(problem, advice);
}

async function agreeOnOps(
  console: Console,
  path: string,
  options: Options & Pick<OpOptions, 'op'>,
): Promise<ExitStatus> {
  const { subject, generation, ops, skipped } = await opSubject(path, options);
  const nodes = await nodesOf(options);
  try {
    const report =
      options.runs === undefined
        ? await checkCalls(
            console,
            subject,
            nodes,
            ops.map((op) => opCall(op, options.fuel)),
            options,
          )
        : await checkHostileOps(console, subject, nodes, ops, generation, { ...options, runs: options.runs });
    console.progress('');
    for (const { path: file, reason } of skipped) console.err(`${printable(file)} is skipped: ${reason}`);
    return tell(console, path, report, options);
  } finally {
    await closeNodes(nodes);
  }
}

async function checkHostileOps(
  console: Console,
  subject: AgreementZomes,
  nodes: readonly AgreementNode[],
  ops: readonly Uint8Array[],
  generation: Generation,
  { runs, fuel, ...options }: Options & { readonly runs: number },
): Promise<CheckReport> {
  const { hostileOp } = await withFastCheck(() => import('../agreement/op-arbitrary.js'));
  const { zomeAgreement } = await import('../agreement/zome-agreement.js');
  const all = ops.length + runs;
  const progress = new InputProgress(console, all);
  return zomeAgreement(subject, {
    ...checkOptions(options),
    ops: hostileOp(ops, { generation }),
    examples: ops,
    nodes,
    runs: all,
    onRun: (done) => progress.reach(done),
    ...defined({ seed: options.seed, fuel }),
  });
}

function checkOptions({ fuelMax, traps }: Pick<Options, 'fuelMax' | 'traps'>): CheckOptions {
  return { noTrap: traps !== true, ...defined({ fuelMax }) };
}

/** Calls sent at once: enough that a channel's latency does not matter. */
const BATCH = 16;

async function checkFolder(
  console: Console,
  module: AgreementModule,
  nodes: readonly AgreementNode[],
  options: Options,
): Promise<CheckReport> {
  const calls = callsOfFolder(options.inputs!, options.generation ?? generationOfModule(module.bytes), options);
  const report = await checkCalls(console, module, nodes, calls, options);
  if (options.golden !== undefined) {
    const answers = await nodes[0].run(module, calls);
    const rows = answers.flatMap((answer) => (answer.kind === 'receipt' ? [answer] : []));
    written(options.golden, () => writeGolden(options.golden!, 'receipts', rows));
  }
  return report;
}

async function checkCalls(
  console: Console,
  subject: AgreementSubject,
  nodes: readonly AgreementNode[],
  calls: readonly AgreementCall[],
  options: Options,
): Promise<CheckReport> {
  const check = new AgreementCheck(nodes, subject, checkOptions(options));
  // Calls are slow on some nodes only, so each node's calls are counted separately.
  const progress = new ProgressLine(console, calls.length * nodes.length, 'results');
  progress.begin();
  for (let at = 0; at < calls.length; at += BATCH) {
    const batch = calls.slice(at, at + BATCH);
    await check.check(batch, () => progress.step(batch.length));
  }
  progress.end();
  return check.report();
}

async function checkArbitrary(
  console: Console,
  module: AgreementModule,
  nodes: readonly AgreementNode[],
  options: Options,
): Promise<CheckReport> {
  const { agreement } = await withFastCheck(() => import('../agreement/agreement.js'));
  const inputs = await arbitraryOf(options.arbitrary!);
  const { runs = 100, seed, fuel, bytesMax, payload, generation } = options;
  const progress = new InputProgress(console, runs);
  const checked = agreement(module.bytes, {
    inputs,
    nodes,
    export: options.export,
    protocol: payload === true ? 'bytes' : 'validate',
    hosts: module.hosts,
    runs,
    ...checkOptions(options),
    onRun: (done) => progress.reach(done),
    ...defined({ seed, fuel, generation, bytesMax }),
  });
  return checked.catch((error) => {
    if (!(error instanceof UsageError)) throw error;
    throw new CliError(`${printable(options.arbitrary!)}: ${printable(error.message)}`, 'see assay agree --help');
  });
}

async function arbitraryOf(path: string): Promise<AgreementOptions['inputs']> {
  const exported = await withFastCheck(() => import(pathToFileURL(resolve(path)).href));
  const arbitrary: unknown = (exported as { readonly default?: unknown }).default;
  if (typeof arbitrary === 'object' && arbitrary !== null && 'generate' in arbitrary) {
    return arbitrary as AgreementOptions['inputs'];
  }
  throw new CliError(`the default export of ${printable(path)} is not an arbitrary`, 'see assay agree --help');
}

/** @throws CliError for a module that is not installed or does not exist */
async function withFastCheck<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw new CliError(printable(text), 'check the path, and install fast-check: npm install fast-check');
  }
}

function callsOfFolder(folder: string, generation: Generation, options: Options): readonly AgreementCall[] {
  const names = namesIn(folder);
  const calls = names.flatMap((name) => callsOfFile(join(folder, name), generation, options));
  if (calls.length > 0) return calls;
  throw new CliError(`${printable(folder)} contains no inputs`, 'add .msgpack, .json or .args files');
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => ['.msgpack', '.json', '.args'].includes(extname(name)))
      .sort();
  } catch (error) {
    throw readError(folder, error);
  }
}

const FUEL = 1_000_000_000;

function callsOfFile(
  path: string,
  generation: Generation,
  { export: name, payload, fuel = FUEL }: Options,
): readonly AgreementCall[] {
  if (extname(path) === '.args') {
    const text = Buffer.from(readBytesWithin(path, LIMITS_1.payloadBytes, 'a file of arguments')).toString('utf8');
    return text.split('\n').flatMap((line): AgreementCall[] => {
      const args = line.split(' ').filter((word) => word !== '');
      if (args.length === 0 && line === '') return [];
      valueArguments(args);
      return [{ kind: 'values', export: name, args, fuel }];
    });
  }
  const input = toHex(readEntry(path));
  if (payload === true) return [{ kind: 'bytes', export: name, payload: input, fuel }];
  return [{ kind: 'validate', export: name, entry: input, generation, fuel }];
}

/** Counts the generated inputs that are done. */
class InputProgress {
  readonly #line: ProgressLine;
  #done = 0;

  constructor(console: Console, all: number) {
    this.#line = new ProgressLine(console, all, 'inputs');
    this.#line.begin();
  }

  reach(done: number): void {
    this.#line.step(done - this.#done);
    this.#done = done;
  }
}

function tell(console: Console, path: string, report: CheckReport, options: Options): ExitStatus {
  const { replay } = report;
  const file =
    replay === undefined || options.replays === undefined ? undefined : join(options.replays, replayName(replay));
  if (file !== undefined) written(file, () => writeReplay(file, replay!));
  if (options.junit !== undefined) {
    const { junit } = options;
    written(junit, () => writeFileSync(junit, junitText(basename(path), report)));
  }
  if (options.json === true) console.out(JSON.stringify(file === undefined ? report : { ...report, file }));
  else {
    const { colours } = console;
    const lines = reportLines(report).map((line) => {
      const text = printable(line);
      if (text.startsWith('passed  ')) return `${colours.green('passed')}${text.slice(6)}`;
      return text.startsWith('FAILED  ') ? `${colours.red('FAILED')}${text.slice(6)}` : text;
    });
    console.out(lines.join('\n'));
    if (file !== undefined) console.out(`run it again: assay agree replay ${printable(file)}`);
  }
  return report.ok ? EXIT.ok : EXIT.invalid;
}

/** @throws CliError for a path that cannot be written */
function written(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw writeError(path, error);
  }
}
