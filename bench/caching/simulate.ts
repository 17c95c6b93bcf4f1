/**
 * `npm run simulate`: caching policies, each a guest in a session, with synthetic traces or traces from a file. Prints
 * a table, or JSON with every count; `--svg` draws it. With `--check` it compares the guests with their models and with
 * libCacheSim.
 *
 *   npm run simulate -- --trace zipf:objects=5000,alpha=0.8 --policy lru,sieve --size 5%,20%
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { CHECKED_LAWS, check } from '../../spec/caching/check.js';
import { amount, flag, scriptLine, text, texts, whole } from '../../spec/script-options.js';
import { consoleOf } from '../../src/cli/console.js';
import { ProgressLine } from '../../src/cli/progress-line.js';
import { DOCS_RUNS, docsOfRuns } from './docs.js';
import { plotOf } from './plot.js';
import { type Definition, POLICIES, type Policy } from './policies.js';
import { panelsOf, type Report, reportOf, SizeFault, tableOf } from './report.js';
import { PolicyGuests, type SimulationTier } from './simulation.js';
import { isLaw, LAWS, LawFault, syntheticTrace } from './synthetic-trace.js';
import type { Trace } from './trace.js';
import { readTrace, TraceFault } from './trace-file.js';

const NAMES = POLICIES.map(({ name }) => name);
const SIZES = '1%,2%,5%,10%,20%,40%';

const { options, refuse } = scriptLine({
  name: 'simulate',
  about: 'Runs caching policies, each a WebAssembly guest in a session, under traces of requests.',
  options: {
    trace: texts(
      'law or file',
      `by law (${Object.keys(LAWS).join(', ')}; zipf:objects=900,alpha=0.9), oracleGeneral or .csv`,
    ),
    policy: text('names', `with commas: ${NAMES.join(', ')}`, 'all'),
    size: text('sizes', "of the cache, with commas: bytes, or a share of all objects' bytes", SIZES),
    definition: text('which', 'own: that of the papers; libcachesim: as libCacheSim 0.3.5 does', 'own'),
    tier: text('tier', 'instrumented, interpreter or auto', 'instrumented'),
    seed: whole('of traces by law', 1),
    most: whole('requests of a file that are read', 1_000_000, 1),
    json: flag('every count as JSON'),
    svg: text('file', 'a plot of the first trace'),
    check: flag('compare guests, models and libCacheSim on twenty traces'),
    docs: flag('write the tables and plots of docs/CACHING.md'),
    python: text('program', 'for --check: a Python that has libcachesim'),
    time: amount('for --check: seconds until no more traces are taken', 600),
  },
});
/** Requests per step of the progress bar. */
const STEP = 1000;
const console_ = consoleOf(process.stdout, process.stderr, process.env);

function policiesNamed(names: string): readonly Policy[] {
  if (names === 'all') return POLICIES;
  return names.split(',').map((name) => {
    return POLICIES.find((policy) => policy.name === name) ?? refuse(`'${name}' is no policy: ${NAMES.join(', ')}`);
  });
}

function traceNamed(name: string): Trace {
  try {
    if (isLaw(name)) return syntheticTrace(name, options.seed);
    if (existsSync(name)) return readTrace(name, options.most);
  } catch (error) {
    if (error instanceof LawFault || error instanceof TraceFault) refuse(error.message);
    throw error;
  }
  return refuse(`'${name}' is neither a file nor a law: ${Object.keys(LAWS).join(', ')}`);
}

function oneOf<T extends string>(option: string, given: string, accepted: readonly T[]): T {
  return (
    accepted.find((each) => each === given) ?? refuse(`--${option} is one of ${accepted.join(', ')}, not '${given}'`)
  );
}

/** Files of the docs that differ from the results of the runs. */
async function staleDocs(): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const [path, content] of await docsOfRuns()) {
    if (!existsSync(path) || readFileSync(path, 'utf8') !== content) stale.push(`${path} is not what --docs writes`);
  }
  return stale;
}

async function runCheck(): Promise<void> {
  const progress = new ProgressLine(console_, CHECKED_LAWS.length, 'traces');
  const { passed, failures, notes } = await check({
    seed: options.seed,
    timeMs: options.time * 1000,
    python: options.python,
    took: () => progress.step(),
  });
  progress.end();
  const stale = await staleDocs();
  for (const line of [...failures, ...stale, ...notes]) console_.out(line);
  // If CI is set, a missing libCacheSim is a failure.
  const lacks = options.python === undefined && (process.env['CI'] ?? '') !== '' ? 1 : 0;
  const failed = failures.length + stale.length + lacks;
  console_.out(`${passed + DOCS_RUNS + 1 - stale.length} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

async function writeDocs(): Promise<void> {
  const progress = new ProgressLine(console_, DOCS_RUNS, 'runs');
  const files = await docsOfRuns(() => progress.step());
  progress.end();
  for (const [path, content] of files) writeFileSync(path, content);
  console_.out(`wrote ${[...files.keys()].join(', ')}`);
}

async function run(): Promise<void> {
  const definition = oneOf<Definition>('definition', options.definition, ['own', 'libcachesim']);
  const tier = oneOf<SimulationTier>('tier', options.tier, ['instrumented', 'interpreter', 'auto']);
  const policies = policiesNamed(options.policy);
  const sizes = options.size.split(',');
  const traces = (options.trace.length === 0 ? ['zipf'] : options.trace).map(traceNamed);
  const guests = new PolicyGuests(tier);
  const reports: Report[] = [];
  for (const trace of traces) {
    const progress = new ProgressLine(
      console_,
      policies.length * sizes.length * Math.ceil(trace.ids.length / STEP),
      'thousand requests',
    );
    let taken = 0;
    const report = await reportOf(trace, guests, { policies, sizes, definition }, (requests) => {
      taken += requests;
      for (; taken >= STEP; taken -= STEP) progress.step();
    });
    progress.end();
    reports.push(report);
    if (!options.json) console_.out(tableOf(report, console_.colours.bold));
  }
  if (options.json) console_.out(JSON.stringify(reports, null, 2));
  const [first] = reports;
  if (options.svg !== undefined)
    writeFileSync(options.svg, plotOf(`Misses by size of the cache: ${first.trace}`, panelsOf(first)));
}

try {
  if (options.check) await runCheck();
  else if (options.docs) await writeDocs();
  else await run();
} catch (error) {
  if (error instanceof SizeFault) refuse(error.message);
  throw error;
}
