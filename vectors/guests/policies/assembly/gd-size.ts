// GreedyDual-Size (Cao and Irani, USENIX 1997): an object is worth the worth of the last one that was evicted, and its cost by its
// size; the least worth goes first, of several the one that was requested longest ago. With `byFrequency` the cost counts as often as the
// object was requested while it was held (GDSF, Cherkasova 1998).
import { Item, Items } from './item';
import { take } from './requests';

export { buffer, capacity } from './requests';

/** What every object costs unless its price counts. */
const COST: f64 = 1_000_000;

/** A place in a heap whose first is the least: `Item.queue` is the index of the item's own. */
@unmanaged
class Place {
  item: Item;
  worth: f64 = 0;
  /** Number of the request that gave it this worth. */
  time: u64 = 0;
  price: f64 = 0;

  constructor(item: Item) {
    this.item = item;
  }
}

class GdSize {
  bytesMax: u64 = 0;
  bytes: u64 = 0;
  byFrequency: bool = false;
  byPrice: bool = false;
  /** Whether an object keeps the worth that it came with. */
  isFixed: bool = false;
  /** Whether what went last counts for nothing, so that an object's worth is its cost by its size for ever. */
  isAgeless: bool = false;
  /** Whether the new object competes: it is put in first, then the least worth goes until all fit. */
  evictsAfter: bool = false;
  private items: Items = new Items();
  private places: StaticArray<usize> = new StaticArray<usize>(1024);
  private count: u32 = 0;
  private free: StaticArray<usize> = new StaticArray<usize>(1024);
  private inflation: f64 = 0;
  private time: u64 = 0;

  request(id: u64, size: u64, price: f64): bool {
    this.time += 1;
    const known = this.items.find(id);
    if (known !== null) {
      if (this.isFixed) return true;
      const place = this.at(known.queue);
      known.frequency += 1;
      this.value(place);
      this.sink(known.queue);
      return true;
    }
    if (size > this.bytesMax) return false;
    if (this.evictsAfter) {
      this.add(id, size, price);
      while (this.bytes > this.bytesMax) this.evict();
    } else {
      while (this.bytes + size > this.bytesMax) this.evict();
      this.add(id, size, price);
    }
    return false;
  }

  /** What it is worth now: never less than before. */
  private value(place: Place): void {
    const item = place.item;
    const cost = this.byPrice ? place.price : COST;
    const times: f64 = this.byFrequency ? <f64>item.frequency : 1;
    place.worth = this.inflation + (times * cost) / <f64>item.size;
    place.time = this.time;
  }

  private add(id: u64, size: u64, price: f64): void {
    if (this.count == <u32>this.places.length) this.grow();
    const item = this.items.add(id, size);
    item.frequency = 1;
    item.queue = this.count;
    let place = changetype<Place | null>(unchecked(this.free[this.count]));
    if (place === null) place = new Place(item);
    else place.item = item;
    place.price = price;
    this.value(place);
    unchecked((this.places[this.count] = changetype<usize>(place)));
    this.count += 1;
    this.bytes += size;
    this.rise(item.queue);
  }

  private evict(): void {
    const least = this.at(0);
    const item = least.item;
    if (!this.isAgeless) this.inflation = least.worth;
    this.bytes -= item.size;
    this.items.remove(item);
    this.count -= 1;
    // A place that is free waits where the next one will be.
    unchecked((this.free[this.count] = changetype<usize>(least)));
    if (this.count > 0) {
      this.put(0, this.at(this.count));
      this.sink(0);
    }
  }

  private at(index: u32): Place {
    return changetype<Place>(unchecked(this.places[index]));
  }

  private put(index: u32, place: Place): void {
    unchecked((this.places[index] = changetype<usize>(place)));
    place.item.queue = index;
  }

  private isLess(a: Place, b: Place): bool {
    return a.worth == b.worth ? a.time < b.time : a.worth < b.worth;
  }

  private rise(index: u32): void {
    const place = this.at(index);
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (!this.isLess(place, this.at(above))) break;
      this.put(index, this.at(above));
      index = above;
    }
    this.put(index, place);
  }

  private sink(index: u32): void {
    const place = this.at(index);
    for (;;) {
      let below: u32 = 2 * index + 1;
      if (below >= this.count) break;
      if (below + 1 < this.count && this.isLess(this.at(below + 1), this.at(below))) below += 1;
      if (!this.isLess(this.at(below), place)) break;
      this.put(index, this.at(below));
      index = below;
    }
    this.put(index, place);
  }

  private grow(): void {
    const places = new StaticArray<usize>(2 * this.places.length);
    const free = new StaticArray<usize>(2 * this.places.length);
    for (let i = 0; i < this.places.length; i++) {
      unchecked((places[i] = this.places[i]));
      unchecked((free[i] = this.free[i]));
    }
    this.places = places;
    this.free = free;
  }
}

const policy = new GdSize();

export function open(
  bytesMax: f64,
  byFrequency: u32,
  byPrice: u32,
  isFixed: u32,
  isAgeless: u32,
  evictsAfter: u32,
): void {
  policy.bytesMax = <u64>bytesMax;
  policy.byFrequency = byFrequency != 0;
  policy.byPrice = byPrice != 0;
  policy.isFixed = isFixed != 0;
  policy.isAgeless = isAgeless != 0;
  policy.evictsAfter = evictsAfter != 0;
}

export function run(count: u32): u32 {
  return take<GdSize>(policy, count);
}

export function held(): f64 {
  return <f64>policy.bytes;
}
