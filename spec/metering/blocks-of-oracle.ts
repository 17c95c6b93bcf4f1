/** The meter's results for each body of a module, and the oracle's independent ones. SEMANTICS 3, 4 and 6. */
import { expect } from 'chai';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { type MeteredModule, meter } from '../../src/metering/meter.js';
import { defineSchedule, FUEL_1, FUEL_1_PRICES, type Schedule } from '../../src/metering/schedule.js';
import { validate } from '../../src/validate/validate.js';
import type { CostClass } from '../../src/wasm/instructions.js';
import { readFunction } from './block-oracle.js';
import { readModule } from './plain-module.js';

/** All prices differ, so that none can be mistaken for another. */
export const DISTINCT: Schedule = defineSchedule('distinct', {
  ...FUEL_1_PRICES,
  instructions: Object.fromEntries(
    Object.keys(FUEL_1_PRICES.instructions).map((name, index) => [
      name,
      name === 'delimiter' ? 0 : 1_009 * (index + 1),
    ]),
  ) as Record<CostClass, number>,
  carriedValue: 7,
  functionEntry: 900_001,
  zeroedLocal: 31,
});

export function meterBytes(bytes: Uint8Array, schedule: Schedule): MeteredModule {
  const loaded = validate(decode(bytes, LIMITS_1), LIMITS_1);
  if (!loaded.ok) throw new Error(`the module is ${loaded.fault.kind}: ${loaded.fault.code} at ${loaded.fault.offset}`);
  return meter(loaded.value, schedule);
}

function metered(bytes: Uint8Array, schedule: Schedule) {
  const result = meterBytes(bytes, schedule);
  const bodyMeter = result.bodyMeter();
  return Array.from(result.module.bodyStarts, (_, index) => {
    bodyMeter.meterBody(index);
    const { blocks, maxHeight, frameWords, declaredLocals } = bodyMeter;
    return {
      blocks: Array.from({ length: blocks.count }, (_, at) => ({
        offset: blocks.offsets[at]!,
        cost: blocks.costs[at]!,
      })),
      maxHeight,
      frameWords,
      declaredLocals,
      sum: bodyMeter.staticCost(),
    };
  });
}

function expected(bytes: Uint8Array, schedule: Schedule) {
  const module = readModule(bytes);
  return Array.from(module.bodyStarts, (_, index) => {
    const { blocks, maxHeight, frameWords, body } = readFunction(module, index, schedule);
    const sum = blocks.reduce((left, block) => left + block.cost, 0);
    return { blocks, maxHeight, frameWords, declaredLocals: body.declaredLocals.length, sum };
  });
}

export function cutsLikeTheOracle(bytes: Uint8Array): void {
  for (const schedule of [FUEL_1, DISTINCT]) {
    expect(metered(bytes, schedule)).to.deep.equal(expected(bytes, schedule));
  }
}
