/** What an audit of an invoice came to: for a person, for a program, as an exit status. */
import { amountForPeople } from '../billing/amount.js';
import type { AuditReport } from '../billing/audit.js';
import { receiptJson } from '../engine/receipt/receipt-json.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { counted, grouped, printable } from './layout.js';

/** Lines that are listed. */
const LISTED_MAX = 20;

export function auditStatus(report: AuditReport): ExitStatus {
  const { counts } = report;
  if (counts.refuted + counts['module-changed'] > 0) return EXIT.invalid;
  return counts.unverifiable > 0 || isOfNothing(report) ? EXIT.notReturned : EXIT.ok;
}

/** An audit that drew no line of those that there are has confirmed nothing. */
function isOfNothing({ drawn, lines }: AuditReport): boolean {
  return drawn === 0 && lines > 0;
}

export function auditDocument({ results, share, risk, ...report }: AuditReport): object {
  const listed = results.map(({ billed, made, sequence, ...result }) => ({
    ...result,
    sequence: String(sequence),
    ...(billed === undefined || result.verdict === 'confirmed' ? {} : { billed: receiptJson(billed) }),
    ...(made === undefined || result.verdict === 'confirmed' ? {} : { made: receiptJson(made) }),
  }));
  return { ...report, sharePartsPerMillion: String(share), riskPartsPerMillion: String(risk), results: listed };
}

/** An audit for a person: counts, what is not confirmed, and the risk that remains. */
export function auditLines(report: AuditReport, { colours }: Console): string[] {
  const { counts, results, drawn, lines, notRun, share, risk } = report;
  const bad = results.filter(({ verdict }) => verdict !== 'confirmed');
  const parts = (millionths: bigint) => `${amountForPeople(millionths, '', 4).trim()} %`;
  const summary = `${grouped(counts.confirmed)} of ${counted(drawn, 'line')} confirmed, ${grouped(counts.refuted)} refuted, ${grouped(counts['module-changed'])} of changed modules, ${grouped(counts.unverifiable)} unverifiable`;
  return [
    bad.length === 0 && !isOfNothing(report) ? colours.green(summary) : colours.red(summary),
    ...bad
      .slice(0, LISTED_MAX)
      .map(({ line, verdict, reason }) => `  line ${line + 1} ${verdict}: ${printable(reason)}`),
    ...(bad.length > LISTED_MAX ? [`  and ${grouped(bad.length - LISTED_MAX)} more`] : []),
    drawn === lines
      ? 'every line that can be run again was run'
      : `if ${parts(share)} of the lines were false, this sample would have missed all of them with a probability of ${parts(risk)}`,
    ...(notRun > 0
      ? [colours.dim(`${counted(notRun, 'line')} of storage or reversals: not confirmed by running`)]
      : []),
  ];
}
