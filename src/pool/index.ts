/**
 * `assay/pool`: many calls at once, in threads, with the same receipts as in one thread. docs/OPERATING.md.
 *
 *   import { openPool, runAll } from 'assay/pool';
 */
export type { BilledJob, CallBilling } from './call-billing.js';
export { FuelForecast } from './fuel-forecast.js';
export { FuelQuantiles } from './fuel-quantiles.js';
export { longestFirst } from './longest-first.js';
export {
  type AddModuleResult,
  type AddZomesResult,
  openPool,
  Pool,
  type PooledModuleOptions,
  type PooledZomesOptions,
  type PoolMemo,
  type PoolOptions,
} from './open-pool.js';
export type { JobOptions, PoolCounts } from './pool.js';
export { JobFailure, type JobFailureCode, PoolError, type PoolErrorCode } from './pool-error.js';
export {
  type PooledByteCall,
  type PooledByteCallOptions,
  type PooledCall,
  type PooledCallOptions,
  PooledModule,
  type PooledValidateOptions,
  type PooledValidation,
} from './pooled-module.js';
export { PooledReceipt } from './pooled-receipt.js';
export { type PooledOpOptions, type PooledOpValidation, type PooledZomeCall, PooledZomes } from './pooled-zomes.js';
export { type Ran, type RunAllOptions, runAll } from './run-all.js';
export type { InputFormat } from './wire.js';
