/**
 * Fuel by source line, from fuel by metering block: each instruction of a block has its own price for each time that the block was
 * entered. Entry of a function is of the line where its code begins; a call pays for its arguments and results; what is left, the values
 * that a branch carries and what an exhausted block did not get, is of the last instruction.
 *
 * Invariant: the fuel of the lines is that of the blocks, to the unit.
 */
import type { MeteredModule } from '../metering/meter.js';
import { staticPrices } from '../metering/schedule.js';
import { InstructionReader } from '../wasm/instruction-reader.js';
import { typeOfFunction } from '../wasm/module.js';
import { Opcode } from '../wasm/opcode.js';
import { skipImmediates } from '../wasm/skip-immediates.js';
import type { SourceLines } from './source-lines.js';

/** Fuel of one metering block, or of the charges by data of one instruction. */
export interface Heat {
  readonly definedIndex: number;
  /** Offset in the module of the block's first instruction, or of the instruction. */
  readonly offset: number;
  /** Static charge of the block; undefined for charges by data. */
  readonly cost: number | undefined;
  readonly fuel: number;
}

export interface LineHeat {
  readonly definedIndex: number;
  readonly file: string;
  readonly line: number;
  readonly fuel: number;
}

const NO_PLACE = { file: '', line: 0 };
/** What follows is another block, or dead. */
const LAST: ReadonlySet<number> = new Set([
  Opcode.Br,
  Opcode.BrTable,
  Opcode.Return,
  Opcode.ReturnCall,
  Opcode.ReturnCallIndirect,
  Opcode.Unreachable,
]);

export function fuelByLine(metered: MeteredModule, heats: readonly Heat[], lines: SourceLines): readonly LineHeat[] {
  const found = new Map<string, { definedIndex: number; file: string; line: number; fuel: number }>();
  const prices = new BlockPrices(metered);
  for (const heat of heats) {
    const { definedIndex } = heat;
    const add = (offset: number, fuel: number): void => {
      if (fuel === 0) return;
      const { file, line } = lines(offset) ?? NO_PLACE;
      const key = `${definedIndex} ${line} ${file}`;
      const row = found.get(key) ?? { definedIndex, file, line, fuel: 0 };
      row.fuel += fuel;
      found.set(key, row);
    };
    if (heat.cost === undefined || heat.cost === 0) add(heat.offset, heat.fuel);
    else prices.spread(heat, heat.cost, add);
  }
  return [...found.values()].sort(
    (a, b) => a.definedIndex - b.definedIndex || (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line),
  );
}

class BlockPrices {
  readonly #prices: Float64Array;
  readonly #reader: InstructionReader;
  /** Of the function that was asked for last: offsets of its blocks, ascending. */
  #offsets: readonly number[] = [];
  #definedIndex = -1;
  #entry = 0;

  constructor(readonly metered: MeteredModule) {
    this.#prices = staticPrices(metered.schedule);
    this.#reader = new InstructionReader(metered.module.bytes);
  }

  #enter(definedIndex: number): void {
    if (definedIndex === this.#definedIndex) return;
    const meter = this.metered.bodyMeter();
    meter.meterBody(definedIndex);
    const { offsets, count } = meter.blocks;
    this.#offsets = Array.from({ length: count }, (_, i) => offsets[i]);
    this.#definedIndex = definedIndex;
    const { functionEntry, zeroedLocal } = this.metered.schedule;
    this.#entry = functionEntry + zeroedLocal * meter.declaredLocals;
  }

  /** Spreads the fuel of a block over its instructions. */
  spread({ definedIndex, offset, fuel }: Heat, cost: number, add: (offset: number, fuel: number) => void): void {
    this.#enter(definedIndex);
    const { module } = this.metered;
    const reader = this.#reader;
    const entries = Math.floor(fuel / cost);
    const at = this.#offsets.indexOf(offset);
    const end = this.#offsets[at + 1] ?? module.bodyEnds[definedIndex];
    reader.enter(offset, module.bodyEnds[definedIndex]);
    let left = fuel;
    const pay = (from: number, units: number): void => {
      const paid = Math.min(units * entries, left);
      add(from, paid);
      left -= paid;
    };
    if (at === 0) pay(module.bodyStarts[definedIndex], this.#entry);
    let last = offset;
    while (reader.pos < end) {
      last = reader.pos;
      const opcode = reader.opcode();
      const immediates = reader.pos;
      pay(last, this.#prices[opcode] + this.#values(opcode) * this.metered.schedule.carriedValue);
      reader.pos = immediates;
      if (LAST.has(opcode)) break;
      skipImmediates(reader, opcode);
    }
    add(last, left);
  }

  /** Arguments and results of a call. */
  #values(opcode: number): number {
    const { module } = this.metered;
    if (opcode !== Opcode.Call && opcode !== Opcode.CallIndirect) return 0;
    const index = this.#reader.u32();
    const { params, results } = opcode === Opcode.Call ? typeOfFunction(module, index) : module.types[index];
    return params.length + results.length;
  }
}
