/**
 * `assay budget`: how much fuel cases of a project may use. `record` saves it; `check` runs the cases again and fails
 * if one changed.
 */
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Command } from 'commander';
import { defined } from '../base/defined.js';
import { UsageError } from '../base/usage-error.js';
import type { Generation } from '../boundary/generation.js';
import type { Receipt } from '../engine/receipt/receipt.js';
import { codeOfOutcome } from '../engine/receipt/receipt-bytes.js';
import {
  BUDGET_FORMAT,
  type Budget,
  type BudgetCase,
  type BudgetCheck,
  type BudgetRun,
  budgetFunctions,
  budgetText,
  checkCase,
  readBudget,
} from '../profile/budget.js';
import { ProfileMerge } from '../profile/merge-profiles.js';
import { Profiler } from '../profile/profile-of.js';
import { budgetJunit, budgetLines, budgetMarkdown } from './budget-report.js';
import { CliError } from './cli-error.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { counted, grouped, printable } from './layout.js';
import { bundlePlaceOf } from './module-place.js';
import { fuelOption, generationOption, unitsOption } from './option-values.js';
import { subjectCalls } from './profile-subject.js';
import { ProgressLine } from './progress-line.js';
import { readBytesWithin } from './read-bytes.js';
import { writeFile } from './write-file.js';

const FILE_DEFAULT = 'fuel-budget.json';
const FILE_BYTES_MAX = 67_108_864;

interface RecordOptions {
  readonly file: string;
  readonly name?: string;
  readonly allow: number;
  readonly jsonInput?: string;
  readonly input?: string;
  readonly op?: readonly string[];
  readonly deps?: string;
  readonly generation?: Generation;
  readonly fuel?: number;
}

interface CheckOptions {
  readonly file: string;
  readonly junit?: string;
  readonly markdown?: string;
  readonly json?: boolean;
}

const RECORD_HELP = `
The calls are given as for assay profile; each op is a case. Without a module, all cases of the file are recorded again.

  assay budget record zome.wasm --op ops/*.json --deps deps.json --allow 100
  assay budget record

Paths in the file are relative to it. The file lists the fuel of each function, so the diff of a commit shows what became cheaper.

Exit status: 0 recorded, 2 usage or load fault, 5 host failure.`;

const CHECK_HELP = `
A case passes if its outcome is the recorded one and its fuel differs from the recorded fuel by at most the allowance, up or down.
Fuel is exact, so a check never fails by chance.

  assay budget check --junit fuel.xml --markdown fuel.md

Exit status: 0 all pass, 1 a case changed, 2 usage or load fault, 5 host failure.`;

export function addBudgetCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  const budget = program.command('budget').summary('compare the fuel of cases with recorded values');
  budget.description('Records the fuel of cases in a file, and fails if one changes by more than its allowance.');
  budget
    .command('record')
    .description('Runs cases and records their fuel in the file.')
    .argument('[module]', 'WebAssembly module, or its place in a bundle')
    .argument('[export]', 'name of an exported function, as for assay call')
    .argument('[values...]', 'arguments, each type:value')
    .option('--file <file>', 'the file of budgets', FILE_DEFAULT)
    .option('--name <name>', 'name of the case (default: what runs)')
    .option('--allow <n>', 'units by which the fuel may change', unitsOption, 0)
    .option('--json-input <json>', 'input of a zome function: JSON, or @file (.json or .msgpack)')
    .option('--input <file>', 'validate this entry: .json or .msgpack')
    .option('--op <files...>', 'validate these ops: .json or .msgpack')
    .option('--deps <file>', 'records that must_get_* can find: .json or .msgpack')
    .option('--generation <name>', '0.2, 0.2-map, 0.6 or 0.7 (default: detected from the module)', generationOption)
    .option('--fuel <n>', 'fuel limit of each call (default 1000000000)', fuelOption)
    .addHelpText('after', RECORD_HELP)
    .action(async (module: string | undefined, name: string | undefined, values: string[], options: RecordOptions) => {
      done(await record(console, module, name, values, options));
    });
  budget
    .command('check')
    .description('Runs all cases of the file again and reports which ones changed.')
    .option('--file <file>', 'the file of budgets', FILE_DEFAULT)
    .option('--junit <file>', 'write a JUnit XML report')
    .option('--markdown <file>', 'write Markdown, for the comment of a pull request')
    .option('--json', 'print one JSON document')
    .addHelpText('after', CHECK_HELP)
    .action(async (options: CheckOptions) => {
      done(await check(console, options));
    });
}

async function record(
  console: Console,
  module: string | undefined,
  exportName: string | undefined,
  values: readonly string[],
  options: RecordOptions,
): Promise<ExitStatus> {
  const { file, input, op } = options;
  if (module !== undefined && (exportName ?? input ?? op) === undefined) {
    throw new CliError(
      'choose what to run: an export with its values, --input or --op',
      'assay budget record MODULE --op FILE, or MODULE EXPORT as assay call; see assay budget record --help',
    );
  }
  const known = existsSync(file) ? budgetOf(file) : { format: BUDGET_FORMAT, cases: [] };
  const given = module === undefined ? known.cases : casesOf(file, module, exportName, values, options);
  if (given.length === 0) {
    throw new CliError(
      `${printable(file)} has no cases to record again`,
      'name what to run: assay budget record MODULE --op FILE; see assay budget record --help',
    );
  }
  const recorded = await ranAll(console, file, given);
  const names = new Set(recorded.map(({ name }) => name));
  const cases = [...known.cases.filter(({ name }) => !names.has(name)), ...recorded];
  cases.sort((a, b) => (a.name < b.name ? -1 : 1));
  writeFile(file, budgetText({ format: BUDGET_FORMAT, cases }));
  for (const { name, fuel } of recorded) console.out(`${grouped(fuel)}  ${printable(name)}`);
  console.out(console.colours.dim(`${counted(recorded.length, 'case')} recorded in ${printable(file)}`));
  return EXIT.ok;
}

