/**
 * `npm run fuzz`: fuzzes both tiers until the time or the runs are over (`--help`). On a difference it shrinks the
 * module and its call, writes them for `assay agree replay`, and exits with 1. With `--workers` that number of
 * processes shares the seeds from N on, 4,000 runs of each; it reports the seed to continue with.
 */
import { randomInt } from 'node:crypto';
import { replayLines } from '../../src/agreement/explain-disagreement.js';
import { readRealModules } from '../decode/real-modules.js';
import { amount, flag, scriptLine, text, whole } from '../script-options.js';
import { type FuzzOptions, type FuzzTotals, fuzz } from './fuzz.js';
import { caseOfBytes, type FuzzCase, largeCase } from './fuzz-cases.js';
import { MutableModule } from './mutated-module.js';
import { writeReproduction } from './reproduction.js';
import { fuzzSeeds } from './seed-range.js';
import { Smith } from './smith.js';

const { options } = scriptLine({
  name: 'fuzz',
  about: 'Compares the tiers on random modules, our own and those of binaryen. Exit status 1 if they differ.',
  options: {
    seed: whole('first seed (default: a random one, which is printed)', undefined),
    minutes: amount('stops after so many', 10),
    runs: whole('stops after so many', 100_000, 1),
    workers: whole('processes that share the seeds from --seed on, 4,000 runs of each', undefined, 1),
    out: text('file', 'where a difference is written for assay agree replay', 'fuzz-difference.json'),
    large: flag('also modules of ours with large indices, heights and integers'),
    smith: flag('also modules of wasm-smith, with hundreds of functions (needs cargo)'),
    mutate: flag('also real modules with instructions and constants exchanged'),
  },
});

const smith = options.smith && options.workers === undefined ? Smith.build() : undefined;
const sources: FuzzOptions['sources'] = [
  ...(options.large ? [(random: () => number) => largeCase(random())] : []),
  ...(smith === undefined
    ? []
    : [async (random: () => number) => caseOfBytes('smith', await smith.module(random()), random)]),
  ...(options.mutate ? [mutatedCases()] : []),
];

function mutatedCases(): (random: () => number) => FuzzCase | string {
  const modules = readRealModules().map(({ name, bytes }) => new MutableModule(name, bytes));
  return (random) => caseOfBytes('mutated', modules[random() % modules.length]!.mutated(random), random);
}

const seed = options.seed ?? randomInt(2 ** 32 - 1);
const startedMs = performance.now();
const endMs = startedMs + options.minutes * 60_000;
let shownMs = startedMs;

function showProgress({ runs, modules }: FuzzTotals): void {
  const seconds = (performance.now() - startedMs) / 1000;
  const rate = Math.round(runs / seconds);
  const made = Object.entries(modules).flatMap(([origin, count]) => (count === 0 ? [] : [`${count} ${origin}`]));
  process.stderr.write(`${runs} runs, ${rate}/s, modules: ${made.join(', ')}, ${seconds.toFixed(0)} s\n`);
}

function isOver(totals: FuzzTotals): boolean {
  const now = performance.now();
  if (now - shownMs > 10_000) {
    shownMs = now;
    showProgress(totals);
  }
  return now > endMs;
}

/** Additional sources that a process of a range is to use. */
const EXTRA = ['large', 'smith', 'mutate'] as const;

/** Returns the exit status. */
async function runMany(workers: number): Promise<number> {
  process.stderr.write(`seeds from ${seed}\n`);
  const range = {
    firstSeed: seed,
    runs: options.runs,
    endMs,
    workers,
    out: options.out,
    options: EXTRA.filter((name) => options[name]).map((name) => `--${name}`),
  };
  const { runs, failed, nextSeed } = await fuzzSeeds(range, (sum) => {
    const seconds = (performance.now() - startedMs) / 1000;
    process.stderr.write(`${sum} runs, ${Math.round(sum / seconds)}/s, ${seconds.toFixed(0)} s\n`);
  });
  const end = failed.length === 0 ? 'no difference' : `seeds that failed: ${failed.join(', ')}`;
  process.stdout.write(`${end} in ${runs} runs, seeds ${seed} to ${nextSeed - 1}; go on with --seed ${nextSeed}\n`);
  return failed.length === 0 ? 0 : 1;
}

if (options.workers !== undefined) process.exit(await runMany(options.workers));

process.stderr.write(`seed ${seed}\n`);
const { totals, failure } = await fuzz({ seed, runs: options.runs, isOver, sources });
smith?.close();
showProgress(totals);
for (const [code, count] of totals.refused) process.stderr.write(`${count} modules refused: ${code}\n`);
if (failure === undefined) process.stdout.write(`no difference in ${totals.runs} runs, seed ${seed}\n`);
else {
  const { difference, replay } = await writeReproduction(options.out, failure, seed);
  process.stdout.write(`the tiers differ, seed ${seed}: ${failure.fuzzCase.origin} module, fuel ${difference.limit}\n`);
  for (const line of replay === undefined ? [] : replayLines(replay)) process.stdout.write(`${line}\n`);
  const again = replay === undefined ? `see ${options.out}` : `run again with: assay agree replay ${options.out}`;
  process.stdout.write(`${again}\n`);
  process.exitCode = 1;
}
