/**
 * `assay/session`: instances that are kept from call to call, with receipts.
 *
 *   import { openSession } from 'assay/session';
 */
export { checkLinkedReceipts, checkSessionReceipts, type SessionChainFault } from './check-receipts.js';
export type { FuelNotice } from './fuel-notice.js';
export type { LinkedElement, LinkedFunction, LinkedInstance, LinkedTable } from './linked/linked-instance.js';
export { LINKED_RECEIPT_FORMAT, LINKED_STEPS, type LinkedReceipt, type LinkedStep } from './linked/linked-receipt.js';
export {
  type DecodedLinkedReceipt,
  decodeLinkedReceipt,
  encodeLinkedReceipt,
  linkedReceiptHash,
} from './linked/linked-receipt-bytes.js';
export type { LinkedModule, LinkedResult, LinkedSession, LinkedSlicedCall } from './linked/linked-session.js';
export { type DecodedLinkedSnapshot, decodeLinkedSnapshot, type LinkedSnapshot } from './linked/linked-snapshot.js';
export { LINKED_SNAPSHOT_FORMAT } from './linked/linked-snapshot-bytes.js';
export type { LinkedStateFault, LinkedStateFaultCode } from './linked/linked-state-fault.js';
export type { LinkFault, ModuleLink } from './linked/module-link.js';
export { type LinkedSessionOptions, type OpenedLinkedSession, openLinkedSession } from './linked/open-linked.js';
export { type RestoredLinkedSession, restoreLinkedSession } from './linked/restore-linked.js';
export { type OpenedSession, openSession, type SessionOptions } from './open-session.js';
export type { Session } from './session.js';
export type { SessionElement, SessionGlobal, SessionTable } from './session-globals.js';
export type { NumberOf, Numeric, SessionMemory } from './session-memory.js';
export { SESSION_RECEIPT_FORMAT, SESSION_STEPS, type SessionReceipt, type SessionStep } from './session-receipt.js';
export {
  type DecodedSessionReceipt,
  decodeSessionReceipt,
  encodeSessionReceipt,
  type SessionReceiptFault,
  type SessionReceiptFaultCode,
  sessionReceiptHash,
} from './session-receipt-bytes.js';
export type { SessionResult } from './session-result.js';
export type { SessionByteCallOptions, SessionCallOptions } from './session-steps.js';
export type { SlicedCall } from './sliced-call.js';
export { type DecodedSnapshot, decodeSnapshot, type Snapshot } from './snapshot.js';
export { SNAPSHOT_FORMAT } from './snapshot-bytes.js';
export type { SnapshotFault, SnapshotFaultCode } from './snapshot-fields.js';
export type { StateFaultCode } from './state-fault.js';
