/**
 * The four settings of a Holo host, with their names. Amounts are decimals of the currency, as in Holo.
 *
 *   max_fuel_per_invoice     an invoice is issued when the unbilled lines come to this amount (Holo's fuel is its currency)
 *   max_unpaid_value         what a tenant may owe: the credit limit of its account
 *   price_per_unit           the price of `fuelUnit` units of every part of the fuel; no other prices
 *   max_time_before_invoice  {"secs": n, "nanos": n}: an invoice is issued when the oldest unbilled line is this old
 */
import * as t from 'io-ts';
import { type Amount, amountFromDecimal, amountOf } from './amount.js';
import { type Moment, parsedJson, readDocument, smallInteger } from './document.js';
import type { PriceTable } from './price-table.js';

const DURATION_SECONDS_MAX = 4_000_000_000;
const NANOS_MAX = 999_999_999;

const fields = t.strict({
  max_fuel_per_invoice: t.string,
  max_unpaid_value: t.string,
  price_per_unit: t.string,
  max_time_before_invoice: t.strict({ secs: smallInteger(0, DURATION_SECONDS_MAX), nanos: smallInteger(0, NANOS_MAX) }),
});

export interface HoloSettings {
  readonly maxFuelPerInvoice: Amount;
  readonly maxUnpaidValue: Amount;
  readonly pricePerUnit: Amount;
  /** Milliseconds, rounded down. */
  readonly maxTimeBeforeInvoice: number;
}

/**
 * @param scale decimal places in the ledger
 * @throws BillingError `document`, and `amount` for a decimal with more digits
 */
export function readHoloSettings(document: unknown, scale: number): HoloSettings {
  const parsed = typeof document === 'string' ? parsedJson(document, 'list of settings') : document;
  const { max_time_before_invoice: time, ...amounts } = readDocument(fields, 'list of settings', parsed);
  return {
    maxFuelPerInvoice: amountFromDecimal(amounts.max_fuel_per_invoice, scale),
    maxUnpaidValue: amountFromDecimal(amounts.max_unpaid_value, scale),
    pricePerUnit: amountFromDecimal(amounts.price_per_unit, scale),
    maxTimeBeforeInvoice: time.secs * 1_000 + (time.nanos - (time.nanos % 1_000_000)) / 1_000_000,
  };
}

/** A price table with the settings' price instead of its own rates and fixed prices. */
export function holoPriceTable(table: PriceTable, { pricePerUnit }: HoloSettings): PriceTable {
  const rate = pricePerUnit;
  const none = amountOf(0n);
  const tiers = [{ from: 0n, instantiate: rate, guest: rate, host: rate, boundary: rate, load: rate }];
  return { ...table, tiers, freeFuel: 0n, call: none, memoHit: none, storageDay: none };
}

/** Why an invoice should be issued now; undefined if none should. */
export function invoiceDue(
  { maxFuelPerInvoice, maxTimeBeforeInvoice }: HoloSettings,
  unbilled: { readonly amount: bigint; readonly oldest: Moment | undefined },
  now: Moment,
): 'amount' | 'time' | undefined {
  if (unbilled.oldest === undefined) return undefined;
  if (unbilled.amount >= maxFuelPerInvoice) return 'amount';
  return now - unbilled.oldest >= maxTimeBeforeInvoice ? 'time' : undefined;
}
