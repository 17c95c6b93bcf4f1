/**
 * A statement: the lines of a tenant since its last statement, their sums, and a Merkle root over their subjects.
 *
 * Canonical bytes: the JSON of `statementText` without white space, keys in its order, as UTF-8; the hash is
 * BLAKE2b-256 of them. Invariant: everything in it follows from the items, the price tables and the earlier state of
 * the ledger (`netBefore`, the volume of each first line), so the same receipts give the same bytes.
 */
import { hasher, toHex } from '../base/hash.js';
import type { Receipt, ReceiptOutcome } from '../engine/receipt/receipt.js';
import { type Amount, amountOf, sumOf } from './amount.js';
import { BillingError } from './billing-error.js';
import { type Moment, momentText } from './document.js';
import { merkleRoot } from './merkle.js';
import { price, taxOn } from './price.js';
import { type PriceTable, type PriceTableJson, priceTableJson } from './price-table.js';
import { itemOf, type UsageItem, type UsageKind } from './usage-item.js';
import type { UsageLine } from './usage-line.js';

export const STATEMENT_FORMAT = 'assay-statement-1';

export interface StatementLine {
  readonly sequence: bigint;
  readonly kind: UsageKind;
  readonly subject: Uint8Array;
  readonly requestId: Uint8Array;
  /** Index in the list of tables. */
  readonly table: number;
  readonly period: string;
  readonly volume: bigint;
  /** For a call, a memo hit and a load. */
  readonly module: Uint8Array | undefined;
  /** For a call and a memo hit. */
  readonly export: string;
  readonly outcome: ReceiptOutcome['kind'] | undefined;
  /** Units: instantiate, guest, host, boundary, load. */
  readonly fuel: readonly [number, number, number, number, number];
  /** Canonical bytes of an item without a receipt. */
  readonly item: Uint8Array;
  readonly amount: Amount;
  readonly executedAt: Moment;
  readonly settledAt: Moment;
}

export interface StatementTable {
  readonly table: PriceTable;
  /** Sum of the tenant's lines under this table before this statement: tax is computed on the total sum. */
  readonly netBefore: Amount;
}

export interface StatementHead {
  /** Name of the biller. */
  readonly house: string;
  readonly tenant: string;
  /** From 1 on, without gaps. */
  readonly number: number;
  /** Hash of the previous statement; 32 zeros for the first. */
  readonly previous: Uint8Array;
  readonly issuedAt: Moment;
}

export interface Statement extends StatementHead {
  readonly tables: readonly StatementTable[];
  readonly lines: readonly StatementLine[];
  readonly net: Amount;
  readonly tax: Amount;
  readonly gross: Amount;
  /** In units of 10^-payableScale of the currency: the gross, rounded down. */
  readonly payable: Amount;
  /** The rest of the gross, in the ledger's unit: it is credited to the tenant. */
  readonly remainder: Amount;
  readonly root: Uint8Array;
}

/** How the bytes and texts of a line are kept. */
export interface LineKeeper {
  readonly hash: (bytes: Uint8Array) => Uint8Array;
  readonly module: (bytes: Uint8Array) => Uint8Array;
  readonly text: (text: string) => string;
}

/**
 * A line of a statement, priced again from its item. Creates a single object without copies: there may be a million
 * lines, and garbage made meanwhile is collected late.
 */
export function statementLine(
  line: UsageLine,
  tables: readonly StatementTable[],
  table: number,
  reversed: Amount,
  keeper: LineKeeper,
): StatementLine {
  const item = itemOf(line.item);
  const amount = item.kind === 'reversal' ? reversed : price(item, tables[table].table, line.volume).amount;
  if (amount !== line.amount) {
    throw new BillingError(
      'document',
      `line ${line.sequence} is ${line.amount} in the ledger and ${amount} by its price table`,
    );
  }
  const { kind, module, export: exportName, outcome, fuel, item: ownBytes } = aboutItem(item, line.item);
  return {
    sequence: line.sequence,
    kind,
    subject: keeper.hash(line.subject),
    requestId: keeper.hash(line.requestId),
    table,
    period: keeper.text(line.period),
    volume: line.volume,
    module: module === undefined ? undefined : keeper.module(module),
    export: keeper.text(exportName),
    outcome,
    fuel,
    item: ownBytes,
    amount,
    executedAt: line.executedAt,
    settledAt: line.settledAt,
  };
}

