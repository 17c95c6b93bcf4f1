/** An invoice as one HTML page without scripts, links or external fonts. */
import type { Invoice } from './invoice.js';
import { RIGHT_COLUMNS, statementView } from './statement-view.js';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:3rem auto;padding:0 1rem;color:#1a1a1a}
h1{font-size:1.5rem}table{border-collapse:collapse;margin:1.2rem 0}th{text-align:left;color:#555;font-weight:500}
th,td{padding:.2rem 1.2rem .2rem 0;vertical-align:top}.lines th{border-bottom:1px solid #bbb}.n{text-align:right}
.proof td,.lines td:nth-child(2){font-family:ui-monospace,monospace;font-size:.85em;overflow-wrap:anywhere}
.sums tr:last-child{font-weight:600;border-top:1px solid #bbb}@media print{body{margin:0}}`;

export function invoiceHtml(invoice: Invoice): string {
  const { title, facts, totals, sums, proof } = statementView(invoice);
  const pairs = (rows: readonly (readonly [string, string])[], name: string, isNumber = false) =>
    `<table class="${name}">${rows
      .map(
        ([label, value]) =>
          `<tr><th scope="row">${escaped(label)}</th><td${isNumber ? ' class="n"' : ''}>${escaped(value)}</td></tr>`,
      )
      .join('\n')}</table>`;
  const cells = (row: readonly string[], tag: 'td' | 'th') =>
    row.map((cell, i) => `<${tag}${RIGHT_COLUMNS.includes(i) ? ' class="n"' : ''}>${escaped(cell)}</${tag}>`).join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(title)}</h1>
${pairs(facts, 'facts')}
<table class="lines"><thead><tr>${cells(totals.head, 'th')}</tr></thead><tbody>
${totals.rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n')}
</tbody></table>
${pairs(sums, 'sums', true)}
${pairs(proof, 'proof')}
</body></html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
