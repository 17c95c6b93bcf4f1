/**
 * Accounts and transfers as in TigerBeetle: every transfer debits one account and credits another by the same amount; a
 * pending one reserves it until it is posted, in full or in part, voided, or timed out. Nothing is changed afterwards:
 * a mistake is corrected by the opposite transfer. https://docs.tigerbeetle.com/coding/two-phase-transfers/
 */
import type { Amount } from './amount.js';
import type { Moment } from './document.js';

/** Which sum must not be exceeded: `credits` means that debits must not exceed credits plus the credit limit. */
export type LimitKind = 'none' | 'credits' | 'debits';

export interface Account {
  readonly id: string;
  readonly limit: LimitKind;
  /** By how much the limit may be exceeded: what a tenant may owe. */
  readonly creditLimit: Amount;
  /** Grants of a tenant are spent from the lowest priority up. */
  readonly priority: bigint;
  /** After this time the rest goes back to `grants`. */
  readonly expiresAt: Moment | undefined;
  readonly tenant: string | undefined;
  readonly debitsPending: bigint;
  readonly debitsPosted: bigint;
  readonly creditsPending: bigint;
  readonly creditsPosted: bigint;
}

/** The settings of a new account. */
export type AccountSpec = Pick<Account, 'id'> &
  Partial<Pick<Account, 'limit' | 'creditLimit' | 'priority' | 'expiresAt' | 'tenant'>>;

/** A requested transfer. Its id is the idempotency key: the same transfer is made only once. */
export type TransferSpec =
  | {
      readonly kind: 'post';
      readonly id: string;
      readonly debit: string;
      readonly credit: string;
      readonly amount: bigint;
      readonly memo?: string;
    }
  | {
      readonly kind: 'pending';
      readonly id: string;
      readonly debit: string;
      readonly credit: string;
      readonly amount: bigint;
      /** Milliseconds after which it is void. Default never. */
      readonly timeout?: number;
      readonly memo?: string;
    }
  /** Posts a pending transfer, or a part of it; the rest is released. */
  | {
      readonly kind: 'post-pending';
      readonly id: string;
      readonly pending: string;
      readonly amount?: bigint;
      readonly memo?: string;
    }
  | { readonly kind: 'void-pending'; readonly id: string; readonly pending: string; readonly memo?: string };

/** A transfer that was made. `expire-pending` is a time-out. */
export interface Transfer {
  readonly id: string;
  readonly sequence: bigint;
  readonly kind: TransferSpec['kind'] | 'expire-pending';
  readonly debit: string;
  readonly credit: string;
  /** What was moved or reserved; for a void or a time-out, what was released. */
  readonly amount: bigint;
  readonly pending: string | undefined;
  readonly timeout: number | undefined;
  readonly memo: string;
  readonly at: Moment;
}

/** Why a transfer is refused. Closed. */
export type TransferRefusal =
  /** not from 1 to 2^63 - 1, or from 0 if a pending transfer is posted */
  | 'amount'
  | 'unknown-account'
  | 'same-account'
  /** another transfer has this id */
  | 'id-reused'
  /** exceeds the debited account's limit */
  | 'exceeds-credits'
  /** exceeds the credited account's limit */
  | 'exceeds-debits'
  /** a balance would be above 2^63 - 1 */
  | 'overflow'
  | 'unknown-pending'
  | 'already-posted'
  | 'already-voided'
  | 'already-expired'
  /** more than was reserved */
  | 'exceeds-pending';

export type TransferResult =
  | { readonly ok: true; readonly existed: boolean }
  | { readonly ok: false; readonly refusal: TransferRefusal };
