/**
 * The policies' guests compared with their models and with libCacheSim: equal counts on twenty traces. libCacheSim
 * (GPL) is a separate program, in a Python chosen by the caller; if there is none, this is reported, and in CI it is a
 * failure.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Definition, POLICIES, type Policy, type Sizing } from '../../bench/caching/policies.js';
import { type Counts, PolicyGuests, simulate } from '../../bench/caching/simulation.js';
import { syntheticTrace } from '../../bench/caching/synthetic-trace.js';
import { beginningOf, factsOf, type Trace } from '../../bench/caching/trace.js';
import { oracleGeneral } from '../../bench/caching/trace-file.js';
import { MODELS } from './models.js';

const REQUESTS = 4_000;
/** Number of requests that run in both tiers, in every fourth trace. */
const INTERPRETED = 1_500;
const INTERPRETED_EACH = 4;

/** Every law of requests and of sizes, ties (one size), objects larger than a cache's parts, and a sketch that ages. */
export const CHECKED_LAWS: readonly string[] = [
  'zipf:objects=500,alpha=0.6,size=300',
  'zipf:objects=500,alpha=0.9,size=300',
  'zipf:objects=500,alpha=1.2,size=300',
  'zipf:objects=800,alpha=1.1,sizes=fixed,size=1,requests=16000',
  'zipf:objects=800,alpha=1,sizes=uniform,size=200',
  'zipf:objects=500,alpha=0.8,sizes=pareto,size=40,spread=1.2',
  'zipf:objects=300,alpha=0.9,sizes=lognormal,size=200,spread=2',
  'uniform:objects=400,size=300',
  'uniform:objects=400,sizes=fixed,size=7',
  'loop:objects=300,size=250',
  'loop:objects=300,sizes=fixed,size=1',
  'scan:objects=400,alpha=0.9,share=0.3,length=200,size=250',
  'scan:objects=400,alpha=1.1,share=0.6,length=50,sizes=fixed,size=3',
  'once:objects=400,alpha=0.9,share=0.4,size=250',
  'once:objects=400,alpha=1,share=0.2,sizes=uniform,size=150',
  'shift:objects=500,alpha=0.9,length=1000,step=50,size=250',
  'shift:objects=500,alpha=1.1,length=400,step=100,sizes=fixed,size=1',
  'phases:objects=400,alpha=0.9,length=600,size=250',
  'phases:objects=400,alpha=1,length=300,sizes=pareto,size=60,spread=1.5',
  'phases:objects=300,alpha=0.8,length=900,sizes=fixed,size=2',
];

/** Cache sizes as shares of the bytes of all objects in a trace. */
const SHARES = [0.03, 0.25] as const;
/** Below this size libCacheSim's segments of W-TinyLFU have no room. */
const BYTES_MIN = 100;

export function checkedTrace(index: number, seed: number, requests: number = REQUESTS): Trace {
  const law = CHECKED_LAWS[index];
  return syntheticTrace(law.includes('requests=') ? law : `${law},requests=${requests}`, seed + index);
}

export function checkedSizings(trace: Trace): readonly Omit<Sizing, 'definition'>[] {
  const { objectBytes, objects } = factsOf(trace);
  const meanBytes = objectBytes / objects;
  return SHARES.map((share) => ({ bytes: Math.max(BYTES_MIN, Math.round(objectBytes * share)), meanBytes }));
}

/** The counts from a model. */
export function modelled(name: string, { ids, sizes, prices }: Trace, sizing: Sizing): Counts {
  const model = MODELS[name](sizing);
  let [hits, hitBytes, missPrice] = [0, 0, 0];
  for (let i = 0; i < ids.length; i++) {
    if (model(ids[i], sizes[i], prices[i])) {
      hits += 1;
      hitBytes += sizes[i];
    } else missPrice += prices[i];
  }
  return { requests: ids.length, hits, hitBytes, missPrice };
}

export const definitionsOf = ({ hasTwoDefinitions }: Policy): readonly Definition[] =>
  hasTwoDefinitions ? ['own', 'libcachesim'] : ['own'];

