/** A process that is given jobs, a line each, on its standard input: it writes the hashes of their profiles. Runs in Node and in Bun. */
import { createInterface } from 'node:readline';
import type { AskedTier } from '../../web/subject.js';
import { type ProfileJob, profileHashes } from './profile-hashes.js';

for await (const line of createInterface({ input: process.stdin })) {
  const { job, tier } = JSON.parse(line) as { readonly job: ProfileJob; readonly tier: AskedTier };
  console.log(JSON.stringify(await profileHashes(job, tier)));
}
