/**
 * Lines in memory, bounded by bytes. Which goes first is decided by GreedyDual-Size (Cao and Irani, USENIX 1997): a line is worth the fuel
 * that a hit saves for each byte that it takes, above the worth of what went last, so that what nobody asks for goes in the end whatever it
 * has cost. docs/CACHING.md has what other policies would save.
 */
import type { Line, LineStore } from './line-store.js';
import { bytesOf } from './trie.js';
import { type Valued, WorthHeap } from './worth-heap.js';

interface Held extends Valued {
  readonly key: string;
  line: Line;
  bytes: number;
}

const HELD_BYTES = 300;

export class MemoryLines implements LineStore {
  readonly failures = 0;
  readonly #bytesMax: number;
  readonly #held = new Map<string, Held>();
  readonly #byWorth = new WorthHeap<Held>();
  #bytes = 0;
  /** Worth of the line that went last. */
  #floor = 0;
  #time = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get count(): number {
    return this.#held.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Line | undefined {
    const held = this.#held.get(key);
    if (held === undefined) return undefined;
    this.#value(held);
    this.#byWorth.moved(held);
    return held.line;
  }

  put(key: string, line: Line): void {
    const bytes = HELD_BYTES + bytesOf(line.root);
    const known = this.#held.get(key);
    if (known !== undefined) this.#remove(known);
    if (bytes > this.#bytesMax) return;
    while (this.#bytes + bytes > this.#bytesMax) this.#evict();
    const held: Held = { key, line, bytes, worth: 0, time: 0, place: 0 };
    this.#value(held);
    this.#held.set(key, held);
    this.#byWorth.add(held);
    this.#bytes += bytes;
  }

  delete(key: string): void {
    const held = this.#held.get(key);
    if (held !== undefined) this.#remove(held);
  }

  deleteOf(writer: string): number {
    const theirs = [...this.#held.values()].filter(({ line }) => line.writer === writer);
    for (const held of theirs) this.#remove(held);
    return theirs.length;
  }

  close(): void {
    this.#held.clear();
    this.#byWorth.clear();
    this.#bytes = 0;
  }

  #value(held: Held): void {
    this.#time += 1;
    held.time = this.#time;
    held.worth = this.#floor + held.line.fuel / held.bytes;
  }

  #evict(): void {
    const least = this.#byWorth.least!;
    this.#floor = least.worth;
    this.#remove(least);
  }

  #remove(held: Held): void {
    this.#byWorth.remove(held);
    this.#held.delete(held.key);
    this.#bytes -= held.bytes;
  }
}
