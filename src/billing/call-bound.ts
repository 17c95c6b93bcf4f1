/** The most fuel that any call of an export with values can use, to reserve an amount before the call. */
import { functionExport } from '../engine/call/call-attempt.js';
import { type FuelBound, fuelBound } from '../engine/describe/fuel-bound.js';
import type { LoadedModule } from '../engine/loaded-module.js';

/** @throws UsageError if the module does not export such a function */
export function callBound(module: LoadedModule, exportName: string): FuelBound {
  const { called } = module.parts;
  return fuelBound(called.metered, functionExport(called, exportName).index);
}
