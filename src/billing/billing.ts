/**
 * Billing on one ledger: tenants, leases, lines. A host opens this; it gives access to everything else in this folder.
 */
import { fromHex, isHex } from '../base/hash.js';
import { BillingError } from './billing-error.js';
import type { Moment } from './document.js';
import { issueStatement, statementAgain } from './issue-statement.js';
import { Lease } from './lease.js';
import { Ledger, type LedgerOptions } from './ledger.js';
import type { PriceTable } from './price-table.js';
import {
  keepPriceTable,
  type LeaseTerms,
  type LimitRefusal,
  openLease,
  priceTableOf,
  SettlementRefused,
  type SettlementResult,
  settle,
  type Usage,
} from './settlement.js';
import type { SqlDatabase } from './sql-database.js';
import type { Statement } from './statement.js';
import {
  balanceOf,
  type Grant,
  HOUSE_ACCOUNTS,
  openGrant,
  openTenant,
  payIn,
  type TenantBalance,
  type TenantOptions,
} from './tenant.js';
import { type BudgetOptions, type TenantBudget, tenantBudget } from './tenant-budget.js';
import { reverseLine, type UsageLine, usageLines } from './usage-line.js';

/** How long a lease lasts without a settlement. */
export const LEASE_TIMEOUT_MS = 600_000;

export interface LeaseOptions {
  /** Unique: requesting the same id twice gives the same lease. */
  readonly id: string;
  readonly table: PriceTable;
  /** What to reserve, tax included. */
  readonly amount: bigint;
  /** Milliseconds after which the lease is void unless it is settled or extended. Default 600,000. */
  readonly timeout?: number;
}

export type LeaseOpened =
  | { readonly ok: true; readonly lease: Lease }
  | { readonly ok: false; readonly refusal: LimitRefusal };

export class Billing {
  readonly ledger: Ledger;
  readonly #clock: () => Moment;

  /** Made by `openBilling`. */
  constructor(ledger: Ledger, clock: () => Moment) {
    this.ledger = ledger;
    this.#clock = clock;
  }

  /** Opens a tenant, or sets the credit limit of one. */
  openTenant(tenant: string, options: TenantOptions = {}): Promise<void> {
    return this.ledger.transaction((open) => openTenant(open, tenant, options));
  }

  /** Money from a tenant. `id` is the idempotency key. */
  payIn(tenant: string, amount: bigint, id: string): Promise<void> {
    return this.ledger.transaction((open) => payIn(open, tenant, amount, id));
  }

  grant(tenant: string, grant: Grant): Promise<void> {
    return this.ledger.transaction((open) => openGrant(open, tenant, grant));
  }

  async balance(tenant: string): Promise<TenantBalance> {
    await this.ledger.tick();
    return this.ledger.database.read((sql) => balanceOf(sql, tenant, this.#clock()));
  }

  /** What a tenant can spend, how fast it spends, and a forecast until the end of a period. */
  async budget(tenant: string, options: BudgetOptions = {}): Promise<TenantBudget> {
    await this.ledger.tick();
    return this.ledger.database.read((sql) => tenantBudget(sql, tenant, this.#clock(), options));
  }

  async lease(tenant: string, { id, table, amount, timeout = LEASE_TIMEOUT_MS }: LeaseOptions): Promise<LeaseOpened> {
    const terms: LeaseTerms = { id, tenant, table, timeout };
    const opened = await this.ledger.transaction((open) => openLease(open, terms, amount));
    if (!opened.ok) return opened;
    const lease = new Lease({
      terms,
      reserved: opened.reserved,
      clock: this.#clock,
      settle: (own, usages, target) => this.settle(own, usages, target),
    });
    return { ok: true, lease };
  }

  /**
   * Settles lines of a lease in one transaction, all or none: used by leases, and by callers whose lines come from
   * elsewhere.
   */
  async settle(
    terms: LeaseTerms,
    usages: readonly Usage[],
    target: 'rest' | 'none' | bigint = 'rest',
  ): Promise<SettlementResult> {
    try {
      return await this.ledger.transaction((open) => settle(open, terms, usages, target));
    } catch (error) {
      if (error instanceof SettlementRefused) return { ok: false, refusal: error.refusal };
      throw error;
    }
  }

  /** Stores a price table; opening a lease also does so. */
  keepPriceTable(table: PriceTable): Promise<Uint8Array> {
    return this.ledger.transaction((open) => keepPriceTable(open, table));
  }

  /** @param hash 64 hexadecimal digits */
  priceTable(hash: string): Promise<PriceTable> {
    if (!isHex(hash)) throw new BillingError('document', 'a hash has 64 lower-case hexadecimal digits');
    return this.ledger.database.read((sql) => priceTableOf(sql, fromHex(hash)));
  }

  /** Reverses a line: the tenant gets back its price and tax. A second time returns the same reversal. */
  reverse(line: Uint8Array, reason: string): Promise<UsageLine> {
    return this.ledger.transaction((open) => reverseLine(open, line, reason));
  }

  /**
   * Issues the next statement of a tenant: every line since the last one.
   * @param house the name of the biller, for readers
   * @returns undefined if nothing was used since
   */
  statement(tenant: string, house: string): Promise<Statement | undefined> {
    return this.ledger.transaction((open) => issueStatement(open, tenant, house));
  }

  /** A statement that was issued before, made again from its lines with the same bytes. */
  statementAgain(tenant: string, number: number): Promise<Statement> {
    return this.ledger.transaction((open) => statementAgain(open, tenant, number));
  }

  /** Lines of a tenant in order, read in parts. */
  lines(tenant: string, after = 0n): AsyncGenerator<UsageLine> {
    return usageLines(this.ledger.database, tenant, after);
  }
}

/** Opens billing on a database: creates the accounts of the house if they do not exist. */
export async function openBilling(database: SqlDatabase, { clock = Date.now }: LedgerOptions = {}): Promise<Billing> {
  const ledger = new Ledger(database, { clock });
  await ledger.openAccounts(...HOUSE_ACCOUNTS.map((id) => ({ id })));
  return new Billing(ledger, clock);
}
