/**
 * `npm run simulate`: caching policies, each a guest in a session, under traces by law or from a file. What it prints is a table, or JSON
 * with every count; `--svg` draws it. With `--check` it compares the guests with their models and with libCacheSim.
 *
 *   npm run simulate -- --trace zipf:objects=5000,alpha=0.8 --policy lru,sieve --size 5%,20%
 */
import { existsSync, writeFileSync } from 'node:fs';
import { CHECKED_LAWS, check } from '../../spec/caching/check.js';
import { amount, flag, scriptLine, text, texts, whole } from '../../spec/script-options.js';
import { consoleOf } from '../../src/cli/console.js';
import { columns, grouped } from '../../src/cli/layout.js';
import { ProgressLine } from '../../src/cli/progress-line.js';
import { type Panel, plotOf } from './plot.js';
import { type Definition, POLICIES, type Policy } from './policies.js';
import { PolicyGuests, type SimulationResult, type SimulationTier, simulate } from './simulation.js';
import { isLaw, LAWS, LawFault, syntheticTrace } from './synthetic-trace.js';
import { factsOf, type Trace, type TraceFacts } from './trace.js';
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
    python: text('program', 'for --check: a Python that has libcachesim'),
    time: amount('for --check: seconds until no more traces are taken', 600),
  },
});
const console_ = consoleOf(process.stdout, process.stderr, process.env);

interface Row extends SimulationResult {
  readonly policy: string;
  readonly bytes: number;
}

interface Report {
  readonly trace: string;
  readonly about: string;
  readonly facts: TraceFacts;
  readonly definition: Definition;
  readonly rows: readonly Row[];
}

function policiesNamed(names: string): readonly Policy[] {
  if (names === 'all') return POLICIES;
  return names.split(',').map((name) => {
    return POLICIES.find((policy) => policy.name === name) ?? refuse(`'${name}' is no policy: ${NAMES.join(', ')}`);
  });
}

function sizesNamed(sizes: string, { objectBytes }: TraceFacts): readonly number[] {
  return sizes.split(',').map((size) => {
    const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(size) ?? refuse(`'${size}' is no size: 1000000 or 10%`);
    const bytes = Math.round(match[2] === '' ? Number(match[1]) : (objectBytes * Number(match[1])) / 100);
    if (bytes < 100) refuse(`a cache of ${bytes} bytes (${size}) is too small: the least is 100`);
    return bytes;
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

async function reportOf(trace: Trace, guests: PolicyGuests, definition: Definition): Promise<Report> {
  const facts = factsOf(trace);
  const policies = policiesNamed(options.policy);
  const sizes = sizesNamed(options.size, facts);
  const progress = new ProgressLine(
    console_,
    (policies.length * sizes.length * facts.requests) / 1000,
    'thousand requests',
  );
  const rows: Row[] = [];
  let taken = 0;
  for (const policy of policies) {
    for (const bytes of sizes) {
      const sizing = { bytes, meanBytes: facts.objectBytes / facts.objects, definition };
      const result = await simulate(guests, policy, trace, sizing, (requests) => {
        taken += requests;
        for (; taken >= 1000; taken -= 1000) progress.step();
      });
      rows.push({ policy: policy.name, bytes, ...result });
    }
  }
  progress.end();
  return { trace: trace.name, about: trace.about, facts, definition, rows };
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

function tableOf({ trace, about, facts, definition, rows }: Report): string {
  const head = ['policy', 'bytes', 'of all', 'hits', 'byte hits', 'price saved', 'fuel a request'];
  const cells = rows.map(({ policy, bytes, hits, hitBytes, missPrice, fuel }) => [
    policy,
    grouped(bytes),
    percent(bytes / facts.objectBytes),
    percent(hits / facts.requests),
    percent(hitBytes / facts.requestedBytes),
    percent(1 - missPrice / facts.price),
    grouped(Math.round(fuel / facts.requests)),
  ]);
  const counts = `${grouped(facts.requests)} requests for ${grouped(facts.objects)} objects of ${grouped(facts.objectBytes)} bytes`;
  const lines = columns(
    [head.map((name) => ({ text: name, style: console_.colours.bold })), ...cells],
    [1, 2, 3, 4, 5, 6],
  );
  return [`${trace}: ${counts}`, `${about}; definitions: ${definition}`, '', ...lines, ''].join('\n');
}

function panelsOf({ facts, rows }: Report): readonly Panel[] {
  const panel = (title: string, missed: (row: Row) => number): Panel => ({
    title,
    lines: [...new Set(rows.map(({ policy }) => policy))].map((name) => ({
      name,
      points: rows
        .filter(({ policy }) => policy === name)
        .map((row) => [row.bytes / facts.objectBytes, missed(row)] as const),
    })),
  });
  return [
    panel('requests that miss', ({ hits }) => 1 - hits / facts.requests),
    panel('bytes that miss', ({ hitBytes }) => 1 - hitBytes / facts.requestedBytes),
    panel('load price that is paid', ({ missPrice }) => missPrice / facts.price),
  ];
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
  for (const line of [...failures, ...notes]) console_.out(line);
  const lacks = options.python === undefined && (process.env['CI'] ?? '') !== '' ? 1 : 0;
  const failed = failures.length + lacks;
  console_.out(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

async function run(): Promise<void> {
  const definition = oneOf<Definition>('definition', options.definition, ['own', 'libcachesim']);
  const tier = oneOf<SimulationTier>('tier', options.tier, ['instrumented', 'interpreter', 'auto']);
  const traces = (options.trace.length === 0 ? ['zipf'] : options.trace).map(traceNamed);
  const guests = new PolicyGuests(tier);
  const reports: Report[] = [];
  for (const trace of traces) {
    const report = await reportOf(trace, guests, definition);
    reports.push(report);
    if (!options.json) console_.out(tableOf(report));
  }
  if (options.json) console_.out(JSON.stringify(reports, null, 2));
  const [first] = reports;
  if (options.svg !== undefined)
    writeFileSync(options.svg, plotOf(`Misses by size of the cache: ${first.trace}`, panelsOf(first)));
}

if (options.check) await runCheck();
else await run();
