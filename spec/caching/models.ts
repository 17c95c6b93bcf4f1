/**
 * A second implementation of the policies, from their definitions and without any code of the guests: ids in maps and
 * arrays, the simplest correct form. It is slow where the guests are fast, for example it searches all objects for the
 * least.
 */
import {
  type S3FifoNumbers,
  type Sizing,
  s3FifoNumbers,
  type WTinyLfuNumbers,
  wTinyLfuNumbers,
} from '../../bench/caching/policies.js';
import { Sketch } from './sketch.js';

/** Processes a request; returns whether it was a hit. */
export type Model = (id: bigint, size: number, price: number) => boolean;

/** Ids with their sizes, oldest first. */
class Line {
  readonly sizes = new Map<bigint, number>();
  bytes = 0;

  has(id: bigint): boolean {
    return this.sizes.has(id);
  }

  add(id: bigint, size: number): void {
    this.sizes.set(id, size);
    this.bytes += size;
  }

  remove(id: bigint): number {
    const size = this.sizes.get(id)!;
    this.sizes.delete(id);
    this.bytes -= size;
    return size;
  }

  touch(id: bigint): void {
    this.add(id, this.remove(id));
  }

  get oldest(): bigint | undefined {
    for (const id of this.sizes.keys()) return id;
    return undefined;
  }
}

function fifo({ bytes }: Sizing): Model {
  const line = new Line();
  return (id, size) => {
    if (line.has(id)) return true;
    if (size > bytes) return false;
    while (line.bytes + size > bytes) line.remove(line.oldest!);
    line.add(id, size);
    return false;
  };
}

function lru(sizing: Sizing): Model {
  const line = new Line();
  return (id, size) => {
    if (line.has(id)) {
      line.touch(id);
      return true;
    }
    if (size > sizing.bytes) return false;
    while (line.bytes + size > sizing.bytes) line.remove(line.oldest!);
    line.add(id, size);
    return false;
  };
}

/** Evicts the lowest-ranked object, found by looking at all of them. */
class Ranked<R> {
  readonly held = new Map<bigint, R & { readonly size: number }>();
  bytes = 0;
  readonly #isLess: (a: R, b: R) => boolean;

  constructor(isLess: (a: R, b: R) => boolean) {
    this.#isLess = isLess;
  }

  add(id: bigint, size: number, rank: R): void {
    this.held.set(id, { ...rank, size });
    this.bytes += size;
  }

