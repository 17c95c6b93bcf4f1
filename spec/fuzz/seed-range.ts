/**
 * Fuzzing in several processes: a fixed number of runs for each seed, until the runs or the time are over. Every seed
 * is a run of `run.js` that can be repeated alone, and the range can be resumed from the reported seed.
 */
import { spawn } from 'node:child_process';
import { parse } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface SeedRange {
  readonly firstSeed: number;
  readonly runs: number;
  readonly endMs: number;
  readonly workers: number;
  /** File for a difference; the seed is added to its name. */
  readonly out: string;
  /** Further options of each process. */
  readonly options: readonly string[];
}

export interface SeedRangeResult {
  readonly runs: number;
  /** Seeds that showed a difference, or did not complete. */
  readonly failed: readonly number[];
  /** All seeds from the first to this, exclusive, are done. */
  readonly nextSeed: number;
}

/** Starting a process and the translator costs a second. */
const RUNS_OF_A_SEED = 4_000;
const RUN = fileURLToPath(new URL('run.js', import.meta.url));

export async function fuzzSeeds(range: SeedRange, onProgress: (runs: number) => void): Promise<SeedRangeResult> {
  const failed: number[] = [];
  const unfinished = new Set<number>();
  let runs = 0;
  let nextSeed = range.firstSeed;
  const isOver = () => runs >= range.runs || performance.now() >= range.endMs || failed.length > 0;
  const worker = async (): Promise<void> => {
    while (!isOver()) {
      const seed = nextSeed++;
      unfinished.add(seed);
      const minutes = Math.max(0, range.endMs - performance.now()) / 60_000;
      const { status, done } = await runSeed(seed, minutes, outOf(range.out, seed), range.options);
      runs += done;
      if (status !== 0) failed.push(seed);
      else if (done >= RUNS_OF_A_SEED) unfinished.delete(seed);
      onProgress(runs);
    }
  };
  await Promise.all(Array.from({ length: range.workers }, worker));
  return { runs, failed, nextSeed: Math.min(nextSeed, ...unfinished) };
}

function outOf(out: string, seed: number): string {
  const { dir, name, ext } = parse(out);
  return `${dir === '' ? '' : `${dir}/`}${name}-${seed}${ext}`;
}

function runSeed(
  seed: number,
  minutes: number,
  out: string,
  options: readonly string[],
): Promise<{ status: number | null; done: number }> {
  const args = [
    '--seed',
    `${seed}`,
    '--runs',
    `${RUNS_OF_A_SEED}`,
    '--minutes',
    `${minutes}`,
    '--out',
    out,
    ...options,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', RUN, ...args]);
    const said: string[] = [];
    let errorOutput = '';
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => {
      errorOutput = (errorOutput + chunk.toString()).slice(-4096);
    });
    child.on('error', reject);
    child.on('close', (status) => {
      const done = /^no difference in (\d+) runs/m.exec(said.join(''))?.[1];
      if (done === undefined) process.stdout.write(`seed ${seed}: ${said.join('')}${errorOutput}\n`);
      resolve({ status, done: Number(done ?? 0) });
    });
  });
}
