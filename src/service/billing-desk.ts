/**
 * The service's side of billing: for each tenant that runs something, an account, its balance and its signed
 * statements.
 */
import { fromHex, hash, utf8 } from '../base/hash.js';
import type { BilledAccount } from '../billing/billed-account.js';
import { openAccount } from '../billing/billed-account.js';
import type { Billing } from '../billing/billing.js';
import { BillingError } from '../billing/billing-error.js';
import { signInvoice } from '../billing/invoice.js';
import { OrderedRun } from '../billing/ordered-run.js';
import { mostOf } from '../billing/price.js';
import { type PriceTable, priceTableHash } from '../billing/price-table.js';
import { itemOf } from '../billing/usage-item.js';
import { encodeReceipt } from '../engine/receipt/receipt-bytes.js';
import type { Balance } from './protocol/messages.js';
import { TIMER_MS_MAX } from './service-limits.js';

export interface ServiceBilling {
  readonly billing: Billing;
  readonly table: PriceTable;
  /** How much of a tenant's balance is reserved at a time. Default: the cost of a thousand calls with 10^9 fuel. */
  readonly allowance?: bigint;
  /**
   * The node's secret key (32 bytes), for signing answers to signed requests. Default: that of the statements, if there
   * is one.
   */
  readonly secret?: Uint8Array;
  /**
   * Signed statements: the name of the biller, the secret key (32 bytes), and the milliseconds from one to the next.
   * Default: none are issued.
   */
  readonly statements?: { readonly house: string; readonly secret: Uint8Array; readonly every: number };
}

const USUAL_FUEL = 1_000_000_000_000n;

export class BillingDesk {
  readonly #given: ServiceBilling;
  readonly #accounts = new Map<string, Promise<BilledAccount>>();
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #issuing: Promise<void> = Promise.resolve();
  #tableHash: Uint8Array | undefined;

  constructor(given: ServiceBilling) {
    this.#given = given;
    const { statements } = given;
    if (statements === undefined) return;
    const { every } = statements;
    if (!Number.isSafeInteger(every) || every < 1 || every > TIMER_MS_MAX)
      throw new RangeError(`statements.every must be an integer from 1 to ${TIMER_MS_MAX} (ms), not ${every}`);
    this.#timer = setInterval(() => {
      this.#issuing = this.#issuing.then(() => this.issue());
    }, every);
    this.#timer.unref();
  }

  /** Signs answers; undefined: they are not signed. */
  get secret(): Uint8Array | undefined {
    return this.#given.secret ?? this.#given.statements?.secret;
  }

  /**
   * A run that a tenant has ordered by signed requests.
   * @param tenantKey the tenant's public key
   * @throws NotOrdered, BillingError `document`
   */
  ordered(documents: readonly unknown[], tenantKey: Uint8Array): OrderedRun {
    this.#tableHash ??= priceTableHash(this.#given.table);
    return OrderedRun.read(documents, { tenantKey, priceTable: this.#tableHash, now: Date.now() });
  }

  /** @throws BillingRefused, BillingError */
  account(tenant: string): Promise<BilledAccount> {
    const known = this.#accounts.get(tenant);
    if (known !== undefined) return known;
    const { billing, table, allowance } = this.#given;
    const opening = openAccount(billing, tenant, { table, amount: allowance ?? mostOf(USUAL_FUEL, table) });
    this.#accounts.set(tenant, opening);
    // A tenant without funds may have paid in by the next time.
    opening.catch(() => this.#accounts.delete(tenant));
    return opening;
  }

  async unsettledLines(): Promise<number> {
    const accounts = await Promise.allSettled(this.#accounts.values());
    return accounts.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value.unsettled.lines : 0), 0);
  }

  /** The load of a module is billed to a tenant once. */
  async load(tenant: string, module: string, fuel: number): Promise<void> {
    const account = await this.account(tenant);
    const item = { kind: 'load', module: fromHex(module), fuel } as const;
    await account.spend(item, hash(utf8(`assay-service-load-1\n${tenant}\n${module}`)));
  }

  /** The receipt of a settled call of the tenant; undefined if the ledger has none of this hash. */
  async receipt(tenant: string, subject: string): Promise<Uint8Array | undefined> {
    const [row] = await this.#given.billing.ledger.database.read((sql) =>
      sql.all('select item from usage_line where tenant = ? and subject = ? limit 1', [tenant, fromHex(subject)]),
    );
    const item = row?.['item'];
    if (!(item instanceof Uint8Array)) return undefined;
    const read = itemOf(item);
    return read.kind === 'call' || read.kind === 'memo-hit' ? encodeReceipt(read.receipt) : undefined;
  }

  async balance(tenant: string): Promise<Balance> {
    const { balance, creditLimit, grants, reserved, available } = await this.#given.billing.balance(tenant);
    return {
      tenant,
      balance: String(balance),
      creditLimit: String(creditLimit),
      grants: String(grants),
      reserved: String(reserved),
      available: String(available),
    };
  }

  /** The signed invoice; undefined if there is none with this number, or none are issued. */
  async statement(tenant: string, number: number): Promise<string | undefined> {
    const { billing, statements } = this.#given;
    if (statements === undefined) return undefined;
    try {
      return signInvoice(await billing.statementAgain(tenant, number), statements.secret).text;
    } catch (error) {
      if (error instanceof BillingError && error.code === 'unknown') return undefined;
      throw error;
    }
  }

  /** Issues the next statement of every tenant that used something. */
  async issue(): Promise<void> {
    const { billing, statements } = this.#given;
    if (statements === undefined) return;
    for (const [tenant, opening] of this.#accounts) {
      try {
        await (await opening).settle();
        await billing.statement(tenant, statements.house);
      } catch {
        // The ledger is not available now; lines wait for the next time, and requests report it.
      }
    }
  }

  /** Settles everything and releases what is reserved. @returns tenants whose lines could not be settled */
  async close(): Promise<readonly string[]> {
    clearInterval(this.#timer);
    await this.#issuing;
    const failed: string[] = [];
    for (const [tenant, opening] of this.#accounts) {
      try {
        await (await opening).close();
      } catch {
        failed.push(tenant);
      }
    }
    return failed;
  }
}
