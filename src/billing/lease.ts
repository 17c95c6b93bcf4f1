/**
 * A lease: an allowance that was reserved in one transaction, spent in memory call by call, and settled in batches.
 *
 * Invariant: the reservation covers every unsettled line, and every call in progress with its full fuel limit at the
 * highest rates. So a settlement is never refused while the lease lasts. A crash costs the house what was not settled
 * (`unsettled`), and the tenant nothing: its reservation is void after the time-out.
 */
import { FUEL_LIMIT_MAX, type Receipt } from '../engine/receipt/receipt.js';
import { type Amount, amountOf } from './amount.js';
import type { Moment } from './document.js';
import { costBound, fuelPaidBy, price, withTax } from './price.js';
import type { PriceTable } from './price-table.js';
import type { LeaseTerms, SettlementResult, Usage } from './settlement.js';
import type { UsageItem } from './usage-item.js';

/** Lines after which a settlement is due. */
export const SETTLE_LINES = 1_000;

/** The rest of the allowance does not cover the call; nothing ran. */
export interface AllowanceRefusal {
  readonly code: 'allowance';
  readonly left: Amount;
  readonly wanted: Amount;
}

/** A call that may run, within its fuel limit. End it once: with its receipt, or without one after a host failure. */
export interface LeasedCall {
  readonly ok: true;
  /** The fuel limit to pass to the call. */
  readonly fuel: number;
  /** The call has a receipt, with any outcome, and is billed. `requestId` is 32 bytes. */
  finish(receipt: Receipt, requestId: Uint8Array, executedAt?: Moment): void;
  /** There is no receipt because the host failed. The call is not billed. */
  cancel(): void;
}

export interface LeaseParts {
  readonly terms: LeaseTerms;
  readonly reserved: Amount;
  readonly clock: () => Moment;
  readonly settle: (
    terms: LeaseTerms,
    usages: readonly Usage[],
    target: 'rest' | 'none' | bigint,
  ) => Promise<SettlementResult>;
}

export class Lease {
  readonly id: string;
  readonly tenant: string;
  readonly table: PriceTable;
  readonly #parts: LeaseParts;
  readonly #bound: (fuel: bigint) => bigint;
  #left: bigint;
  #usages: Usage[] = [];
  /** The maximum cost of the unsettled lines. */
  #unsettled = 0n;
  /** The maximum cost of the calls in progress. */
  #running = 0n;
  /** The bound for the last requested limit, because most calls have the same one. */
  #lastFuel = -1;
  #lastCost = 0n;
  #settling: Promise<SettlementResult> | undefined;

  /** Made by `Billing.lease`. */
  constructor(parts: LeaseParts) {
    this.#parts = parts;
    this.id = parts.terms.id;
    this.tenant = parts.terms.tenant;
    this.table = parts.terms.table;
    this.#bound = costBound(this.table);
    this.#left = parts.reserved;
  }