const NO_BYTES = new Uint8Array(0);

type About = Pick<StatementLine, 'kind' | 'module' | 'export' | 'outcome' | 'fuel' | 'item'>;

/** The fields of a line that follow from its item. */
export function aboutItem(item: UsageItem, bytes: Uint8Array): About {
  switch (item.kind) {
    case 'call':
    case 'memo-hit':
      return { kind: item.kind, ...aboutReceipt(item.receipt), item: NO_BYTES };
    case 'load': {
      const fuel = [0, 0, 0, 0, item.fuel] as const;
      return { kind: item.kind, module: item.module, export: '', outcome: undefined, fuel, item: bytes };
    }
    default:
      return { kind: item.kind, module: undefined, export: '', outcome: undefined, fuel: [0, 0, 0, 0, 0], item: bytes };
  }
}

/** The fields of a line that follow from its receipt. */
export function aboutReceipt(receipt: Receipt): Pick<StatementLine, 'module' | 'export' | 'outcome' | 'fuel'> {
  const { instantiate, guest, host, boundary } = receipt.fuel.parts;
  return {
    module: receipt.module,
    export: receipt.export,
    outcome: receipt.outcome.kind,
    fuel: [instantiate, guest, host, boundary, 0],
  };
}

/**
 * Stores the hash of a statement, because that of a long one takes a second. A changed copy of the statement does not
 * have this property.
 */
const OWN_HASH = Symbol('hash');

interface Hashed extends Statement {
  readonly [OWN_HASH]?: () => Uint8Array;
}

function* subjectsOf(lines: readonly StatementLine[]): Generator<Uint8Array> {
  for (const { subject } of lines) yield subject;
}

/** Makes a statement: computes its sums and its root. */
export function makeStatement(
  head: StatementHead,
  tables: readonly StatementTable[],
  lines: readonly StatementLine[],
): Statement {
  const net = sumOf(lines.map(({ amount }) => amount));
  const tax = taxOf(tables, lines);
  const gross = amountOf(net + tax);
  const unit = payableUnit(tables);
  // Also rounded down for negative sums, so the remainder is never negative.
  const remainder = ((gross % unit) + unit) % unit;
  const statement: Statement = {
    ...head,
    tables,
    lines,
    net,
    tax,
    gross,
    payable: amountOf((gross - remainder) / unit),
    remainder: amountOf(remainder),
    root: merkleRoot(subjectsOf(lines)),
  };
  let own: Uint8Array | undefined;
  return Object.defineProperty(statement, OWN_HASH, {
    value: () => {
      own ??= hashOf(statement);
      return own;
    },
  });
}

function taxOf(tables: readonly StatementTable[], lines: readonly StatementLine[]): Amount {
  const sums = tables.map(() => 0n);
  for (const { table, amount } of lines) sums[table] += amount;
  return sumOf(tables.map(({ table, netBefore }, i) => taxOn(netBefore + sums[i], table) - taxOn(netBefore, table)));
}

/** One payable unit, in units of the ledger. */
function payableUnit(tables: readonly StatementTable[]): bigint {
  const table = tables[0]?.table;
  return table === undefined ? 1n : 10n ** BigInt(table.scale - table.payableScale);
}

export interface StatementLineJson {
  readonly sequence: string;
  readonly kind: UsageKind;
  readonly subject: string;
  readonly request: string;
  readonly table: number;
  readonly period: string;
  readonly volume: string;
  readonly module: string;
  readonly export: string;
  readonly outcome: string;
  readonly fuel: readonly number[];
  readonly item: string;
  readonly amount: string;
  readonly executedAt: string;
  readonly settledAt: string;
}

/** Lines of one settlement have the same moment, so its text is made once. */
function keptMomentText(): (moment: Moment) => string {
  let last = Number.NaN;
  let text = '';
  return (moment) => {
    if (moment !== last) [last, text] = [moment, momentText(moment)];
    return text;
  };
}

