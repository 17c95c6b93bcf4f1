/**
 * `npm run calibrate`: measures the cost of each row of the schedule in each tier, together with real programs, and
 * prints the schedule that the rule derives.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { amount, flag, scriptLine, text, whole } from '../../spec/script-options.js';
import type { MeasuredTier } from '../attack/measure.js';
import { median } from '../time.js';
import { CALIBRATION_FILE, type Calibration, type Measured, type ProgramRates, readCalibration } from './data.js';
import { distributionTable } from './distribution.js';
import { meet, nanosecondsOf } from './measure.js';
import { PROBES } from './probes.js';
import { realProgramRates } from './programs.js';

const TIERS: readonly MeasuredTier[] = ['interpreter', 'instrumented'];

const {
  options,
  args: words,
  refuse,
} = scriptLine({
  name: 'calibrate',
  about:
    'Measures what each row of the schedule costs in each tier, beside real programs, and what the rule makes of it.',
  options: {
    rounds: whole('measurements of each probe, of which the median counts', 5, 1),
    seconds: amount('ends after so many seconds; what was not measured keeps its figures', 3600),
    programs: flag('measure the real programs alone'),
    now: flag('measure the real programs alone, under the schedule that came of the figures'),
    distribution: flag('print how evenly the schedule bills, by the figures that there are'),
    out: text('file', 'where the data are written (default: bench/calibration/VERSION.json)'),
    keep: flag('take over the figures of the file for all that is not measured'),
  },
  takes: [['[words...]', 'the probes whose names or rows have one of them']],
});

async function run(): Promise<void> {
  if (options.distribution) {
    console.log(distributionTable(readCalibration()).join('\n'));
    return;
  }
  const file = options.out ?? fileURLToPath(new URL(`${process.version}.json`, CALIBRATION_FILE));
  const chosen = PROBES.filter(
    ({ name, row }) => words.length === 0 || words.some((word) => name.includes(word) || row.includes(word)),
  );
  if (chosen.length === 0) refuse(`no probe has '${words.join("' or '")}' in its name or row`);
  const isPart = words.length > 0 || options.programs || options.now || options.keep;
  const before = isPart ? readBefore(file) : undefined;
  const end = performance.now() + options.seconds * 1000;
  const measured = words.length === 0 ? await measurePrograms() : undefined;
  const programs = (options.now ? before?.programs : measured) ?? before?.programs;
  const programsNow = options.now ? measured : before?.programsNow;
  if (programs === undefined) return refuse('there are no figures of real programs yet; name no probes');
  const probes = new Map<string, Measured>(before?.probes.map((probe) => [probe.name, probe]));
  const toDo = options.programs || options.now ? [] : chosen;
  if (toDo.length > 0) await meetAll();
  for (const [i, probe] of toDo.entries()) {
    if (performance.now() > end) break;
    const ns = {} as Record<MeasuredTier, number>;
    for (const tier of TIERS) {
      tell(`${i + 1}/${toDo.length} ${probe.name} in the ${tier} tier`);
      ns[tier] = significant(Math.max(0, await nanosecondsOf(probe, tier, options.rounds)));
    }
    const { name, row, others } = probe;
    probes.set(name, { name, row, others, ns });
  }
  tell('');
  const inOrder = PROBES.flatMap(({ name, row, others }) => {
    const measured = probes.get(name);
    return measured === undefined ? [] : [{ name, row, others, ns: measured.ns }];
  });
  const calibration: Calibration = {
    machine: {
      node: process.version,
      v8: process.versions.v8,
      platform: `${process.platform} ${process.arch}`,
      cpu: cpus()[0]?.model ?? 'unknown',
    },
    rounds: before?.rounds ?? options.rounds,
    programs,
    ...(programsNow === undefined ? {} : { programsNow }),
    ...(before?.fuelRatios === undefined ? {} : { fuelRatios: before.fuelRatios }),
    probes: inOrder,
  };
  writeFileSync(file, `${JSON.stringify(calibration, undefined, 2)}\n`);
  print(
    calibration,
    chosen.map(({ name }) => name),
  );
}

async function measurePrograms(): Promise<ProgramRates> {
  const programs = {} as Record<MeasuredTier, Record<string, number>>;
  for (const tier of TIERS) {
    tell(`${tier}: real programs`);
    programs[tier] = rounded(Object.fromEntries(await realProgramRates(tier, options.rounds)));
  }
  return programs;
}

/** V8 recompiles the interpreter's loop after the last new operation, which takes as long as a few probes. */
async function meetAll(): Promise<void> {
  const loops = PROBES.filter(({ how }) => how === 'loop');
  for (const probe of loops) await meet(probe, 'interpreter');
  await nanosecondsOf(loops[0]!, 'interpreter', 20);
}

function readBefore(file: string): Calibration | undefined {
  try {
    readFileSync(file);
  } catch {
    return undefined;
  }
  return readCalibration(new URL(`file://${file}`));
}

function tell(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

function significant(value: number): number {
  return Number(value.toPrecision(4));
}

function rounded(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, significant(value)]));
}

function print({ programs, probes }: Calibration, names: readonly string[]): void {
  const typical = TIERS.map((tier) => median(Object.values(programs[tier])));
  TIERS.forEach((tier, i) => {
    console.log(
      `${tier}: ${Object.keys(programs[tier]).length} real programs, median ${typical[i]!.toFixed(3)} ns a unit`,
    );
  });
  for (const { name, row, others, ns } of probes) {
    if (!names.includes(name)) continue;
    const worth = TIERS.map((tier, i) => (ns[tier] / typical[i]!).toFixed(2).padStart(10));
    console.log(`${worth.join(' ')} - ${others}  ${row}: ${name}`);
  }
}

await run();
