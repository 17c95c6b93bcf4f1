/**
 * Lines in memory, bounded by bytes. Which goes first is decided by SIEVE (Zhang and others, NSDI 2024): one queue, one hand that moves
 * from the oldest to the newest and takes away what nobody has asked for since it last came by. What costs more to run again is passed over
 * more often: its fuel for each byte that it takes decides how often.
 */
import type { Line, LineStore } from './line-store.js';
import { bytesOf } from './trie.js';

interface Held {
  readonly key: string;
  line: Line;
  bytes: number;
  /** How often the hand passes over it before it goes. */
  lives: number;
  older: Held | undefined;
  newer: Held | undefined;
}

/** Fuel for a byte from which a line is passed over twice, and three times. */
const DEAR = [100, 1_000] as const;
const HELD_BYTES = 300;

export class MemoryLines implements LineStore {
  readonly #bytesMax: number;
  readonly #held = new Map<string, Held>();
  #newest: Held | undefined;
  #oldest: Held | undefined;
  #hand: Held | undefined;
  #bytes = 0;

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
    held.lives = livesOf(held);
    return held.line;
  }

  put(key: string, line: Line): void {
    const bytes = HELD_BYTES + bytesOf(line.root);
    const known = this.#held.get(key);
    if (known !== undefined) {
      this.#bytes += bytes - known.bytes;
      known.line = line;
      known.bytes = bytes;
    } else if (bytes <= this.#bytesMax) {
      const held: Held = { key, line, bytes, lives: 0, older: this.#newest, newer: undefined };
      if (this.#newest !== undefined) this.#newest.newer = held;
      this.#newest = held;
      this.#oldest ??= held;
      this.#held.set(key, held);
      this.#bytes += bytes;
    }
    while (this.#bytes > this.#bytesMax && this.#held.size > 0) this.#evict();
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
    this.#newest = undefined;
    this.#oldest = undefined;
    this.#hand = undefined;
    this.#bytes = 0;
  }

  #evict(): void {
    let hand = this.#hand ?? this.#oldest!;
    while (hand.lives > 0) {
      hand.lives -= 1;
      hand = hand.newer ?? this.#oldest!;
    }
    this.#hand = hand.newer;
    this.#remove(hand);
  }

  #remove(held: Held): void {
    if (held.older === undefined) this.#oldest = held.newer;
    else held.older.newer = held.newer;
    if (held.newer === undefined) this.#newest = held.older;
    else held.newer.older = held.older;
    if (this.#hand === held) this.#hand = held.newer;
    this.#held.delete(held.key);
    this.#bytes -= held.bytes;
  }
}

function livesOf({ line, bytes }: Held): number {
  const price = line.fuel / bytes;
  return 1 + DEAR.filter((from) => price >= from).length;
}
