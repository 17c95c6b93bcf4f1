/**
 * Upkeep of a program between calls: a piece at a time beside other work, or all of it at once where calls leave no time for
 * other work. It shows in nothing but the time that later calls take.
 */

import { withBuiltins } from '../../builtins/builtins.js';
import type { Program } from '../../machine/program.js';
import { soon } from './soon.js';

/** Bytes of the module's bodies in a piece: one to ten milliseconds. */
const PIECE_BYTES = 65_536;
/** Calls that may go by while it is due: what it saves in so many is about what it costs. */
const CALLS_MAX = 50;

export class UpkeepRun {
  #callsWhileDue = 0;

  /** To be asked after each call of the program. */
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
