/** The price of restoring the state of an instance. docs/SEMANTICS.md, section 10. */
import type { MemoryState } from '../machine/state-digest.js';
import type { MeteredModule } from '../metering/meter.js';
import { dynamicCharge } from '../metering/schedule.js';

/**
 * Fuel for an instantiation, for what has grown since, and for the pages that are not zero.
 * @param memory the memory that the module defines, if any
 * @param lengths of the tables that it defines
 */
export function restoringPrice(
  { module, schedule, instantiationCharge }: MeteredModule,
  memory: MemoryState | undefined,
  lengths: readonly number[],
): number {
  const { memoryGrow, memoryCopy, tableGrow } = schedule.rates;
  const written = memory?.memory.reduce((sum, { bytes }) => sum + bytes.length, 0) ?? 0;
  let price = instantiationCharge + dynamicCharge(memoryCopy, written);
  if (memory !== undefined) price += dynamicCharge(memoryGrow, memory.pages - module.memories[0].min);
  lengths.forEach((length, i) => {
    price += dynamicCharge(tableGrow, length - module.tables[module.importedTables + i].min);
  });
  return price;
}
