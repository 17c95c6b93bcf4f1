/** What is wrong with what billing was given, or with where it keeps it. Refusals of a tenant are values, and not thrown. */

/** Closed. */
export type BillingErrorCode =
  /** an amount, or a sum of amounts, is outside -(2^63 - 1) to 2^63 - 1 */
  | 'amount'
  /** a document is not what it should be: price table, statement, request; the message has the place */
  | 'document'
  /** a receipt was made under another schedule of fuel than its price table is for */
  | 'other-schedule'
  /** a price table is not valid at that time */
  | 'not-valid'
  /** there is no such tenant, account, lease, price table or statement */
  | 'unknown'
  /** the ledger refuses a transfer that the caller took for granted */
  | 'transfer'
  /** the same id was used for something else before */
  | 'id-reused'
  /** the database cannot be opened, read or written; nothing of the transaction was kept */
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
