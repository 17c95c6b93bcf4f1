/**
 * Settlement: lines are priced, written and paid in one transaction with the reservation that pays for them. An
 * existing line is not billed again, so sending a batch twice, in another order or in parts leads to the same ledger.
 *
 * A lease's reservation of a round is the pending transfers `lease:ID:ROUND:0`, `:1` and so on. A settlement posts the
 * cost of the lines, releases the rest and reserves the remainder in the next round.
 */
import { toHex } from '../base/hash.js';
import { type Amount, amountOf, smallerOf } from './amount.js';
import { BillingError } from './billing-error.js';
import type { Moment } from './document.js';
import type { LedgerTransaction } from './ledger.js';
import { price } from './price.js';
import {
  isValidAt,
  type PriceTable,
  priceTableBytes,
  priceTableHash,
  readPriceTable,
  volumePeriodOf,
} from './price-table.js';
import { bytes, integer, type SqlRow, type SqlTransaction, text } from './sql-database.js';
import { reserve } from './tenant.js';
import { addToTotal, counterOf, keepCounter, tableKey } from './totals.js';
import { itemBytes, itemOf, lineId, subjectOf, type UsageItem } from './usage-item.js';

/** One use, to be billed once for its request. */
export interface Usage {
  readonly item: UsageItem;
  /** 32 bytes: the hash of the tenant's request, or another identifier of it. */
  readonly requestId: Uint8Array;
  /** When it ran. It is billed in the period in which it is settled. */
  readonly executedAt: Moment;
}

export interface LeaseTerms {
  readonly id: string;
  readonly tenant: string;
  readonly table: PriceTable;
  /** Milliseconds from a settlement until the lease is void. */
  readonly timeout: number;
}

/** A refusal by a tenant's limit, before any work. */
export interface LimitRefusal {
  readonly code: 'limit';
  readonly available: Amount;
  readonly wanted: Amount;
}

export interface Settled {
  readonly ok: true;
  /** Lines that were added. */
  readonly lines: number;
  /** Lines that existed already. */
  readonly duplicates: number;
  readonly net: Amount;
  readonly tax: Amount;
  /** The amount reserved for the next round. */
  readonly reserved: Amount;
}

export type SettlementResult = Settled | { readonly ok: false; readonly refusal: LimitRefusal };

export type LeaseResult =
  | { readonly ok: true; readonly reserved: Amount }
  | { readonly ok: false; readonly refusal: LimitRefusal };

/** Reserves an amount for a lease. The same id always means the same lease. */
export async function openLease(
  ledger: LedgerTransaction,
  { id, tenant, table, timeout }: LeaseTerms,
  amount: bigint,
): Promise<LeaseResult> {
  const hash = priceTableHash(table);
  if (!isValidAt(table, ledger.now))
    throw new BillingError('not-valid', `the price table '${table.name}' is not valid now`);
  const [row] = await ledger.sql.all('select * from lease where id = ?', [id]);
  if (row !== undefined) {
    const isSame = text(row, 'tenant') === tenant && toHex(bytes(row, 'price_table')) === toHex(hash);
    if (isSame && text(row, 'state') === 'open') return { ok: true, reserved: amountOf(integer(row, 'reserved')) };
    throw new BillingError('id-reused', `a lease ${id} already exists`);
  }
  await keepPriceTable(ledger, table);
  const held = await reserve(ledger, tenant, `lease:${id}:0`, amount, timeout);
  if (!held.ok) return { ok: false, refusal: { code: 'limit', available: held.available, wanted: amountOf(amount) } };
  await ledger.sql.insert('lease', [
    {
      id,
      tenant,
      price_table: hash,
      state: 'open',
      round: 0n,
      pieces: BigInt(held.pieces),
      reserved: held.reserved,
      expires_at: BigInt(ledger.now + timeout),
    },
  ]);
  return { ok: true, reserved: held.reserved };
}

