/**
 * The idle seats of an engine, for all its modules, within a bound of bytes: the one that was left longest ago is
 * dropped first. They do not affect receipts.
 */
import type { Program } from '../../machine/program.js';
import type { Linkage } from '../imports/linkage.js';
import type { Seat } from './seat.js';

/**
 * A link of the list of idle seats. It is a linked list and not a `Map`, because V8 keeps a `Map`'s old tables until a
 * full collection, with all that they refer to, and each call would leave some.
 */
interface Idle {
  readonly seat: Seat;
  readonly owner: IdleSeatsOfModule;
  readonly bytes: number;
  /** Left before and after it. */
  older: Idle | undefined;
  newer: Idle | undefined;
}

export class IdleSeats {
  #oldest: Idle | undefined;
  #newest: Idle | undefined;
  #bytes = 0;
  #count = 0;

  constructor(readonly bytesMax: number) {}

  /** About how many bytes of the host's memory idle seats keep. */
  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#count;
  }

  clear(): void {
    while (this.#oldest !== undefined) this.remove(this.#oldest);
  }

  leave(seat: Seat, owner: IdleSeatsOfModule): void {
    const bytes = seat.heldBytes;
    if (bytes > this.bytesMax) return;
    const idle: Idle = { seat, owner, bytes, older: this.#newest, newer: undefined };
    if (this.#newest === undefined) this.#oldest = idle;
    else this.#newest.newer = idle;
    this.#newest = idle;
    owner.seats.push(idle);
    this.#bytes += bytes;
    this.#count++;
    while (this.#bytes > this.bytesMax) this.remove(this.#oldest!);
  }

  remove(idle: Idle): void {
    const { older, newer, owner, bytes } = idle;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    // A removed link must not refer to the list.
    idle.older = undefined;
    idle.newer = undefined;
    this.#bytes -= bytes;
    this.#count--;
    // The last one of a module is taken first.
    owner.seats.splice(owner.seats.lastIndexOf(idle), 1);
  }
}

/** Those of one module. */
export class IdleSeatsOfModule {
  /** In the order in which they were left. */
  readonly seats: Idle[] = [];

  constructor(readonly all: IdleSeats) {}

  /**
   * The one that was left last, among those of this program that fit these imports. Those of other programs are
   * dropped.
   */
  take(program: Program, linkage: Linkage): Seat | undefined {
    for (let i = this.seats.length - 1; i >= 0; i--) {
      const idle = this.seats[i];
      const { seat } = idle;
      const serves = seat.program === program;
      if (serves && !seat.fits(linkage)) continue;
      this.all.remove(idle);
      if (serves) return seat;
    }
    return undefined;
  }

  clear(): void {
    for (const idle of [...this.seats]) this.all.remove(idle);
  }

  /** Whether another call can run there. */
  leave(seat: Seat): boolean {
    const { isReusable } = seat;
    if (isReusable) this.all.leave(seat, this);
    return isReusable;
  }
}
