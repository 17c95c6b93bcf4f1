/**
 * An invoice: a statement with the signature of the house, as one line of JSON:
 *
 *   {"statement":{...},"hash":"...","key":"...","signature":"..."}
 *
 * The signature (ed25519) is over the text `assay-invoice-1` as its UTF-8 and the 32 bytes of the statement's hash.
 * `checkInvoice` reads an invoice and computes everything again, so it finds any changed byte.
 */
import * as t from 'io-ts';
import { hash, toHex, utf8 } from '../base/hash.js';
import { joinedBytes } from '../base/joined-bytes.js';
import { sameBytes } from '../base/same-bytes.js';
import { agentFromSeed } from '../zome/agent.js';
import { coreOf } from '../zome/holo-hash.js';
import { verifySignature } from '../zome/verify-signature.js';
import { type Amount, amountText, countText } from './amount.js';
import { BillingError } from './billing-error.js';
import { hashText, hexBytes, listOf, moment, nameText, parsedJson, readDocument, smallInteger } from './document.js';
import { fuelPrice, price } from './price.js';
import {
  FUEL_PARTS,
  type FuelPart,
  isValidAt,
  type PriceTable,
  readPriceTable,
  volumePeriodOf,
} from './price-table.js';
import {
  aboutItem,
  makeStatement,
  STATEMENT_FORMAT,
  type Statement,
  type StatementLine,
  type StatementTable,
  statementHash,
  statementText,
} from './statement.js';
import { itemOf, lineId, subjectOf, type UsageItem } from './usage-item.js';

const SIGNED = 'assay-invoice-1';
/** Most lines of a statement. */
export const STATEMENT_LINES_MAX = 1_000_000;

export interface Invoice {
  readonly statement: Statement;
  readonly hash: Uint8Array;
  /** The house's public key, 32 bytes. */
  readonly key: Uint8Array;
  readonly signature: Uint8Array;
}

export type InvoiceFault =
  /** it is not the canonical text of its contents */
  | { readonly code: 'form'; readonly detail: string }
  | { readonly code: 'hash' }
  | { readonly code: 'signature' }
  /** it is signed by another key than the expected one */
  | { readonly code: 'key' }
  /** a line's price or volume does not follow from its price table and the previous line */
  | { readonly code: 'line'; readonly line: number; readonly detail: string }
  /** a sum or the root does not follow from the lines */
  | { readonly code: 'sum'; readonly detail: string };

export type InvoiceResult =
  | { readonly ok: true; readonly invoice: Invoice }
  | { readonly ok: false; readonly fault: InvoiceFault };

function signedBytes(statement: Uint8Array): Uint8Array {
  return joinedBytes(utf8(SIGNED), statement);
}

/** @param secret the house's, 32 bytes */
export function signInvoice(
  statement: Statement,
  secret: Uint8Array,
): { readonly invoice: Invoice; readonly text: string } {
  const own = statementHash(statement);
  const agent = agentFromSeed(secret);
  const invoice = { statement, hash: own, key: coreOf(agent.key), signature: agent.sign(signedBytes(own)) };
  return { invoice, text: textOf(invoice, statementText(statement)) };
}

function textOf({ hash: own, key, signature }: Invoice, body: string): string {
  return `{"statement":${body},"hash":"${toHex(own)}","key":"${toHex(key)}","signature":"${toHex(signature)}"}\n`;
}

const lineFields = t.strict({
  sequence: countText,
  kind: t.keyof({ call: null, 'memo-hit': null, load: null, storage: null, reversal: null }),
  subject: hashText,
  request: hashText,
  table: smallInteger(0, 1_000),
  period: nameText(20),
  volume: countText,
  module: hexBytes(),
  export: t.string,
  outcome: t.keyof({
    '': null,
    returned: null,
    trapped: null,
    exhausted: null,
    'short-circuited': null,
    breached: null,
  }),
  fuel: listOf(smallInteger(0, Number.MAX_SAFE_INTEGER), FUEL_PARTS.length),
  item: hexBytes(),
  amount: amountText,
  executedAt: moment,
  settledAt: moment,
});

