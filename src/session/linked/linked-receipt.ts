/**
 * A receipt of a linked session: of a module that was linked, a snapshot that was restored, or a call, linked to the
 * previous receipt. docs/SEMANTICS.md, section 11.
 */
import type { SessionReceipt } from '../session-receipt.js';

export const LINKED_RECEIPT_FORMAT = 'assay-linked-session-1';

/** What a receipt is of, in the order of the numbers in its bytes. */
export const LINKED_STEPS = ['linked', 'called', 'calledBytes', 'restored'] as const;
export type LinkedStep = (typeof LINKED_STEPS)[number];

/** Hashes are BLAKE2b-256, 32 bytes each. Fields that also occur in sessions of one module have the same meaning. */
export interface LinkedReceipt extends Omit<SessionReceipt, 'hosts' | 'module' | 'step'> {
  /** Hash over all modules so far, in order: names, hashes, what satisfies their imports. */
  readonly links: Uint8Array;
  readonly step: LinkedStep;
  /** Name of the instance that was linked or called; empty for a snapshot. */
  readonly instance: string;
  /** Empty except for a call. */
  readonly export: string;
  /** Pages of all memories together. */
  readonly pages: number;
}
