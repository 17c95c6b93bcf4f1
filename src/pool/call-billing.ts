/**
 * The interface through which a pool reserves the cost of a job and reports its receipts; `assay/billing` implements it
 * with a lease (`openAccount`).
 *
 * Invariant: each result of `begin` is ended once: with the receipts of the calls, or, after a failure of the host,
 * without any; that is not billed.
 */
import { hash, utf8 } from '../base/hash.js';
import { joinedBytes } from '../base/joined-bytes.js';
import type { PooledReceipt } from './pooled-receipt.js';

export interface CallBilling {
  /**
   * Reserves the most that the calls can cost. Throws if that is refused; then nothing runs.
   * @param calls how many there will be, at most
   * @param fuel limit of each
   * @param requestId 32 bytes that identify the request, which is billed once. Default: every job is a request of its
   * own
   */
  begin(calls: number, fuel: number, requestId?: Uint8Array): BilledJob | Promise<BilledJob>;
}

export interface BilledJob {
  /**
   * @param isHit the receipts were found by a memo: nothing ran
   * @param requestIds an id for each receipt, if each call was a request of its own. Default: that of `begin` for all
   */
  finish(receipts: readonly PooledReceipt[], isHit: boolean, requestIds?: readonly Uint8Array[]): void;
  /** There are no receipts. */
  cancel(): void;
}

/** The id of a request by its number, among those of a batch or a lease: it is billed once, even if it runs again. */
export function numberedRequest(of: Uint8Array, number: number): Uint8Array {
  return hash(joinedBytes(of, utf8(` ${number}`)));
}

/** What is billed for a result: its receipts, and whether a memo found them. */
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
