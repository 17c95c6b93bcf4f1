/** Checks that receipts are those of one session, in order from its opening. docs/SEMANTICS.md, section 10. */
import { sameBytes } from '../base/same-bytes.js';
import { withBuiltins } from '../builtins/builtins.js';
import type { LinkedReceipt } from './linked/linked-receipt.js';
import { linkedReceiptHash } from './linked/linked-receipt-bytes.js';
import type { SessionReceipt } from './session-receipt.js';
import { sessionReceiptHash } from './session-receipt-bytes.js';

/** What does not match, and in which of the receipts. */
export interface SessionChainFault {
  readonly code: 'number' | 'previous' | 'identity' | 'total' | 'budget';
  readonly number: number;
}

/** The first receipt that does not follow from the previous one; undefined if all do. */
export function checkSessionReceipts(receipts: readonly SessionReceipt[]): SessionChainFault | undefined {
  const isSame = (opening: SessionReceipt, _: SessionReceipt, receipt: SessionReceipt) =>
    sameHashes(opening, receipt, ['schedule', 'limits', 'hosts', 'module']);
  return checkChain(receipts, sessionReceiptHash, isSame);
}

/** The same for a linked session, whose modules change with each `linked` receipt. */
export function checkLinkedReceipts(receipts: readonly LinkedReceipt[]): SessionChainFault | undefined {
  const isSame = (opening: LinkedReceipt, before: LinkedReceipt, receipt: LinkedReceipt) =>
    sameHashes(opening, receipt, ['schedule', 'limits']) &&
    (receipt.step === 'linked') !== sameHashes(before, receipt, ['links']);
  return checkChain(receipts, linkedReceiptHash, isSame);
}

function sameHashes<N extends string>(
  a: Readonly<Record<N, Uint8Array>>,
  b: Readonly<Record<N, Uint8Array>>,
  names: readonly N[],
): boolean {
  return names.every((name) => sameBytes(a[name], b[name]));
}

/** The fields of receipts that every kind of session has. */
type Chained = Pick<SessionReceipt, 'profile' | 'number' | 'previous' | 'fuel' | 'digestFuel' | 'total'>;

function checkChain<R extends Chained>(
  receipts: readonly R[],
  hashOf: (receipt: R) => Uint8Array,
  isSame: (opening: R, before: R, receipt: R) => boolean,
): SessionChainFault | undefined {
  return withBuiltins(() => {
    const [opening] = receipts;
    for (let number = 0; number < receipts.length; number++) {
      const [before, receipt] = [receipts[number - 1], receipts[number]];
      const code = faultOf(opening, before, receipt, number, hashOf, isSame);
      if (code !== undefined) return { code, number };
    }
    return undefined;
  });
}

function faultOf<R extends Chained>(
  opening: R,
  before: R | undefined,
  receipt: R,
  number: number,
  hashOf: (receipt: R) => Uint8Array,
  isSame: (opening: R, before: R, receipt: R) => boolean,
): SessionChainFault['code'] | undefined {
  if (receipt.number !== number) return 'number';
  const isOfSession = before === undefined || isSame(opening, before, receipt);
  if (receipt.profile !== opening.profile || !isOfSession) return 'identity';
  if (before !== undefined && !sameBytes(receipt.previous, hashOf(before))) return 'previous';
  const total = before?.total ?? 0;
  if (receipt.total - total !== receipt.fuel.used + receipt.digestFuel) return 'total';
  // The opening may use all that the session has.
  const left = opening.fuel.limit - total;
  return receipt.fuel.limit > left || receipt.total > opening.fuel.limit ? 'budget' : undefined;
}
