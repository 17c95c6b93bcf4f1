/** An invoice for people, as rows; text, HTML and PDF lay out the same rows. No locale: decimal points, UTC. */
import { toHex } from '../base/hash.js';
import { amountForPeople, decimalText } from './amount.js';
import { momentText } from './document.js';
import type { Invoice } from './invoice.js';
import { priceTableHash } from './price-table.js';
import { statementTotals } from './statement.js';

export interface StatementView {
  readonly title: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly totals: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
  readonly sums: readonly (readonly [label: string, value: string])[];
  readonly proof: readonly (readonly [label: string, value: string])[];
}

/** Numeric columns of the totals. */
export const RIGHT_COLUMNS: readonly number[] = [3, 4, 5];

/** Maximum number of totals listed; the rest are summed up in the last row. */
const TOTALS_MAX = 200;
const HASH_DIGITS = 16;

export function statementView({ statement, hash, key, signature }: Invoice): StatementView {
  const { tables, lines } = statement;
  const { currency = '', scale = 0, payableScale = 0, taxName = 'tax' } = tables[0]?.table ?? {};
  const money = (amount: bigint) => amountForPeople(amount, currency, scale);
  const days = lines.map(({ settledAt }) => settledAt);
  return {
    title: `Invoice ${statement.number} of ${statement.house}`,
    facts: [
      ['to', statement.tenant],
      ['issued', momentText(statement.issuedAt)],
      ['settled', lines.length === 0 ? '' : `${momentText(days[0])} to ${momentText(days.at(-1)!)}`],
      ['lines', grouped(BigInt(lines.length))],
      ...tables.map(({ table }): [string, string] => [
        'prices',
        `${table.name} (${toHex(priceTableHash(table)).slice(0, HASH_DIGITS)})`,
      ]),
      [
        'rounding',
        `${[...new Set(tables.map(({ table }) => table.rounding))].join(', ')}, once a line; tax on the sum`,
      ],
    ],
    totals: {
      head: ['what', 'module', 'export', 'lines', 'fuel', `net ${currency}`],
      rows: totalRows(statement, scale),
    },
    sums: [
      ['net', money(statement.net)],
      [taxName, money(statement.tax)],
      ['gross', money(statement.gross)],
      ['credited below the payable unit', money(statement.remainder)],
      ['payable', amountForPeople(statement.payable, currency, payableScale)],
    ],
    proof: [
      ['statement', toHex(hash)],
      ['statement before', toHex(statement.previous)],
      ['root of receipts', toHex(statement.root)],
      ['signed by', toHex(key)],
      ['signature', toHex(signature)],
    ],
  };
}

function totalRows(statement: Invoice['statement'], scale: number): string[][] {
  const totals = statementTotals(statement);
  const rest = totals.slice(TOTALS_MAX);
  const rows = totals
    .slice(0, TOTALS_MAX)
    .map((total) => [
      total.kind,
      total.module.slice(0, HASH_DIGITS),
      printable(total.export),
      grouped(BigInt(total.lines)),
      grouped(total.fuel),
      decimalText(total.amount, scale),
    ]);
  if (rest.length === 0) return rows;
  const sum = (of: (total: (typeof rest)[number]) => bigint) => rest.reduce((all, total) => all + of(total), 0n);
  const lines = sum((total) => BigInt(total.lines));
  return [
    ...rows,
    [
      `${rest.length} more`,
      '',
      '',
      grouped(lines),
      grouped(sum(({ fuel }) => fuel)),
      decimalText(
        sum(({ amount }) => amount),
        scale,
      ),
    ],
  ];
}

/** A whole number with commas, in every locale. */
export function grouped(value: bigint): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A name chosen by a guest, without characters that a terminal or reader would interpret. */
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
