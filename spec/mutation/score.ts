/**
 * A score from a sample: killed of tested, and the interval that contains the score of all mutants in 95 of 100 samples
 * (Wilson).
 */

export interface Score {
  readonly killed: number;
  readonly tested: number;
  /** From 0 to 1. */
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** Of the normal distribution, for 95 %. */
const Z = 1.959964;

/** @param all number of mutants from which the sample was drawn: if all were tested, there is no uncertainty */
export function scoreOf(killed: number, tested: number, all: number): Score {
  if (tested === 0) return { killed, tested, share: 0, low: 0, high: 1 };
  const share = killed / tested;
  if (tested >= all) return { killed, tested, share, low: share, high: share };
  const spread = Z * Math.sqrt((share * (1 - share)) / tested + (Z * Z) / (4 * tested * tested));
  const middle = share + (Z * Z) / (2 * tested);
  const whole = 1 + (Z * Z) / tested;
  return {
    killed,
    tested,
    share,
    low: Math.max(0, (middle - spread) / whole),
    high: Math.min(1, (middle + spread) / whole),
  };
}

export function percent(share: number): string {
  return (share * 100).toFixed(1);
}
