/**
 * Estimates what a call will use, from receipts of the same module and export: those with the same kind of input and
 * about the same size (the same power of two) if there are enough, otherwise of the same kind, otherwise of the same
 * size, otherwise all. All values are integers: percentiles are observed values, never between two.
 *
 * A percentile of a sample is not a bound; `confidence` is the probability that the next call uses no more than the
 * largest seen.
 */
import { BillingError } from './billing-error.js';

export interface UsageSample {
  readonly inputBytes: number;
  readonly fuel: number;
  /** The kind of input, as any text; for an op, `opWork`. */
  readonly kind?: string;
}

/** Which samples an estimate uses. */
export type EstimateBasis = 'kind and size' | 'kind' | 'size' | 'all';

export interface FuelEstimate {
  /** How many samples it uses. */
  readonly samples: number;
  /** What the samples have in common with the call. */
  readonly basis: EstimateBasis;
  readonly median: number;
  readonly p95: number;
  readonly most: number;
  /**
   * The probability, in parts of a million, that the next call uses at most `most`, if calls come in random order: n /
   * (n + 1).
   */
  readonly confidence: number;
}

/** From this many similar samples on, only those are used. */
const SAMPLES_MIN = 20;

/** The number of bits of a size: sizes of one class are within a factor of two. */
function sizeClass(bytes: number): number {
  let bits = 0;
  for (let rest = bytes; rest >= 1; rest = (rest - (rest % 2)) / 2) bits += 1;
  return bits;
}

/**
 * @param input of the planned call
 * @throws BillingError `unknown` without samples
 */
export function estimateFuel(samples: readonly UsageSample[], input: Omit<UsageSample, 'fuel'>): FuelEstimate {
  const { basis, alike } = samplesLike(samples, input);
  const used = alike.map(({ fuel }) => fuel).sort((a, b) => a - b);
  if (used.length === 0)
    throw new BillingError('unknown', 'there are no receipts of this module and export to estimate from');
  const count = used.length;
  const scaled = count * 1_000_000;
  return {
    samples: count,
    basis,
    median: percentile(used, 50),
    p95: percentile(used, 95),
    most: used[count - 1],
    confidence: (scaled - (scaled % (count + 1))) / (count + 1),
  };
}

/** The samples most similar to the input, if there are enough of them. */
function samplesLike(
  samples: readonly UsageSample[],
  { inputBytes, kind }: Omit<UsageSample, 'fuel'>,
): { readonly basis: EstimateBasis; readonly alike: readonly UsageSample[] } {
  const size = sizeClass(inputBytes);
  const ofKind = kind === undefined ? [] : samples.filter((sample) => sample.kind === kind);
  const isOfSize = (sample: UsageSample) => sizeClass(sample.inputBytes) === size;
  const choices = [
    ['kind and size', ofKind.filter(isOfSize)],
    ['kind', ofKind],
    ['size', samples.filter(isOfSize)],
  ] as const;
  for (const [basis, alike] of choices) if (alike.length >= SAMPLES_MIN) return { basis, alike };
  return { basis: 'all', alike: samples };
}

/** The smallest value such that at least `percent` % of the values are not above it (nearest rank). */
function percentile(sorted: readonly number[], percent: number): number {
  const product = sorted.length * percent;
  const rank = (product - (product % 100)) / 100 + (product % 100 === 0 ? 0 : 1);
  return sorted[Math.max(rank, 1) - 1];
}
