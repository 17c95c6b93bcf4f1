// SIEVE (Zhang et al., NSDI 2024): a queue in the order of arrival, a mark for each object that was requested since, and a hand that
// goes from the oldest to the newest, takes marks away and evicts the first object without one.
import { Item, Items } from './item';
import { Queue } from './queue';
import { take } from './requests';

export { buffer, capacity } from './requests';

class Sieve {
  bytesMax: u64 = 0;
  queue: Queue = new Queue();
  private items: Items = new Items();
  private hand: Item | null = null;

  request(id: u64, size: u64, _price: f64): bool {
    const known = this.items.find(id);
    if (known !== null) {
      known.frequency = 1;
      return true;
    }
    if (size > this.bytesMax) return false;
    while (this.queue.bytes + size > this.bytesMax) this.evict();
    this.queue.add(this.items.add(id, size));
    return false;
  }

  private evict(): void {
    let item = this.from(this.hand);
    while (item.frequency > 0) {
      item.frequency = 0;
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

export function open(bytesMax: f64): void {
  policy.bytesMax = <u64>bytesMax;
}

export function run(count: u32): u32 {
  return take<Sieve>(policy, count);
}

export function held(): f64 {
  return <f64>policy.queue.bytes;
}
