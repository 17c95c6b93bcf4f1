/**
 * The rule that derives a schedule from measurements: a row costs the time of its most expensive probe beyond the work
 * around it, in the tier in which that is highest, in units of that tier's median program, divided by the maximum
 * allowed for an underpaid unit; rounded, and at least 1. If the rule is not followed, an override has the reason.
 * docs/RATIONALE.md, "How is a price determined?".
 */
import { readFileSync } from 'node:fs';
import { FUEL_1_PRICES, type Prices } from '../../src/metering/schedule.js';
import type { MeasuredTier } from '../attack/measure.js';
import { median } from '../time.js';
import type { Calibration } from './data.js';

/**
 * How much more time than the median program's a unit may take: for instructions, and for the host's work around the
 * guest.
 */
const UNDERPAID_MAX = { instruction: 3, host: 6 };

/** Instructions that call the host or a function of the interpreter. */
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

/** A price that is set, or a bound for the rule's price; and the reason. */
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

/**
 * The time of the most expensive probe of each row beyond the work around it, in units of the median program of the
 * tier where that is highest.
 */
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

/** The number that the rule gives a row, before it is rounded. */
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

/** The slope of a rate is in fractions of a unit. */
function divisorOf(row: string): number {
  return row.endsWith('.a') ? pricesByPath(FUEL_1_PRICES).get(row.replace(/a$/, 'b'))! : 1;
}

/** Above 100 two digits are enough: machines differ by more. */
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
