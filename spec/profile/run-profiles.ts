/**
 * Makes the profile of every call of the vectors' guests and, with a folder of zomes, of every op there, from runs in
 * both tiers. Their sums must equal the receipts, both must be the same bytes, here and in Bun, Chromium and Firefox,
 * and they must be fast enough. The status is 1 otherwise.
 *
 *   npm run profiles -- [DIR]
 *
 * DIR has zomes in `NAME-GENERATION/NAME.wasm` and their ops in `ops/GENERATION-OP.json`, with
 * `ops/GENERATION-deps.json`.
 */
import { randomInt } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { toHex } from '../../src/base/hash.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import type { Generation } from '../../src/boundary/generation.js';
import { GENERATIONS } from '../../src/boundary/generation.js';
import { type Encodable, encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { readValue } from '../../src/cli/read-document.js';
import { opOf } from '../../src/cli/validate-op.js';
import { dependenciesOf, zomeSubject } from '../../src/cli/zome-subject.js';
import { type Profiled, Profiler } from '../../src/profile/profile-of.js';
import { checkFolder, flag, scriptLine, whole } from '../script-options.js';
import { checkProfile } from './check-profile.js';
import { checkTimes } from './check-times.js';
import type { ProfileJob } from './profile-hashes.js';
import { compareElsewhere } from './run-elsewhere.js';
import { vectorCalls } from './vector-calls.js';

const TIERS = ['interpreter', 'auto'] as const;
const profiler = new Profiler();
let passed = 0;
let failed = 0;
let instrumented = 0;

/** Compares the profiles of the same call in both tiers. */
function compare(name: string, calls: readonly Profiled[]): void {
  try {
    const texts = calls.map((call) => {
      const profile = profiler.profileOf(call);
      checkProfile(profile, call.receipt);
      return JSON.stringify(profile);
    });
    if (texts.some((text) => text !== texts[0])) throw new Error('the profiles of two tiers differ');
    passed += 1;
  } catch (error) {
    failed += 1;
    console.log(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

interface ZomeOps {
  readonly path: string;
  readonly ops: readonly string[];
  readonly deps: string | undefined;
  readonly generation: Generation;
  readonly fuel: number;
}

/** The calls of all ops of a zome in one tier, in order. */
async function callsOfOps({ path, ops, deps, generation, fuel }: ZomeOps, tier: (typeof TIERS)[number]) {
  const { host } = await zomeSubject(path, { tier, generation });
  for (const { module } of host.zomes) await module.settled();
  const dependencies = dependenciesOf(deps, generation);
  return ops.flatMap((file) => {
    const op = opOf(file, readValue(file, LIMITS_1.payloadBytes, 'an op'), generation);
    return host.validateOp(op, { dependencies, fuel }).calls.map((call) => ({ file, call }));
  });
}

/** The vectors' calls by module. */
function vectorJobs(): readonly ProfileJob[] {
  const all = vectorCalls();
  const paths = [...new Set(all.map(({ path }) => path))];
  return paths.map((path) => ({
    ...fileOf(path),
    calls: all.filter((one) => one.path === path).map(({ name, call }) => ({ name, call })),
  }));
}

function fileOf(path: string): Pick<ProfileJob, 'file' | 'base64'> {
  return { file: basename(path), base64: readFileSync(path).toString('base64') };
}

function jobOfOps({ path, ops, deps, fuel }: ZomeOps): ProfileJob {
  const bytesOf = (file: string) =>
    toHex(encodeMessagePack(readValue(file, LIMITS_1.payloadBytes, 'a file') as Encodable));
  const found = deps === undefined ? {} : { dependencies: bytesOf(deps) };
  return {
    ...fileOf(path),
    calls: ops.map((file) => ({
      name: basename(file),
      call: { kind: 'op', export: 'validate', op: bytesOf(file), fuel },
      ...found,
    })),
  };
}

const { options, args, refuse } = scriptLine({
  name: 'profiles',
  about:
    'Makes profiles of the calls of the vectors, and of the ops of zomes, and compares them with receipts and between tiers.',
  options: {
    fuel: whole('fuel limit of each op', 20_000_000),
    here: flag('leave out Bun, Chromium and Firefox'),
    time: whole('seconds for these three together: so many modules as there is time for (default: all)', undefined),
    seed: whole('of the order of the modules there (default: a random one, which is printed)', undefined),
  },
  takes: [['[dir]', 'folder of zomes and their ops']],
});
const [folder] = args;
if (folder !== undefined) checkFolder(refuse, folder);
const times = await checkTimes(folder);
passed += times.passed;
failed += times.failed;
for (const { name, run } of vectorCalls()) compare(name, [await run('interpreter'), await run('auto')]);
const zomeJobs: ProfileJob[] = [];
for (const name of folder === undefined ? [] : readdirSync(folder).sort()) {
  const [zome = '', version = ''] = name.split(/-(?=[^-]*$)/);
  const path = join(folder!, name, `${zome}.wasm`);
  if (!existsSync(path) || !Object.hasOwn(GENERATIONS, version)) continue;
  const ops = readdirSync(join(folder!, 'ops')).filter(
    (file) => file.startsWith(`${version}-`) && !file.endsWith('-deps.json'),
  );
  const deps = join(folder!, 'ops', `${version}-deps.json`);
  const zomeOps: ZomeOps = {
    path,
    ops: ops.sort().map((file) => join(folder!, 'ops', file)),
    deps: existsSync(deps) ? deps : undefined,
    generation: version as Generation,
    fuel: options.fuel,
  };
  zomeJobs.push(jobOfOps(zomeOps));
  const first = await callsOfOps(zomeOps, 'interpreter');
  const second = await callsOfOps(zomeOps, 'auto');
  first.forEach(({ file, call }, i) => {
    compare(file, [call, second[i]!.call]);
    if (second[i]!.call.diagnostics.tier === 'instrumented') instrumented += 1;
  });
}
const seed = options.seed ?? randomInt(2 ** 31);
if (options.time !== undefined) console.log(`seed ${seed}`);
const elsewhere = options.here
  ? { passed: 0, failed: 0 }
  : await compareElsewhere([...zomeJobs, ...vectorJobs()], { seconds: options.time, seed });
passed += elsewhere.passed;
failed += elsewhere.failed;
console.log(`${instrumented} ops ran in the instrumented tier`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
