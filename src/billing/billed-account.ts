/**
 * A tenant's account as used by code that runs calls: the pool, a batch, the service. It leases an allowance, reserves
 * calls from it, bills their receipts, and settles in batches in the background.
 *
 * Invariant: a call begins only when the most that it can cost is reserved, so a tenant is refused before any work and
 * never afterwards. A call without a receipt is not billed. The number of unsettled lines is bounded: beyond it, calls
 * wait for a settlement.
 */
import { randomBytes } from 'node:crypto';
import { utf8 } from '../base/hash.js';
import { type BilledJob, type CallBilling, numberedRequest } from '../pool/call-billing.js';
import type { PooledReceipt } from '../pool/pooled-receipt.js';
import { type Amount, amountOf, smallerOf } from './amount.js';
import { type Billing, LEASE_TIMEOUT_MS } from './billing.js';
import type { AllowanceRefusal, Lease, LeasedCall } from './lease.js';
import type { PriceTable } from './price-table.js';
import type { LimitRefusal } from './settlement.js';
import type { UsageItem } from './usage-item.js';

export interface AccountOptions {
  readonly table: PriceTable;
  /**
   * How much is reserved at a time, tax included; less if the tenant has less. A call that can cost more is refused.
   */
  readonly amount: bigint;
  /**
   * Milliseconds after which an unsettled lease is void: after a crash the tenant's funds are held back for that long.
   * Default 600,000.
   */
  readonly timeout?: number;
  /** Milliseconds from one settlement to the next, if there are few lines. Default 1,000. */
  readonly settleEvery?: number;
}

/** A call that the tenant cannot pay: nothing ran. */
export class BillingRefused extends Error {
  constructor(
    readonly tenant: string,
    readonly refusal: AllowanceRefusal | LimitRefusal,
  ) {
    super(`${tenant} cannot pay this: it can cost ${refusal.wanted}, and ${leftOf(refusal)} is available`);
    this.name = 'BillingRefused';
  }
}

function leftOf(refusal: AllowanceRefusal | LimitRefusal): Amount {
  return refusal.code === 'allowance' ? refusal.left : refusal.available;
}

/** How many lines may wait for a settlement. Beyond that, calls wait for it. */
const UNSETTLED_MAX = 20_000;
const SETTLE_MS = 1_000;
/** How long a tenant without funds is assumed to have none. */
const EMPTY_MS = 1_000;

/** @throws BillingRefused if the tenant has nothing, BillingError `unknown` if there is no such tenant */
export async function openAccount(billing: Billing, tenant: string, options: AccountOptions): Promise<BilledAccount> {
  const { table, amount, timeout } = options;
  const id = `${tenant}:${randomBytes(16).toString('hex')}`;
  const { available } = await billing.balance(tenant);
  if (available <= 0n) {
    throw new BillingRefused(tenant, { code: 'limit', available, wanted: amountOf(amount) });
  }
  const lease = { id, table, amount: smallerOf(available, amount), ...(timeout === undefined ? {} : { timeout }) };
  const opened = await billing.lease(tenant, lease);
  if (!opened.ok) throw new BillingRefused(tenant, opened.refusal);
  return new BilledAccount(opened.lease, options);
}

export class BilledAccount implements CallBilling {
  readonly #lease: Lease;
  readonly #amount: bigint;
  readonly #timeout: number;
  /** When the reservation was last made or renewed, by the machine's clock. */
  #reservedAt = performance.now();
  readonly #timer: ReturnType<typeof setInterval>;
  #extending: Promise<void> | undefined;
  #settling: Promise<void> | undefined;
  #emptyUntil = 0;
  #requests = 0;
  #failure: unknown;
  #lines = 0;
  #underWay = 0;
  /** Callers that wait for calls in progress, in order. */
  #waiting: (() => void)[] = [];

  /** Made by `openAccount`. */
  constructor(lease: Lease, { amount, settleEvery = SETTLE_MS, timeout = LEASE_TIMEOUT_MS }: AccountOptions) {
    this.#lease = lease;
    this.#amount = amount;
    this.#timeout = timeout;
    this.#timer = setInterval(() => this.#settleSoon(this.#isRenewalDue()), settleEvery);
    this.#timer.unref();
  }

  get tenant(): string {
    return this.#lease.tenant;
  }

  /** What a crash now would cost the house at most. */
  get unsettled(): Lease['unsettled'] {
    return this.#lease.unsettled;
  }

  /** Lines that were settled. */
  get lines(): number {
    return this.#lines;
  }

