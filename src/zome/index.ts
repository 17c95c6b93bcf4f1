/** The front door of `assay/zome`: running the zomes of a DNA as a Holochain-style conductor does. */
export { type Action, action, actionHash } from './action.js';
export {
  type AnyBundle,
  BUNDLE_LIMITS,
  type BundledZome,
  type BundleFault,
  type BundleLimits,
  type BundleResult,
  type DnaBundle,
  dnasOf,
  type HappBundle,
  integrityZomeAt,
  readBundle,
  type WebhappBundle,
  zomeDefinitionsOf,
} from './bundle.js';
export { CALLBACKS, type CallbackName } from './callbacks.js';
export { createZomeHost, type ZomeHostOptions, type ZomeHostResult } from './create-zome-host.js';
export { type DependencySource, type FoundRecord, NO_DEPENDENCIES, recordsSource } from './dependency-source.js';
export type { DnaDefinition } from './dna.js';
export { type Entry, entry, entryHash } from './entry.js';
export {
  coreOf,
  hashFromCore,
  hashFromText,
  hashOfContent,
  hashText,
  isLocated,
  locationOf,
  wasmHash,
} from './holo-hash.js';
export { defineHostFunction, type HostFunctionDefinition, hostError, ok } from './host-function.js';
export { type Op, op } from './op.js';
export { type Record, record } from './record.js';
export type { RecordedHostCall, Recording } from './recording.js';
export type { Trace } from './trace-log.js';
export type { ZomeDefinition } from './zome.js';
export type { Validation, ValidationRecording, ZomeHost } from './zome-host.js';
