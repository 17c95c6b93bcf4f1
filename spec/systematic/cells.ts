/**
 * The contents of modules' bodies, counted from their bytes: the values of each immediate of each instruction, and the
 * pairs of neighbours. The cells are the required values; a cell that no module has is missing.
 */

import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { InstructionReader } from '../../src/wasm/instruction-reader.js';
import { type Immediates, INSTRUCTIONS, type InstructionRow, ROW_BY_INDEX } from '../../src/wasm/instructions.js';
import { skipImmediates } from '../../src/wasm/skip-immediates.js';
import { LOCALS_MAX, TABLES_MAX, TYPES_MAX } from './pieces.js';

type Slot =
  | 'type'
  | 'label'
  | 'labels'
  | 'function'
  | 'table'
  | 'source table'
  | 'local'
  | 'global'
  | 'data'
  | 'element'
  | 'offset'
  | 'i32'
  | 'i64'
  | 'byte';

/** The immediates after an opcode; those not listed have one value or none. */
const SLOTS: Readonly<Partial<Record<Immediates, readonly Slot[]>>> = {
  block: ['type'],
  label: ['label'],
  labels: ['labels', 'label'],
  function: ['function'],
  'type table': ['type', 'table'],
  local: ['local'],
  global: ['global'],
  table: ['table'],
  memarg: ['offset'],
  i32: ['i32'],
  i64: ['i64'],
  f32: ['byte'],
  f64: ['byte'],
  'data memory': ['data'],
  data: ['data'],
  'element table': ['element', 'table'],
  element: ['element'],
  'table table': ['table', 'source table'],
};

/** Bytes that a reader may mistake for an opcode if it looks too early; a one-byte integer can be each of these. */
const OPCODE_BYTES: readonly number[] = Array.from({ length: 128 }, (_, i) => i).filter(
  (byte) => ROW_BY_INDEX[byte] !== undefined,
);
const EDGES: readonly number[] = [0, 1, 127, 128, 16_383, 16_384];

/** The largest index that a sequence of pieces can have, if below the 16,384 of the others. */
const GREATEST: Readonly<Partial<Record<Slot, number>>> = {
  table: TABLES_MAX,
  'source table': TABLES_MAX,
  local: LOCALS_MAX,
  type: TYPES_MAX,
};
const MORE: Readonly<Partial<Record<Slot, readonly bigint[]>>> = {
  offset: [65_535n, 0x7fff_ffffn, 1n << 31n, (1n << 32n) - 1n],
  i32: [-1n, -64n, -65n, 63n, 64n, 0x7fff_ffffn, -(1n << 31n)],
  i64: [-1n, -64n, -65n, 63n, 64n, 0x7fff_ffffn, 1n << 31n, -(1n << 31n), 1n << 32n, (1n << 63n) - 1n, -(1n << 63n)],
};

function wantedOf(slot: Slot): readonly bigint[] {
  // A byte of a float can have any value.
  if (slot === 'byte') {
    return ROW_BY_INDEX.flatMap((row, index) => (row !== undefined && index < 256 ? [BigInt(index)] : []));
  }
  const greatest = GREATEST[slot] ?? Number.POSITIVE_INFINITY;
  const values = [...OPCODE_BYTES, ...EDGES].filter((value) => value <= greatest);
  if (greatest < Number.POSITIVE_INFINITY) values.push(greatest);
  // A nesting of 16,384 is the limit: no label is deeper than 16,383; the sequences reach 16,380.
  const reached = slot === 'label' ? [...values.filter((value) => value < 16_000), 16_380] : values;
  return [...new Set([...reached.map(BigInt), ...(MORE[slot] ?? [])])];
}

export interface CellRow {
  readonly instruction: string;
  readonly slot: Slot;
  readonly wanted: number;
  readonly met: number;
  readonly missing: readonly bigint[];
}

export class Cells {
  /** By slot, then by instruction: the values found. Millions are counted, so no combined key is built for each. */
  readonly #values = new Map<Slot, Map<string, Set<bigint>>>();
  /** By the first, then by the second: number of occurrences. */
  readonly #neighbours = new Map<string, Map<string, number>>();
  modules = 0;
  instructions = 0;

