// Least recently used goes first.
import { Items } from './item';
import { Queue } from './queue';
import { take } from './requests';

export { buffer, capacity } from './requests';

class Lru {
  bytesMax: u64 = 0;
  queue: Queue = new Queue();
  private items: Items = new Items();

  request(id: u64, size: u64, _price: f64): bool {
    const known = this.items.find(id);
    if (known !== null) {
      this.queue.touch(known);
      return true;
    }
    if (size > this.bytesMax) return false;
    while (this.queue.bytes + size > this.bytesMax) {
      const oldest = this.queue.oldest!;
      this.queue.remove(oldest);
      this.items.remove(oldest);
    }
    this.queue.add(this.items.add(id, size));
    return false;
  }
}

const policy = new Lru();

export function open(bytesMax: f64): void {
  policy.bytesMax = <u64>bytesMax;
}

export function run(count: u32): u32 {
  return take<Lru>(policy, count);
}

export function held(): f64 {
  return <f64>policy.queue.bytes;
}
