/**
 * Lines of a statement as events, one JSON a line, amounts and sums as texts:
 *
 *   CloudEvents 1.0  `assay.usage`, taken in by OpenMeter, Lago and others. The id is that of the line: an event sent twice is one
 *   Unyt             a line as log-sender reads them: `k` the kind, `t` microseconds as a text; the rest is named below
 */
import { toHex } from '../base/hash.js';
import { momentText } from './document.js';
import type { Statement, StatementLine } from './statement.js';
import { lineId } from './usage-item.js';

const PARTS = ['instantiate', 'guest', 'host', 'boundary', 'load'] as const;

export function* cloudEvents(statement: Statement): Generator<string> {
  for (const line of statement.lines) {
    const table = statement.tables[line.table].table;
    yield JSON.stringify({
      specversion: '1.0',
      id: toHex(lineId(line.subject, line.requestId)),
      source: `urn:assay:${encodeURIComponent(statement.house)}`,
      type: 'assay.usage',
      subject: statement.tenant,
      time: momentText(line.executedAt),
      datacontenttype: 'application/json',
      data: {
        kind: line.kind,
        module: line.module === undefined ? '' : toHex(line.module),
        export: line.export,
        outcome: line.outcome ?? '',
        receipt: toHex(line.subject),
        request: toHex(line.requestId),
        fuel: String(fuelOf(line)),
        ...Object.fromEntries(PARTS.map((part, i) => [part, String(line.fuel[i])])),
        amount: String(line.amount),
        currency: table.currency,
        scale: table.scale,
        settled: momentText(line.settledAt),
      },
    });
  }
}

/**
 * Unyt's log lines. The log-sender of 2026 forwards only lines of the kind `fetchedOps`; until its filter knows `assayUsage` a
 * harvester takes these from the file itself.
 *
 *   d  tenant   h  hash of the receipt   q  hash of the request   m  module   c  kind   f  units of fuel   p  price in the ledger's unit
 *   n  fuel by part, with blanks between: instantiate guest host boundary load   v  volume before the line
 *
 * `vectors/billing/unyt-agreement.rhai` prices them, in integers.
 */
export function* unytLines(statement: Statement): Generator<string> {
  for (const line of statement.lines) {
    yield JSON.stringify({
      k: 'assayUsage',
      t: `${line.executedAt}000`,
      d: statement.tenant,
      h: toHex(line.subject),
      q: toHex(line.requestId),
      m: line.module === undefined ? '' : toHex(line.module),
      c: line.kind,
      f: String(fuelOf(line)),
      n: line.fuel.join(' '),
      v: String(line.volume),
      p: String(line.amount),
    });
  }
}

function fuelOf({ fuel }: StatementLine): bigint {
  return fuel.reduce((sum, part) => sum + BigInt(part), 0n);
}
