// What a policy remembers of an object, and the table in which it is found by its id. An item that is given back is used again, so
// memory grows with the most items that were there at once.

@unmanaged
export class Item {
  id: u64;
  size: u64;
  /** Which queue of the policy it is in. */
  queue: u32;
  /** Requests that the policy has counted. */
  frequency: u32;
  /** Nearer to the newest. */
  newer: Item | null;
  /** Nearer to the oldest. */
  older: Item | null;
  /** The next one of its bucket, or of the free ones. */
  chain: Item | null;
}

const FIRST_BUCKETS: u32 = 1024;
/** 2^64 divided by the golden ratio: spreads ids that follow each other. */
const SPREAD: u64 = 0x9e3779b97f4a7c15;

export class Items {
  private buckets: StaticArray<usize> = new StaticArray<usize>(FIRST_BUCKETS);
  private bits: u64 = 10;
  private free: Item | null = null;
  count: u32 = 0;

  find(id: u64): Item | null {
    let item = changetype<Item | null>(unchecked(this.buckets[this.bucketOf(id)]));
    while (item !== null && item.id != id) item = item.chain;
    return item;
  }

  /** Of an id that is not there. */
  add(id: u64, size: u64): Item {
    if (this.count == <u32>this.buckets.length) this.grow();
    let item = this.free;
    if (item === null) item = new Item();
    else this.free = item.chain;
    item.id = id;
    item.size = size;
    item.queue = 0;
    item.frequency = 0;
    item.newer = null;
    item.older = null;
    this.chainIn(item);
    this.count += 1;
    return item;
  }

  remove(item: Item): void {
    const bucket = this.bucketOf(item.id);
    let before = changetype<Item>(unchecked(this.buckets[bucket]));
    if (before === item) unchecked((this.buckets[bucket] = changetype<usize>(item.chain)));
    else {
      while (before.chain !== item) before = before.chain!;
      before.chain = item.chain;
    }
    item.chain = this.free;
    this.free = item;
    this.count -= 1;
  }

  private bucketOf(id: u64): u32 {
    return <u32>((id * SPREAD) >> (64 - this.bits));
  }

  private chainIn(item: Item): void {
    const bucket = this.bucketOf(item.id);
    item.chain = changetype<Item | null>(unchecked(this.buckets[bucket]));
    unchecked((this.buckets[bucket] = changetype<usize>(item)));
  }

  private grow(): void {
    const old = this.buckets;
    this.buckets = new StaticArray<usize>(2 * old.length);
    this.bits += 1;
    for (let i = 0; i < old.length; i++) {
      let item = changetype<Item | null>(unchecked(old[i]));
      while (item !== null) {
        const next = item.chain;
        this.chainIn(item);
        item = next;
      }
    }
  }
}