  /** @throws BillingRefused if the tenant cannot pay for the calls, or the ledger's error if it cannot be written */
  begin(calls: number, fuel: number, requestId?: Uint8Array): BilledJob | Promise<BilledJob> {
    const name = requestId ?? this.#nextRequest();
    if (this.#lease.unsettled.lines >= UNSETTLED_MAX) return this.#beginSettled(calls, fuel, name);
    if (performance.now() - this.#reservedAt >= this.#timeout) return this.#beginRenewed(calls, fuel, name);
    const leased = this.#take(calls, fuel);
    return leased.ok ? this.#job(leased.calls, name) : this.#beginExtended(calls, fuel, name);
  }

  /** Bills something that is not a call: a load, storage. @throws BillingRefused */
  async spend(item: Extract<UsageItem, { readonly kind: 'load' | 'storage' }>, requestId: Uint8Array): Promise<void> {
    if (this.#lease.spend(item, requestId)) return;
    await this.#extend();
    if (this.#lease.spend(item, requestId)) return;
    const { left } = this.#lease;
    throw new BillingRefused(this.tenant, { code: 'allowance', left, wanted: amountOf(this.#amount) });
  }

  /** Settles what was used so far. @throws the ledger's error */
  async settle(): Promise<void> {
    this.#settleSoon();
    await this.#settling;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Settles, and releases the rest. @throws BillingRefused if the lease had become void and the tenant has no more
   * funds
   */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#settling;
    const { lines } = this.#lease.unsettled;
    const closed = await this.#lease.close();
    if (!closed.ok) throw new BillingRefused(this.tenant, closed.refusal);
    this.#lines += lines;
  }

  /** Reserves calls from what is left: all or none. */
  #take(
    count: number,
    fuel: number,
  ): { readonly ok: true; readonly calls: LeasedCall[] } | { readonly ok: false; readonly refusal: AllowanceRefusal } {
    const calls: LeasedCall[] = [];
    for (let i = 0; i < count; i++) {
      const call = this.#lease.begin(fuel);
      if (!call.ok) {
        for (const taken of calls) taken.cancel();
        return call;
      }
      calls.push(call);
    }
    if (this.#lease.left * 2n < this.#amount && performance.now() >= this.#emptyUntil) this.#extendSoon();
    return { ok: true, calls };
  }

  async #beginSettled(calls: number, fuel: number, name: Uint8Array): Promise<BilledJob> {
    await this.settle();
    return await this.begin(calls, fuel, name);
  }

  /** Nothing ran for so long that the reservation timed out: reserves what the tenant has now. */
  async #beginRenewed(calls: number, fuel: number, name: Uint8Array): Promise<BilledJob> {
    await this.#extend();
    const leased = this.#take(calls, fuel);
    return leased.ok ? this.#job(leased.calls, name) : await this.#beginExtended(calls, fuel, name);
  }

  /** Calls in progress may take longer than the reservation lasts. */
  #isRenewalDue(): boolean {
    return this.#underWay > 0 && performance.now() - this.#reservedAt >= this.#timeout / 3;
  }

  /**
   * Calls in progress reserve their full limit and release most of it when they end: calls without sufficient funds
   * wait for them, in order.
   */
  async #beginExtended(count: number, fuel: number, name: Uint8Array): Promise<BilledJob> {
    if (performance.now() >= this.#emptyUntil || this.#extending !== undefined) await this.#extend();
    for (let isFirst = true; ; isFirst = false) {
      const isTurn = !isFirst || this.#waiting.length === 0;
      const leased = isTurn ? this.#take(count, fuel) : undefined;
      if (leased?.ok === true) {
        this.#waiting.shift()?.();
        return this.#job(leased.calls, name);
      }
      if (leased !== undefined && this.#underWay === 0) {
        this.#emptyUntil = performance.now() + EMPTY_MS;
        this.#waiting.shift()?.();
        throw new BillingRefused(this.tenant, leased.refusal);
      }
      await new Promise<void>((resolve) => {
        if (isFirst) this.#waiting.push(resolve);
        else this.#waiting.unshift(resolve);
      });
    }
  }

  #job(calls: readonly LeasedCall[], name: Uint8Array): BilledJob {
    this.#underWay += 1;
    return {
      finish: (receipts, isHit, requestIds) => {
        this.#finish(calls, receipts, isHit, (i) => requestIds?.[i] ?? name);
        this.#ended();
      },
      cancel: () => {
        for (const call of calls) call.cancel();
        this.#ended();
      },
    };
  }

  #ended(): void {
    this.#underWay -= 1;
    this.#waiting.shift()?.();
  }

  #finish(
    calls: readonly LeasedCall[],
    receipts: readonly PooledReceipt[],
    isHit: boolean,
    nameOf: (index: number) => Uint8Array,
  ): void {
    if (receipts.length > calls.length) throw new RangeError(`${receipts.length} receipts of ${calls.length} calls`);
    for (const [i, call] of calls.entries()) {
      if (isHit || i >= receipts.length) call.cancel();
      else call.finish(receipts[i].value, nameOf(i));
    }
    if (isHit) {
      for (const [i, { value }] of receipts.entries())
        this.#lease.spend({ kind: 'memo-hit', receipt: value }, nameOf(i));
    }
    if (this.#lease.isDue) this.#settleSoon();
  }

  #nextRequest(): Uint8Array {
    this.#requests += 1;
    return numberedRequest(utf8(this.#lease.id), this.#requests);
  }

  /** @param isDue settle even if there are no lines */
  #settleSoon(isDue = false): void {
    const { lines } = this.#lease.unsettled;
    if (this.#settling !== undefined || (lines === 0 && !isDue)) return;
    const began = performance.now();
    this.#settling = this.#lease
      .settle()
      .then(
        (settled) => {
          this.#failure = settled.ok ? undefined : new BillingRefused(this.tenant, settled.refusal);
          if (!settled.ok) return;
          this.#lines += lines;
          this.#reservedAt = began;
        },
        (error: unknown) => {
          this.#failure = error;
        },
      )
      .finally(() => {
        this.#settling = undefined;
      });
  }

  #extendSoon(): void {
    this.#extend().catch((error: unknown) => {
      this.#failure = error;
    });
  }

  /** Reserves again, up to the amount or what the tenant has. */
  #extend(): Promise<void> {
    this.#extending ??= this.#extendNow().finally(() => {
      this.#extending = undefined;
    });
    return this.#extending;
  }

  async #extendNow(): Promise<void> {
    const { lines } = this.#lease.unsettled;
    const before = this.#lease.left;
    const began = performance.now();
    const extended = await this.#lease.extend(this.#amount);
    if (extended.ok) {
      this.#lines += lines;
      this.#reservedAt = began;
    }
    if (!extended.ok || this.#lease.left <= before) this.#emptyUntil = performance.now() + EMPTY_MS;
  }
}
