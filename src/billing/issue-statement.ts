/**
 * Statements of the ledger: finds the next lines, makes their statement, and transfers the remainder below the payable
 * unit.
 */
import { toHex } from '../base/hash.js';
import { amountOf, exactNumber } from './amount.js';
import { BillingError } from './billing-error.js';
import { ByteSlab } from './byte-slab.js';
import { STATEMENT_LINES_MAX } from './invoice.js';
import type { LedgerTransaction } from './ledger.js';
import { priceTableOf } from './settlement.js';
import { bytes, integer, text } from './sql-database.js';
import {
  type LineKeeper,
  makeStatement,
  type Statement,
  type StatementLine,
  type StatementTable,
  statementHash,
  statementLine,
} from './statement.js';
import { tenantAccount } from './tenant.js';
import { itemOf } from './usage-item.js';
import { lineOf, type UsageLine } from './usage-line.js';

const PART_LINES = 1_000n;
/** Most texts that are kept: periods and names of exports, of which there are few. */
const TEXTS_KEPT = 1_000;

/**
 * Issues the next statement of a tenant: all lines since the last one, at most a million.
 * @returns undefined if there are no lines
 */
export async function issueStatement(
  ledger: LedgerTransaction,
  tenant: string,
  house: string,
): Promise<Statement | undefined> {
  const account = tenantAccount(tenant);
  const [last] = await ledger.sql.all('select * from statement where tenant = ? order by number desc limit 1', [
    tenant,
  ]);
  const after = last === undefined ? 0n : integer(last, 'last_sequence');
  const { list, lines } = await linesBetween(ledger, tenant, after);
  if (lines.length === 0) return undefined;
  const number = last === undefined ? 1 : exactNumber(integer(last, 'number')) + 1;
  const previous = last === undefined ? new Uint8Array(32) : bytes(last, 'hash');
  const statement = makeStatement({ house, tenant, number, previous, issuedAt: ledger.now }, list, lines);
  await keepStatement(ledger, statement);
  if (statement.remainder > 0n) {
    await ledger.mustTransfer({
      kind: 'post',
      id: `statement:${tenant}:${number}:rounding`,
      debit: 'rounding',
      credit: account,
      amount: statement.remainder,
      memo: 'below the payable unit',
    });
  }
  return statement;
}

/** The lines of a tenant after a sequence, as statement lines with their price tables. */
async function linesBetween(
  ledger: LedgerTransaction,
  tenant: string,
  after: bigint,
  end?: bigint,
): Promise<{ readonly list: readonly StatementTable[]; readonly lines: readonly StatementLine[] }> {
  const tables = new Map<string, number>();
  const list: StatementTable[] = [];
  const lines: StatementLine[] = [];
  const keeper = lineKeeper();
  for await (const line of linesAfter(ledger, tenant, after)) {
    if (end !== undefined && line.sequence > end) break;
    const key = toHex(line.priceTable);
    let table = tables.get(key);
    if (table === undefined) {
      table = list.length;
      tables.set(key, table);
      const priceTable = await priceTableOf(ledger.sql, line.priceTable);
      list.push({ table: priceTable, netBefore: await netBefore(ledger, line, after) });
    }
    lines.push(statementLine(line, list, table, await reversedAmount(ledger, line), keeper));
  }
  return { list, lines };
}

/**
 * Keeps lines in little memory, because there may be a million: bytes in few buffers, and equal texts and modules only
 * once.
 */
function lineKeeper(): LineKeeper {
  const hashes = new ByteSlab();
  const modules = new ByteSlab();
  const texts = new Map<string, string>();
  const text = (given: string) => {
    const known = texts.get(given);
    if (known !== undefined) return known;
    if (texts.size < TEXTS_KEPT) texts.set(given, given);
    return given;
  };
  return { hash: (bytes) => hashes.keep(bytes), module: (bytes) => modules.keep(bytes), text };
}

async function* linesAfter(ledger: LedgerTransaction, tenant: string, after: bigint): AsyncGenerator<UsageLine> {
  let last = after;
  for (let count = 0; count < STATEMENT_LINES_MAX; ) {
    const rows = await ledger.sql.all(
      'select * from usage_line where tenant = ? and sequence > ? order by sequence limit ?',
      [tenant, last, PART_LINES],
    );
    for (const row of rows) yield lineOf(row);
    if (rows.length < PART_LINES) return;
    count += rows.length;
    last = integer(rows.at(-1)!, 'sequence');
  }
}

async function netBefore(
  ledger: LedgerTransaction,
  line: UsageLine,
  after: bigint,
): Promise<StatementTable['netBefore']> {
  const [row] = await ledger.sql.all(
    'select cast(coalesce(sum(amount), 0) as bigint) as net from usage_line where tenant = ? and price_table = ? and sequence <= ?',
    [line.tenant, line.priceTable, after],
  );
  return amountOf(row === undefined ? 0n : integer(row, 'net'));
}

async function reversedAmount(ledger: LedgerTransaction, line: UsageLine): Promise<StatementLine['amount']> {
  if (line.amount >= 0n) return amountOf(0n);
  const item = itemOf(line.item);
  if (item.kind !== 'reversal')
    throw new BillingError('document', `line ${line.sequence} is below 0 but not a reversal`);
  const [row] = await ledger.sql.all('select amount from usage_line where id = ?', [item.line]);
  if (row === undefined)
    throw new BillingError('document', `line ${line.sequence} reverses a line that does not exist`);
  return amountOf(-integer(row, 'amount'));
}

async function keepStatement(ledger: LedgerTransaction, statement: Statement): Promise<void> {
  const { house, tenant, number, lines, payable } = statement;
  await ledger.sql.insert('statement', [
    {
      id: `${tenant} ${number}`,
      house,
      tenant,
      number: BigInt(number),
      first_sequence: lines[0].sequence,
      last_sequence: lines.at(-1)!.sequence,
      payable,
      at: BigInt(ledger.now),
      hash: statementHash(statement),
    },
  ]);
}

/** Makes an issued statement again, with the same bytes. */
export async function statementAgain(ledger: LedgerTransaction, tenant: string, number: number): Promise<Statement> {
  const [row] = await ledger.sql.all('select * from statement where tenant = ? and number = ?', [
    tenant,
    BigInt(number),
  ]);
  if (row === undefined) throw new BillingError('unknown', `tenant ${tenant} has no statement ${number}`);
  const [before] = await ledger.sql.all('select * from statement where tenant = ? and number = ?', [
    tenant,
    BigInt(number - 1),
  ]);
  const after = before === undefined ? 0n : integer(before, 'last_sequence');
  const { list, lines } = await linesBetween(ledger, tenant, after, integer(row, 'last_sequence'));
  const previous = before === undefined ? new Uint8Array(32) : bytes(before, 'hash');
  const issuedAt = exactNumber(integer(row, 'at'));
  return makeStatement({ house: text(row, 'house'), tenant, number, previous, issuedAt }, list, lines);
}
