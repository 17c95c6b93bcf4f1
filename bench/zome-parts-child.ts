/**
 * Measures where the time of the cases of section `zomes` goes: `zome-parts-child.js TIER DIR...`. For a line `CASE
 * EFFORT`, with the effort as JSON, it prints a line of JSON. Runs in a separate process, because watched objects have
 * other hidden classes.
 */
import { createInterface } from 'node:readline';
import { TIERS } from './tiers.js';
import { numberedCases, type ZomeSubject, zomeSubjects } from './zome-cases.js';
import { partsOf, type WatchedHost, watchedHost } from './zome-parts.js';

const [tierName, ...folders] = process.argv.slice(2);
const tier = TIERS.get(tierName ?? '');
if (tier === undefined) throw new Error(`there is no tier '${tierName}'`);

const cases = numberedCases((await zomeSubjects(folders)).subjects);
let open: { readonly subject: ZomeSubject; readonly watched: WatchedHost } | undefined;

for await (const line of createInterface({ input: process.stdin })) {
  const [number] = line.split(' ', 1) as [string];
  const { subject, zomeCase } = cases[Number(number)]!;
  if (open?.subject !== subject) open = { subject, watched: await watchedHost(subject, tier) };
  const effort = JSON.parse(line.slice(number.length));
  process.stdout.write(`${JSON.stringify(await partsOf(open.watched, zomeCase.input, effort))}\n`);
}
