/**
 * A profile takes at most three times as long as the call takes in the interpreter. Each time is beside the other in the same run, and what
 * is compared are the shortest of many: other work on the machine makes times longer, never shorter.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { LIMITS_1 } from '../../src/base/limits.js';
import { readValue } from '../../src/cli/read-document.js';
import { opOf } from '../../src/cli/validate-op.js';
import { dependenciesOf, zomeSubject } from '../../src/cli/zome-subject.js';
import { type Profiled, Profiler } from '../../src/profile/profile-of.js';
import { vectorCalls } from './vector-calls.js';

const RATIO_MAX = 3;
/** Shorter calls are left out: of those the clock sees little. */
const CALL_MS_MIN = 0.4;
const ROUNDS = 15;
/** How long the calls of one round take together. */
const ROUND_MS = 8;

const ZOMES = process.env['ASSAY_ZOMES'] ?? '../shared/zomes';

function timeOf(work: () => unknown, times: number): number {
  const started = performance.now();
  for (let i = 0; i < times; i++) work();
  return (performance.now() - started) / times;
}

interface Times {
  readonly callMs: number;
  readonly profileMs: number;
}

function timesOf(call: () => Profiled, profiler: Profiler): Times {
  const result = call();
  const profile = () => profiler.profileOf(result);
  for (let i = 0; i < 5; i++) {
    call();
    profile();
  }
  const times = Math.max(1, Math.round(ROUND_MS / timeOf(call, 3)));
  let [callMs, profileMs] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    callMs = Math.min(callMs, timeOf(call, times));
    profileMs = Math.min(profileMs, timeOf(profile, times));
  }
  return { callMs, profileMs };
}

function check(rows: readonly (readonly [name: string, times: Times])[]): void {
  const compared = rows.filter(([, { callMs }]) => callMs >= CALL_MS_MIN);
  expect(compared.length).to.be.greaterThan(0);
  for (const [name, { callMs, profileMs }] of compared) {
    const text = `${name}: ${callMs.toFixed(2)} ms, its profile ${profileMs.toFixed(2)} ms`;
    if (process.env['SHOW_TIMES'] !== undefined) console.log(`${text}, ${(profileMs / callMs).toFixed(2)} times`);
    expect(profileMs / callMs, text).to.be.at.most(RATIO_MAX);
  }
}

describe('the time of a profile', function () {
  this.timeout(300_000);

  it('of calls of the guests of the vectors', async () => {
    const profiler = new Profiler();
    const rows: (readonly [string, Times])[] = [];
    for (const { name, start } of vectorCalls()) {
      const call = await start('interpreter');
      if (timeOf(call, 2) >= CALL_MS_MIN) rows.push([name, timesOf(call, profiler)]);
    }
    check(rows);
  });

  it('of ops of a real zome', async function () {
    const path = join(ZOMES, 'notes-0.7/notes.wasm');
    // The zomes are not in the repository: ASSAY_ZOMES says where they are.
    if (!existsSync(path)) this.skip();
    const { host } = await zomeSubject(path, { tier: 'interpreter', generation: '0.7' });
    const dependencies = dependenciesOf(join(ZOMES, 'ops/0.7-deps.json'), '0.7');
    const profiler = new Profiler();
    const rows = ['post', 'comment', 'delete', 'link', 'empty-title', 'signature-good', 'panic'].map((name) => {
      const file = join(ZOMES, `ops/0.7-${name}.json`);
      const op = opOf(file, readValue(file, LIMITS_1.payloadBytes, 'an op'), '0.7');
      const call = () => host.validateOp(op, { dependencies, fuel: 20_000_000 }).calls[0]!;
      return [name, timesOf(call, profiler)] as const;
    });
    check(rows);
  });
});
