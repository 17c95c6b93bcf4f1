// S3-FIFO (Yang et al., SOSP 2023): new objects go to a small queue; from there those that were requested often enough go to the main
// queue, the others out, and are remembered for a while as ghosts. A ghost that is requested goes to the main queue at once. The main
// queue gives an object another round for each request that it counted, three at most.
import { Item, Items } from './item';
import { Queue } from './queue';
import { take } from './requests';

export { buffer, capacity } from './requests';

const SMALL: u32 = 0;
const MAIN: u32 = 1;
const FREQUENCY_MAX: u32 = 3;

class S3Fifo {
  bytesMax: u64 = 0;
  smallMax: u64 = 0;
  ghostMax: u64 = 0;
  /** Requests that an object of the small queue has counted when it goes to the main queue. */
  threshold: u32 = 2;
  /** Whether objects as large as the small queue are never taken in, and new ones fill the main queue before anything was evicted. */
  asLibCacheSim: bool = false;
  private small: Queue = new Queue();
  private main: Queue = new Queue();
  private items: Items = new Items();
  private ghosts: Queue = new Queue();
  private ghostItems: Items = new Items();
  private hasEvicted: bool = false;

  get bytes(): u64 {
    return this.small.bytes + this.main.bytes;
  }

  request(id: u64, size: u64, _price: f64): bool {
    const known = this.items.find(id);
    if (known !== null) {
      known.frequency += 1;
      if (known.queue == SMALL) return true;
    }
    const isGhost = this.forgetGhost(id);
    if (known !== null) return true;
    if (size > this.bytesMax || (this.asLibCacheSim && size > this.smallMax)) return false;
    while (this.bytes + size > this.bytesMax) this.evict();
    if (isGhost) this.put(this.items.add(id, size), MAIN);
    else if (!this.asLibCacheSim) this.put(this.items.add(id, size), SMALL);
    else if (size < this.smallMax) {
      const isFilling = !this.hasEvicted && this.small.bytes >= this.smallMax;
      this.put(this.items.add(id, size), isFilling ? MAIN : SMALL);
    }
    return false;
  }

  private put(item: Item, queue: u32): void {
    item.queue = queue;
    if (queue == SMALL) this.small.add(item);
    else this.main.add(item);
  }

  private evict(): void {
    this.hasEvicted = true;
    const mainMax = this.bytesMax - this.smallMax;
    if (this.main.bytes > mainMax || this.small.oldest === null) this.evictMain();
    else this.evictSmall();
  }

  private evictSmall(): void {
    let item = this.small.oldest;
    while (item !== null) {
      this.small.remove(item);
      if (item.frequency < this.threshold) {
        this.addGhost(item.id, item.size);
        this.items.remove(item);
        return;
      }
      item.frequency = 0;
      this.put(item, MAIN);
      item = this.small.oldest;
    }
  }

  private evictMain(): void {
    let item = this.main.oldest!;
    while (item.frequency > 0) {
      item.frequency = min(item.frequency, FREQUENCY_MAX) - 1;
      this.main.touch(item);
      item = this.main.oldest!;
    }
    this.main.remove(item);
    this.items.remove(item);
  }

  private addGhost(id: u64, size: u64): void {
    if (size > this.ghostMax) return;
    while (this.ghosts.bytes + size > this.ghostMax) {
      const oldest = this.ghosts.oldest!;
      this.ghosts.remove(oldest);
      this.ghostItems.remove(oldest);
    }
    this.ghosts.add(this.ghostItems.add(id, size));
  }

  private forgetGhost(id: u64): bool {
    const ghost = this.ghostItems.find(id);
    if (ghost === null) return false;
    this.ghosts.remove(ghost);
    this.ghostItems.remove(ghost);
    return true;
  }
}

const policy = new S3Fifo();

export function open(bytesMax: f64, smallMax: f64, ghostMax: f64, threshold: u32, asLibCacheSim: u32): void {
  policy.bytesMax = <u64>bytesMax;
  policy.smallMax = <u64>smallMax;
  policy.ghostMax = <u64>ghostMax;
  policy.threshold = threshold;
  policy.asLibCacheSim = asLibCacheSim != 0;
}

export function run(count: u32): u32 {
  return take<S3Fifo>(policy, count);
}

export function held(): f64 {
  return <f64>policy.bytes;
}
