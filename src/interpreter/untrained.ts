/** The loop is left as it is: `training.ts` for browsers, where what an engine runs for long is in the instrumented tier. */
import type { Trainer } from './loop-training.js';

export function loopTrainer(): Trainer {
  // The code that trains it is 2 kB, and makes bundlers cut the interpreter in two.
  return { round: () => false };
}
