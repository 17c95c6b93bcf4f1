// How often ids were counted, about: the least of several counters that each id has, shared with other ids. XXH64 with two seeds gives
// the places of an id's counters (Kirsch and Mitzenmacher 2006).
const PRIME_1: u64 = 0x9e3779b185ebca87;
const PRIME_2: u64 = 0xc2b2ae3d27d4eb4f;
const PRIME_3: u64 = 0x165667b19e3779f9;
const PRIME_4: u64 = 0x85ebca77c2b2ae63;
const PRIME_5: u64 = 0x27d4eb2f165667c5;
const SEED_A: u64 = 0x12345678;
const SEED_B: u64 = 0x12344321;

/** XXH64 of the eight bytes of an id. */
function xxh64(id: u64, seed: u64): u64 {
  let hash = seed + PRIME_5 + 8;
  hash ^= rotl<u64>(id * PRIME_2, 31) * PRIME_1;
  hash = rotl<u64>(hash, 27) * PRIME_1 + PRIME_4;
  hash ^= hash >> 33;
  hash *= PRIME_2;
  hash ^= hash >> 29;
  hash *= PRIME_3;
  return hash ^ (hash >> 32);
}

export class Sketch {
  private counters: StaticArray<u32>;

  /** @param countMax where counters stop */
  constructor(counters: u32, private hashes: u32, private countMax: u32) {
    this.counters = new StaticArray<u32>(<i32>counters);
  }

  /** Counts an id once more. */
  add(id: u64): void {
    const a = <u32>xxh64(id, SEED_A);
    const b = <u32>xxh64(id, SEED_B);
    const length = <u32>this.counters.length;
    for (let i: u32 = 0; i < this.hashes; i++) {
      const at = (a + i * b) % length;
      const count = unchecked(this.counters[at]);
      if (count < this.countMax) unchecked((this.counters[at] = count + 1));
    }
  }

  estimate(id: u64): u32 {
    const a = <u32>xxh64(id, SEED_A);
    const b = <u32>xxh64(id, SEED_B);
    const length = <u32>this.counters.length;
    let least: u32 = u32.MAX_VALUE;
    for (let i: u32 = 0; i < this.hashes; i++) least = min(least, unchecked(this.counters[(a + i * b) % length]));
    return least;
  }

  /** Ages all counts: half of them. */
  halve(): void {
    for (let i = 0; i < this.counters.length; i++) unchecked((this.counters[i] >>= 1));
  }
}
