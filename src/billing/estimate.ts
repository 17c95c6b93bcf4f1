/**
 * What a call will use, before it is made, from receipts of the same module and export: those of inputs of about the same size
 * (the same power of two) if there are enough, else of all. Integers: percentiles are values that were seen, never between two.
 *
 * A percentile of a sample bounds nothing; `confidence` says how sure it is that a further call uses no more than the largest seen.
 */
import { BillingError } from './billing-error.js';

export interface UsageSample {
  readonly inputBytes: number;
  readonly fuel: number;
}

export interface FuelEstimate {
  /** Samples that it is made of. */
  readonly samples: number;
  /** Whether they are of inputs of this size; false: of all sizes. */
  readonly sameSize: boolean;
  readonly median: number;
  readonly p95: number;
  readonly most: number;
  /** Parts of a million: the chance that the next call uses at most `most`, if calls come in no order: n / (n + 1). */
  readonly confidence: number;
}

/** Samples of a size from which they are taken alone. */
const SAMPLES_MIN = 20;

/** The number of bits of a size: sizes of one class are within a factor of two. */
function sizeClass(bytes: number): number {
  let bits = 0;
  for (let rest = bytes; rest >= 1; rest = (rest - (rest % 2)) / 2) bits += 1;
  return bits;
}

/**
 * @param inputBytes size of the input of the call that is to be made
 * @throws BillingError `unknown` without samples
 */
export function estimateFuel(samples: readonly UsageSample[], inputBytes: number): FuelEstimate {
  const near = samples.filter((sample) => sizeClass(sample.inputBytes) === sizeClass(inputBytes));
  const sameSize = near.length >= SAMPLES_MIN;
  const used = (sameSize ? near : samples).map(({ fuel }) => fuel).sort((a, b) => a - b);
  if (used.length === 0)
    throw new BillingError('unknown', 'there are no receipts of this module and export to estimate from');
  const count = used.length;
  const scaled = count * 1_000_000;
  return {
    samples: count,
    sameSize,
    median: percentile(used, 50),
    p95: percentile(used, 95),
    most: used[count - 1],
    confidence: (scaled - (scaled % (count + 1))) / (count + 1),
  };
}

/** The smallest value that at least `percent` of a hundred values are not above (nearest rank). */
function percentile(sorted: readonly number[], percent: number): number {
  const product = sorted.length * percent;
  const rank = (product - (product % 100)) / 100 + (product % 100 === 0 ? 0 : 1);
  return sorted[Math.max(rank, 1) - 1];
}