export async function keepPriceTable(ledger: LedgerTransaction, table: PriceTable): Promise<Uint8Array> {
  const hash = priceTableHash(table);
  const there = await ledger.sql.all('select 1 from price_table where hash = ?', [hash]);
  if (there.length > 0) return hash;
  const [other] = await ledger.sql.all('select document from price_table limit 1');
  const { currency, scale, payableScale } = other === undefined ? table : readPriceTable(text(other, 'document'));
  if (table.currency !== currency || table.scale !== scale || table.payableScale !== payableScale) {
    throw new BillingError(
      'document',
      `this ledger is in ${currency} with ${scale} and ${payableScale} digits, the price table is not`,
    );
  }
  await ledger.sql.insert('price_table', [{ hash, document: new TextDecoder().decode(priceTableBytes(table)) }]);
  return hash;
}

/** @throws BillingError `unknown` if the ledger has no price table with this hash */
export async function priceTableOf(sql: SqlTransaction, hash: Uint8Array): Promise<PriceTable> {
  const [row] = await sql.all('select document from price_table where hash = ?', [hash]);
  if (row !== undefined) return readPriceTable(text(row, 'document'));
  throw new BillingError('unknown', `the ledger has no price table ${toHex(hash)}`);
}

/** Carries a refusal out of a transaction, so that it is rolled back. */
export class SettlementRefused extends Error {
  constructor(readonly refusal: LimitRefusal) {
    super(refusal.code);
  }
}

/**
 * Settles lines of a lease.
 * @param target what to reserve next: `rest` keeps the reservation minus the cost of the lines, `none` closes the lease
 * @throws SettlementRefused if the lines cost more than was reserved and the tenant has no more
 */
export async function settle(
  ledger: LedgerTransaction,
  terms: LeaseTerms,
  usages: readonly Usage[],
  target: 'rest' | 'none' | bigint,
): Promise<Settled> {
  const lease = await leaseRow(ledger, terms);
  const isOpen = text(lease, 'state') === 'open';
  if (!isOpen && usages.length === 0) return nothingSettled(0n);
  const written = await writeLines(ledger, terms, usages);
  const gross = written.net + written.tax;
  const round = integer(lease, 'round');
  const name = `lease:${terms.id}:${round}`;
  const held = isOpen ? integer(lease, 'pieces') : 0n;
  const [paid, reservedBefore] = await payFromPieces(ledger, name, held, gross);
  if (paid < gross) await payMore(ledger, terms, `${name}:more:${ledger.nextSequence()}`, gross - paid);
  await moveTax(ledger, terms, written);
  // The reservation may have timed out: then only the cost of the lines remains to be paid.
  const wanted = target === 'none' || !isOpen ? 0n : target === 'rest' ? reservedBefore - paid : target;
  const next = await reserveNext(ledger, terms, round + 1n, wanted);
  await ledger.sql.all('update lease set state = ?, round = ?, pieces = ?, reserved = ?, expires_at = ? where id = ?', [
    target === 'none' || !isOpen ? 'closed' : 'open',
    round + 1n,
    BigInt(next.pieces),
    next.reserved,
    BigInt(ledger.now + terms.timeout),
    terms.id,
  ]);
  const { lines, duplicates, net, tax } = written;
  return { ok: true, lines, duplicates, net: amountOf(net), tax: amountOf(tax), reserved: next.reserved };
}

function nothingSettled(reserved: bigint): Settled {
  const zero = amountOf(0n);
  return { ok: true, lines: 0, duplicates: 0, net: zero, tax: zero, reserved: amountOf(reserved) };
}

async function leaseRow(ledger: LedgerTransaction, { id, tenant }: LeaseTerms): Promise<SqlRow> {
  const [row] = await ledger.sql.all('select * from lease where id = ?', [id]);
  if (row !== undefined && text(row, 'tenant') === tenant) return row;
  throw new BillingError('unknown', `tenant ${tenant} has no lease ${id}`);
}

