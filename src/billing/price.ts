/**
 * The price of an item by a price table: a pure function of the item, the table and the volume before it. Rounded once,
 * at the end.
 *
 *   fuel     sum over the units of fuel, in the order of FUEL_PARTS, each at the rate of the tier of its place in the
 *            volume
 *   call     (fuel / fuelUnit + call), rounded by the table's rule
 *   memo hit memoHit; no fuel, no volume
 *   load     like a call, without the fixed price
 *   storage  storageDay * days * bytes / storageUnit, rounded
 */
import { FUEL_LIMIT_MAX, type Receipt } from '../engine/receipt/receipt.js';
import { type Amount, amountOf, divided, exactNumber } from './amount.js';
import { BillingError } from './billing-error.js';
import { FUEL_PARTS, type FuelPart, isForSchedule, type PriceTable } from './price-table.js';
import type { UsageItem } from './usage-item.js';

export interface Priced {
  readonly amount: Amount;
  /** Units of fuel that the item adds to the tenant's volume. */
  readonly fuel: bigint;
}

/** All except a reversal, whose price is that of another line. */
export type PricedItem = Exclude<UsageItem, { readonly kind: 'reversal' }>;

export type PartedFuel = readonly (readonly [FuelPart, bigint])[];

/**
 * @param volume units of fuel that the tenant has used in the period so far
 * @throws BillingError `other-schedule` if the table prices other fuel than the receipt's
 */
export function price(item: PricedItem, table: PriceTable, volume = 0n): Priced {
  switch (item.kind) {
    case 'call': {
      const fuel = fuelOf(item.receipt, table);
      return { amount: fuelPrice(table, fuel, volume, table.call), fuel: BigInt(item.receipt.fuel.used) };
    }
    case 'memo-hit':
      fuelOf(item.receipt, table);
      return { amount: table.memoHit, fuel: 0n };
    case 'load': {
      const fuel = BigInt(item.fuel);
      return { amount: fuelPrice(table, [['load', fuel]], volume, 0n), fuel };
    }
    case 'storage': {
      const units = table.storageDay * BigInt(item.bytes) * BigInt(item.days);
      return { amount: amountOf(divided(units, table.storageUnit, table.rounding)), fuel: 0n };
    }
  }
}

function fuelOf({ schedule, fuel }: Receipt, table: PriceTable): PartedFuel {
  if (!isForSchedule(table, schedule)) {
    throw new BillingError(
      'other-schedule',
      `the price table '${table.name}' is for another schedule of fuel than the receipt's`,
    );
  }
  const { instantiate, guest, host, boundary } = fuel.parts;
  return [
    ['instantiate', BigInt(instantiate)],
    ['guest', BigInt(guest)],
    ['host', BigInt(host)],
    ['boundary', BigInt(boundary)],
  ];
}

/** The price of fuel by parts, in their order, and a fixed price, rounded once. */
export function fuelPrice(table: PriceTable, parts: PartedFuel, volume: bigint, fixed: bigint): Amount {
  let place = volume;
  let numerator = fixed * table.fuelUnit;
  for (const [part, fuel] of parts) {
    let rest = fuel;
    while (rest > 0n) {
      const { rate, end } = rateAt(table, part, place);
      const taken = end === undefined || rest < end - place ? rest : end - place;
      numerator += taken * rate;
      place += taken;
      rest -= taken;
    }
  }
  return amountOf(divided(numerator, table.fuelUnit, table.rounding));
}

/** The rate of a part at a place of the volume, and where it ends. */
function rateAt(
  { freeFuel, tiers }: PriceTable,
  part: FuelPart,
  place: bigint,
): { rate: bigint; end: bigint | undefined } {
  if (place < freeFuel) return { rate: 0n, end: freeFuel };
  const next = tiers.findIndex(({ from }) => from > place);
  const tier = tiers[(next < 0 ? tiers.length : next) - 1];
  return { rate: tier[part], end: next < 0 ? undefined : tiers[next].from };
}

const MILLION = 1_000_000n;

/** The tax on the sum of a tenant's lines under a table, at least 0: rounded down, once on the sum. */
export function taxOn(net: bigint, table: PriceTable): bigint {
  return divided(net * table.taxPartsPerMillion, MILLION, 'down');
}

/** The highest rate of any part in any tier. */
export function highestRate({ tiers }: PriceTable): bigint {
  let highest = 0n;
  for (const tier of tiers) for (const part of FUEL_PARTS) if (tier[part] > highest) highest = tier[part];
  return highest;
}

/** A line's price with its tax, rounded up: no sum of lines costs more than the sum of these prices. */
export function withTax(net: bigint, table: PriceTable): bigint {
  return net + divided(net * table.taxPartsPerMillion, MILLION, 'up');
}

/** The maximum cost of a call by its fuel, tax included, at any volume; the table's part is computed once. */
export function costBound(table: PriceTable): (fuel: bigint) => bigint {
  const rate = highestRate(table);
  const { fuelUnit, call, taxPartsPerMillion: tax } = table;
  // Quotients rounded up, computed here because the function below runs for every call of a lease.
  return (fuel) => {
    const net = (fuel * rate + fuelUnit - 1n) / fuelUnit + call;
    return net + (net * tax + MILLION - 1n) / MILLION;
  };
}

/** The maximum cost of a call with at most this much fuel, tax included, at any volume. */
export function mostOf(fuel: bigint, table: PriceTable): bigint {
  return costBound(table)(fuel);
}

/** The highest fuel limit of a call that costs at most `amount`, tax included, at any volume; undefined if no call does. */
export function fuelPaidBy(amount: bigint, table: PriceTable): number | undefined {
  if (mostOf(0n, table) > amount) return undefined;
  if (mostOf(BigInt(FUEL_LIMIT_MAX), table) <= amount) return FUEL_LIMIT_MAX;
  // A quotient rounded up is at most an integer exactly if the quotient is, so both bounds are exact.
  const net = (amount * MILLION) / (MILLION + table.taxPartsPerMillion);
  return exactNumber(((net - table.call) * table.fuelUnit) / highestRate(table));
}
