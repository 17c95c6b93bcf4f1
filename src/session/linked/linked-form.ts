/** How the receipts of a linked session are made of what its steps come to. */
import { type ChainFacts, type ReceiptForm, receiptRest } from '../session-chain.js';
import type { LinkedReceipt, LinkedStep } from './linked-receipt.js';
import { writeLinkedReceipt } from './linked-receipt-bytes.js';

export interface LinkedFacts extends ChainFacts<LinkedStep> {
  readonly instance: string;
  /** Hash of the modules. */
  readonly links: Uint8Array;
}

export type LinkedIdentity = Pick<LinkedReceipt, 'profile' | 'schedule' | 'limits'>;

export function linkedForm({ profile, schedule, limits }: LinkedIdentity): ReceiptForm<LinkedReceipt, LinkedFacts> {
  return {
    make: (link, previous, hash) => ({
      profile,
      schedule: schedule.slice(),
      limits: limits.slice(),
      links: link.facts.links.slice(),
      number: link.facts.number,
      previous: previous.slice(),
      step: link.facts.step,
      instance: link.facts.instance,
      export: link.facts.exportName,
      ...receiptRest(link, hash),
    }),
    write: writeLinkedReceipt,
  };
}
