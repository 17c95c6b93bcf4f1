/**
 * How evenly a schedule bills: nanoseconds per unit of fuel over the probes of single instructions and over real
 * programs, in each tier, and the result of other schedules for the same figures.
 */
import { FUEL_1_PRICES } from '../../src/metering/schedule.js';
import { INSTRUCTIONS } from '../../src/wasm/instructions.js';
import type { MeasuredTier } from '../attack/measure.js';
import type { Calibration, Measured } from './data.js';
import { internetComputerWeight } from './internet-computer.js';
import { PROBES } from './probes.js';

interface Spread {
  readonly p5: number;
  readonly median: number;
  readonly p95: number;
  readonly worst: number;
}

const TIERS: readonly MeasuredTier[] = ['interpreter', 'instrumented'];
const CLASS_OF: ReadonlyMap<string, keyof typeof FUEL_1_PRICES.instructions> = new Map(
  INSTRUCTIONS.map(({ name, cost }) => [name, cost]),
);
/** The probes of a single instruction: their names begin with it. */
const INSTRUCTION_PROBES: ReadonlySet<string> = new Set(
  PROBES.filter(
    ({ name, row, how, units }) => row !== 'told' && how === 'loop' && units === 1 && CLASS_OF.has(instructionOf(name)),
  ).map(({ name }) => name),
);

function instructionOf(probe: string): string {
  return probe.split(/[ ,]/)[0]!;
}

const SCHEDULES: Readonly<Record<string, (instruction: string) => number>> = {
  '`fuel-1`': (name) => FUEL_1_PRICES.instructions[CLASS_OF.get(name)!],
  "the Internet Computer's": internetComputerWeight,
  'one price for all': () => 1,
};

/** For values in any order; the nearest rank. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((left, right) => left - right);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!;
  return { p5: at(0.05), median: at(0.5), p95: at(0.95), worst: sorted.at(-1)! };
}

/**
 * A probe's nanoseconds per unit: its instruction and the work around it, which every schedule prices at about 1 each.
 */
function rateOf({ name, others, ns }: Measured, tier: MeasuredTier, price: (instruction: string) => number): number {
  return ns[tier] / (others + Math.max(1, price(instructionOf(name))));
}

/** Lines of Markdown. */
export function distributionTable({ probes, programsNow, fuelRatios = {} }: Calibration): string[] {
  const lines = ['| ns a unit | tier | p5 | median | p95 | worst |', '| --- | --- | ---: | ---: | ---: | ---: |'];
  const add = (what: string, tier: MeasuredTier, values: readonly number[]) => {
    const { p5, median, p95, worst } = spreadOf(values);
    lines.push(`| ${what} | ${tier} | ${[p5, median, p95, worst].map((value) => value.toPrecision(2)).join(' | ')} |`);
  };
  const single = probes.filter(({ name }) => INSTRUCTION_PROBES.has(name));
  for (const [name, price] of Object.entries(SCHEDULES)) {
    for (const tier of TIERS)
      add(
        `instructions, ${name}`,
        tier,
        single.map((probe) => rateOf(probe, tier, price)),
      );
  }
  if (programsNow === undefined) return lines;
  // Time does not depend on a schedule.
  const ratesBefore = (rates: Readonly<Record<string, number>>) =>
    Object.entries(fuelRatios).map(([name, ratio]) => rates[name]! * ratio);
  for (const tier of TIERS) add('programs, under the schedule before', tier, ratesBefore(programsNow[tier]));
  for (const tier of TIERS) add('programs, `fuel-1`', tier, Object.values(programsNow[tier]));
  return lines;
}
