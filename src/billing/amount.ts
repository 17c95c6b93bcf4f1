/**
 * Amounts of money: integers of a currency's smallest unit in the ledger, as bigint. On the wire they are decimal texts.
 *
 * Invariant: every amount is an integer from -(2^63 - 1) to 2^63 - 1, which both databases can store. The brand
 * prevents numbers and unchecked bigints from being used as amounts.
 */
import * as t from 'io-ts';
import { BillingError } from './billing-error.js';

declare const AMOUNT: unique symbol;

/** Money in the ledger's unit. */
export type Amount = bigint & { readonly [AMOUNT]: true };

export const AMOUNT_MAX = 2n ** 63n - 1n;

/** @throws BillingError `amount` if it is out of range */
export function amountOf(units: bigint): Amount {
  if (units <= AMOUNT_MAX && units >= -AMOUNT_MAX) return units as Amount;
  throw new BillingError('amount', `an amount is from -(2^63 - 1) to 2^63 - 1, not ${units}`);
}

export const ZERO = amountOf(0n);

export function sumOf(amounts: Iterable<bigint>): Amount {
  let sum = 0n;
  for (const amount of amounts) sum += amount;
  return amountOf(sum);
}

export function smallerOf(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

export type Rounding = 'down' | 'up' | 'half-even';

/** The only division of money: `numerator / denominator`, both non-negative, rounded by a rule. */
export function divided(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  const whole = numerator / denominator;
  const rest = numerator % denominator;
  if (rest === 0n || rounding === 'down') return whole;
  if (rounding === 'up') return whole + 1n;
  const isOverHalf = 2n * rest > denominator || (2n * rest === denominator && whole % 2n === 1n);
  return isOverHalf ? whole + 1n : whole;
}

const INTEGER = /^(?:0|-?[1-9][0-9]{0,18})$/;

/** Decimal text of an integer in the range of amounts: no plus sign, no leading zeros. */
function integerText<A extends bigint>(
  name: string,
  min: bigint,
  make: (value: bigint) => A,
): t.Type<A, string, unknown> {
  const is = (value: unknown): value is A => typeof value === 'bigint' && value >= min && value <= AMOUNT_MAX;
  return new t.Type<A, string, unknown>(
    name,
    is,
    (text, context) => {
      const value = typeof text === 'string' && INTEGER.test(text) ? BigInt(text) : undefined;
      return is(value) ? t.success(make(value)) : t.failure(text, context, `expected ${name} as a decimal text`);
    },
    String,
  );
}

/** Any amount. */
export const amountText = integerText('an amount', -AMOUNT_MAX, amountOf);
/** A non-negative amount. */
export const priceText = integerText('an amount from 0', 0n, amountOf);
/** A non-negative count of fuel or bytes. */
export const countText = integerText<bigint>('an integer from 0', 0n, (value) => value);
export const positiveText = integerText<bigint>('an integer from 1', 1n, (value) => value);

/**
 * The only place where an integer of billing becomes a number: fuel, bytes and moments, which are below 2^53.
 * @throws BillingError `amount` for a value that is not exact as a number
 */
export function exactNumber(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new BillingError('amount', `${value} is too large for a number`);
}

/** An amount for people: `12.345678 EUR`, with all digits of the scale. No locale. */
export function amountForPeople(amount: bigint, currency: string, scale: number): string {
  return `${decimalText(amount, scale)} ${currency}`;
}

/** The decimal text of an amount in units of the currency, with `scale` decimal places. */
export function decimalText(amount: bigint, scale: number): string {
  const digits = String(amount < 0n ? -amount : amount).padStart(scale + 1, '0');
  const sign = amount < 0n ? '-' : '';
  const whole = digits.slice(0, digits.length - scale);
  return scale === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-scale)}`;
}

/**
 * The amount of a decimal text like `12.50`, at a scale.
 * @throws BillingError `amount` for any other text, and for more decimal places than the scale
 */
export function amountFromDecimal(text: string, scale: number): Amount {
  const match = /^(-?)(0|[1-9][0-9]{0,18})(?:\.([0-9]{1,18}))?$/.exec(text);
  const [, sign = '', whole = '', behind = ''] = match ?? [];
  if (match === null || behind.length > scale) {
    throw new BillingError('amount', `write an amount as 12.50, with at most ${scale} digits after the point`);
  }
  return amountOf(BigInt(`${sign}${whole}${behind.padEnd(scale, '0')}`));
}
