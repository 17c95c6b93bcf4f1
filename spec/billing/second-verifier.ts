/**
 * A second implementation of the protocol of docs/BILLING.md and of receipts in docs/SEMANTICS.md, section 8, that
 * imports nothing of the project: what somebody with only the docs would write. It checks invoices, prices, lines,
 * requests, roots and draws.
 */
import { createPublicKey, verify } from 'node:crypto';
import { blake2b } from '@noble/hashes/blake2.js';

export type Json = string | number | readonly Json[] | { readonly [key: string]: Json };
type Fields = { readonly [key: string]: Json };

/** Thrown for everything that does not verify. */
export class Refused extends Error {}

function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Refused(what);
}

// Bytes.

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
const hash = (...parts: readonly Uint8Array[]): Uint8Array => blake2b(joined(...parts), { dkLen: 32 });

function integer(value: bigint, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
}

const u64 = (value: bigint): Uint8Array => integer(value, 8);
const text = (value: string): Uint8Array => joined(integer(BigInt(utf8(value).length), 4), utf8(value));

/** Reads fields from the front. */
class Reader {
  #at = 0;
  constructor(readonly bytes: Uint8Array) {}
  raw(count: number): Uint8Array {
    must(this.#at + count <= this.bytes.length, 'bytes end early');
    this.#at += count;
    return this.bytes.subarray(this.#at - count, this.#at);
  }
  integer(count: number): bigint {
    return this.raw(count).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  }
  text(): string {
    return new TextDecoder('utf-8', { fatal: true }).decode(this.raw(Number(this.integer(4))));
  }
  end(): void {
    must(this.#at === this.bytes.length, 'bytes follow the end');
  }
}

// ed25519: the prefix of a key for the host's library.

const KEY_HEAD = bytesOf('302a300506032b6570032100');

function isSigned(key: string, signature: string, message: Uint8Array): boolean {
  if (!/^[0-9a-f]{64}$/.test(key) || !/^[0-9a-f]{128}$/.test(signature)) return false;
  const der = Buffer.from(joined(KEY_HEAD, bytesOf(key)));
  return verify(null, message, createPublicKey({ key: der, format: 'der', type: 'spki' }), bytesOf(signature));
}

// Items.

interface Item {
  readonly kind: (typeof KINDS)[number];
  /** instantiate, guest, host, boundary, load */
  readonly fuel: readonly bigint[];
  readonly module: string;
  readonly bytes: bigint;
  readonly days: bigint;
  /** Of a reversal: the id of the line. */
  readonly line: string;
}

const KINDS = ['call', 'memo-hit', 'load', 'storage', 'reversal'] as const;
const NONE = { fuel: [0n, 0n, 0n, 0n, 0n], module: '', bytes: 0n, days: 0n, line: '' };

export function itemOf(bytes: Uint8Array): Item {
  const reader = new Reader(bytes);
  const kind = KINDS[Number(reader.integer(1))];
  must(kind !== undefined, 'unknown kind');
  const read = (): Item => {
    switch (kind) {
      case 'call':
      case 'memo-hit': {
        must(reader.text() === 'assay-receipt-2' && reader.text() === 'assay-1', 'not a receipt');
        reader.raw(3 * 32);
        const module = hexOf(reader.raw(32));
        reader.text();
        reader.raw(32 + 8 + 1);
        reader.text();
        reader.raw(32);
        const used = reader.integer(8);
        const parts = Array.from({ length: 4 }, () => reader.integer(8));
        must(parts.reduce((sum, part) => sum + part) === used, 'parts do not sum to the fuel used');
        reader.raw(4 + 32);
        return { ...NONE, kind, module, fuel: [...parts, 0n] };
      }
      case 'load':
        return { ...NONE, kind, module: hexOf(reader.raw(32)), fuel: [0n, 0n, 0n, 0n, reader.integer(8)] };
      case 'storage':
        reader.text();
        return { ...NONE, kind, bytes: reader.integer(8), days: reader.integer(8) };
      case 'reversal': {
        const line = hexOf(reader.raw(32));
        reader.text();
        return { ...NONE, kind, line };
      }
    }
  };
  const item = read();
  reader.end();
  return item;
}

export function subjectOf(bytes: Uint8Array): string {
  return hexOf(hash(bytes[0]! < 2 ? bytes.subarray(1) : bytes));
}

export function lineId(subject: string, request: string): string {
  return hexOf(hash(bytesOf(subject), bytesOf(request)));
}

// Prices.

const PARTS = ['instantiate', 'guest', 'host', 'boundary', 'load'] as const;

function amount(value: Json | undefined): bigint {
  must(typeof value === 'string' && /^(0|-?[1-9][0-9]*)$/.test(value), 'not an amount');
  return BigInt(value);
}

function rounded(numerator: bigint, denominator: bigint, rule: Json | undefined): bigint {
  const [down, rest] = [numerator / denominator, numerator % denominator];
  switch (rule) {
    case 'down':
      return down;
    case 'up':
      return rest === 0n ? down : down + 1n;
    case 'half-even': {
      const isUp = 2n * rest > denominator || (2n * rest === denominator && down % 2n === 1n);
      return isUp ? down + 1n : down;
    }
    default:
      throw new Refused('unknown rounding');
  }
}

/** For an item that is not a reversal: its price, and its contribution to the volume. */
export function priceOf(item: Item, table: Fields, volume: bigint): { readonly amount: bigint; readonly fuel: bigint } {
  const unit = amount(table['fuelUnit']);
  const tiers = table['tiers'] as readonly Fields[];
  const free = amount(table['freeFuel']);
  let sum = 0n;
  let place = volume;
  for (const [i, part] of PARTS.entries()) {
    // From one place at which a rate may change to the next.
    for (let rest = item.fuel[i]!; rest > 0n; ) {
      const bounds = [free, ...tiers.map(({ from }) => amount(from))].filter((bound) => bound > place);
      const next = bounds.reduce<bigint | undefined>(
        (least, one) => (least === undefined || one < least ? one : least),
        undefined,
      );
      const taken = next === undefined || next - place > rest ? rest : next - place;
      const tier = tiers.findLast(({ from }) => amount(from) <= place)!;
      sum += place < free ? 0n : taken * amount(tier[part]);
      place += taken;
      rest -= taken;
    }
  }
  const fuel = place - volume;
  switch (item.kind) {
    case 'call':
      return { amount: rounded(sum + amount(table['call']) * unit, unit, table['rounding']), fuel };
    case 'load':
      return { amount: rounded(sum, unit, table['rounding']), fuel };
    case 'memo-hit':
      return { amount: amount(table['memoHit']), fuel: 0n };
    case 'storage': {
      const units = amount(table['storageDay']) * item.bytes * item.days;
      return { amount: rounded(units, amount(table['storageUnit']), table['rounding']), fuel: 0n };
    }
    case 'reversal':
      throw new Refused('a reversal has the price of its line');
  }
}

export function hashOfText(document: string): string {
  return hexOf(hash(utf8(document)));
}

// Trees and draws.

export function rootOf(leaves: readonly string[]): string {
  const node = (some: readonly Uint8Array[]): Uint8Array => {
    if (some.length === 0) return hash();
    if (some.length === 1) return hash(Uint8Array.of(0), some[0]!);
    let split = 1;
    while (2 * split < some.length) split *= 2;
    return hash(Uint8Array.of(1), node(some.slice(0, split)), node(some.slice(split)));
  };
  return hexOf(node(leaves.map(bytesOf)));
}

export function seedOf(statement: string, publicText: string): string {
  return hexOf(hash(utf8('assay-audit-1'), bytesOf(statement), utf8(publicText)));
}

export function drawsOf(count: number, sample: number, seed: string): readonly number[] {
  const places = Array.from({ length: count }, (_, i) => i);
  let n = 0n;
  for (let i = 0; i < sample && i < count; i += 1) {
    const below = BigInt(count - i);
    let number = 2n ** 48n;
    while (number >= 2n ** 48n - (2n ** 48n % below)) {
      number = hash(bytesOf(seed), u64(n))
        .subarray(0, 6)
        .reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
      n += 1n;
    }
    const other = i + Number(number % below);
    [places[i], places[other]] = [places[other]!, places[i]!];
  }
  return places.slice(0, sample);
}

// Documents. Keys are read in the order of the docs, so the text built from them is canonical.

const TABLE_KEYS =
  'format name currency scale payableScale schedule validFrom validUntil volumePeriod fuelUnit freeFuel tiers call memoHit storageDay storageUnit rounding taxName taxPartsPerMillion'.split(
    ' ',
  );
const TIER_KEYS = 'from instantiate guest host boundary load'.split(' ');
const STATEMENT_KEYS =
  'format house tenant number previous issuedAt tables net tax gross payable remainder root lines'.split(' ');
const LINE_KEYS =
  'sequence kind subject request table period volume module export outcome fuel item amount executedAt settledAt'.split(
    ' ',
  );

function inOrder(document: Json | undefined, keys: readonly string[]): Fields {
  must(typeof document === 'object' && !Array.isArray(document), 'not an object');
  const fields = document as Fields;
  must(Object.keys(fields).length === keys.length, 'an extra or a missing key');
  return Object.fromEntries(
    keys.map((key) => {
      const value = fields[key];
      must(value !== undefined, `no ${key}`);
      return [key, value];
    }),
  );
}

function list(value: Json | undefined): readonly Json[] {
  must(Array.isArray(value), 'not a list');
  return value as readonly Json[];
}

function tableOf(document: Json | undefined): Fields {
  const table = inOrder(document, TABLE_KEYS);
  must(table['format'] === 'assay-price-table-1', 'another format');
  return { ...table, tiers: list(table['tiers']).map((tier) => inOrder(tier, TIER_KEYS)) };
}

/** The canonical text of a price table. */
export function tableText(document: Json): string {
  return JSON.stringify(tableOf(document));
}

const MOMENT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/;

function moment(value: Json | undefined): number {
  must(typeof value === 'string' && MOMENT.test(value) && new Date(value).toISOString() === value, 'not a moment');
  return Date.parse(value);
}

function periodOf(table: Fields, at: string): string {
  if (table['volumePeriod'] === 'always') return 'always';
  return at.slice(0, table['volumePeriod'] === 'day' ? 10 : 7);
}

function taxOf(net: bigint, table: Fields): bigint {
  return (net * amount(table['taxPartsPerMillion'])) / 1_000_000n;
}

/**
 * Checks an invoice as a tenant does who has nothing else. Facts that only receipts contain are not checked.
 * @returns the number of lines
 * @throws Refused, SyntaxError for invalid JSON
 */
export function checkInvoice(given: string): number {
  const invoice = inOrder(JSON.parse(given) as Json, ['statement', 'hash', 'key', 'signature']);
  const statement = inOrder(invoice['statement'], STATEMENT_KEYS);
  must(statement['format'] === 'assay-statement-1', 'another format');
  const tables = list(statement['tables']).map((one) => inOrder(one, ['table', 'netBefore']));
  const priced = tables.map(({ table }) => tableOf(table));
  const lines = list(statement['lines']).map((line) => inOrder(line, LINE_KEYS));
  const whole = {
    ...statement,
    tables: tables.map(({ netBefore }, i) => ({ table: priced[i]!, netBefore: netBefore! })),
    lines,
  };
  const body = JSON.stringify(whole);
  const { hash: named, key, signature } = invoice as Record<string, string>;
  must(
    given === `${JSON.stringify({ statement: whole, hash: named!, key: key!, signature: signature! })}\n`,
    'not canonical',
  );
  must(named === hashOfText(body), 'another hash');
  must(isSigned(key!, signature!, joined(utf8('assay-invoice-1'), bytesOf(named))), 'not signed');
  moment(statement['issuedAt']);
  const nets = checkLines(lines, priced);
  const net = nets.reduce((sum, one) => sum + one, 0n);
  const tax = tables.reduce((sum, { netBefore }, i) => {
    const before = amount(netBefore);
    return sum + taxOf(before + nets[i]!, priced[i]!) - taxOf(before, priced[i]!);
  }, 0n);
  const [first] = priced;
  must(first !== undefined, 'no price table');
  const unit = 10n ** BigInt(Number(first['scale']) - Number(first['payableScale']));
  const remainder = (((net + tax) % unit) + unit) % unit;
  const sums = { net, tax, gross: net + tax, payable: (net + tax - remainder) / unit, remainder };
  for (const [name, value] of Object.entries(sums)) must(amount(statement[name]) === value, `${name} is not ${value}`);
  must(statement['root'] === rootOf(lines.map(({ subject }) => String(subject))), 'another root');
  return lines.length;
}

/** @returns the net of each table */
function checkLines(lines: readonly Fields[], tables: readonly Fields[]): bigint[] {
  const nets = tables.map(() => 0n);
  const volumes = new Map<string, bigint>();
  const byId = new Map<string, Fields>();
  let sequence = 0n;
  for (const line of lines) {
    const at = Number(line['table']);
    const table = tables[at];
    must(table !== undefined, 'no such price table');
    must(amount(line['sequence']) > sequence, 'out of order');
    sequence = amount(line['sequence']);
    moment(line['executedAt']);
    const settled = moment(line['settledAt']);
    const [subject, request, item] = [String(line['subject']), String(line['request']), String(line['item'])];
    const id = lineId(subject, request);
    must(!byId.has(id), 'billed twice');
    byId.set(id, line);
    nets[at]! += amount(line['amount']);
    const fuel = list(line['fuel']).map((units) => BigInt(Number(units)));
    must(fuel.length === PARTS.length, 'not five parts');
    const isOfReceipt = line['kind'] === 'call' || line['kind'] === 'memo-hit';
    must(isOfReceipt === (item === ''), 'an extra or a missing item');
    const read = isOfReceipt ? { ...NONE, kind: line['kind'] as Item['kind'], fuel } : itemOf(bytesOf(item));
    if (!isOfReceipt) {
      must(read.kind === line['kind'] && subjectOf(bytesOf(item)) === subject, 'the item differs');
      must(read.fuel.join() === fuel.join() && line['module'] === read.module, 'the fields are not of the item');
      must(line['export'] === '' && line['outcome'] === '', 'the fields are not of the item');
    }
    if (read.kind === 'reversal') {
      must(request === read.line, 'the reversal is of another line');
      const reversed = byId.get(read.line);
      if (reversed === undefined) must(amount(line['amount']) <= 0n, 'a reversal above 0');
      else must(amount(line['amount']) === -amount(reversed['amount']), 'the reversal is of another amount');
      continue;
    }
    must(settled >= moment(table['validFrom']) && settled < moment(table['validUntil']), 'the table is not valid');
    must(line['period'] === periodOf(table, String(line['settledAt'])), 'another period');
    const volume = amount(line['volume']);
    const key = `${at} ${String(line['period'])}`;
    must(volume === (volumes.get(key) ?? volume), 'another volume');
    const { amount: price, fuel: added } = priceOf(read, table, volume);
    must(price === amount(line['amount']), `the price is ${price}`);
    volumes.set(key, volume + added);
  }
  return nets;
}

// Requests and answers.

export function requestHash(request: Fields): string {
  return hexOf(hash(requestBytes(request)));
}

function requestBytes(request: Fields): Uint8Array {
  const field = (name: string): string => String(request[name]);
  return joined(
    text('assay-request-1'),
    bytesOf(field('tenantKey')),
    bytesOf(field('module')),
    text(field('export')),
    bytesOf(field('input')),
    u64(BigInt(field('fuelLimit'))),
    bytesOf(field('priceTable')),
    bytesOf(field('nonce')),
    u64(BigInt(moment(request['at']))),
  );
}

export function isRequestSigned(request: Fields): boolean {
  return isSigned(String(request['tenantKey']), String(request['signature']), requestBytes(request));
}

export function isAnswerSigned(answer: Fields): boolean {
  const parts = ['nodeKey', 'request', 'receipt'].map((name) => bytesOf(String(answer[name])));
  return isSigned(String(answer['nodeKey']), String(answer['signature']), joined(text('assay-answer-1'), ...parts));
}