/** Posts the owed amount from the pieces of a reservation in order, and releases the rest. */
async function payFromPieces(
  ledger: LedgerTransaction,
  name: string,
  pieces: bigint,
  owed: bigint,
): Promise<readonly [paid: bigint, reserved: bigint]> {
  let paid = 0n;
  let reserved = 0n;
  for (let piece = 0n; piece < pieces; piece += 1n) {
    const pending = `${name}:${piece}`;
    const [row] = await ledger.sql.all('select amount, state from pending where id = ?', [pending]);
    if (row === undefined) throw new BillingError('storage', `the reservation ${pending} no longer exists`);
    // It timed out, and was released.
    if (text(row, 'state') !== 'pending') continue;
    const amount = integer(row, 'amount');
    const part = smallerOf(owed - paid, amount);
    if (part > 0n) await ledger.mustTransfer({ kind: 'post-pending', id: `${pending}:post`, pending, amount: part });
    else await ledger.mustTransfer({ kind: 'void-pending', id: `${pending}:void`, pending });
    paid += part;
    reserved += amount;
  }
  return [paid, reserved];
}

/** Pays what a reservation does not cover: it timed out before it was settled. */
async function payMore(ledger: LedgerTransaction, terms: LeaseTerms, name: string, owed: bigint): Promise<void> {
  const held = await reserve(ledger, terms.tenant, name, owed, terms.timeout);
  if (!held.ok) throw new SettlementRefused({ code: 'limit', available: held.available, wanted: amountOf(owed) });
  for (let piece = 0; piece < held.pieces; piece += 1) {
    const pending = `${name}:${piece}`;
    await ledger.mustTransfer({ kind: 'post-pending', id: `${pending}:post`, pending });
  }
}

/** Pieces credit the house, so the tax is transferred from there. */
async function moveTax(ledger: LedgerTransaction, terms: LeaseTerms, { tax }: Written): Promise<void> {
  if (tax === 0n) return;
  const id = `tax:${terms.id}:${ledger.nextSequence()}`;
  await ledger.mustTransfer({ kind: 'post', id, debit: 'house', credit: 'tax', amount: tax });
}

async function reserveNext(
  ledger: LedgerTransaction,
  { id, tenant, timeout }: LeaseTerms,
  round: bigint,
  wanted: bigint,
): Promise<{ readonly pieces: number; readonly reserved: Amount }> {
  if (wanted <= 0n) return { pieces: 0, reserved: amountOf(0n) };
  const held = await reserve(ledger, tenant, `lease:${id}:${round}`, wanted, timeout, 0n);
  return held.ok ? held : { pieces: 0, reserved: amountOf(0n) };
}

interface Written {
  readonly lines: number;
  readonly duplicates: number;
  readonly net: bigint;
  readonly tax: bigint;
}

async function writeLines(
  ledger: LedgerTransaction,
  { id: lease, tenant, table }: LeaseTerms,
  usages: readonly Usage[],
): Promise<Written> {
  const hash = priceTableHash(table);
  const period = volumePeriodOf(table, ledger.now);
  const candidates = usages.map((usage) => {
    const item = itemBytes(usage.item);
    // An item that cannot be read back from its bytes would block every statement.
    itemOf(item);
    const subject = subjectOf(item);
    return { usage, item, subject, id: lineId(subject, usage.requestId) };
  });
  const known = new Set(
    (
      await ledger.sql.found(
        'usage_line',
        'id',
        candidates.map(({ id }) => id),
      )
    ).map(toHex),
  );
  const key = tableKey(tenant, hash);
  let volume = await counterOf(ledger, 'volume', `${key} ${period}`, 'fuel');
  const rows: SqlRow[] = [];
  let net = 0n;
  for (const { usage, item, subject, id } of candidates) {
    const idText = toHex(id);
    if (known.has(idText)) continue;
    known.add(idText);
    if (usage.item.kind === 'reversal') throw new BillingError('document', 'use reverseLine to reverse a line');
    const priced = price(usage.item, table, volume);
    rows.push({
      id,
      sequence: ledger.nextSequence(),
      tenant,
      subject,
      request: usage.requestId,
      item,
      price_table: hash,
      period,
      volume,
      amount: priced.amount,
      executed_at: BigInt(usage.executedAt),
      settled_at: BigInt(ledger.now),
      lease,
    });
    volume += priced.fuel;
    net += priced.amount;
  }
  await ledger.sql.insert('usage_line', rows);
  await keepCounter(ledger, 'volume', `${key} ${period}`, { fuel: volume });
  const tax = await addToTotal(ledger, key, net, table);
  return { lines: rows.length, duplicates: usages.length - rows.length, net, tax };
}
