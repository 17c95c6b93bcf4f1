/**
 * `npm run mutation`: measures how much of a storey's behaviour its specs check. Stryker changes the source in one
 * place, and specs must fail. There are 50,000 such mutants, which would take weeks: a sample is drawn by seed, so that
 * the score is an estimate with an interval. Works in rounds until the time is over, and saves its results after each.
 */
import { amount, flag, scriptLine, text, whole } from '../script-options.js';
import { type Equivalent, entryText, fits, readEquivalents } from './equivalents.js';
import { KeptResults } from './kept-results.js';
import { type ListedMutant, listMutants } from './listed-mutant.js';
import { drawOrder, Rounds } from './rounds.js';
import { percent, type Score, scoreOf } from './score.js';
import { writeScore } from './score-table.js';
import { sourceFiles } from './source-files.js';
import { isBelow, STOREYS, type Storey } from './storeys.js';
import { type Result, type RoundOptions, runRound } from './stryker-round.js';

const { options, refuse } = scriptLine({
  name: 'mutation',
  about:
    "Changes one place of a storey's source at a time and has its specs judge it, for a sample drawn by seed. Exit status 1 if the " +
    'score is below the target (with certainty: by the upper end of its interval) or an entry of spec/mutation/equivalents.json is ' +
    'stale; 2 if a run was not possible.',
  options: {
    storey: text(
      'name',
      `${STOREYS.map(({ name }) => name).join(', ')}; all: one after the other, each with its part of the time`,
    ),
    time: text('time', 'no new round begins when it would not end within this time, such as 90s, 20m, 1h', '20m'),
    seed: whole('of the sample', 1),
    share: amount("at most this share of the storey's mutants", 1),
    count: whole('at most so many', undefined, 1),
    file: text('text', 'only source files with this in their path (no score is written)'),
    again: flag('tests those of the sample again that survived, after specs were added'),
    fresh: flag('forgets what earlier runs found'),
    list: flag("prints the sample's mutants with what is known of each, and tests nothing"),
    write: flag('writes the score into docs/AGREEMENT.md'),
    concurrency: whole('test processes at once', 1, 1),
    json: flag('one object for each storey, on the standard output'),
    verbose: flag("Stryker's own messages"),
  },
});

interface Report {
  readonly storey: Storey;
  readonly seed: number;
  readonly all: number;
  readonly score: Score;
  readonly results: Readonly<Record<Result, number>>;
  readonly survivors: readonly ListedMutant[];
  readonly equivalents: number;
  readonly stale: readonly Equivalent[];
}

function secondsOf(text: string): number {
  const [, digits, unit = 's'] = /^(\d+)([smh]?)$/.exec(text) ?? [];
  if (digits === undefined) refuse(`--time '${text}' is invalid. Write a number with s, m or h, such as 20m.`);
  return Number(digits) * { s: 1, m: 60, h: 3600 }[unit === '' ? 's' : (unit as 's' | 'm' | 'h')];
}

/** Progress and survivors go to the error stream, so that `--json` has the standard output for its object. */
function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function survives(result: Result | undefined): boolean {
  return result === 'survived' || result === 'no coverage';
}

/** The mutants of the storey in the order in which they are drawn, without equivalent ones. */
async function drawn(storey: Storey, equivalents: readonly Equivalent[]) {
  const files = sourceFiles(storey.folders)
    .filter(storey.isOwn)
    .filter((file) => options.file === undefined || file.includes(options.file));
  if (files.length === 0)
    throw new Error(`--file ${options.file}: no source file of ${storey.name} has this in its path`);
  const mutants = await listMutants(files);
  const real = mutants.filter((mutant) => !equivalents.some((entry) => fits(entry, mutant)));
  const order = drawOrder(real, options.seed);
  const share = Math.ceil(real.length * Math.min(options.share, 1));
  const most = options.count === undefined ? share : Math.min(share, options.count);
  return { mutants, real, sample: order.slice(0, most) };
}

