/** Choices from a random source, and the bits of generated constants: more often edge cases than not. */
import { ValueType } from '../wasm/types.js';
import { F32_EDGES, F64_EDGES, I32_EDGES, I64_EDGES } from './value-edges.js';

/** A source of uniform integers: fast-check's `Random` is one. */
export interface RandomSource {
  nextInt(min: number, max: number): number;
}

/**
 * Integers from a 32-bit seed (Marsaglia's xorshift, scrambled by a multiplication); equal seeds give equal integers.
 */
export class SeededSource implements RandomSource {
  #state: number;

  constructor(seed: number) {
    // A seed of 0 would stay 0, and neighbouring seeds should differ at once.
    this.#state = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1) | 1;
    for (let i = 0; i < 4; i++) this.#next();
  }

  nextInt(min: number, max: number): number {
    return min + (this.#next() % (max - min + 1));
  }

  #next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return Math.imul(x, 0x2c1b3c6d) >>> 0;
  }
}

export class RandomChoice {
  readonly #source: RandomSource;

  constructor(source: RandomSource) {
    this.#source = source;
  }

  /** 0 to `count - 1`. */
  below(count: number): number {
    return count <= 1 ? 0 : this.#source.nextInt(0, count - 1);
  }

  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  /** True `percent` times in a hundred. */
  chance(percent: number): boolean {
    return this.#source.nextInt(0, 99) < percent;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  pickOrNone<T>(items: readonly T[]): T | undefined {
    return items.length === 0 ? undefined : this.pick(items);
  }

  /** An index, by weights that are given as running sums. */
  weighted(runningSums: readonly number[]): number {
    const ticket = this.below(runningSums[runningSums.length - 1]);
    let index = 0;
    while (runningSums[index] <= ticket) index++;
    return index;
  }

  u32(): number {
    return this.#source.nextInt(-0x80000000, 0x7fffffff) >>> 0;
  }

  u64(): bigint {
    return (BigInt(this.u32()) << 32n) | BigInt(this.u32());
  }

  /** Unsigned bits of a value: an edge, a small integer or anything. */
  bitsOf(type: ValueType): number | bigint {
    const kind = this.below(10);
    switch (type) {
      case ValueType.I32:
        return kind < 4 ? this.below(17) : kind < 8 ? this.pick(I32_EDGES) : this.u32();
      case ValueType.I64:
        return kind < 3 ? BigInt(this.below(17)) : kind < 8 ? this.pick(I64_EDGES) : this.u64();
      case ValueType.F32:
        return kind < 8 ? this.pick(F32_EDGES) : this.u32();
      case ValueType.F64:
        return kind < 8 ? this.pick(F64_EDGES) : this.u64();
      case ValueType.FuncRef:
      case ValueType.ExternRef:
        return 0;
    }
  }
}

export function runningSums(weights: readonly number[]): readonly number[] {
  let sum = 0;
  return weights.map((weight) => {
    sum += weight;
    return sum;
  });
}
