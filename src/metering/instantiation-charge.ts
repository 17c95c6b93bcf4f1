/**
 * The instantiation charge: one static sum, taken whole before anything is allocated. Imported memories, tables and
 * globals are their owner's; each import and export, and each passive or declarative segment, costs by its number alone.
 * docs/SEMANTICS.md, section 6.
 */
import { countExports } from '../wasm/export-section.js';
import type { ByteRange, Module } from '../wasm/module.js';
import { dynamicCharge, type Schedule } from './schedule.js';

/** Fuel; an exact integer under every schedule and within the highest limits. */
export function instantiationCharge(module: Module, schedule: Schedule): number {
  const prices = schedule.instantiate;
  let sum = prices.base;
  for (const memory of module.memories.slice(module.importedMemories)) {
    sum += dynamicCharge(schedule.rates.memoryGrow, memory.min);
  }
  for (const table of module.tables.slice(module.importedTables)) sum += dynamicCharge(prices.table, table.min);
  for (const global of module.globalDefinitions) sum += dynamicCharge(prices.global, lengthOf(global.init));
  const passive = [...module.data, ...module.elements].filter(({ mode }) => mode !== 'active').length;
  sum += dynamicCharge(prices.passive, passive);
  sum += dynamicCharge(prices.import, module.imports.length);
  sum += dynamicCharge(prices.export, countExports(module));
  for (const segment of module.data) {
    if (segment.offsetExpression === undefined) continue;
    sum += dynamicCharge(prices.offsetExpression, lengthOf(segment.offsetExpression));
    sum += dynamicCharge(prices.activeData, lengthOf(segment.bytes));
  }
  for (const segment of module.elements) {
    if (segment.offsetExpression === undefined) continue;
    sum += dynamicCharge(prices.offsetExpression, lengthOf(segment.offsetExpression));
    sum += dynamicCharge(prices.activeElement, segment.length);
  }
  return sum;
}

function lengthOf(range: ByteRange): number {
  return range.end - range.start;
}
