/**
 * A price table: what fuel, calls, memo hits and storage cost, as one canonical object with a hash. It is one of three
 * separate objects, each with its own hash: the schedule has what an instruction costs in fuel, the host table what a
 * host function costs in fuel, the price table what fuel costs in money.
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

/** Most decimal places of a currency in the ledger. */
export const SCALE_MAX = 12;
const TIERS_MAX = 64;

/** Parts of the fuel that have their own rates: those of a receipt, and the load of a module. */
export const FUEL_PARTS = ['instantiate', 'guest', 'host', 'boundary', 'load'] as const;
export type FuelPart = (typeof FUEL_PARTS)[number];

/** Prices of `fuelUnit` units of fuel by part, for volumes from `from` on. */
export type PriceTier = { readonly from: bigint } & { readonly [Part in FuelPart]: Amount };

/**
 * The period after which a tenant's volume starts at 0 again; tiers and the free allowance depend on the volume. UTC
 * calendar.
 */
export type VolumePeriod = 'day' | 'month' | 'always';

export interface PriceTable {
  readonly name: string;
  /** ISO 4217, or any short name. */
  readonly currency: string;
  /** The ledger's unit is 10^-scale of the currency. */
  readonly scale: number;
  /** Statements are payable in units of 10^-payableScale; the remainder is settled with the account `rounding`. */
  readonly payableScale: number;
  /** Hash of the fuel schedule that the rates are for. */
  readonly schedule: Uint8Array;
  readonly validFrom: Moment;
  /** The first moment at which it is no longer valid. */
  readonly validUntil: Moment;
  readonly volumePeriod: VolumePeriod;
  /** How many units of fuel a rate is for. */
  readonly fuelUnit: bigint;
  /** How many units of fuel in a period are free. They count as volume. */
  readonly freeFuel: bigint;
  /** The first is from 0; each unit of fuel has the rates of the tier that contains its place in the volume. */
  readonly tiers: readonly PriceTier[];
  /** Fixed price of a call, in addition to its fuel. */
  readonly call: Amount;
  /** The total price of a memo hit. */
  readonly memoHit: Amount;
  /** The total price of `storageUnit` bytes for a day. */
  readonly storageDay: Amount;
  readonly storageUnit: bigint;
  /** Applied once for each line. */
  readonly rounding: Rounding;
  readonly taxName: string;
  /** Tax on the sum of a tenant's lines, in parts of a million. The sum is rounded down, never single lines. */
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
 * Reads a price table, as text or as parsed JSON.
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

/** The volume period of a moment: `2026-11-21`, `2026-11` or `always`. */
export function volumePeriodOf(table: PriceTable, at: Moment): string {
  const lengths = { day: 10, month: 7 } as const;
  return table.volumePeriod === 'always' ? 'always' : momentText(at).slice(0, lengths[table.volumePeriod]);
}
