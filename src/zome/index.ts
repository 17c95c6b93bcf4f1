/**
 * `assay/zome`: a host for real Holochain zomes, typed from end to end.
 *
 *   import { createZomeHost, readBundle } from 'assay/zome';
 */

export {
  bool,
  byteArray,
  bytes,
  type Codec,
  type CodecError,
  f32,
  f64,
  i64,
  nil,
  str,
  u8,
  u32,
  u64,
} from '../boundary/codec.js';
export { decodeBytes, encodeBytes } from '../boundary/codec-bytes.js';
export { externallyTagged, internallyTagged, type Typed, type Unit, type Variant } from '../boundary/codec-enum.js';
export { list, option, optional, pair, struct } from '../boundary/codec-struct.js';
export type { Generation } from '../boundary/generation.js';
export {
  ActionHash,
  AgentPubKey,
  AnyDhtHash,
  AnyLinkableHash,
  DnaHash,
  EntryHash,
  type HashType,
  hashOf,
} from '../boundary/hash-bytes.js';
export type { NoVerdict, Verdict } from '../boundary/validation.js';
export type { ChainFilter, Dependencies, ValidationResult } from '../boundary/validation-result.js';
export type { WasmError, WasmErrorInner } from '../boundary/wasm-error.js';
export {
  type Action,
  type ActionData,
  type ActionHeader,
  action,
  actionHash,
  type CloseChain,
  type Create,
  type CreateLink,
  type Delete,
  type DeleteLink,
  type EntryCreationAction,
  type EntryRateWeight,
  type FlatAction,
  type Hashed,
  type HeaderedAction,
  type MigrationTarget,
  type OpenChain,
  type RateWeight,
  type SignedHashed,
  signedHashed,
  type Update,
} from './action.js';
export { type Agent, agentFromSeed, SEED_BYTES } from './agent.js';
export {
  type AnyBundle,
  BUNDLE_LIMITS,
  type BundledZome,
  type BundleFault,
  type BundleFaultCode,
  type BundleLimits,
  type BundleResult,
  type DnaBundle,
  type DnaHashByRelease,
  dnaHashIn,
  dnasOf,
  type HappBundle,
  type HappRole,
  integrityZomeAt,
  readBundle,
  type WebhappBundle,
  zomeDefinitionsOf,
} from './bundle.js';
export { type CallbackResult, noVerdictText } from './callback-result.js';
export { CALLBACKS, type CallbackName, type CallbackRow, type Permission } from './callbacks.js';
export { type ChainOp, type ChainOpType, chainOpBasis, chainOpHash, chainOpName, chainOpsOf } from './chain-op.js';
export type { AgentActivity } from './chain-walk.js';
export {
  ConductorDump,
  DUMP_LIMITS,
  type DumpedOp,
  type DumpFault,
  type DumpFaultCode,
  type DumpFile,
  type DumpLimits,
  type DumpList,
  type DumpResult,
  readConductorDump,
} from './conductor-dump.js';
export { createHapp, type HappOptions, type HappResult, type LooseDna } from './create-happ.js';
export { createZomeHost, type ZomeHostOptions, type ZomeHostResult } from './create-zome-host.js';
export {
  type DependencyDocument,
  encodeDependencies,
  readDependencies,
  sourceOfDependencies,
} from './dependency-file.js';
export {
  type DependencySource,
  type FoundRecord,
  NO_DEPENDENCIES,
  type RecordsSourceOptions,
  recordsSource,
} from './dependency-source.js';
export { type DetectedGeneration, detectGeneration } from './detect-generation.js';
export type { DnaDefinition } from './dna.js';
export { dnaDefinitionOf } from './dna-definition.js';
export { dnaHash, type HashedDna, type HolochainRelease } from './dna-hash.js';
export {
  type AppEntryDef,
  type CapAccess,
  type CapClaim,
  type CapGrant,
  type CounterSigningSession,
  type Entry,
  type EntryType,
  type EntryVisibility,
  entry,
  entryHash,
  type GrantedFunctions,
  type PreflightRequest,
} from './entry.js';
export type { EntryDef } from './entry-def.js';
export { CALL_DEPTH_MAX, Happ, type HappCallOptions } from './happ.js';
export {
  guestCallsOf,
  type HappCall,
  type HappInit,
  type HappInitOutcome,
  type HappOutcome,
  type HappRun,
  type OpValidation,
  type PostCommit,
  type Rejection,
  type RemoteSignal,
  type Signal,
} from './happ-call.js';
export {
  coreOf,
  hashFromCore,
  hashFromText,
  hashOfContent,
  hashText,
  isLocated,
  locationOf,
  retyped,
  wasmHash,
} from './holo-hash.js';
export {
  defineHostFunction,
  type HostFunctionAnswer,
  type HostFunctionCall,
  type HostFunctionCost,
  type HostFunctionDefinition,
  type HostFunctionRow,
  hostError,
  ok,
} from './host-function.js';
export { HOST_FUNCTIONS } from './host-functions.js';
export type { DnaInfoV1, DnaInfoV2, DnaModifiers, ScopedZomeTypes, ZomeInfo } from './info.js';
export { type Op, type Op02, type Op06, type Op07, op } from './op.js';
export {
  type OpCheck,
  type OpFault,
  type OpFaultCode,
  opFaults,
  opFaultsText,
  signedBytes,
  signerOf,
} from './op-check.js';
export { type DerivedOp, type OpKind, type OpOf, type OpSpec, type OpsOptions, opOf, opsOf } from './op-of.js';
export { type OpOfChainOp, opOfChainOp } from './op-of-chain-op.js';
export { opWork } from './op-work.js';
export { type Record, type RecordEntry, record } from './record.js';
export {
  type ActionSpec,
  type AppEntryTypeSpec,
  type EntryReference,
  FIRST_TIMESTAMP,
  type GenesisSpec,
  genesisOf,
  type LinkReference,
  type RecordPlace,
  type RecordSpec,
  recordOf,
} from './record-of.js';
export type { RecordedHostCall, Recording } from './recording.js';
export { type ActionContent, type ChainTop, chainTopOf, signAction } from './sign-action.js';
export { TRACE_CHARACTERS_MAX, TRACES_MAX, type Trace } from './trace-log.js';
export { type DumpedOpValidation, type ValidateDumpOptions, validateDump } from './validate-dump.js';
export {
  type FetchDependencies,
  type ValidationRound,
  type ValidationRoundOptions,
  validateRound,
} from './validate-round.js';
export { type ValidationFuel, validationFuel } from './validation-fuel.js';
export { verifySignature } from './verify-signature.js';
export type { Zome, ZomeDefinition, ZomeKind } from './zome.js';
export type { ZomeCall } from './zome-call.js';
export { type EntryTypeFact, type ZomeFacts, zomeFacts } from './zome-facts.js';
export {
  DESCRIPTION_FUEL,
  type EntryDefs,
  type Initialization,
  type InitVerdict,
  type ReplayableCall,
  type SelfCheckInput,
  type SingleCall,
  type ValidateOpOptions,
  type Validation,
  type ValidationRecording,
  type ZomeCallOptions,
  ZomeHost,
  type ZomeTypes,
} from './zome-host.js';
export { zomeHostTable } from './zome-host-table.js';
export { type FromZomeJson, fromZomeJson, toZomeJson, ZOME_JSON } from './zome-json.js';
