/**
 * The profiles of the same calls in Bun, Chromium and Firefox, from the same source: their bytes must equal those of
 * this Node.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SeededSource } from '../../src/agreement/random-choice.js';
import { ELSEWHERE, type Elsewhere } from '../agreement/elsewhere.js';
import { type ProfileJob, profileHashes, type TierJob } from './profile-hashes.js';

export interface Compared {
  readonly passed: number;
  readonly failed: number;
}

/** Time limit for all runtimes together, and the seed of the order in which jobs are taken until then. */
export interface ElsewhereOptions {
  readonly seconds: number | undefined;
  readonly seed: number;
}

interface Expected {
  readonly job: ProfileJob;
  readonly hashes: readonly string[];
}

const RUNTIMES = ['Bun', 'Chromium', 'Firefox'];
const WORK = { path: fileURLToPath(new URL('./profile-hashes.js', import.meta.url)), name: 'hashesOfJob' };

/**
 * Compares jobs in both tiers with the interpreter of this process, at least one in each runtime; an unavailable
 * runtime is named with the reason.
 */
export async function compareElsewhere(
  jobs: readonly ProfileJob[],
  { seconds, seed }: ElsewhereOptions,
): Promise<Compared> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-profiles-'));
  const compared = { passed: 0, failed: 0 };
  try {
    const expected: Expected[] = [];
    for (const job of shuffled(jobs, seed)) expected.push({ job, hashes: await profileHashes(job, 'interpreter') });
    const all = expected.reduce((sum, { hashes }) => sum + 2 * hashes.length, 0);
    for (const name of RUNTIMES) {
      const elsewhere = await ELSEWHERE[name]!<TierJob, readonly string[]>(folder, WORK);
      if (typeof elsewhere === 'string') {
        console.log(`${name} is left out: ${elsewhere}`);
        continue;
      }
      const before = compared.passed;
      const endMs = performance.now() + (1000 * (seconds ?? Infinity)) / RUNTIMES.length;
      try {
        await compareIn(name, elsewhere, expected, endMs, compared);
      } finally {
        await elsewhere.close();
      }
      console.log(`${name}: ${compared.passed - before} of ${all} profiles are those of this Node`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return compared;
}

async function compareIn(
  name: string,
  elsewhere: Elsewhere<TierJob, readonly string[]>,
  expected: readonly Expected[],
  endMs: number,
  compared: { passed: number; failed: number },
): Promise<void> {
  for (const [i, { job, hashes }] of expected.entries()) {
    if (i > 0 && performance.now() > endMs) return;
    for (const tier of ['interpreter', 'instrumented'] as const) {
      const others = await elsewhere.ask({ job, tier });
      job.calls.forEach((call, at) => {
        if (others[at] === hashes[at]) {
          compared.passed += 1;
          return;
        }
        compared.failed += 1;
        console.log(`${name}, ${tier}, ${call.name}: another profile`);
      });
    }
  }
}

function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const source = new SeededSource(seed);
  const keyed = items.map((item) => ({ item, key: source.nextInt(0, 0x7fff_ffff) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}
