/**
 * What each instruction does with the bits of a NaN, by opcode index, read off the instruction table: a float
 * instruction makes one whose bits the host chooses (docs/SEMANTICS.md, section 2), and some can tell its bits.
 */
import { OPCODE_INDEX_COUNT, ROW_BY_INDEX } from '../wasm/instructions.js';

export const enum FloatClass {
  /** No float goes in or out, or what goes in only counts by its value and what comes out is kept. */
  Plain,
  /** The result may be a NaN of any bits. */
  Generates,
  /** Operands must have their right bits. */
  Observes,
  /** `neg` and `abs`: change the sign and nothing else. */
  Negates,
  ClearsSign,
  /** Traps for a NaN otherwise than for what is too large. */
  Truncates,
}

const GENERATING = /^f(?:32|64)\.(?:ceil|floor|trunc|nearest|sqrt|add|sub|mul|div|min|max|demote_f64|promote_f32)$/;
const OBSERVING = /^(?:f(?:32|64)\.(?:copysign|store)|i32\.reinterpret_f32|i64\.reinterpret_f64)$/;
const TRUNCATING = /^i(?:32|64)\.trunc_f/;

export const FLOAT_CLASSES: Uint8Array = (() => {
  const classes = new Uint8Array(OPCODE_INDEX_COUNT);
  ROW_BY_INDEX.forEach((row, index) => {
    if (row !== undefined) classes[index] = classOf(row.name);
  });
  return classes;
})();

function classOf(name: string): FloatClass {
  if (GENERATING.test(name)) return FloatClass.Generates;
  if (OBSERVING.test(name)) return FloatClass.Observes;
  if (TRUNCATING.test(name)) return FloatClass.Truncates;
  if (name === 'f32.neg' || name === 'f64.neg') return FloatClass.Negates;
  if (name === 'f32.abs' || name === 'f64.abs') return FloatClass.ClearsSign;
  return FloatClass.Plain;
}
