/**
 * `npm run fuzz -- [--seed N] [--minutes M] [--runs N] [--workers N] [--out FILE]`: fuzzes until the time or the runs are
 * over. On a difference it makes the module and its call small, writes them for `assay agree replay`, and exits with 1. With
 * `--workers` so many processes share the seeds from N on, 4,000 runs of each; it tells the seed to go on with.
 */
import { randomInt } from 'node:crypto';
import { replayLines } from '../../src/agreement/explain-disagreement.js';
import { scriptOptions } from '../script-options.js';
import { type FuzzTotals, fuzz } from './fuzz.js';
import { writeReproduction } from './reproduction.js';
import { fuzzSeeds } from './seed-range.js';

const USAGE = `npm run fuzz -- [options]

Runs random modules in both tiers and compares results, fuel and state.

  --seed N      first seed (default: random)
  --minutes M   stops after this time (default 10)
  --runs N      stops after this many runs (default 100000)
  --workers N   processes that share the seeds (default: none, all in this one)
  --out FILE    replay file of a difference (default fuzz-difference.json)

Exit status 0; 1 if the tiers differ; 2 for wrong usage.`;

const { values } = scriptOptions(USAGE, {
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string', default: '10' },
    runs: { type: 'string', default: '100000' },
    workers: { type: 'string' },
    out: { type: 'string', default: 'fuzz-difference.json' },
  },
});

const seed = values.seed === undefined ? randomInt(2 ** 32 - 1) : Number(values.seed);
const startedMs = performance.now();
const endMs = startedMs + Number(values.minutes) * 60_000;
let toldMs = startedMs;

function tell({ runs, own, binaryen }: FuzzTotals): void {
  const seconds = (performance.now() - startedMs) / 1000;
  const rate = Math.round(runs / seconds);
  process.stderr.write(
    `${runs} runs, ${rate}/s, modules: ${own} own, ${binaryen} of binaryen, ${seconds.toFixed(0)} s\n`,
  );
}

function isOver(totals: FuzzTotals): boolean {
  const now = performance.now();
  if (now - toldMs > 10_000) {
    toldMs = now;
    tell(totals);
  }
  return now > endMs;
}

/** Answers the exit status. */
async function runMany(workers: number): Promise<number> {
  process.stderr.write(`seeds from ${seed}\n`);
  const range = { firstSeed: seed, runs: Number(values.runs), endMs, workers, out: values.out };
  const { runs, failed, nextSeed } = await fuzzSeeds(range, (sum) => {
    const seconds = (performance.now() - startedMs) / 1000;
    process.stderr.write(`${sum} runs, ${Math.round(sum / seconds)}/s, ${seconds.toFixed(0)} s\n`);
  });
  const end = failed.length === 0 ? 'no difference' : `seeds that failed: ${failed.join(', ')}`;
  process.stdout.write(`${end} in ${runs} runs, seeds ${seed} to ${nextSeed - 1}; go on with --seed ${nextSeed}\n`);
  return failed.length === 0 ? 0 : 1;
}

if (values.workers !== undefined) process.exit(await runMany(Number(values.workers)));

process.stderr.write(`seed ${seed}\n`);
const { totals, failure } = await fuzz({ seed, runs: Number(values.runs), isOver });
tell(totals);
for (const [code, count] of totals.refused) process.stderr.write(`${count} modules refused: ${code}\n`);
if (failure === undefined) process.stdout.write(`no difference in ${totals.runs} runs, seed ${seed}\n`);
else {
  const { difference, replay } = await writeReproduction(values.out, failure, seed);
  process.stdout.write(`the tiers differ, seed ${seed}: ${failure.fuzzCase.origin} module, fuel ${difference.limit}\n`);
  for (const line of replay === undefined ? [] : replayLines(replay)) process.stdout.write(`${line}\n`);
  const again = replay === undefined ? `see ${values.out}` : `run again with: assay agree replay ${values.out}`;
  process.stdout.write(`${again}\n`);
  process.exitCode = 1;
}
