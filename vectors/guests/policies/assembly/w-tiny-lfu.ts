// W-TinyLFU (Einziger, Friedman and Manes, 2017): new objects go to a window, an LRU queue; what leaves the window comes into the main
// part only if it was requested more often than what would have to go for it, by a sketch of all requests that ages. The main part is a
// segmented LRU: probation, and from the second request on protected.
//
// libCacheSim's differs, and `asLibCacheSim` does as it does: the window may take the whole cache as long as that is not full; only
// insertions, contests and hits of the main part are counted; a new object of the main part may go to the protected segment; probation
// has a bound of its own; and no object may be larger than the window or the probation segment.
import { Item, Items } from './item';
import { Queue } from './queue';
import { take } from './requests';
import { Sketch } from './sketch';

export { buffer, capacity } from './requests';

const WINDOW: u32 = 0;
const PROBATION: u32 = 1;
const PROTECTED: u32 = 2;
const COUNT_MAX: u32 = 15;

class WTinyLfu {
  bytesMax: u64 = 0;
  windowMax: u64 = 0;
  probationMax: u64 = 0;
  protectedMax: u64 = 0;
  /** Requests after which the sketch ages. */
  period: u64 = 0;
  asLibCacheSim: bool = false;
  sketch!: Sketch;
  private counted: u64 = 0;
  private items: Items = new Items();
  private window: Queue = new Queue();
  private probation: Queue = new Queue();
  private protected: Queue = new Queue();

  get mainMax(): u64 {
    return this.bytesMax - this.windowMax;
  }

  get mainBytes(): u64 {
    return this.probation.bytes + this.protected.bytes;
  }

  get bytes(): u64 {
    return this.window.bytes + this.mainBytes;
  }

  request(id: u64, size: u64, _price: f64): bool {
    const known = this.items.find(id);
    if (known !== null) this.hit(known);
    if (!this.asLibCacheSim || (known !== null && known.queue != WINDOW)) this.countAging(id);
    if (known !== null) return true;
    if (this.asLibCacheSim) this.addAsLibCacheSim(id, size);
    else if (size <= this.bytesMax) this.add(id, size);
    return false;
  }

  private countAging(id: u64): void {
    this.sketch.add(id);
    this.counted += 1;
    if (this.counted < this.period) return;
    this.counted = 0;
    this.sketch.halve();
  }

  private queueOf(queue: u32): Queue {
    return queue == WINDOW ? this.window : queue == PROBATION ? this.probation : this.protected;
  }

  private put(item: Item, queue: u32): void {
    item.queue = queue;
    this.queueOf(queue).add(item);
  }

  private move(item: Item, queue: u32): void {
    this.queueOf(item.queue).remove(item);
    this.put(item, queue);
  }

  private drop(item: Item): void {
    this.queueOf(item.queue).remove(item);
    this.items.remove(item);
  }

  private hit(item: Item): void {
    if (item.queue != PROBATION) return this.queueOf(item.queue).touch(item);
    this.move(item, PROTECTED);
    while (this.protected.bytes > this.protectedMax) {
      this.move(this.protected.oldest!, PROBATION);
      if (!this.asLibCacheSim) continue;
      while (this.probation.bytes > this.probationMax) this.drop(this.probation.oldest!);
    }
  }

  private mainVictim(): Item {
    const oldest = this.probation.oldest;
    return oldest === null ? this.protected.oldest! : oldest;
  }

  // As in the paper

  private add(id: u64, size: u64): void {
    const item = this.items.add(id, size);
    this.put(item, WINDOW);
    // What is larger than the window never was in it.
    if (size > this.windowMax) return this.contest(item);
    while (this.window.bytes > this.windowMax) this.contest(this.window.oldest!);
  }

  /** An object that leaves the window, against those that would have to go for it, one after the other. */
  private contest(candidate: Item): void {
    if (candidate.size > this.mainMax) return this.drop(candidate);
    const estimate = this.sketch.estimate(candidate.id);
    while (this.mainBytes + candidate.size > this.mainMax) {
      const victim = this.mainVictim();
      if (estimate <= this.sketch.estimate(victim.id)) return this.drop(candidate);
      this.drop(victim);
    }
    this.move(candidate, PROBATION);
  }

  // As libCacheSim does

  private addAsLibCacheSim(id: u64, size: u64): void {
    if (size > this.bytesMax || size > this.windowMax || size > this.probationMax || size > this.mainMax) return;
    while (this.bytes + size > this.bytesMax) this.evictAsLibCacheSim();
    this.put(this.items.add(id, size), WINDOW);
    this.sketch.add(id);
  }

  private evictAsLibCacheSim(): void {
    let candidate = this.window.oldest;
    while (candidate !== null) {
      const id = candidate.id;
      const hasRoom = this.mainBytes + candidate.size <= this.mainMax;
      if (hasRoom) this.moveToMain(candidate);
      else {
        const victim = this.mainVictim();
        if (this.sketch.estimate(id) > this.sketch.estimate(victim.id)) {
          this.drop(victim);
          this.moveToMain(candidate);
        } else this.drop(candidate);
      }
      this.sketch.add(id);
      if (!hasRoom) return;
      candidate = this.window.oldest;
    }
    this.drop(this.mainVictim());
  }

  /** Into the first segment that has room; if none has, into probation, once the main part has. */
  private moveToMain(candidate: Item): void {
    const size = candidate.size;
    if (this.probation.bytes + size <= this.probationMax) this.move(candidate, PROBATION);
    else if (this.protected.bytes + size <= this.protectedMax) this.move(candidate, PROTECTED);
    else {
      while (this.mainBytes + size > this.mainMax) this.drop(this.mainVictim());
      this.move(candidate, PROBATION);
    }
  }
}

const policy = new WTinyLfu();

export function open(
  bytesMax: f64,
  windowMax: f64,
  probationMax: f64,
  protectedMax: f64,
  counters: u32,
  hashes: u32,
  period: f64,
  asLibCacheSim: u32,
): void {
  policy.bytesMax = <u64>bytesMax;
  policy.windowMax = <u64>windowMax;
  policy.probationMax = <u64>probationMax;
  policy.protectedMax = <u64>protectedMax;
  policy.period = <u64>period;
  policy.asLibCacheSim = asLibCacheSim != 0;
  policy.sketch = new Sketch(counters, hashes, asLibCacheSim != 0 ? u32.MAX_VALUE : COUNT_MAX);
}

export function run(count: u32): u32 {
  return take<WTinyLfu>(policy, count);
}

export function held(): f64 {
  return <f64>policy.bytes;
}
