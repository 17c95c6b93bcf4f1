/** Quantiles of any number of fuel figures in bounded memory: counts in buckets that are 1 % wide. The largest figure is exact. */

const BUCKETS_EACH_DOUBLING = 70;

export class FuelQuantiles {
  readonly #counts = new Map<number, number>();
  #count = 0;
  #max = 0;

  add(fuel: number): void {
    const bucket = fuel <= 0 ? -1 : Math.floor(Math.log2(fuel) * BUCKETS_EACH_DOUBLING);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    this.#count += 1;
    if (fuel > this.#max) this.#max = fuel;
  }

  get count(): number {
    return this.#count;
  }

  get max(): number {
    return this.#max;
  }

  /** The figure that a share of all is not above, within 1 %; 0 if there are none. */
  at(share: number): number {
    let below = 0;
    for (const bucket of [...this.#counts.keys()].sort((a, b) => a - b)) {
      below += this.#counts.get(bucket)!;
      if (below >= share * this.#count) {
        return bucket < 0 ? 0 : Math.min(this.#max, Math.round(2 ** ((bucket + 1) / BUCKETS_EACH_DOUBLING)));
      }
    }
    return 0;
  }
}
