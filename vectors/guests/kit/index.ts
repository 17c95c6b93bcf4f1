// The front door of the kit: what a zome imports. A zome re-exports the two allocation functions and wraps its own rules
// in the callbacks.

import './abort'; // not exported: the compiler is told to use it in place of env.abort

export { __hc__allocate_1, __hc__deallocate_1, begin, end } from './byte-abi';
export {
  EntryDef,
  GenesisSelfCheckData,
  entryDefs,
  genesisSelfCheck,
  validateContent,
  validateOp,
} from './callbacks';
export {
  Action,
  ActionType,
  AgentValidationPkg,
  CloseChain,
  Create,
  CreateLink,
  Delete,
  DeleteLink,
  Dna,
  InitZomesComplete,
  OpenChain,
  Update,
  actionTypeName,
} from './action';
export { ChainFilter } from './chain-filter';
export { Entry, EntryKind, EntryType, Presence } from './entry';
export { hasFailed, refuse } from './fault';
export { Fields } from './fields';
export { HASH_BYTES, Hash, HashKind } from './hash';
export {
  dnaInfo,
  mustGetAction,
  mustGetAgentActivity,
  mustGetEntry,
  mustGetValidRecord,
  trace,
  verifySignature,
  zomeInfo,
} from './host';
export { DnaInfo, ScopedTypes, ZomeInfo } from './info';
export { Kind, Reader, isWellFormed, kindName } from './message-pack-reader';
export { Writer } from './message-pack-writer';
export { Op, OpKind } from './op';
export { Record, SignedAction } from './record';
export { Span, utf8Of } from './span';
export { NOT_UTF8, countCodePoints, isUtf8 } from './utf-8';
export { ValidationResult } from './validation-result';
