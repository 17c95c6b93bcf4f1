/** Text of the results of sections, for a person. */
import type { Cell, SectionResult, Table, Target } from './section.js';

export function sectionText(name: string, about: string, { tables, targets, notes }: SectionResult): string {
  const parts = [`## ${name}: ${about}`, ...tables.map(tableText)];
  if (targets.length > 0) parts.push(targets.map(targetText).join('\n'));
  if (notes.length > 0) parts.push(notes.map((note) => `note: ${note}`).join('\n'));
  return `${parts.join('\n\n')}\n`;
}

export function targetText({ name, measured, bound, unit }: Target): string {
  const isMet = measured <= bound;
  return `${isMet ? 'met   ' : 'MISSED'} ${name}: ${cellText(measured)} ${unit}, at most ${bound}`.trimEnd();
}

/** A table in Markdown, aligned, which can be pasted into docs/BENCH.md. */
export function tableText({ title, rows }: Table): string {
  const columns = Object.keys(rows[0] ?? {});
  const lines = [columns, ...rows.map((row) => columns.map((column) => cellText(row[column])))];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  const isText = columns.map((column) => typeof rows[0]?.[column] === 'string');
  const lineText = (line: readonly string[]) =>
    `| ${line.map((cell, i) => (isText[i] ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (isText[i] ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [`${title}:`, '', lineText(lines[0]!), rule, ...lines.slice(1).map(lineText)].join('\n');
}

function cellText(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'string') return cell;
  if (Number.isInteger(cell)) return String(cell);
  return cell >= 100 ? cell.toFixed(0) : cell >= 10 ? cell.toFixed(1) : cell.toFixed(2);
}
