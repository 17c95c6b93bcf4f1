/**
 * The seats of an engine that no call uses, of all its modules, within a bound of bytes: the one that was left longest ago
 * goes first. What is kept shows in no receipt.
 */
import type { Program } from '../machine/program.js';
import type { Linkage } from './linkage.js';
import type { Seat } from './seat.js';

interface Idle {
  readonly owner: IdleSeatsOfModule;
  readonly bytes: number;
}

export class IdleSeats {
  /** In the order in which they were left. */
  readonly #idle = new Map<Seat, Idle>();
  #bytes = 0;

  constructor(readonly bytesMax: number) {}

  /** Bytes of the host's memory that idle seats keep, about. */
  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#idle.size;
  }

  clear(): void {
    for (const seat of [...this.#idle.keys()]) this.remove(seat);
  }

  leave(seat: Seat, owner: IdleSeatsOfModule): void {
    const bytes = seat.heldBytes;
    if (bytes > this.bytesMax) return;
    owner.seats.push(seat);
    this.#idle.set(seat, { owner, bytes });
    this.#bytes += bytes;
    while (this.#bytes > this.bytesMax) {
      const [oldest] = this.#idle.keys();
      this.remove(oldest);
    }
  }

  remove(seat: Seat): void {
    const { owner, bytes } = this.#idle.get(seat)!;
    this.#idle.delete(seat);
    this.#bytes -= bytes;
    // The last one of a module is the one that is taken first.
    owner.seats.splice(owner.seats.lastIndexOf(seat), 1);
  }
}

/** Those of one module. */
export class IdleSeatsOfModule {
  readonly seats: Seat[] = [];

  constructor(readonly all: IdleSeats) {}

  /** The one that was left last, among those of this program that these imports fit. Those of another serve no more. */
  take(program: Program, linkage: Linkage): Seat | undefined {
    for (let i = this.seats.length - 1; i >= 0; i--) {
      const seat = this.seats[i];
      const serves = seat.program === program;
      if (serves && !seat.fits(linkage)) continue;
      this.all.remove(seat);
      if (serves) return seat;
    }
    return undefined;
  }

  clear(): void {
    for (const seat of [...this.seats]) this.all.remove(seat);
  }

  leave(seat: Seat): void {
    if (seat.isReusable) this.all.leave(seat, this);
  }
}
