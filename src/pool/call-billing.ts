/**
 * What a pool asks before it runs a job, and says when the job has ended: `assay/billing` has one over a lease (`openAccount`).
 *
 * Invariant: what `begin` returned is ended once: by the receipts of the calls, or without any after a failure of the host, which is
 * not billed.
 */
import { hash, utf8 } from '../base/hash.js';
import { joinedBytes } from '../base/joined-bytes.js';
import type { PooledReceipt } from './pooled-receipt.js';

export interface CallBilling {
  /**
   * Reserves the most that calls can cost. What is refused is thrown, and nothing runs then.
   * @param calls how many there will be, at most
   * @param fuel limit of each
   * @param requestId 32 bytes that name the request: the same one is billed once. Default: every job is a request of its own
   */
  begin(calls: number, fuel: number, requestId?: Uint8Array): BilledJob | Promise<BilledJob>;
}

export interface BilledJob {
  /**
   * @param isHit the receipts were found by a memo: nothing ran
   * @param requestIds a name for each receipt, where each call was a request of its own. Default: that of `begin` for all
   */
  finish(receipts: readonly PooledReceipt[], isHit: boolean, requestIds?: readonly Uint8Array[]): void;
  /** There are no receipts. */
  cancel(): void;
}

/** The id of a request by its number, among those of a batch or a lease: it is billed once, even if it runs again. */
export function numberedRequest(of: Uint8Array, number: number): Uint8Array {
  return hash(joinedBytes(of, utf8(` ${number}`)));
}

/** What was billed of a result, and the result. */
export interface Billable {
  readonly receipts: readonly PooledReceipt[];
  readonly isHit: boolean;
}

/** Runs a job that is billed: an allowance first, then the job, then its receipts. */
export async function billed<R>(
  billing: CallBilling | undefined,
  {
    calls,
    fuel,
    requestId,
  }: { readonly calls: number; readonly fuel: number; readonly requestId: Uint8Array | undefined },
  run: () => Promise<R>,
  billableOf: (result: R) => Billable,
): Promise<R> {
  if (billing === undefined) return await run();
  const job = await billing.begin(calls, fuel, requestId);
  let result: R;
  try {
    result = await run();
  } catch (error) {
    job.cancel();
    throw error;
  }
  const { receipts, isHit } = billableOf(result);
  job.finish(receipts, isHit);
  return result;
}
