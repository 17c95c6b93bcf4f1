/** The profiles of the same calls in Bun, Chromium and Firefox, from the same source: their bytes are those of this Node. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ELSEWHERE } from '../agreement/elsewhere.js';
import { type ProfileJob, profileHashes, type TierJob } from './profile-hashes.js';

export interface Compared {
  readonly passed: number;
  readonly failed: number;
}

const RUNTIMES = ['Bun', 'Chromium', 'Firefox'];
const WORK = { path: fileURLToPath(new URL('./profile-hashes.js', import.meta.url)), name: 'hashesOfJob' };

/** Compares all jobs in both tiers with the interpreter of this process; a runtime that cannot be had is named with the reason. */
export async function compareElsewhere(jobs: readonly ProfileJob[]): Promise<Compared> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-profiles-'));
  let passed = 0;
  let failed = 0;
  try {
    const expected: (readonly string[])[] = [];
    for (const job of jobs) expected.push(await profileHashes(job, 'interpreter'));
    for (const name of RUNTIMES) {
      const elsewhere = await ELSEWHERE[name]!<TierJob, readonly string[]>(folder, WORK);
      if (typeof elsewhere === 'string') {
        console.log(`${name} is left out: ${elsewhere}`);
        continue;
      }
      const before = passed;
      try {
        for (const [i, job] of jobs.entries()) {
          for (const tier of ['interpreter', 'instrumented'] as const) {
            const hashes = await elsewhere.ask({ job, tier });
            job.calls.forEach((call, at) => {
              if (hashes[at] === expected[i]![at]) {
                passed += 1;
                return;
              }
              failed += 1;
              console.log(`${name}, ${tier}, ${call.name}: another profile`);
            });
          }
        }
      } finally {
        await elsewhere.close();
      }
      console.log(`${name}: ${passed - before} profiles are those of this Node`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { passed, failed };
}
