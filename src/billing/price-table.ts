/**
 * A price table: what fuel, calls, memo hits and storage cost, as one canonical object with a hash. It is one of three objects
 * that are kept apart, each with its own hash: the schedule says what an instruction costs in fuel, the host table what a host
 * function costs in fuel, the price table what fuel costs in money.
 *
 * Canonical bytes: the JSON of `priceTableJson` without white space, keys in its order, as UTF-8. The hash is
 * BLAKE2b-256 of them.
 */
import * as t from 'io-ts';
import { hash, toHex, utf8 } from '../base/hash.js';
import { sameBytes } from '../base/same-bytes.js';
import { type Amount, countText, positiveText, priceText, type Rounding } from './amount.js';
import { BillingError } from './billing-error.js';
import {
  hashText,
  listOf,
  type Moment,
  moment,
  momentText,
  nameText,
  parsedJson,
  readDocument,
  smallInteger,
} from './document.js';

export const PRICE_TABLE_FORMAT = 'assay-price-table-1';

/** Digits behind the point of a currency in the ledger. */
export const SCALE_MAX = 12;
const TIERS_MAX = 64;

/** Parts of the fuel that have a rate of their own: those of a receipt, and the load of a module. */
export const FUEL_PARTS = ['instantiate', 'guest', 'host', 'boundary', 'load'] as const;
export type FuelPart = (typeof FUEL_PARTS)[number];

/** Prices of `fuelUnit` units of fuel by part, for the volume from `from` on. */
export type PriceTier = { readonly from: bigint } & { readonly [Part in FuelPart]: Amount };

/** After what the volume of a tenant begins at 0 again: tiers and the free allowance look at it. Calendar of UTC. */
export type VolumePeriod = 'day' | 'month' | 'always';

export interface PriceTable {
  readonly name: string;
  /** ISO 4217, or any short name. */
  readonly currency: string;
  /** The ledger's unit is 10^-scale of the currency. */
  readonly scale: number;
  /** Statements are payable in units of 10^-payableScale; what is below goes to the account `rounding`. */
  readonly payableScale: number;
  /** Hash of the schedule of fuel that the rates are made for. */
  readonly schedule: Uint8Array;
  readonly validFrom: Moment;
  /** The first moment at which it is no longer valid. */
  readonly validUntil: Moment;
  readonly volumePeriod: VolumePeriod;
  /** Units of fuel that a rate is the price of. */
  readonly fuelUnit: bigint;
  /** Units of fuel of a period that cost nothing. They count as volume. */
  readonly freeFuel: bigint;
  /** The first is from 0; each fuel unit has the rates of the tier that its place in the volume is in. */
  readonly tiers: readonly PriceTier[];
  /** Fixed price of a call, beside its fuel. */
  readonly call: Amount;
  /** The whole price of a memo hit. */
  readonly memoHit: Amount;
  /** The whole price of `storageUnit` bytes for a day. */
  readonly storageDay: Amount;
  readonly storageUnit: bigint;
  /** Once a line. */
  readonly rounding: Rounding;
  readonly taxName: string;
  /** Parts of a million on the sum of a tenant's lines, rounded down on the sum and never line by line. */
  readonly taxPartsPerMillion: bigint;
}

const tier = t.strict({
  from: countText,
  instantiate: priceText,
  guest: priceText,
  host: priceText,
  boundary: priceText,
  load: priceText,
});

const fields = t.strict({
  format: t.literal(PRICE_TABLE_FORMAT),
  name: nameText(100),
  currency: nameText(12),
  scale: smallInteger(0, SCALE_MAX),
  payableScale: smallInteger(0, SCALE_MAX),
  schedule: hashText,
  validFrom: moment,
  validUntil: moment,
  volumePeriod: t.union([t.literal('day'), t.literal('month'), t.literal('always')]),
  fuelUnit: positiveText,
  freeFuel: countText,
  tiers: listOf(tier, TIERS_MAX),
  call: priceText,
  memoHit: priceText,
  storageDay: priceText,
  storageUnit: positiveText,
  rounding: t.union([t.literal('down'), t.literal('up'), t.literal('half-even')]),
  taxName: nameText(30),
  taxPartsPerMillion: countText,
});

/** A price table on the wire. */
export type PriceTableJson = t.OutputOf<typeof fields>;

/**
 * Reads a price table, as JSON that was parsed or as its text.
 * @throws BillingError `document`
 */
export function readPriceTable(document: unknown): PriceTable {
  const parsed = typeof document === 'string' ? parsedJson(document, 'price table') : document;
  const { format: _, ...table } = readDocument(fields, 'price table', parsed);
  const wrong = inconsistency(table);
  if (wrong !== undefined) throw new BillingError('document', `not a valid price table: ${wrong}`);
  return table;
}

function inconsistency({ tiers, payableScale, scale, validFrom, validUntil }: PriceTable): string | undefined {
  if (tiers[0]?.from !== 0n) return 'the first tier does not begin at "0", at $.tiers[0].from';
  const unordered = tiers.findIndex(({ from }, i) => i > 0 && from <= tiers[i - 1].from);
  if (unordered > 0) return `tiers do not ascend at $.tiers[${unordered}].from`;
  if (payableScale > scale) return 'payableScale is above scale at $.payableScale';
  if (validUntil <= validFrom) return 'it is never valid, at $.validUntil';
  return undefined;
}

export function priceTableJson(table: PriceTable): PriceTableJson {
  const tiers = table.tiers.map(({ from, instantiate, guest, host, boundary, load }) => ({
    from: String(from),
    instantiate: String(instantiate),
    guest: String(guest),
    host: String(host),
    boundary: String(boundary),
    load: String(load),
  }));
  return {
    format: PRICE_TABLE_FORMAT,
    name: table.name,
    currency: table.currency,
    scale: table.scale,
    payableScale: table.payableScale,
    schedule: toHex(table.schedule),
    validFrom: momentText(table.validFrom),
    validUntil: momentText(table.validUntil),
    volumePeriod: table.volumePeriod,
    fuelUnit: String(table.fuelUnit),
    freeFuel: String(table.freeFuel),
    tiers,
    call: String(table.call),
    memoHit: String(table.memoHit),
    storageDay: String(table.storageDay),
    storageUnit: String(table.storageUnit),
    rounding: table.rounding,
    taxName: table.taxName,
    taxPartsPerMillion: String(table.taxPartsPerMillion),
  };
}

export function priceTableBytes(table: PriceTable): Uint8Array {
  return utf8(JSON.stringify(priceTableJson(table)));
}

export function priceTableHash(table: PriceTable): Uint8Array {
  return hash(priceTableBytes(table));
}

export function isValidAt(table: PriceTable, at: Moment): boolean {
  return at >= table.validFrom && at < table.validUntil;
}

/** Whether a table prices fuel of this schedule. */
export function isForSchedule(table: PriceTable, schedule: Uint8Array): boolean {
  return sameBytes(table.schedule, schedule);
}

/** The period of volume that a moment is in: `2026-11-21`, `2026-11` or `always`. */
export function volumePeriodOf(table: PriceTable, at: Moment): string {
  const lengths = { day: 10, month: 7 } as const;
  return table.volumePeriod === 'always' ? 'always' : momentText(at).slice(0, lengths[table.volumePeriod]);
}
