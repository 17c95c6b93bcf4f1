/**
 * Runs the cases of section `zomes` in one engine: `zome-child.js interpreter|instrumented|WebAssembly DIR...`. For a
 * line `WAY CASE TIMES` it prints the nanoseconds of a run: way 0 is the whole validation (the call, on bare
 * `WebAssembly`), way 1 only the call. Runs in a separate process, as a node has one tier: the garbage of bare
 * `WebAssembly` instances and call sites that saw two tiers would be part of the time.
 */
import { createInterface } from 'node:readline';
import { timed } from './time.js';
import { numberedCases, type SubjectCase, type ZomeSubject, zomeSubjects } from './zome-cases.js';
import { replayerOf } from './zome-engine.js';
import { replayBare } from './zome-record.js';
import { bareModules, engineOf, hostOf, prepared, recordsOf } from './zome-runs.js';

type Run = () => unknown;

const BARE = 'WebAssembly';
const NANOSECONDS = 1e6;

const [name, ...folders] = process.argv.slice(2);
if (name !== 'interpreter' && name !== 'instrumented' && name !== BARE) throw new Error(`there is no way '${name}'`);
const engine = engineOf(name === BARE ? 'interpreter' : name);

async function openSubject(subject: ZomeSubject) {
  return { subject, host: await hostOf(subject, engine), modules: bareModules(subject) };
}

let open: Awaited<ReturnType<typeof openSubject>> | undefined;

/** The ways to run a case. The zomes of one subject stay loaded, that of the last case. */
async function waysOf({ subject, zomeCase }: SubjectCase): Promise<readonly Run[]> {
  if (open?.subject !== subject) open = await openSubject(subject);
  const { host, modules } = open;
  const validation = prepared(host, zomeCase.input);
  const records = recordsOf(subject, zomeCase, validation.whole(), modules);
  if (name === BARE) return [() => records.forEach(replayBare)];
  return [validation.replay, await replayerOf(engine, records)];
}

const cases = numberedCases((await zomeSubjects(folders)).subjects);
let ready: { readonly number: number; readonly ways: readonly Run[] } | undefined;

for await (const line of createInterface({ input: process.stdin })) {
  const [way, number, times] = line.split(' ').map(Number) as [number, number, number];
  if (ready?.number !== number) ready = { number, ways: await waysOf(cases[number]!) };
  const run = ready.ways[way]!;
  const { ms } = timed(() => {
    for (let i = 0; i < times; i++) run();
  });
  process.stdout.write(`${(ms * NANOSECONDS) / times}\n`);
}
