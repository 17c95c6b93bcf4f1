/**
 * What each instruction does with the bits of a NaN, by opcode index, read off the instruction table: a float
 * instruction makes one whose bits the host chooses (docs/SEMANTICS.md, section 2), and some can determine its bits.
 */
import { type NanClass, ROW_BY_INDEX } from '../wasm/instructions.js';

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

const CLASS_OF: Readonly<Record<NanClass, FloatClass>> = {
  plain: FloatClass.Plain,
  generates: FloatClass.Generates,
  observes: FloatClass.Observes,
  negates: FloatClass.Negates,
  'clears sign': FloatClass.ClearsSign,
  truncates: FloatClass.Truncates,
};

export const FLOAT_CLASSES: Uint8Array = Uint8Array.from(ROW_BY_INDEX, (row) => CLASS_OF[row?.nan ?? 'plain']);
