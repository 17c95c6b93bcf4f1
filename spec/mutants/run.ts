/**
 * `npm run mutants`: plants one fault after the other in a copy of the built code and has each judged by the agreement
 * suites, from fast to slow, in a separate process. Exits with 1 if a mutant survives; the last line is the score.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { flag, scriptLine, text, whole } from '../script-options.js';
import type { StageReport } from './judge.js';
import { mutantsOfLines } from './line-mutants.js';
import { type Mutant, plant, spoiltText } from './mutant.js';
import { MUTANTS } from './mutants.js';
import { stagesFor } from './stages.js';

const { options, refuse } = scriptLine({
  name: 'mutants',
  about:
    'Plants one fault after the other in a copy of the built code and has it judged by the suites. Exit status 1 if one survives.',
  options: {
    check: flag('only looks whether every fault can be planted, and leaves code that can be read'),
    only: text('text,...', 'mutants with one of these in their name, or of one of these kinds', ''),
    lines: text('file', 'not the list, but each statement of a file of dist/src left out, to look for holes'),
    skip: whole('not the first n', 0),
    stages: whole('only the first n stages, to see what they miss', 100, 1),
    seed: whole('of the random modules', 20_240_229),
    jobs: whole('at once', 2, 1),
    json: flag('one object in the end'),
    table: flag('the table for the docs in the end'),
  },
});

/** A stage may take this many times as long as without a fault, plus some seconds. */
const TIMES_AS_LONG = 6;
const AND_MORE_SECONDS = 5;
/**
 * On a busy machine a process waits: where its processor time cannot be determined, it may take this many times longer.
 */
const WAITS = 10;
const WITHOUT_FAULT_SECONDS = 600;
const LOOK_EVERY_MS = 500;

interface Judged {
  readonly result: 'survived' | 'caught' | 'timed out';
  /** The stage that caught it, and the failing test or difference. */
  readonly stage: string;
  readonly what: string;
  readonly seconds: number;
}

interface Verdict extends Judged {
  readonly mutant: Mutant;
}

/** Processor seconds of each stage, from the run without a fault. */
const secondsOfStage = new Map<string, number>();

function limitOf(stage: string): number {
  const seconds = secondsOfStage.get(stage);
  return seconds === undefined ? WITHOUT_FAULT_SECONDS : seconds * TIMES_AS_LONG + AND_MORE_SECONDS;
}

/** Processor seconds of a process; undefined without `/proc`, or if the process has ended. */
function processorSeconds(pid: number): number | undefined {
  try {
    // Fields 14 and 15, counted after the name in parentheses, in hundredths of a second.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}

/** A folder like the project's, with a copy of the built code. */
function makeCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-mutants-'));
  cpSync('dist/src', join(folder, 'dist/src'), { recursive: true });
  cpSync('dist/spec', join(folder, 'dist/spec'), { recursive: true });
  for (const name of ['vectors', 'node_modules', 'package.json', 'src', 'spec', 'docs']) {
    symlinkSync(resolve(name), join(folder, name));
  }
  return folder;
}

type TellStage = (name: string, seconds: number) => void;

function judge(folder: string, mutant: Mutant | undefined, tellStage: TellStage): Promise<Judged> {
  return new Promise((done, fail) => {
    const startedMs = performance.now();
    const args = [
      'dist/spec/mutants/judge.js',
      mutant?.kind ?? '',
      mutant?.file ?? '',
      String(options.seed),
      String(options.stages),
    ];
    const child = spawn(process.execPath, args, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { ...process.env, ASSAY_SEED: String(options.seed) },
    });
    let stage = 'loading';
    let stageStart = { ms: startedMs, processor: 0 };
    let isLate = false;
    let last: StageReport | undefined;
    const watch = setInterval(() => {
      const processor = processorSeconds(child.pid!);
      const waited = (performance.now() - stageStart.ms) / 1000;
      const taken = processor === undefined ? 0 : processor - stageStart.processor;
      isLate = taken > limitOf(stage) || waited > WAITS * limitOf(stage);
      if (isLate) child.kill('SIGKILL');
    }, LOOK_EVERY_MS);
    child.on('message', (report: StageReport) => {
      last = report;
      const processor = processorSeconds(child.pid!) ?? (performance.now() - startedMs) / 1000;
      if (report.kind !== 'red') tellStage(stage, processor - stageStart.processor);
      if (report.kind !== 'stage') return;
      stage = report.name;
      stageStart = { ms: performance.now(), processor };
    });
    child.on('error', fail);
    child.on('close', () => {
      clearInterval(watch);
      const seconds = (performance.now() - startedMs) / 1000;
      const limit = `no end within ${limitOf(stage).toFixed(0)} s`;
      if (isLate) done({ result: 'timed out', stage, what: limit, seconds });
      else if (last?.kind === 'green') done({ result: 'survived', stage: '', what: '', seconds });
      else done({ result: 'caught', stage, what: last?.kind === 'red' ? last.what : 'the process ends', seconds });
    });
  });
}

/** With `--json` the standard output has only the object. */
function say(text: string): void {
  (options.json ? process.stderr : process.stdout).write(`${text}\n`);
}

