/**
 * Assay, the main entry. Deterministic, metered WebAssembly: the same verdict and the same bill on every machine.
 *
 *   import { createEngine, i32 } from 'assay';
 */

export { describeFault, FAULTS, type FaultCode, type FaultKind, type LoadFault, type TrapCode } from './base/fault.js';
export { toHex } from './base/hash.js';
export { defineLimits, LIMITS_1, type LimitName, type Limits } from './base/limits.js';
export { UsageError, type UsageErrorCode } from './base/usage-error.js';
export { BREACHES, type BreachCode } from './boundary/byte-abi.js';
export type { Generation } from './boundary/generation.js';
export { messagePackFromJson } from './boundary/json-read.js';
export { jsonFromMessagePack } from './boundary/json-write.js';
export { Float, type MessagePackValue } from './boundary/messagepack.js';
export { decodeMessagePack } from './boundary/messagepack-decode.js';
export { encodeMessagePack } from './boundary/messagepack-encode.js';
export { externPayload, type NoVerdict, type Verdict } from './boundary/validation.js';
export type { Dependencies, ValidationResult } from './boundary/validation-result.js';
export type { Diagnostics } from './engine/call/call-attempt.js';
export type { FunctionListing, ModuleDescription } from './engine/describe/description.js';
export { createEngine, type Engine, type EngineOptions, type LoadOptions, type LoadResult } from './engine/engine.js';
export type {
  ConstantImport,
  GuestMemory,
  HostAnswer,
  HostCall,
  HostFunctionImport,
  HostImport,
} from './engine/imports/host-import.js';
export { HOST_TABLE_FORMAT, type HostPrice, type HostTable, hostTableOf } from './engine/imports/host-table.js';
export type { ArtefactCache, ArtefactKey } from './engine/load/artefact-cache.js';
export type { Compilation } from './engine/load/compilation.js';
export {
  type ByteCallOptions,
  type ByteCallResult,
  type ByteOutcome,
  type CallOptions,
  type CallOutcome,
  type CallResult,
  DEFAULT_FUEL,
  type LoadedModule,
  type ValidateOptions,
  type ValidateResult,
} from './engine/loaded-module.js';
export {
  FUEL_LIMIT_MAX,
  RECEIPT_FORMAT,
  type Receipt,
  type ReceiptFuel,
  type ReceiptOutcome,
} from './engine/receipt/receipt.js';
export {
  type DecodedReceipt,
  decodeReceipt,
  encodeReceipt,
} from './engine/receipt/receipt-bytes.js';
export type { ReceiptFault, ReceiptFaultCode } from './engine/receipt/receipt-fields.js';
export { type ReceiptJson, receiptHash, receiptJson } from './engine/receipt/receipt-json.js';
export type { Tier } from './engine/tier.js';
export type { HostCallRecord } from './machine/host-call-log.js';
export type { Frame } from './machine/instance.js';
export { HostFailure, type Stop } from './machine/outcome.js';
export { defineSchedule, FUEL_1, FUEL_1_PRICES, PROFILE, type Prices, type Schedule } from './metering/schedule.js';
export {
  f32,
  f64,
  i32,
  i64,
  type NumberValue,
  parseValue,
  printValue,
  toNumber,
  type Value,
} from './wasm/value.js';
