// SIEVE (Zhang et al., NSDI 2024): a queue in the order of arrival, a mark for each object that was requested since, and a hand that
// goes from the oldest to the newest, takes marks away and evicts the first object without one. With `byPrice` an object has two or three
// marks if its price for each byte is high.
import { Item, Items } from './item';
import { Queue } from './queue';
import { take } from './requests';

export { buffer, capacity } from './requests';

const HIGH: f64 = 100;
const HIGHEST: f64 = 1000;

class Sieve {
  bytesMax: u64 = 0;
  byPrice: bool = false;
  queue: Queue = new Queue();
  private items: Items = new Items();
  private hand: Item | null = null;

  request(id: u64, size: u64, price: f64): bool {
    const known = this.items.find(id);
    if (known !== null) {
      known.frequency = known.queue;
      return true;
    }
    if (size > this.bytesMax) return false;
    while (this.queue.bytes + size > this.bytesMax) this.evict();
    const item = this.items.add(id, size);
    item.queue = this.marks(price / <f64>size);
    this.queue.add(item);
    return false;
  }

  /** That a request gives: `Item.queue` has them. */
  private marks(price: f64): u32 {
    if (!this.byPrice || price < HIGH) return 1;
    return price < HIGHEST ? 2 : 3;
  }

  private evict(): void {
    let item = this.from(this.hand);
    while (item.frequency > 0) {
      item.frequency -= 1;
      item = this.from(item.newer);
    }
    this.hand = item.newer;
    this.queue.remove(item);
    this.items.remove(item);
  }

  /** Behind the newest comes the oldest. */
  private from(place: Item | null): Item {
    return place === null ? this.queue.oldest! : place;
  }
}

const policy = new Sieve();

export function open(bytesMax: f64, byPrice: u32): void {
  policy.bytesMax = <u64>bytesMax;
  policy.byPrice = byPrice != 0;
}

export function run(count: u32): u32 {
  return take<Sieve>(policy, count);
}

export function held(): f64 {
  return <f64>policy.queue.bytes;
}
