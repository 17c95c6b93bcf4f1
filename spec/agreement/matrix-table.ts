/** The matrix as a Markdown table, and its place in docs/AGREEMENT.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Row } from './matrix-row.js';

const HEAD =
  '| node | runtime | golden receipts | random calls | seconds | result |\n| --- | --- | ---: | ---: | ---: | --- |';

export function rowText({ name, runtime, golden, calls, seconds, result }: Row): string {
  const [first = ''] = result.split('\n', 1);
  return `| ${name} | ${runtime} | ${golden} | ${calls} | ${seconds} | ${first} |`;
}

export function tableText(rows: readonly Row[]): string {
  return [HEAD, ...rows.map(rowText)].join('\n');
}

const MARK = /(<!-- matrix -->\n).*?(\n<!-- end -->)/s;

export function writePage(rows: readonly Row[], path = 'docs/AGREEMENT.md'): void {
  const text = readFileSync(path, 'utf8');
  const table = tableText(rows);
  writeFileSync(
    path,
    text.replace(MARK, (_, head: string, end: string) => `${head}${table}${end}`),
  );
}

/** Rows that neither agree nor were skipped. */
export function wrongRows(rows: readonly Row[]): readonly Row[] {
  return rows.filter(({ result }) => !result.startsWith('agrees') && !result.startsWith('skipped'));
}
