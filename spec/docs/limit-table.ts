/** The table of limits in docs/SEMANTICS.md, generated from the record. */

import { toHex } from '../../src/base/hash.js';
import { LIMIT_ROWS, LIMITS_1 } from '../../src/base/limits.js';

const BEGIN = '<!-- limits: begin -->\n';
const END = '<!-- limits: end -->';

/** The page with the correct table. */
export function withLimits(page: string): string {
  const begin = page.indexOf(BEGIN) + BEGIN.length;
  return page.slice(0, begin) + table() + page.slice(page.indexOf(END));
}

function table(): string {
  const rows = Object.entries(LIMIT_ROWS).map(([name, { value, unit, ceiling, reason }]) => {
    return `| \`${name}\` | ${value} | ${unit} | ${ceiling} | ${reason} |`;
  });
  return [
    `Record \`${LIMITS_1.id}\`, hash \`${toHex(LIMITS_1.hash)}\`.\n`,
    '| limit | value | unit | largest value that a record may set | reason |',
    '| --- | ---: | --- | ---: | --- |',
    ...rows,
    '',
  ].join('\n');
}
