/** Counts of ids, by XXH64 in exact integers: a second implementation beside the guest's. */
const MASK = 2n ** 64n - 1n;
const UINT32 = 0xffff_ffffn;
const [P1, P2, P3, P4, P5] = [
  11400714785074694791n,
  14029467366897019727n,
  1609587929392839161n,
  9650029242287828579n,
  2870177450012600261n,
];
const SEEDS = [0x12345678n, 0x12344321n];

const rotated = (x: bigint, bits: bigint) => ((x << bits) | (x >> (64n - bits))) & MASK;

/** XXH64 of the eight bytes of a number, little-endian. */
export function xxh64(id: bigint, seed: bigint): bigint {
  let hash = (seed + P5 + 8n) & MASK;
  hash ^= (rotated((id * P2) & MASK, 31n) * P1) & MASK;
  hash = (rotated(hash, 27n) * P1 + P4) & MASK;
  hash = ((hash ^ (hash >> 33n)) * P2) & MASK;
  hash = ((hash ^ (hash >> 29n)) * P3) & MASK;
  return hash ^ (hash >> 32n);
}

export class Sketch {
  readonly #counters: Uint32Array;
  readonly #hashes: number;
  readonly #countMax: number;
  readonly #places = new Map<bigint, readonly number[]>();

  constructor(counters: number, hashes: number, countMax: number) {
    this.#counters = new Uint32Array(counters);
    this.#hashes = hashes;
    this.#countMax = countMax;
  }

  add(id: bigint): void {
    for (const at of this.#placesOf(id)) if (this.#counters[at] < this.#countMax) this.#counters[at] += 1;
  }

  estimate(id: bigint): number {
    return Math.min(...this.#placesOf(id).map((at) => this.#counters[at]));
  }

  halve(): void {
    for (let i = 0; i < this.#counters.length; i++) this.#counters[i] >>>= 1;
  }

  #placesOf(id: bigint): readonly number[] {
    const known = this.#places.get(id);
    if (known !== undefined) return known;
    const [a, b] = SEEDS.map((seed) => xxh64(id, seed) & UINT32);
    const length = BigInt(this.#counters.length);
    const places = Array.from({ length: this.#hashes }, (_, i) => Number(((a + BigInt(i) * b) & UINT32) % length));
    this.#places.set(id, places);
    return places;
  }
}
