// Items in an order, and the bytes of them.
import { Item } from './item';

export class Queue {
  newest: Item | null = null;
  oldest: Item | null = null;
  bytes: u64 = 0;

  /** As the newest. */
  add(item: Item): void {
    const newest = this.newest;
    item.newer = null;
    item.older = newest;
    if (newest === null) this.oldest = item;
    else newest.newer = item;
    this.newest = item;
    this.bytes += item.size;
  }

  remove(item: Item): void {
    const newer = item.newer;
    const older = item.older;
    if (newer === null) this.newest = older;
    else newer.older = older;
    if (older === null) this.oldest = newer;
    else older.newer = newer;
    this.bytes -= item.size;
  }

  touch(item: Item): void {
    this.remove(item);
    this.add(item);
  }
}