async function measure(storey: Storey, seconds: number): Promise<Report> {
  const equivalents = readEquivalents().filter(({ file }) =>
    storey.folders.some((folder) => file.startsWith(`${folder}/`) && storey.isOwn(file)),
  );
  const { mutants, real, sample } = await drawn(storey, equivalents);
  const kept = new KeptResults(storey.name, mutants, options.fresh);
  const roundOptions: RoundOptions = {
    specs: storey.specs,
    concurrency: options.concurrency,
    isVerbose: options.verbose,
  };
  const known = (mutant: ListedMutant) => kept.get(mutant);
  const todo = sample.filter((mutant) => (options.again ? survives(known(mutant)) : known(mutant) === undefined));
  say(`${storey.name}: ${real.length} mutants, ${sample.length} drawn at seed ${options.seed}, ${todo.length} to test`);
  const rounds = new Rounds(todo, seconds);
  for (let round = options.list ? [] : rounds.next(); round.length > 0; round = rounds.next()) {
    say(`${rounds.text}: ${round.length} mutants`);
    const results = await runRound(round, roundOptions);
    kept.add(results);
    for (const mutant of round)
      if (survives(results.get(mutant.key))) say(mutantText(mutant, results.get(mutant.key)!));
  }
  if (options.list) for (const mutant of sample) say(mutantText(mutant, known(mutant) ?? 'not tested'));
  // The sample extends as far as every mutant in it has a result.
  const end = sample.findIndex((mutant) => known(mutant) === undefined);
  const tested = end < 0 ? sample : sample.slice(0, end);
  const stale = equivalents.filter((entry) => {
    const fitting = mutants.filter((mutant) => fits(entry, mutant));
    const isKilled = fitting.some((mutant) => known(mutant) === 'killed');
    return (options.file === undefined && fitting.length === 0) || isKilled;
  });
  return reportOf(storey, options.seed, {
    all: real.length,
    tested,
    known,
    stale,
    equivalents: mutants.length - real.length,
  });
}

interface Measured {
  readonly all: number;
  readonly tested: readonly ListedMutant[];
  readonly known: (mutant: ListedMutant) => Result | undefined;
  readonly stale: readonly Equivalent[];
  readonly equivalents: number;
}

function reportOf(storey: Storey, seed: number, { all, tested, known, stale, equivalents }: Measured): Report {
  const results = { killed: 0, 'timed out': 0, survived: 0, 'no coverage': 0 };
  for (const mutant of tested) results[known(mutant)!] += 1;
  const score = scoreOf(results.killed + results['timed out'], tested.length, all);
  const survivors = tested.filter((mutant) => survives(known(mutant))).sort(byPlace);
  return { storey, seed, all, score, results, survivors, equivalents, stale };
}

function byPlace(a: ListedMutant, b: ListedMutant): number {
  return a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
}

const SHOWN = 110;

function shortened(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function mutantText({ file, line, column, mutator, code, replacement }: ListedMutant, result: string): string {
  return `  ${result}  ${file}:${line}:${column + 1}  ${mutator}\n      ${shortened(code)}\n   -> ${shortened(replacement)}`;
}

function print({ storey, seed, all, score, results, survivors, equivalents, stale }: Report): void {
  if (survivors.length > 0) say(`\nSurvivors of ${storey.name}:`);
  for (const mutant of survivors) say(mutantText(mutant, 'survived'));
  for (const entry of stale) say(`stale in spec/mutation/equivalents.json: ${entryText(entry)}`);
  const { killed, tested, share, low, high } = score;
  const target = `target ${percent(storey.target)} %${isBelow(score, storey) ? ', NOT reached' : ''}`;
  say(
    `\n${storey.name}: ${percent(share)} % (${killed} of ${tested} killed; ${tested} of ${all} mutants drawn at seed ${seed}); 95 % interval ` +
      `${percent(low)} to ${percent(high)}; ${target}\n` +
      `  timed out ${results['timed out']}, survived ${results.survived}, reached by no spec ${results['no coverage']}; ` +
      `${equivalents} equivalents left out`,
  );
}

async function main(): Promise<number> {
  const { storey, time, share, write, file } = options;
  if (storey === undefined) return refuse('--storey is missing');
  const storeys = storey === 'all' ? STOREYS : STOREYS.filter(({ name }) => name === storey);
  if (storeys.length === 0)
    refuse(`there is no storey '${storey}'; there are ${STOREYS.map(({ name }) => name).join(', ')}, all`);
  if (share === 0) refuse('--share is 0. Write a number above 0.');
  if (write && file !== undefined) refuse('--write goes with a whole storey, not with --file');
  const seconds = secondsOf(time) / storeys.length;
  let status = 0;
  for (const one of storeys) status = Math.max(status, await statusOf(one, seconds));
  return status;
}

/** A storey that cannot be measured does not stop the others. */
async function statusOf(storey: Storey, seconds: number): Promise<number> {
  try {
    return await measured(storey, seconds);
  } catch (error) {
    reportError(error);
    return 2;
  }
}

async function measured(storey: Storey, seconds: number): Promise<number> {
  const report = await measure(storey, seconds);
  if (options.list) return 0;
  print(report);
  if (report.score.tested === 0) throw new Error('no mutant was tested; give it more --time');
  if (options.write) writeScore(report);
  if (options.json) process.stdout.write(`${JSON.stringify({ ...report, storey: report.storey.name })}\n`);
  return isBelow(report.score, report.storey) || report.stale.length > 0 ? 1 : 0;
}

function reportError(error: unknown): void {
  say(`error: ${error instanceof Error ? error.message : String(error)}`);
  say('help:  npm run mutation -- --help; --verbose shows what Stryker says');
}

try {
  process.exitCode = await main();
} catch (error) {
  reportError(error);
  process.exitCode = 2;
}
