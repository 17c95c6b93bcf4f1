/**
 * Upkeep of a program between calls: a piece at a time between other work, or all at once if calls leave no time for
 * other work. It affects only the time of later calls.
 */

import { withBuiltins } from '../../builtins/builtins.js';
import type { Program } from '../../machine/program.js';
import { soon } from './soon.js';

/** Bytes of the module's bodies in a piece: one to ten milliseconds. */
const PIECE_BYTES = 65_536;
/** How many calls may pass while it is due: about as many as it takes to repay its cost. */
const CALLS_MAX = 50;

export class UpkeepRun {
  #callsWhileDue = 0;

  /** Call this after each call of the program. */
  afterCall({ upkeep }: Program): void {
    if (upkeep === undefined || !upkeep.isDue) return;
    this.#callsWhileDue++;
    if (this.#callsWhileDue > CALLS_MAX) upkeep.step(Infinity);
    else if (this.#callsWhileDue === 1) this.#goOn(upkeep);
  }

  #goOn(upkeep: NonNullable<Program['upkeep']>): void {
    soon(() => {
      if (upkeep.isDue && !withBuiltins(() => upkeep.step(PIECE_BYTES))) this.#goOn(upkeep);
    });
  }
}