const statementFields = t.strict({
  format: t.literal(STATEMENT_FORMAT),
  house: nameText(200),
  tenant: nameText(64),
  number: smallInteger(1, Number.MAX_SAFE_INTEGER),
  previous: hashText,
  issuedAt: moment,
  tables: listOf(t.strict({ table: t.UnknownRecord, netBefore: amountText }), 1_000),
  net: amountText,
  tax: amountText,
  gross: amountText,
  payable: amountText,
  remainder: amountText,
  root: hashText,
  lines: listOf(lineFields, STATEMENT_LINES_MAX),
});

const invoiceFields = t.strict({ statement: statementFields, hash: hashText, key: hashText, signature: hexBytes(64) });

type Fields = t.TypeOf<typeof statementFields>;

/**
 * Reads an invoice and checks all that can be checked without receipts: its form, hash, signature, every price, every
 * sum and the root. Checking the receipts is for an audit.
 * @param key the expected key of the house; undefined: any key
 */
export function checkInvoice(text: string, key?: Uint8Array): InvoiceResult {
  try {
    const fields = readDocument(invoiceFields, 'invoice', parsedJson(text, 'invoice'));
    const tables = fields.statement.tables.map(({ table, netBefore }) => ({ table: readPriceTable(table), netBefore }));
    const lines = fields.statement.lines.map(lineOf);
    const fault = fields.statement.lines.length === 0 ? undefined : lineFault(lines, tables);
    if (fault !== undefined) return { ok: false, fault };
    const { house, tenant, number, previous, issuedAt } = fields.statement;
    const statement = makeStatement({ house, tenant, number, previous, issuedAt }, tables, lines);
    const wrong = wrongSum(fields.statement, statement);
    if (wrong !== undefined) return { ok: false, fault: { code: 'sum', detail: wrong } };
    const body = statementText(statement);
    const invoice = { statement, hash: fields.hash, key: fields.key, signature: fields.signature };
    if (textOf(invoice, body) !== text)
      return { ok: false, fault: { code: 'form', detail: 'it is not in canonical form' } };
    if (!sameBytes(hash(utf8(body)), fields.hash)) return { ok: false, fault: { code: 'hash' } };
    if (!verifySignature(fields.key, fields.signature, signedBytes(fields.hash))) {
      return { ok: false, fault: { code: 'signature' } };
    }
    if (key !== undefined && !sameBytes(key, fields.key)) return { ok: false, fault: { code: 'key' } };
    return { ok: true, invoice };
  } catch (error) {
    if (error instanceof BillingError) return { ok: false, fault: { code: 'form', detail: error.message } };
    throw error;
  }
}

function lineOf(fields: Fields['lines'][number]): StatementLine {
  const { request, module, outcome, fuel, ...rest } = fields;
  const [instantiate = 0, guest = 0, host = 0, boundary = 0, load = 0] = fuel;
  return {
    ...rest,
    requestId: request,
    module: module.length === 0 ? undefined : module,
    outcome: outcome === '' ? undefined : outcome,
    fuel: [instantiate, guest, host, boundary, load],
  };
}

function wrongSum(given: Fields, made: Statement): string | undefined {
  for (const sum of ['net', 'tax', 'gross', 'payable', 'remainder'] as const) {
    if (given[sum] !== made[sum]) return `${sum} is ${given[sum]} and must be ${made[sum]}`;
  }
  return sameBytes(given.root, made.root) ? undefined : 'the root does not match the lines';
}

/** The first line with a wrong price, period, sequence or volume. */
function lineFault(lines: readonly StatementLine[], tables: readonly StatementTable[]): InvoiceFault | undefined {
  const known = new KnownLines();
  const volumes = new Map<string, bigint>();
  for (const [at, line] of lines.entries()) {
    const before = lines[at - 1];
    const table = tables[line.table]?.table;
    const detail =
      table === undefined
        ? `price table ${line.table} is missing`
        : before !== undefined && line.sequence <= before.sequence
          ? 'the lines are out of order'
          : detailOf(line, table, volumes, known);
    if (detail !== undefined) return { code: 'line', line: at, detail };
    known.add(line);
  }
  return undefined;
}

