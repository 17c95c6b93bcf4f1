/** How the receipts of a linked session are made of what its steps come to. */
import { receiptOutcome } from '../../engine/call/call-attempt.js';
import { type ChainFacts, changesHash, digestOf, type ReceiptForm } from '../session-chain.js';
import type { LinkedReceipt, LinkedStep } from './linked-receipt.js';
import { writeLinkedReceipt } from './linked-receipt-bytes.js';

export interface LinkedFacts extends ChainFacts {
  readonly step: LinkedStep;
  readonly instance: string;
  /** Hash of the modules. */
  readonly links: Uint8Array;
}

export type LinkedIdentity = Pick<LinkedReceipt, 'profile' | 'schedule' | 'limits'>;

export function linkedForm({ profile, schedule, limits }: LinkedIdentity): ReceiptForm<LinkedReceipt, LinkedFacts> {
  return {
    make: ({ facts, input, output }, previous, hash) => ({
      profile,
      schedule: schedule.slice(),
      limits: limits.slice(),
      links: facts.links.slice(),
      number: facts.number,
      previous: previous.slice(),
      step: facts.step,
      instance: facts.instance,
      export: facts.exportName,
      changes: changesHash(facts, hash),
      input,
      fuel: facts.fuel,
      outcome: receiptOutcome(facts.stop),
      output,
      digestFuel: facts.digestFuel,
      total: facts.total,
      pages: facts.pages,
      hostCalls: facts.log.hash(hash),
      stateDigest: digestOf(facts),
    }),
    write: writeLinkedReceipt,
  };
}