function lineJson(
  line: StatementLine,
  executedText: (moment: Moment) => string,
  settledText: typeof executedText,
): StatementLineJson {
  return {
    sequence: String(line.sequence),
    kind: line.kind,
    subject: toHex(line.subject),
    request: toHex(line.requestId),
    table: line.table,
    period: line.period,
    volume: String(line.volume),
    module: line.module === undefined ? '' : toHex(line.module),
    export: line.export,
    outcome: line.outcome ?? '',
    fuel: line.fuel,
    item: toHex(line.item),
    amount: String(line.amount),
    executedAt: executedText(line.executedAt),
    settledAt: settledText(line.settledAt),
  };
}

export interface StatementHeadJson {
  readonly format: typeof STATEMENT_FORMAT;
  readonly house: string;
  readonly tenant: string;
  readonly number: number;
  readonly previous: string;
  readonly issuedAt: string;
  readonly tables: readonly { readonly table: PriceTableJson; readonly netBefore: string }[];
  readonly net: string;
  readonly tax: string;
  readonly gross: string;
  readonly payable: string;
  readonly remainder: string;
  readonly root: string;
}

function headJson(statement: Statement): StatementHeadJson {
  return {
    format: STATEMENT_FORMAT,
    house: statement.house,
    tenant: statement.tenant,
    number: statement.number,
    previous: toHex(statement.previous),
    issuedAt: momentText(statement.issuedAt),
    tables: statement.tables.map(({ table, netBefore }) => ({
      table: priceTableJson(table),
      netBefore: String(netBefore),
    })),
    net: String(statement.net),
    tax: String(statement.tax),
    gross: String(statement.gross),
    payable: String(statement.payable),
    remainder: String(statement.remainder),
    root: toHex(statement.root),
  };
}

/** Lines in one part of the text. */
const PART_LINES = 100;

/** The canonical text in parts of some lines, so that a long statement is never in memory twice. */
function* statementParts(statement: Statement): Generator<string> {
  yield `${JSON.stringify(headJson(statement)).slice(0, -1)},"lines":[`;
  const { lines } = statement;
  const [executedText, settledText] = [keptMomentText(), keptMomentText()];
  for (let at = 0; at < lines.length; at += PART_LINES) {
    const some = lines.slice(at, at + PART_LINES);
    const part = JSON.stringify(some.map((line) => lineJson(line, executedText, settledText)));
    yield `${at === 0 ? '' : ','}${part.slice(1, -1)}`;
  }
  yield ']}';
}

/** The canonical text. */
export function statementText(statement: Statement): string {
  let text = '';
  for (const part of statementParts(statement)) text += part;
  return text;
}

export function statementHash(statement: Statement): Uint8Array {
  return (statement as Hashed)[OWN_HASH]?.() ?? hashOf(statement);
}

function hashOf(statement: Statement): Uint8Array {
  const hashing = hasher();
  const encoder = new TextEncoder();
  // One buffer for all parts, because buffers are collected late.
  let buffer = new Uint8Array(0);
  for (const part of statementParts(statement)) {
    // A UTF-16 unit takes at most three bytes.
    if (buffer.length < 3 * part.length) buffer = new Uint8Array(3 * part.length);
    hashing.update(buffer.subarray(0, encoder.encodeInto(part, buffer).written));
  }
  return hashing.digest();
}

/** Sums of the lines of a statement with the same key. */
export interface StatementTotal {
  readonly kind: UsageKind;
  readonly module: string;
  readonly export: string;
  readonly lines: number;
  readonly fuel: bigint;
  readonly amount: bigint;
}

/** Totals by kind, module and export, the most expensive first. */
export function statementTotals({ lines }: Pick<Statement, 'lines'>): StatementTotal[] {
  const totals = new Map<string, { -readonly [Key in keyof StatementTotal]: StatementTotal[Key] }>();
  for (const line of lines) {
    const module = line.module === undefined ? '' : toHex(line.module);
    const key = `${line.kind} ${module} ${line.export}`;
    const total = totals.get(key) ?? { kind: line.kind, module, export: line.export, lines: 0, fuel: 0n, amount: 0n };
    total.lines += 1;
    for (const fuel of line.fuel) total.fuel += BigInt(fuel);
    total.amount += line.amount;
    totals.set(key, total);
  }
  return [...totals.entries()]
    .sort(([a, one], [b, two]) => (one.amount === two.amount ? (a < b ? -1 : 1) : one.amount > two.amount ? -1 : 1))
    .map(([, total]) => total);
}