export interface CheckOptions {
  readonly seed: number;
  /** Time limit in milliseconds for starting traces; those left out are failures. */
  readonly timeMs: number;
  /** A Python with libcachesim; undefined if there is none. */
  readonly python: string | undefined;
  readonly took: () => void;
}

export interface CheckResult {
  readonly passed: number;
  readonly failures: readonly string[];
  readonly notes: readonly string[];
}

const THEIRS = new Set(['fifo', 'lru', 'lfu', 'gdsf', 'sieve', 's3-fifo', 'w-tiny-lfu']);

export async function check({ seed, timeMs, python, took }: CheckOptions): Promise<CheckResult> {
  const failures: string[] = [];
  const until = performance.now() + timeMs;
  let passed = 0;
  const judge = (what: string, ours: object, theirs: object) => {
    const [a, b] = [JSON.stringify(ours), JSON.stringify(theirs)];
    if (a === b) passed += 1;
    else failures.push(`${what}: ${a}, expected ${b}`);
  };
  const guests = { interpreter: new PolicyGuests('interpreter'), instrumented: new PolicyGuests('instrumented') };
  const folder = mkdtempSync(join(tmpdir(), 'assay-traces-'));
  const jobs: { readonly what: string; readonly job: object; readonly ours: object }[] = [];
  try {
    for (const index of CHECKED_LAWS.keys()) {
      if (performance.now() > until) {
        failures.push(`no time for ${CHECKED_LAWS[index]}`);
        continue;
      }
      const trace = checkedTrace(index, seed);
      const beginning = beginningOf(trace, INTERPRETED);
      const { requestedBytes } = factsOf(trace);
      const path = join(folder, `${index}.oracleGeneral`);
      writeFileSync(path, oracleGeneral(trace));
      for (const [at, size] of checkedSizings(trace).entries()) {
        for (const policy of POLICIES) {
          for (const definition of definitionsOf(policy)) {
            const what = `${policy.name} (${definition}), ${size.bytes} bytes, ${trace.name}`;
            const sizing = { ...size, definition };
            const { requests, hits, hitBytes, missPrice } = await simulate(guests.instrumented, policy, trace, sizing);
            const counts = { requests, hits, hitBytes, missPrice };
            judge(`${what}, the model`, counts, modelled(policy.name, trace, sizing));
            if (index % INTERPRETED_EACH === 0 && at === 1) {
              const [compiled, interpreted] = await Promise.all(
                [guests.instrumented, guests.interpreter].map((tier) => simulate(tier, policy, beginning, sizing)),
              );
              judge(`${what}, the interpreter`, interpreted, compiled);
            }
            const isTheirs = THEIRS.has(policy.name) && definition === definitionsOf(policy).at(-1);
            const job = { trace: path, policy: policy.name, bytes: size.bytes, requests, requestedBytes };
            if (isTheirs) jobs.push({ what, job, ours: { hits, hitBytes } });
          }
        }
      }
      took();
    }
    if (python === undefined) {
      return {
        passed,
        failures,
        notes: [`libCacheSim: not compared, ${jobs.length} counts; --python names one that has it`],
      };
    }
    const theirs = answersOf(
      python,
      jobs.map(({ job }) => job),
    );
    for (const [i, { what, ours }] of jobs.entries()) judge(`${what}, libCacheSim`, ours, theirs[i] ?? {});
    return { passed, failures, notes: [`libCacheSim: ${jobs.length} pairs of counts compared`] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const SCRIPT = fileURLToPath(new URL('../../../spec/caching/libcachesim_counts.py', import.meta.url));

/** libCacheSim's counts. @throws Error if it did not run */
export function answersOf(python: string, jobs: readonly object[]): readonly { hits: number; hitBytes: number }[] {
  const input = jobs.map((job) => `${JSON.stringify(job)}\n`).join('');
  const { status, stdout, stderr, error } = spawnSync(python, [SCRIPT], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0)
    throw new Error(`libCacheSim did not run (${error?.message ?? `status ${status}`}): ${stderr?.slice(-500)}`);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}
