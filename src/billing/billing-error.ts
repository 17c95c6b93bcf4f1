/** Invalid data passed to billing, or a failure of its storage. Refusals of a tenant are values, not exceptions. */

/** Closed. */
export type BillingErrorCode =
  /** an amount, or a sum of amounts, is outside -(2^63 - 1) to 2^63 - 1 */
  | 'amount'
  /** a document is not of the expected kind: price table, statement, request; the message has the place */
  | 'document'
  /** a receipt was made under a different fuel schedule than that of its price table */
  | 'other-schedule'
  /** a price table is not valid at that time */
  | 'not-valid'
  /** no such tenant, account, lease, price table or statement exists */
  | 'unknown'
  /** the ledger refuses a transfer that the caller expected to succeed */
  | 'transfer'
  /** the same id was used for something else before */
  | 'id-reused'
  /** the database cannot be opened, read or written; nothing of the transaction was stored */
  | 'storage'
  /** an optional library is not installed; the message has its name */
  | 'library';

export class BillingError extends Error {
  constructor(
    readonly code: BillingErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'BillingError';
  }
}
