/**
 * Items before a program's own ones (`Shift`), so that indices are the byte of an opcode, take two bytes, or cross an
 * edge.
 */
import { NO_SHIFT, type Shift } from './program.js';
import { RandomChoice, SeededSource } from './random-choice.js';

/** Around the edges of LEB128, and of the initial sizes of the engine's tables. */
const EDGES: readonly number[] = [32, 63, 64, 65, 127, 128, 129, 255, 256, 257];
/** The limit is a hundred, and a program has up to three of its own. */
const TABLES_MAX = 96;
const TARGETS_MAX = 300;
/** One module in ten is shifted. */
const SHIFTED = 10;

/**
 * The shift of a seed: usually none, always the same. It has a separate random source, so that the program itself does
 * not depend on it.
 */
export function shiftOfSeed(seed: number): Shift {
  const choice = new RandomChoice(new SeededSource(seed ^ 0x2545f491));
  return choice.below(SHIFTED) === 0 ? anyShift(choice, undefined) : NO_SHIFT;
}

/** @param wanted the start of the indices; undefined: any byte, or an edge */
export function anyShift(choice: RandomChoice, wanted: number | undefined): Shift {
  const first = wanted ?? (choice.chance(70) ? choice.below(128) : choice.pick(EDGES));
  // An item or two lower, so that the program's items are on both sides.
  const index = () => (choice.chance(75) ? Math.max(0, first - choice.below(3)) : choice.below(70));
  return {
    types: index(),
    functions: index(),
    globals: index(),
    tables: Math.min(index(), TABLES_MAX),
    data: index(),
    elements: index(),
    locals: index(),
    labels: choice.chance(60) ? index() : 0,
    operands: choice.chance(60) ? index() : 0,
    targets: choice.chance(40) ? Math.min(index(), TARGETS_MAX) : 0,
    offset: choice.chance(60) ? first : 0,
    longIntegers: choice.chance(25) ? 1 + choice.below(9) : 0,
  };
}