async function judgeUnchanged(folder: string): Promise<void> {
  const { result, stage, what, seconds } = await judge(folder, undefined, (name, taken) =>
    secondsOfStage.set(name, taken),
  );
  if (result !== 'survived') throw new Error(`without a fault: ${result} in '${stage}', ${what}`);
  say(`without a fault all ${stagesFor(undefined, '').length} stages are green, in ${seconds.toFixed(1)} s`);
  say(
    `a stage that takes ${TIMES_AS_LONG} times as long of the processor's time, and ${AND_MORE_SECONDS} s, has timed out`,
  );
}

async function work(folder: string, queue: Mutant[], verdicts: Verdict[], count: number): Promise<void> {
  for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
    const restore = plant(folder, mutant);
    const judged = await judge(folder, mutant, () => {});
    restore();
    verdicts.push({ mutant, ...judged });
    const { result, stage, what, seconds } = judged;
    const by = result === 'survived' ? '' : `${stage}: ${what}`;
    const at = `${verdicts.length}/${count}`.padStart(7);
    const head = `${at} ${result === 'survived' ? 'SURVIVED ' : result.padEnd(9)} ${mutant.name.padEnd(44)}`;
    say(`${head} ${seconds.toFixed(1).padStart(5)} s  ${by.slice(0, 150)}`);
  }
}

/** Rows by kind, for the docs. */
function tableText(verdicts: readonly Verdict[]): string {
  const kinds = [...new Set(verdicts.map(({ mutant }) => mutant.kind))];
  const rows = kinds.map((kind) => {
    const own = verdicts.filter(({ mutant }) => mutant.kind === kind);
    const stages = new Map<string, number>();
    for (const { result, stage } of own) if (result !== 'survived') stages.set(stage, (stages.get(stage) ?? 0) + 1);
    const by = [...stages].sort((a, b) => b[1] - a[1]).map(([stage, n]) => `${stage} ${n}`);
    const caught = own.filter(({ result }) => result !== 'survived').length;
    return `| ${kind} | ${own.length} | ${caught} | ${by.join(', ')} |`;
  });
  return ['| kind of fault | planted | caught | by which suite first |', '| --- | ---: | ---: | --- |', ...rows].join(
    '\n',
  );
}

/** Why a fault is unusable: its text is not found, or the result does not parse, so every suite would catch it. */
function faultOf(mutant: Mutant): string | undefined {
  try {
    const text = spoiltText(readFileSync(join('dist/src', mutant.file), 'utf8'), mutant);
    if (!options.check) return undefined;
    const { diagnostics = [] } = ts.transpileModule(text, { reportDiagnostics: true, fileName: mutant.file });
    return diagnostics.length === 0 ? undefined : `${mutant.name}: ${JSON.stringify(diagnostics[0]!.messageText)}`;
  } catch (error) {
    return (error as Error).message;
  }
}

if (options.lines !== undefined && !existsSync(`dist/src/${options.lines}`)) {
  refuse(`there is no file 'dist/src/${options.lines}'`);
}
const wanted = options.lines === undefined ? MUTANTS : mutantsOfLines(options.lines);
const chosen = wanted
  .filter(({ name, kind }) => options.only.split(',').some((text) => name.includes(text) || kind === text))
  .slice(options.skip);
if (chosen.length === 0) refuse(`no mutant is named or of the kind '${options.only}'`);
if (new Set(MUTANTS.map(({ name }) => name)).size !== MUTANTS.length) throw new Error('two mutants have one name');
const startedMs = performance.now();
const jobs = Math.max(1, Math.min(options.jobs, chosen.length));
const folders = Array.from({ length: jobs }, makeCopy);
try {
  // All patterns are checked before the first suite runs.
  const wrong = chosen.flatMap((mutant) => faultOf(mutant) ?? []);
  if (wrong.length > 0) {
    process.stderr.write(`${wrong.map((text) => `error: ${text}\n`).join('')}`);
    process.exitCode = 1;
  } else if (options.check) say(`${chosen.length} faults can be planted`);
  else {
    await judgeUnchanged(folders[0]!);
    const queue = [...chosen];
    const verdicts: Verdict[] = [];
    await Promise.all(folders.map((folder) => work(folder, queue, verdicts, chosen.length)));
    verdicts.sort((a, b) => chosen.indexOf(a.mutant) - chosen.indexOf(b.mutant));
    const survivors = verdicts.filter(({ result }) => result === 'survived');
    const late = verdicts.filter(({ result }) => result === 'timed out').length;
    const caught = verdicts.length - survivors.length;
    const seconds = (performance.now() - startedMs) / 1000;
    const score = { planted: verdicts.length, caught, timedOut: late, seconds: Math.round(seconds) };
    if (options.json) {
      const rows = verdicts.map(({ mutant: { name, kind, file }, ...rest }) => ({ name, kind, file, ...rest }));
      process.stdout.write(`${JSON.stringify({ ...score, mutants: rows }, null, 2)}\n`);
    }
    if (options.table) say(tableText(verdicts));
    for (const { mutant } of survivors) say(`survived: ${mutant.name}`);
    say(`${caught} of ${verdicts.length} mutants caught, ${late} of them by their time, in ${seconds.toFixed(0)} s`);
    if (survivors.length > 0) process.exitCode = 1;
  }
} finally {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
