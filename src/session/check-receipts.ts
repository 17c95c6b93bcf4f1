/** Whether receipts are those of one session, one after another from its opening. docs/SEMANTICS.md, section 10. */
import { toHex } from '../base/hash.js';
import { withBuiltins } from '../builtins/builtins.js';
import type { SessionReceipt } from './session-receipt.js';
import { sessionReceiptHash } from './session-receipt-bytes.js';

/** What does not fit, and at which of the receipts. */
export interface SessionChainFault {
  readonly code: 'number' | 'previous' | 'identity' | 'total' | 'budget';
  readonly number: number;
}

/** The first receipt that does not follow from the one before; undefined if all do. */
export function checkSessionReceipts(receipts: readonly SessionReceipt[]): SessionChainFault | undefined {
  return withBuiltins(() => {
    for (let number = 0; number < receipts.length; number++) {
      const code = faultOf(receipts[0], receipts[number - 1], receipts[number], number);
      if (code !== undefined) return { code, number };
    }
    return undefined;
  });
}

function faultOf(
  opening: SessionReceipt,
  before: SessionReceipt | undefined,
  receipt: SessionReceipt,
  number: number,
): SessionChainFault['code'] | undefined {
  if (receipt.number !== number) return 'number';
  const isSame = (name: 'schedule' | 'limits' | 'hosts' | 'module') => toHex(receipt[name]) === toHex(opening[name]);
  if (receipt.profile !== opening.profile || !(['schedule', 'limits', 'hosts', 'module'] as const).every(isSame)) {
    return 'identity';
  }
  if (before !== undefined && toHex(receipt.previous) !== toHex(sessionReceiptHash(before))) return 'previous';
  const total = before?.total ?? 0;
  if (receipt.total - total !== receipt.fuel.used + receipt.digestFuel) return 'total';
  // The opening may use all that the session has.
  const left = opening.fuel.limit - total;
  return receipt.fuel.limit > left || receipt.total > opening.fuel.limit ? 'budget' : undefined;
}