  evict(): R {
    let least: { id: bigint; rank: R & { readonly size: number } } | undefined;
    for (const [id, rank] of this.held) if (least === undefined || this.#isLess(rank, least.rank)) least = { id, rank };
    this.held.delete(least!.id);
    this.bytes -= least!.rank.size;
    return least!.rank;
  }
}

function lfu({ bytes }: Sizing): Model {
  const ranked = new Ranked<{ count: number; since: number }>((a, b) =>
    a.count === b.count ? a.since < b.since : a.count < b.count,
  );
  let time = 0;
  return (id, size) => {
    time += 1;
    const known = ranked.held.get(id);
    if (known !== undefined) {
      known.count += 1;
      known.since = time;
      return true;
    }
    if (size > bytes) return false;
    while (ranked.bytes + size > bytes) ranked.evict();
    ranked.add(id, size, { count: 1, since: time });
    return false;
  };
}

const COST = 1e6;

function greedyDual({ bytes, definition }: Sizing, kind: 'size' | 'price' | 'frequency' | 'fixed' | 'density'): Model {
  const byPrice = kind === 'price' || kind === 'fixed' || kind === 'density';
  const ranked = new Ranked<{ worth: number; time: number; count: number; cost: number }>((a, b) =>
    a.worth === b.worth ? a.time < b.time : a.worth < b.worth,
  );
  let [inflation, time] = [0, 0];
  const worthOf = (count: number, cost: number, size: number) =>
    inflation + ((kind === 'frequency' ? count : 1) * cost) / size;
  const evict = () => {
    const { worth } = ranked.evict();
    if (kind !== 'density') inflation = worth;
  };
  return (id, size, price) => {
    time += 1;
    const known = ranked.held.get(id);
    if (known !== undefined) {
      if (kind === 'fixed' || kind === 'density') return true;
      known.count += 1;
      known.worth = worthOf(known.count, known.cost, known.size);
      known.time = time;
      return true;
    }
    if (size > bytes) return false;
    const isLate = definition === 'libcachesim';
    if (!isLate) while (ranked.bytes + size > bytes) evict();
    const cost = byPrice ? price : COST;
    ranked.add(id, size, { worth: worthOf(1, cost, size), time, count: 1, cost });
    while (ranked.bytes > bytes) evict();
    return false;
  };
}

function sieve({ bytes }: Sizing, byPrice: boolean): Model {
  /** Oldest first. */
  const order: { readonly id: bigint; readonly size: number }[] = [];
  const marked = new Map<bigint, number>();
  const given = new Map<bigint, number>();
  let [held, hand] = [0, 0];
  return (id, size, price) => {
    if (marked.has(id)) {
      marked.set(id, given.get(id)!);
      return true;
    }
    if (size > bytes) return false;
    while (held + size > bytes) {
      if (hand >= order.length) hand = 0;
      const there = order[hand];
      const marks = marked.get(there.id)!;
      if (marks > 0) {
        marked.set(there.id, marks - 1);
        hand += 1;
      } else {
        order.splice(hand, 1);
        // After the newest it starts again, even if another is added there meanwhile.
        if (hand === order.length) hand = Number.POSITIVE_INFINITY;
        marked.delete(there.id);
        held -= there.size;
      }
    }
    order.push({ id, size });
    marked.set(id, 0);
    given.set(id, byPrice ? [100, 1000].filter((from) => price / size >= from).length + 1 : 1);
    held += size;
    return false;
  };
}

function s3Fifo({ bytes, definition }: Sizing): Model {
  const { smallMax, ghostMax, threshold }: S3FifoNumbers = s3FifoNumbers(bytes);
  const [small, main, ghosts] = [new Line(), new Line(), new Line()];
  const counts = new Map<bigint, number>();
  const isTheirs = definition === 'libcachesim';
  let hasEvicted = false;
  const evictMain = () => {
    for (;;) {
      const id = main.oldest!;
      const count = counts.get(id)!;
      if (count === 0) {
        main.remove(id);
        counts.delete(id);
        return;
      }
      counts.set(id, Math.min(count, 3) - 1);
      main.touch(id);
    }
  };
  const evictSmall = () => {
    for (let id = small.oldest; id !== undefined; id = small.oldest) {
      const size = small.remove(id);
      if (counts.get(id)! >= threshold) {
        main.add(id, size);
        counts.set(id, 0);
        continue;
      }
      counts.delete(id);
      if (size > ghostMax) return;
      while (ghosts.bytes + size > ghostMax) ghosts.remove(ghosts.oldest!);
      ghosts.add(id, size);
      return;
    }
  };
  return (id, size) => {
    if (small.has(id)) {
      counts.set(id, counts.get(id)! + 1);
      return true;
    }
    const isGhost = ghosts.has(id);
    if (isGhost) ghosts.remove(id);
    if (main.has(id)) {
      counts.set(id, counts.get(id)! + 1);
      return true;
    }
    if (size > bytes || (isTheirs && size > smallMax)) return false;
    while (small.bytes + main.bytes + size > bytes) {
      hasEvicted = true;
      if (main.bytes > bytes - smallMax || small.bytes === 0) evictMain();
      else evictSmall();
    }
    // libCacheSim refuses an object as large as the small queue only here, after it has made room.
    if (!isGhost && isTheirs && size === smallMax) return false;
    const isFilling = isTheirs && !hasEvicted && small.bytes >= smallMax;
    (isGhost || isFilling ? main : small).add(id, size);
    counts.set(id, 0);
    return false;
  };
}

function wTinyLfu(sizing: Sizing): Model {
  return sizing.definition === 'libcachesim' ? theirTinyLfu(sizing) : tinyLfu(sizing);
}

/** Counts, and ages after each period. */
function counting({ counters, hashes, period }: WTinyLfuNumbers, countMax: number) {
  const sketch = new Sketch(counters, hashes, countMax);
  let counted = 0;
  const count = (id: bigint) => {
    sketch.add(id);
    counted += 1;
    if (counted >= period) {
      counted = 0;
      sketch.halve();
    }
  };
  return { sketch, count };
}

function tinyLfu(sizing: Sizing): Model {
  const numbers = wTinyLfuNumbers(sizing);
  const { windowMax, protectedMax } = numbers;
  const mainMax = sizing.bytes - windowMax;
  const [window, probation, saved] = [new Line(), new Line(), new Line()];
  const { sketch, count } = counting(numbers, 15);
  const contest = (id: bigint) => {
    const size = window.remove(id);
    if (size > mainMax) return;
    const wanted = sketch.estimate(id);
    while (probation.bytes + saved.bytes + size > mainMax) {
      const line = probation.oldest === undefined ? saved : probation;
      if (wanted <= sketch.estimate(line.oldest!)) return;
      line.remove(line.oldest!);
    }
    probation.add(id, size);
  };
  return (id, size) => {
    const line = [window, probation, saved].find((each) => each.has(id));
    if (line === probation) {
      saved.add(id, probation.remove(id));
      while (saved.bytes > protectedMax) probation.add(saved.oldest!, saved.remove(saved.oldest!));
    } else line?.touch(id);
    count(id);
    if (line !== undefined) return true;
    if (size > sizing.bytes) return false;
    window.add(id, size);
    if (size > windowMax) contest(id);
    else while (window.bytes > windowMax) contest(window.oldest!);
    return false;
  };
}

function theirTinyLfu(sizing: Sizing): Model {
  const numbers = wTinyLfuNumbers(sizing);
  const { windowMax, probationMax, protectedMax } = numbers;
  const { bytes } = sizing;
  const mainMax = bytes - windowMax;
  const [window, probation, saved] = [new Line(), new Line(), new Line()];
  const { sketch, count } = counting(numbers, 2 ** 32 - 1);
  const mainBytes = () => probation.bytes + saved.bytes;
  const victims = () => (probation.oldest === undefined ? saved : probation);
  const takeIn = (id: bigint, size: number) => {
    if (probation.bytes + size <= probationMax) return probation.add(id, size);
    if (saved.bytes + size <= protectedMax) return saved.add(id, size);
    while (mainBytes() + size > mainMax) victims().remove(victims().oldest!);
    return probation.add(id, size);
  };
  const evict = () => {
    for (let id = window.oldest; id !== undefined; id = window.oldest) {
      const size = window.remove(id);
      const hasRoom = mainBytes() + size <= mainMax;
      if (hasRoom) takeIn(id, size);
      else if (sketch.estimate(id) > sketch.estimate(victims().oldest!)) {
        victims().remove(victims().oldest!);
        takeIn(id, size);
      }
      sketch.add(id);
      if (!hasRoom) return;
    }
    victims().remove(victims().oldest!);
  };
  return (id, size) => {
    if (window.has(id)) {
      window.touch(id);
      return true;
    }
    if (saved.has(id) || probation.has(id)) {
      if (saved.has(id)) saved.touch(id);
      else {
        saved.add(id, probation.remove(id));
        while (saved.bytes > protectedMax) {
          probation.add(saved.oldest!, saved.remove(saved.oldest!));
          while (probation.bytes > probationMax) probation.remove(probation.oldest!);
        }
      }
      count(id);
      return true;
    }
    if (size > Math.min(windowMax, probationMax, mainMax)) return false;
    while (window.bytes + mainBytes() + size > bytes) evict();
    window.add(id, size);
    sketch.add(id);
    return false;
  };
}

/** By the names of the policies. */
export const MODELS: Readonly<Record<string, (sizing: Sizing) => Model>> = {
  fifo,
  lru,
  lfu,
  'gd-size': (sizing) => greedyDual(sizing, 'size'),
  'gd-size-price': (sizing) => greedyDual(sizing, 'price'),
  'gd-fixed': (sizing) => greedyDual(sizing, 'fixed'),
  density: (sizing) => greedyDual(sizing, 'density'),
  gdsf: (sizing) => greedyDual(sizing, 'frequency'),
  sieve: (sizing) => sieve(sizing, false),
  'sieve-price': (sizing) => sieve(sizing, true),
  's3-fifo': s3Fifo,
  'w-tiny-lfu': wTinyLfu,
};
