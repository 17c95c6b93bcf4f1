/** A planted fault: the last block of a module that costs more than 1 costs one unit less. */
import type { BodyMeter, MeteredModule } from '../../src/metering/meter.js';

export function oneChargeLess(metered: MeteredModule): MeteredModule {
  const place = lastDearBlock(metered);
  if (place === undefined) return metered;
  const bodyMeter = (): BodyMeter => {
    const meter = metered.bodyMeter();
    const meterBody = meter.meterBody.bind(meter);
    meter.meterBody = (definedIndex) => {
      meterBody(definedIndex);
      if (definedIndex === place.body) meter.blocks.costs[place.block]!--;
    };
    return meter;
  };
  return { ...metered, bodyMeter };
}

function lastDearBlock(metered: MeteredModule): { readonly body: number; readonly block: number } | undefined {
  const meter = metered.bodyMeter();
  for (let body = metered.module.bodyStarts.length - 1; body >= 0; body--) {
    meter.meterBody(body);
    const block = meter.blocks.costs.subarray(0, meter.blocks.count).findLastIndex((cost) => cost > 1);
    if (block >= 0) return { body, block };
  }
  return undefined;
}