/** Lines so far, by subject and request, and for reversals by their ids. */
class KnownLines {
  readonly #lines = new Map<string, StatementLine>();
  #byId: Map<string, StatementLine> | undefined;

  has(line: StatementLine): boolean {
    return this.#lines.has(nameOf(line));
  }

  add(line: StatementLine): void {
    this.#lines.set(nameOf(line), line);
    this.#byId?.set(idOf(line), line);
  }

  of(id: Uint8Array): StatementLine | undefined {
    this.#byId ??= new Map([...this.#lines.values()].map((line) => [idOf(line), line]));
    return this.#byId.get(toHex(id));
  }
}

function nameOf({ subject, requestId }: StatementLine): string {
  return toHex(subject) + toHex(requestId);
}

function idOf({ subject, requestId }: StatementLine): string {
  return toHex(lineId(subject, requestId));
}

function detailOf(
  line: StatementLine,
  table: PriceTable,
  volumes: Map<string, bigint>,
  known: KnownLines,
): string | undefined {
  if (known.has(line)) return 'it is billed twice';
  if (line.kind === 'reversal') return reversalDetail(line, known);
  if (!isValidAt(table, line.settledAt)) return 'its price table was not valid when it was settled';
  if (line.period !== volumePeriodOf(table, line.settledAt)) return 'its period is not the one in which it was settled';
  const key = `${line.table} ${line.period}`;
  const volume = volumes.get(key);
  if (volume !== undefined && volume !== line.volume) return `its volume is ${line.volume} and must be ${volume}`;
  const amount = priceOf(line, table);
  if (amount === undefined) return 'its fields do not match its item';
  if (amount !== line.amount) return `its price is ${line.amount} and must be ${amount}`;
  const fuel = line.kind === 'memo-hit' ? 0n : line.fuel.reduce((sum, part) => sum + BigInt(part), 0n);
  volumes.set(key, line.volume + fuel);
  return undefined;
}

/**
 * The reversal of a line of this statement must have its negative amount; lines of earlier statements are not known
 * here.
 */
function reversalDetail(line: StatementLine, known: KnownLines): string | undefined {
  const item = ownItem(line);
  if (item?.kind !== 'reversal' || !sameBytes(item.line, line.requestId)) return 'its fields do not match its item';
  const reversed = known.of(item.line);
  if (reversed === undefined) return line.amount <= 0n ? undefined : 'a reversal is not above 0';
  if (line.amount !== -reversed.amount) return 'it gives back another amount than its line has';
  const isOfIt = line.table === reversed.table && line.period === reversed.period && line.volume === reversed.volume;
  return isOfIt ? undefined : 'it has another table, period or volume than its line';
}

/** The item of a line without a receipt; undefined if the line does not match it. */
function ownItem(line: StatementLine): UsageItem | undefined {
  const item = itemOf(line.item);
  if (item.kind !== line.kind || !sameBytes(subjectOf(line.item), line.subject)) return undefined;
  const { module, export: name, outcome, fuel } = aboutItem(item, line.item);
  const isModule = module === undefined ? line.module === undefined : sameBytes(module, line.module ?? NO_BYTES);
  const isFuel = fuel.every((units, part) => units === line.fuel[part]);
  return isModule && isFuel && name === line.export && outcome === line.outcome ? item : undefined;
}

const NO_BYTES = new Uint8Array(0);

/** The price by the fields of the line; undefined if they contradict each other. */
function priceOf(line: StatementLine, table: PriceTable): Amount | undefined {
  if (line.kind === 'call') {
    if (line.item.length > 0 || line.fuel[4] !== 0) return undefined;
    const parts = FUEL_PARTS.map((part, i): [FuelPart, bigint] => [part, BigInt(line.fuel[i])]);
    return fuelPrice(table, parts, line.volume, table.call);
  }
  if (line.kind === 'memo-hit') return line.item.length > 0 ? undefined : table.memoHit;
  const item = ownItem(line);
  return item === undefined || item.kind === 'reversal' ? undefined : price(item, table, line.volume).amount;
}
