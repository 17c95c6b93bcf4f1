// Least frequently used goes first, counted while an object is held; of several the one that has had its count for longest.
// Constant time: a queue for each count, the queues in a list by count.
import { Item, Items } from './item';
import { Queue } from './queue';
import { take } from './requests';

export { buffer, capacity } from './requests';

class Count {
  frequency: u32 = 0;
  queue: Queue = new Queue();
  /** The next lower and the next higher count that have objects. */
  less: Count | null = null;
  more: Count | null = null;
}

class Lfu {
  bytesMax: u64 = 0;
  bytes: u64 = 0;
  private items: Items = new Items();
  private least: Count | null = null;
  /** Counts whose queue is empty, to be used again. */
  private free: Count | null = null;

  request(id: u64, size: u64, _price: f64): bool {
    const known = this.items.find(id);
    if (known !== null) {
      this.rise(known);
      return true;
    }
    if (size > this.bytesMax) return false;
    while (this.bytes + size > this.bytesMax) this.evict();
    const item = this.items.add(id, size);
    item.frequency = 1;
    this.put(item, null);
    this.bytes += size;
    return false;
  }

  /** Of the count that the item has: `Item.queue` is its address. */
  private rise(item: Item): void {
    const count = changetype<Count>(<usize>item.queue);
    count.queue.remove(item);
    item.frequency += 1;
    this.put(item, count);
    if (count.queue.oldest === null) this.drop(count);
  }

  /** Into the queue of its count, which comes behind `before`, or first. */
  private put(item: Item, before: Count | null): void {
    const after = before === null ? this.least : before.more;
    let count = after;
    if (count === null || count.frequency != item.frequency) {
      count = this.free;
      if (count === null) count = new Count();
      else this.free = count.more;
      count.frequency = item.frequency;
      count.less = before;
      count.more = after;
      if (before === null) this.least = count;
      else before.more = count;
      if (after !== null) after.less = count;
    }
    item.queue = <u32>changetype<usize>(count);
    count.queue.add(item);
  }

  /** A count without objects. */
  private drop(count: Count): void {
    const less = count.less;
    const more = count.more;
    if (less === null) this.least = more;
    else less.more = more;
    if (more !== null) more.less = less;
    count.more = this.free;
    this.free = count;
  }

  private evict(): void {
    const least = this.least!;
    const item = least.queue.oldest!;
    least.queue.remove(item);
    if (least.queue.oldest === null) this.drop(least);
    this.items.remove(item);
    this.bytes -= item.size;
  }
}

const policy = new Lfu();

export function open(bytesMax: f64): void {
  policy.bytesMax = <u64>bytesMax;
}

export function run(count: u32): u32 {
  return take<Lfu>(policy, count);
}

export function held(): f64 {
  return <f64>policy.bytes;
}