  addModule(bytes: Uint8Array): void {
    const { module } = decode(bytes, LIMITS_1);
    this.modules++;
    for (let own = 0; own < module.bodyStarts.length; own++) {
      const reader = new InstructionReader(module.bytes, module.bodyStarts[own], module.bodyEnds[own]);
      for (let runs = reader.u32(); runs > 0; runs--) {
        reader.u32();
        reader.u8();
      }
      let followers: Map<string, number> | undefined;
      while (!reader.atEnd) {
        const index = reader.opcode();
        const row = ROW_BY_INDEX[index]!;
        this.instructions++;
        followers?.set(row.name, (followers.get(row.name) ?? 0) + 1);
        followers = this.#neighbours.get(row.name);
        if (followers === undefined) {
          followers = new Map();
          this.#neighbours.set(row.name, followers);
        }
        const at = reader.pos;
        this.#addImmediates(row, reader);
        reader.pos = at;
        skipImmediates(reader, index);
      }
    }
  }

  #add(name: string, slot: Slot, value: bigint): void {
    let rows = this.#values.get(slot);
    if (rows === undefined) {
      rows = new Map();
      this.#values.set(slot, rows);
    }
    const values = rows.get(name);
    if (values === undefined) rows.set(name, new Set([value]));
    else values.add(value);
  }

  #addImmediates({ name, immediates }: InstructionRow, reader: InstructionReader): void {
    switch (immediates) {
      case 'block':
        if (reader.hasTypeIndex()) this.#add(name, 'type', BigInt(reader.s33()));
        return;
      case 'labels': {
        const count = reader.u32();
        this.#add(name, 'labels', BigInt(count));
        for (let left = count; left >= 0; left--) this.#add(name, 'label', BigInt(reader.u32()));
        return;
      }
      case 'memarg':
        reader.u32();
        this.#add(name, 'offset', BigInt(reader.u32()));
        return;
      case 'i32':
        this.#add(name, 'i32', BigInt(reader.s32()));
        return;
      case 'i64': {
        const low = reader.s64();
        this.#add(name, 'i64', (BigInt(reader.high) << 32n) | BigInt(low >>> 0));
        return;
      }
      case 'f32':
      case 'f64':
        this.#add(name, 'byte', BigInt(reader.u8()));
        return;
      default:
        for (const slot of SLOTS[immediates] ?? []) this.#add(name, slot, BigInt(reader.u32()));
    }
  }

  /** For each immediate of each instruction. */
  rows(): readonly CellRow[] {
    return (INSTRUCTIONS as readonly InstructionRow[]).flatMap(({ name, immediates }) =>
      (SLOTS[immediates] ?? []).map((slot): CellRow => {
        const values = this.#values.get(slot)?.get(name);
        const wanted = wantedOf(slot);
        const missing = wanted.filter((value) => !values?.has(value));
        return { instruction: name, slot, wanted: wanted.length, met: wanted.length - missing.length, missing };
      }),
    );
  }

  /** Number of different pairs of neighbours. */
  get pairs(): number {
    return [...this.#neighbours.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Pairs that operands and results allow in live code, but no module contains. */
  missingPairs(): { readonly wanted: number; readonly missing: readonly string[] } {
    const typed = (INSTRUCTIONS as readonly InstructionRow[]).filter(({ type }) => type.includes('->'));
    const wanted = typed.flatMap((first) =>
      typed.flatMap((second) => (fits(first, second) ? [[first.name, second.name] as const] : [])),
    );
    const missing = wanted.filter(([first, second]) => !this.#neighbours.get(first)?.has(second));
    return { wanted: wanted.length, missing: missing.map((pair) => pair.join(' ')) };
  }
}

/** Whether one may follow the other: it pops nothing, or what the first pushes. */
function fits(first: InstructionRow, second: InstructionRow): boolean {
  const left = first.type.split('->')[1]!.trim();
  const taken = second.type.split('->')[0]!.trim().split(' ').at(-1)!;
  return left === '' || taken === '' || left === taken;
}
