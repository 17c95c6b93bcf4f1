/**
 * The instruction table as the generator uses it: which instructions make a value of a type, and which make none. It
 * has only rows `operands -> results`; the generator has a separate maker for each rule.
 */
import { type Immediates, INSTRUCTIONS, type InstructionName, type InstructionRow } from '../wasm/instructions.js';
import { ValueType } from '../wasm/types.js';
import type { TypeList } from './program.js';

export interface MenuRow {
  readonly name: InstructionName;
  readonly operands: TypeList;
  readonly results: TypeList;
  readonly immediates: Immediates;
  /** An operator that can trap, according to the table. */
  readonly traps: boolean;
  /** Number of bytes that a load or store accesses. */
  readonly accessBytes: number;
}

const TYPES: Readonly<Record<string, ValueType>> = {
  i32: ValueType.I32,
  i64: ValueType.I64,
  f32: ValueType.F32,
  f64: ValueType.F64,
  funcref: ValueType.FuncRef,
  externref: ValueType.ExternRef,
};

/** Every row whose type is `operands -> results`. */
export const MENU: readonly MenuRow[] = (INSTRUCTIONS as readonly (InstructionRow & { name: InstructionName })[])
  .filter((row) => row.type.includes('->'))
  .map((row) => {
    const [operands, results] = row.type.split('->').map(typesOf) as [TypeList, TypeList];
    const { name, immediates } = row;
    return { name, operands, results, immediates, traps: row.traps !== undefined, accessBytes: row.bytes ?? 0 };
  });

function typesOf(side: string): TypeList {
  return side
    .split(' ')
    .filter((name) => name !== '')
    .map((name) => TYPES[name]);
}

/** Rows without immediates that return a value, by its type. */
export const OPERATORS = byResult((row) => row.immediates === 'none');

export const LOADS = byResult((row) => row.immediates === 'memarg');

export const STORES: readonly MenuRow[] = MENU.filter((row) => row.immediates === 'memarg' && row.results.length === 0);

const CONSTANT_IMMEDIATES: ReadonlySet<Immediates> = new Set(['i32', 'i64', 'f32', 'f64']);

/** Rows that return a value and name an item of the module: `memory.grow`, `table.size`, `ref.func` ... */
export const NAMING_VALUES = byResult(
  ({ immediates }) => immediates !== 'none' && immediates !== 'memarg' && !CONSTANT_IMMEDIATES.has(immediates),
);

/** Rows without a result, except stores: `nop`, `memory.copy`, `table.init`, `elem.drop` ... */
export const EFFECTS: readonly MenuRow[] = MENU.filter(
  (row) => row.immediates !== 'memarg' && row.results.length === 0,
);

function byResult(accept: (row: MenuRow) => boolean): ReadonlyMap<ValueType, readonly MenuRow[]> {
  const rows = new Map<ValueType, readonly MenuRow[]>();
  for (const type of Object.values(TYPES)) {
    rows.set(
      type,
      MENU.filter((row) => row.results.length === 1 && row.results[0] === type && accept(row)),
    );
  }
  return rows;
}
