/**
 * The rule that makes a schedule of what was measured: a row costs what its most expensive probe takes in the tier in which that is the
 * most, over what comes with it, in units of that tier's median program, divided by what an underpaid unit may take at most; rounded, and
 * at least 1. Where the rule is not followed, an override names the reason. docs/RATIONALE.md, "How is a price determined?".
 */
import { readFileSync } from 'node:fs';
import { FUEL_1_PRICES, type Prices } from '../../src/metering/schedule.js';
import type { MeasuredTier } from '../attack/measure.js';
import { median } from '../time.js';
import type { Calibration } from './data.js';

/** How much more than the median program's a unit may take: of instructions, and of what the host does around the guest. */
const UNDERPAID_MAX = { instruction: 3, host: 6 };

/** Instructions that are a call of the host's, or of a function of the interpreter's. */
const HOST_CLASSES: ReadonlySet<string> = new Set([
  'tableSet',
  'memoryGrow',
  'memoryInit',
  'memoryCopy',
  'memoryFill',
  'tableInit',
  'tableCopy',
  'tableFill',
  'tableGrow',
]);

/** A price that is set, or that the rule's is raised or lowered to; and why. */
export interface Override {
  readonly row: string;
  readonly price?: number;
  readonly least?: number;
  readonly most?: number;
  readonly reason: string;
}

const OVERRIDES_FILE = new URL('../../../bench/calibration/overrides.json', import.meta.url);

export function readOverrides(): readonly Override[] {
  return JSON.parse(readFileSync(OVERRIDES_FILE, 'utf8')) as readonly Override[];
}

/** Prices by their paths. */
export type RowPrices = ReadonlyMap<string, number>;

/** What the most expensive probe of each row takes over what comes with it, in units of the median program of the tier where that is most. */
export function worths({ programs, probes }: Calibration): RowPrices {
  const tiers: readonly MeasuredTier[] = ['interpreter', 'instrumented'];
  const typical = new Map(tiers.map((tier) => [tier, median(Object.values(programs[tier]))]));
  const found = new Map<string, number>();
  for (const { row, others, ns } of probes) {
    const worth = Math.max(...tiers.map((tier) => ns[tier] / typical.get(tier)! - others));
    found.set(row, Math.max(found.get(row) ?? 0, worth));
  }
  return found;
}

/** The number that the rule gives a row, before it is made a whole one. */
export function underpaid(row: string, worth: number): number {
  const [group, name] = row.split('.') as [string, string | undefined];
  const isHost = group !== 'instructions' || HOST_CLASSES.has(name!);
  return worth / (isHost ? UNDERPAID_MAX.host : UNDERPAID_MAX.instruction);
}

/** Every price that has a probe or an override, by its path. */
export function proposedPrices(calibration: Calibration, overrides: readonly Override[]): RowPrices {
  const prices = new Map<string, number>();
  for (const [row, worth] of worths(calibration)) {
    if (row !== 'told') prices.set(row, rounded(underpaid(row, worth) * divisorOf(row)));
  }
  for (const { row, price, least, most } of overrides) {
    const ruled = prices.get(row) ?? 0;
    prices.set(row, price ?? Math.min(Math.max(ruled, least ?? 0), most ?? Infinity));
  }
  return prices;
}

/** The slope of a rate is in parts of a unit. */
function divisorOf(row: string): number {
  return row.endsWith('.a') ? pricesByPath(FUEL_1_PRICES).get(row.replace(/a$/, 'b'))! : 1;
}

/** Above 100 two digits count: one machine differs from another by more. */
function rounded(value: number): number {
  const whole = Math.max(1, Math.round(value));
  return whole < 100 ? whole : Number(whole.toPrecision(2));
}

/** Every number of a schedule by its path. */
export function pricesByPath(prices: Prices): RowPrices {
  const found = new Map<string, number>();
  const walk = (path: string, value: object | number): void => {
    if (typeof value === 'number') found.set(path, value);
    else
      for (const [name, inner] of Object.entries(value)) walk(path === '' ? name : `${path}.${name}`, inner as object);
  };
  walk('', prices);
  return found;
}
