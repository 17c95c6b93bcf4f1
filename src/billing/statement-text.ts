/** An invoice as plain text. */
import type { Invoice } from './invoice.js';
import { RIGHT_COLUMNS, statementView } from './statement-view.js';

export function invoiceText(invoice: Invoice): string {
  const { title, facts, totals, sums, proof } = statementView(invoice);
  return [
    title,
    '='.repeat(title.length),
    '',
    ...columns(facts),
    '',
    ...columns([totals.head, ...totals.rows], RIGHT_COLUMNS),
    '',
    ...columns(sums, [1]),
    '',
    ...columns(proof),
    '',
  ].join('\n');
}

/** Rows in columns, separated by two spaces. */
function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths = (rows[0] ?? []).map((_, i) => rows.reduce((width, row) => Math.max(width, [...row[i]].length), 0));
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const padding = ' '.repeat(widths[i] - [...cell].length);
        return right.includes(i) ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd(),
  );
}
