/**
 * The seats of an observer of calls that are run again (`Diagnostics.runAgain`), one for each program; no other call
 * runs there.
 */
import type { Limits } from '../../base/limits.js';
import type { Program } from '../../machine/program.js';
import type { Linkage } from '../imports/linkage.js';
import type { Seat } from './seat.js';

export class KeptSeats {
  readonly #seats = new WeakMap<Program, Seat>();

  /** The seat of a program, which must be returned with `leave`; a call that does not reach its end returns none. */
  take(program: Program, linkage: Linkage, limits: Limits): Seat | undefined {
    const seat = this.#seats.get(program);
    this.#seats.delete(program);
    return seat?.fits(linkage) === true && seat.store.limits === limits ? seat : undefined;
  }

  leave(seat: Seat): void {
    if (seat.isReusable) this.#seats.set(seat.program, seat);
  }
}
