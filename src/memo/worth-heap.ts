/** Items by worth: the least first, of several the one that was given its worth first. A binary heap; each item knows its place. */

export interface Valued {
  worth: number;
  /** Number of the request that gave it this worth. */
  time: number;
  /** Its place in the heap, which is the heap's. */
  place: number;
}

export class WorthHeap<T extends Valued> {
  readonly #items: T[] = [];

  get least(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    item.place = this.#items.length;
    this.#items.push(item);
    this.#rise(item);
  }

  remove({ place }: T): void {
    const last = this.#items.pop()!;
    if (last.place === place) return;
    this.#put(last, place);
    this.moved(last);
  }

  /** After its worth has changed. */
  moved(item: T): void {
    this.#rise(item);
    this.#sink(item);
  }

  clear(): void {
    this.#items.length = 0;
  }

  #put(item: T, place: number): void {
    this.#items[place] = item;
    item.place = place;
  }

  #rise(item: T): void {
    let { place } = item;
    while (place > 0) {
      const above = this.#items[(place - 1) >> 1];
      if (!isLess(item, above)) break;
      const next = above.place;
      this.#put(above, place);
      place = next;
    }
    this.#put(item, place);
  }

  #sink(item: T): void {
    let { place } = item;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= this.#items.length) break;
      const right = left + 1;
      const isRight = right < this.#items.length && isLess(this.#items[right], this.#items[left]);
      const below = this.#items[isRight ? right : left];
      if (!isLess(below, item)) break;
      const next = below.place;
      this.#put(below, place);
      place = next;
    }
    this.#put(item, place);
  }
}

function isLess(a: Valued, b: Valued): boolean {
  return a.worth === b.worth ? a.time < b.time : a.worth < b.worth;
}
