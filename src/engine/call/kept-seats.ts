/** The seats of one who observes calls made once more (`Diagnostics.runAgain`), one for each program: no other call is made there. */
import type { Limits } from '../../base/limits.js';
import type { Program } from '../../machine/program.js';
import type { Linkage } from '../imports/linkage.js';
import type { Seat } from './seat.js';

export class KeptSeats {
  readonly #seats = new WeakMap<Program, Seat>();

  /** The seat of a program, which has to be left again: a call that does not come to its end leaves none. */
  take(program: Program, linkage: Linkage, limits: Limits): Seat | undefined {
    const seat = this.#seats.get(program);
    this.#seats.delete(program);
    return seat?.fits(linkage) === true && seat.store.limits === limits ? seat : undefined;
  }

  leave(seat: Seat): void {
    if (seat.isReusable) this.#seats.set(seat.program, seat);
  }
}
