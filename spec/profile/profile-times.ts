/**
 * The time of profiles relative to the calls in the interpreter, as JSON: run by `check-times.ts` in a separate
 * process, because earlier runs affect how V8 compiles the loops. A ratio is the median of many rounds, each with a
 * call and its profile: other work on the machine affects both.
 *
 *     node dist/spec/profile/profile-times.js [DIR]
 *
 * DIR has the zomes; without it the calls are those of the vectors.
 */
import { join } from 'node:path';
import { median } from '../../bench/time.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { readValue } from '../../src/cli/read-document.js';
import { opOf } from '../../src/cli/validate-op.js';
import { dependenciesOf, zomeSubject } from '../../src/cli/zome-subject.js';
import { type Profiled, Profiler } from '../../src/profile/profile-of.js';
import { vectorCalls } from './vector-calls.js';

/** While its ratio is above the target, a profile gets up to this many times as many rounds. */
const ATTEMPTS = 4;
export const RATIO_AIM = 3;
/** Shorter calls are left out, because the clock is too coarse for them. */
const CALL_MS_MIN = 0.4;
const ROUNDS = 15;
/** V8 compiles the counting loop for seconds, in parallel with other work; a busy machine takes longer. */
const WARM_UP_MS = 5_000;
/** Total duration of the calls in one round. */
const ROUND_MS = 8;

function timeOf(work: () => unknown, times: number): number {
  const started = performance.now();
  for (let i = 0; i < times; i++) work();
  return (performance.now() - started) / times;
}

export interface TimedProfile {
  readonly name: string;
  /** The shortest of all rounds. */
  readonly callMs: number;
  /** The profile's time divided by the call's. */
  readonly ratio: number;
}

function timesOf(name: string, call: () => Profiled, profiler: Profiler): TimedProfile {
  const result = call();
  const profile = () => profiler.profileOf(result);
  for (let i = 0; i < 5; i++) {
    call();
    profile();
  }
  const times = Math.max(1, Math.round(ROUND_MS / timeOf(call, 3)));
  let callMs = Number.POSITIVE_INFINITY;
  const ratios: number[] = [];
  while (ratios.length < ROUNDS || (ratios.length < ATTEMPTS * ROUNDS && median(ratios) > RATIO_AIM)) {
    const roundMs = timeOf(call, times);
    ratios.push(timeOf(profile, times) / roundMs);
    callMs = Math.min(callMs, roundMs);
  }
  return { name, callMs, ratio: median(ratios) };
}

/** Runs and profiles until V8 has compiled everything it will. */
function warmUp(call: () => Profiled, profiler: Profiler): void {
  const end = performance.now() + WARM_UP_MS;
  while (performance.now() < end) profiler.profileOf(call());
}

async function ofVectors(): Promise<readonly TimedProfile[]> {
  const profiler = new Profiler();
  const rows: TimedProfile[] = [];
  for (const { name, start } of vectorCalls()) {
    const call = await start('interpreter');
    if (timeOf(call, 2) < CALL_MS_MIN) continue;
    if (rows.length === 0) warmUp(call, profiler);
    rows.push(timesOf(name, call, profiler));
  }
  return rows;
}

async function ofZome(folder: string): Promise<readonly TimedProfile[]> {
  const { host } = await zomeSubject(join(folder, 'notes-0.7/notes.wasm'), {
    tier: 'interpreter',
    generation: '0.7',
  });
  const dependencies = dependenciesOf(join(folder, 'ops/0.7-deps.json'), '0.7');
  const profiler = new Profiler();
  return ['post', 'comment', 'delete', 'link', 'empty-title', 'signature-good', 'panic'].map((name, at) => {
    const file = join(folder, `ops/0.7-${name}.json`);
    const op = opOf(file, readValue(file, LIMITS_1.payloadBytes, 'an op'), '0.7');
    const call = () => host.validateOp(op, { dependencies, fuel: 20_000_000 }).calls[0]!;
    if (at === 0) warmUp(call, profiler);
    return timesOf(name, call, profiler);
  });
}

if (process.argv[1]?.endsWith('profile-times.js') === true) {
  const folder = process.argv[2];
  const rows = folder === undefined ? await ofVectors() : await ofZome(folder);
  process.stdout.write(JSON.stringify(rows.filter(({ callMs }) => callMs >= CALL_MS_MIN)));
}
