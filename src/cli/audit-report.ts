/** The result of an invoice audit, for a person, for a program, and as an exit status. */
import { amountForPeople } from '../billing/amount.js';
import type { AuditReport, AuditResult } from '../billing/audit.js';
import { receiptJson } from '../engine/receipt/receipt-json.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { counted, grouped, printable } from './layout.js';

/** Maximum number of lines listed. */
const LISTED_MAX = 20;

/** An audit as JSON. */
export interface AuditDocument extends Pick<AuditReport, 'lines' | 'notRun' | 'drawn' | 'counts'> {
  readonly sharePartsPerMillion: string;
  readonly riskPartsPerMillion: string;
  readonly results: readonly AuditedLine[];
}

interface AuditedLine extends Pick<AuditResult, 'line' | 'verdict' | 'reason'> {
  readonly sequence: string;
  readonly billed?: object;
  readonly made?: object;
}

export function auditStatus(report: Pick<AuditDocument, 'counts' | 'drawn' | 'lines'>): ExitStatus {
  const { counts } = report;
  if (counts.refuted + counts['module-changed'] > 0) return EXIT.invalid;
  return counts.unverifiable > 0 || isOfNothing(report) ? EXIT.notReturned : EXIT.ok;
}

/** An audit that drew none of the existing lines has confirmed nothing. */
function isOfNothing({ drawn, lines }: Pick<AuditDocument, 'drawn' | 'lines'>): boolean {
  return drawn === 0 && lines > 0;
}

export function auditDocument({ results, share, risk, ...report }: AuditReport): AuditDocument {
  const listed = results.map(({ billed, made, sequence, ...result }) => ({
    ...result,
    sequence: String(sequence),
    ...(billed === undefined || result.verdict === 'confirmed' ? {} : { billed: receiptJson(billed) }),
    ...(made === undefined || result.verdict === 'confirmed' ? {} : { made: receiptJson(made) }),
  }));
  return { ...report, sharePartsPerMillion: String(share), riskPartsPerMillion: String(risk), results: listed };
}

/** Merges the parts of an audit, with lines in the order in which they were drawn. */
export function joinedAudits(parts: readonly AuditDocument[]): AuditDocument {
  const counts = { confirmed: 0, refuted: 0, 'module-changed': 0, unverifiable: 0 };
  for (const part of parts) {
    for (const verdict of Object.keys(counts) as (keyof typeof counts)[]) counts[verdict] += part.counts[verdict];
  }
  const results = Array.from(
    { length: parts.reduce((sum, part) => sum + part.results.length, 0) },
    (_, i) => parts[i % parts.length]!.results[Math.floor(i / parts.length)]!,
  );
  return { ...parts[0]!, counts, results };
}

/** An audit for a person: counts, unconfirmed lines, and the remaining risk. */
export function auditLines(report: AuditDocument, { colours }: Console): string[] {
  const { counts, results, drawn, lines, notRun, sharePartsPerMillion: share, riskPartsPerMillion: risk } = report;
  const bad = results.filter(({ verdict }) => verdict !== 'confirmed');
  const parts = (millionths: string) => `${amountForPeople(BigInt(millionths), '', 4).trim()} %`;
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