type GivenCase = Pick<BudgetCase, 'name' | 'run' | 'allow'>;

/** The cases of a command line: one for each op, or a single one. */
function casesOf(
  file: string,
  module: string,
  exportName: string | undefined,
  values: readonly string[],
  { name, allow, op, input, deps, jsonInput, generation, fuel }: RecordOptions,
): readonly GivenCase[] {
  const from = (path: string): string => relative(dirname(file), path).replaceAll('\\', '/');
  const place = bundlePlaceOf(module);
  const base: BudgetRun = {
    module: place === undefined ? from(module) : `${from(place.path)}#${place.place}`,
    ...(exportName === undefined ? {} : { export: exportName, values }),
    ...(jsonInput === undefined
      ? {}
      : { jsonInput: jsonInput.startsWith('@') ? `@${from(jsonInput.slice(1))}` : jsonInput }),
    ...(input === undefined ? {} : { input: from(input) }),
    ...(deps === undefined ? {} : { deps: from(deps) }),
    ...defined({ generation, fuel }),
  };
  if (op === undefined) {
    const what = exportName === undefined ? (base.input ?? '') : [exportName, ...values].join(' ');
    return [{ name: name ?? `${base.module} ${what}`, run: base, allow }];
  }
  return op.map((path) => {
    const named =
      name === undefined ? `${base.module} ${from(path)}` : op.length === 1 ? name : `${name} ${from(path)}`;
    return { name: named, run: { ...base, op: from(path) }, allow };
  });
}

/** Runs cases and shows a progress line. */
async function ranAll(console: Console, file: string, cases: readonly GivenCase[]): Promise<readonly BudgetCase[]> {
  const progress = new ProgressLine(console, cases.length, 'cases');
  const ran: BudgetCase[] = [];
  for (const given of cases) {
    ran.push(await runCase(file, given));
    progress.step();
  }
  progress.end();
  return ran;
}

async function runCase(file: string, { name, run, allow }: GivenCase): Promise<BudgetCase> {
  const at = (path: string): string => join(dirname(file), path);
  const { jsonInput, input, op, deps, generation, fuel } = run;
  const place = bundlePlaceOf(run.module);
  const profiler = new Profiler();
  const merge = new ProfileMerge();
  const outcomes: string[] = [];
  const calls = subjectCalls(
    place === undefined ? at(run.module) : `${at(place.path)}#${place.place}`,
    run.export,
    run.values ?? [],
    {
      ...(jsonInput === undefined
        ? {}
        : { jsonInput: jsonInput.startsWith('@') ? `@${at(jsonInput.slice(1))}` : jsonInput }),
      ...(input === undefined ? {} : { input: at(input) }),
      ...(op === undefined ? {} : { op: [at(op)] }),
      ...(deps === undefined ? {} : { deps: at(deps) }),
      ...(generation === undefined ? {} : { generation: generationOption(generation) }),
      ...defined({ fuel }),
    },
  );
  for await (const { call } of calls) {
    merge.add(profiler.profileOf(call, { blocks: false }));
    outcomes.push(outcomeText(call.receipt));
  }
  if (outcomes.length === 0) {
    throw new CliError(`the case ${printable(name)} does not call a zome`, 'choose an op that a zome validates');
  }
  const { profile } = merge;
  return {
    name,
    run,
    allow,
    outcome: outcomes.join(', '),
    fuel: profile.fuel.used,
    functions: budgetFunctions(profile),
  };
}

function outcomeText({ outcome }: Receipt): string {
  return `${outcome.kind} ${codeOfOutcome(outcome)}`.trimEnd();
}

async function check(console: Console, { file, junit, markdown, json }: CheckOptions): Promise<ExitStatus> {
  if (!existsSync(file))
    throw new CliError(
      `the file ${printable(file)} does not exist`,
      'create it with assay budget record MODULE ..., or name it with --file',
    );
  const { cases } = budgetOf(file);
  if (cases.length === 0)
    throw new CliError(`${printable(file)} has no cases`, 'add cases with assay budget record MODULE ...');
  const ran = await ranAll(console, file, cases);
  const checks: readonly BudgetCheck[] = cases.map((one, i) => checkCase(one, ran[i]));
  if (junit !== undefined) writeFile(junit, budgetJunit(checks));
  if (markdown !== undefined) writeFile(markdown, budgetMarkdown(checks));
  const passes = checks.every((one) => one.passes);
  if (json === true) console.out(JSON.stringify({ passes, cases: checks }));
  else console.out(budgetLines(checks, console.colours).join('\n'));
  return passes ? EXIT.ok : EXIT.invalid;
}

function budgetOf(path: string): Budget {
  const bytes = readBytesWithin(path, FILE_BYTES_MAX, 'a file of budgets');
  try {
    return readBudget(new TextDecoder().decode(bytes));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new CliError(`${printable(path)}: ${printable(error.message)}`, 'restore the file, or record it again');
  }
}