  /** What can still be spent. */
  get left(): Amount {
    return amountOf(this.#left);
  }

  /** What a crash now would cost the house at most. */
  get unsettled(): { readonly lines: number; readonly amount: Amount } {
    return { lines: this.#usages.length, amount: amountOf(this.#unsettled) };
  }

  /** Whether `settle` should be called. */
  get isDue(): boolean {
    return this.#usages.length >= SETTLE_LINES;
  }

  /**
   * Reserves a call with a fuel limit, in memory: the ledger is not changed.
   * @param least accept a lower limit, down to this one. Default: only `fuel`, because the limit is in the receipt
   */
  begin(fuel: number, least = fuel): LeasedCall | { readonly ok: false; readonly refusal: AllowanceRefusal } {
    let limit = fuel;
    let cost = this.#costOf(fuel);
    if (cost > this.#left) {
      limit = least < fuel ? (fuelPaidBy(this.#left, this.table) ?? -1) : -1;
      if (limit < least) return { ok: false, refusal: { code: 'allowance', left: this.left, wanted: amountOf(cost) } };
      cost = this.#bound(BigInt(limit));
    }
    this.#left -= cost;
    this.#running += cost;
    return new Running(limit, (usage) => this.#ended(cost, usage), this.#parts.clock);
  }

  /**
   * Bills something that is not a call: a memo hit, a load, storage.
   * @returns false if the allowance does not pay for it; then it is not billed
   */
  spend(item: Exclude<UsageItem, { readonly kind: 'call' | 'reversal' }>, requestId: Uint8Array): boolean {
    const cost = this.#boundOf(item);
    if (cost > this.#left) return false;
    this.#left -= cost;
    this.#unsettled += cost;
    this.#usages.push({ item, requestId, executedAt: this.#parts.clock() });
    return true;
  }

  /** Settles what was used, in one transaction; the rest stays reserved. One settlement runs at a time. */
  settle(): Promise<SettlementResult> {
    return this.#settle('rest');
  }

  /**
   * Settles, and reserves up to an amount, or as much as the tenant has.
   * @param amount what should be available afterwards, in addition to the calls in progress
   */
  extend(amount: bigint): Promise<SettlementResult> {
    return this.#settle(amount);
  }

  /** Settles and releases the rest. Calls in progress are settled from the balance that the tenant has then. */
  close(): Promise<SettlementResult> {
    return this.#settle('none');
  }

  #costOf(fuel: number): bigint {
    if (fuel !== this.#lastFuel) {
      if (!(Number.isSafeInteger(fuel) && fuel >= 0 && fuel <= FUEL_LIMIT_MAX))
        throw new RangeError(`${fuel} is not a fuel limit`);
      this.#lastCost = this.#bound(BigInt(fuel));
      this.#lastFuel = fuel;
    }
    return this.#lastCost;
  }

  #boundOf(item: Exclude<UsageItem, { readonly kind: 'reversal' }>): bigint {
    if (item.kind === 'call') return this.#bound(BigInt(item.receipt.fuel.used));
    if (item.kind === 'load') return this.#bound(BigInt(item.fuel));
    return withTax(price(item, this.table).amount, this.table);
  }

  #ended(cost: bigint, usage: Usage | undefined): void {
    this.#running -= cost;
    if (usage === undefined) {
      this.#left += cost;
      return;
    }
    const bound = this.#boundOf(usage.item as Exclude<UsageItem, { readonly kind: 'reversal' }>);
    this.#left += cost - bound;
    this.#unsettled += bound;
    this.#usages.push(usage);
  }

  async #settle(target: 'rest' | 'none' | bigint): Promise<SettlementResult> {
    // One after the other, because each round of the reservation is settled once.
    while (this.#settling !== undefined) await this.#settling.catch(() => undefined);
    const run = this.#settleNow(target);
    this.#settling = run;
    try {
      return await run;
    } finally {
      this.#settling = undefined;
    }
  }

  async #settleNow(target: 'rest' | 'none' | bigint): Promise<SettlementResult> {
    const batch = this.#usages;
    const bound = this.#unsettled;
    this.#usages = [];
    this.#unsettled = 0n;
    try {
      const wanted = typeof target === 'bigint' ? target + this.#running : target;
      const result = await this.#parts.settle(this.#parts.terms, batch, wanted);
      if (!result.ok) this.#keep(batch, bound);
      // Calls may have begun and ended meanwhile; their cost is subtracted from the new reservation.
      else this.#left = result.reserved - this.#running - this.#unsettled;
      return result;
    } catch (error) {
      this.#keep(batch, bound);
      throw error;
    }
  }

  /** Puts back a batch that was not settled, before lines that were added meanwhile. */
  #keep(batch: Usage[], bound: bigint): void {
    this.#usages = batch.concat(this.#usages);
    this.#unsettled += bound;
  }
}

class Running implements LeasedCall {
  readonly ok = true;
  readonly fuel: number;
  #end: ((usage: Usage | undefined) => void) | undefined;
  readonly #clock: () => Moment;

  constructor(fuel: number, end: (usage: Usage | undefined) => void, clock: () => Moment) {
    this.fuel = fuel;
    this.#end = end;
    this.#clock = clock;
  }

  finish(receipt: Receipt, requestId: Uint8Array, executedAt: Moment = this.#clock()): void {
    if (receipt.fuel.used > this.fuel) throw new RangeError('the receipt belongs to a call with a higher fuel limit');
    this.#take()({ item: { kind: 'call', receipt }, requestId, executedAt });
  }

  cancel(): void {
    this.#take()(undefined);
  }

  #take(): (usage: Usage | undefined) => void {
    const end = this.#end;
    if (end === undefined) throw new RangeError('the call has ended already');
    this.#end = undefined;
    return end;
  }
}
