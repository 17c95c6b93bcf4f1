/**
 * The report as one page: the headlines, then for each workload a plot of its phases and their table. No scripts and no
 * external resources.
 */
import { type Headline, headlines, number } from './headlines.js';
import type { EngineRow, PlanFigures, WorkloadFigures } from './measure.js';
import { aheadOfTime, fromSaved, justInTime, type PhaseReport, partsOf } from './phase-report.js';

const STYLE = `
:root { color-scheme: light dark; --ink: #1c1e21; --page: #fff; --rule: #d5d8dd; --soft: #62676f;
  --a: #4c78a8; --b: #e39a3b; --c: #54a06c; --d: #b3566b; --good: #1f7a3d; --bad: #a34a12; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8eb; --page: #16181b; --rule: #383c42; --soft: #9aa0a8;
    --a: #7ba7d7; --b: #f0b566; --c: #7cc796; --d: #dc8297; --good: #6fcf8f; --bad: #f0a070; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 74rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.4rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--rule); text-align: right; vertical-align: top; }
th:first-child, td:first-child, .text td, .text th { text-align: left; }
.ahead { color: var(--good); } .behind { color: var(--bad); } .soft { color: var(--soft); }
svg { display: block; width: 100%; max-width: 60rem; height: auto; margin: .6rem 0; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
.key span { display: inline-block; margin-right: 1.2rem; } .key i { display: inline-block; width: .8em; height: .8em; margin-right: .4em; }`;

const PHASES = [
  ['a', 'parse'],
  ['b', 'compile'],
  ['c', 'instantiate'],
  ['d', 'call'],
] as const;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

export function planPage(figures: PlanFigures): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Assay: the phases of modules</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Assay: the phases of modules</h1>
<p>Milliseconds, each phase once in a fresh process, medians; a time is the lesser of wall clock and CPU time (Node ${escaped(figures.node)}).
Read ratios. a parse, b compile, b' save, c' load what was saved, c instantiate, d call. Just in time: a+b+c+d; ahead of time: a+b+b'; from
what was saved: c'+c+d. Assay's tiers count fuel; of the others those that say so. The interpreter compiles a function when it is first called, so its b is in d.</p>
<h2>Headlines of the old reports</h2>
${headlineTable(headlines(figures))}
${figures.workloads.map(workloadPart).join('\n')}
<h2>Left out</h2>
<ul>
${figures.notes.map((note) => `<li>${escaped(note)}</li>`).join('\n')}
</ul>
</body>
</html>
`;
}

function headlineTable(rows: readonly Headline[]): string {
  const lines = rows.map(({ headline, theirs, ours, isAhead, remark }) => {
    const verdict = isAhead ? '<span class="ahead">ahead</span>' : '<span class="behind">not ahead</span>';
    return `<tr><td>${escaped(headline)}</td><td>${escaped(theirs)}</td><td>${escaped(ours)}</td><td>${verdict}</td><td class="soft">${escaped(remark)}</td></tr>`;
  });
  return `<div class="wide text"><table>
<tr><th>headline</th><th>reported or measured here</th><th>Assay</th><th></th><th></th></tr>
${lines.join('\n')}
</table></div>`;
}

function workloadPart(figures: WorkloadFigures): string {
  const { workload, bytes, rows } = figures;
  return `<h2>${escaped(workload.name)}</h2>
<p>${escaped(workload.about)}. Module of ${bytes.toLocaleString('en')} bytes.</p>
<p class="key">${PHASES.map(([letter, name]) => `<span><i style="background:var(--${letter})"></i>${letter} ${name}</span>`).join('')}</p>
${plot(rows)}
${phaseTable(rows)}`;
}

const ROW = 22;
const LABELS = 190;
const BARS = 620;
const NUMBERS = 90;

interface Bar {
  readonly name: string;
  readonly parts: readonly number[];
}

/** Stacked bars of a+b+c+d. A bar longer than five times the median is cut, and its number shows this. */
function plot(rows: readonly EngineRow[]): string {
  const bars = rows.flatMap(({ report }): Bar[] => {
    if (typeof report === 'string') return [];
    const { parse = 0, compile } = partsOf(report);
    return [{ name: report.engine, parts: [parse, compile, report.phases.instantiate, report.phases.call] }];
  });
  const totals = bars.map(({ parts }) => parts.reduce((sum, part) => sum + part, 0));
  const sorted = [...totals].sort((x, y) => x - y);
  const most = Math.min(sorted.at(-1)!, 5 * sorted[sorted.length >> 1]);
  const height = ROW * bars.length + 4;
  const lines = bars.map(({ name, parts }, i) => {
    const y = i * ROW + 4;
    let x = LABELS;
    const rects = parts.map((part, phase) => {
      const width = Math.min((part / most) * BARS, LABELS + BARS - x);
      const rect = `<rect x="${x.toFixed(1)}" y="${y}" width="${Math.max(0, width).toFixed(1)}" height="${ROW - 8}" style="fill:var(--${PHASES[phase][0]})"/>`;
      x += Math.max(0, width);
      return rect;
    });
    const isCut = totals[i] > most;
    return `<text x="${LABELS - 8}" y="${y + 11}" text-anchor="end">${escaped(name)}</text>${rects.join('')}<text x="${x + 6}" y="${y + 11}">${number(totals[i])} ms${isCut ? ' (cut)' : ''}</text>`;
  });
  const width = LABELS + BARS + NUMBERS;
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="a+b+c+d of each engine">${lines.join('')}</svg>`;
}

/** A column of the table: in milliseconds, except for saved bytes. */
export const COLUMNS: readonly (readonly [name: string, of: (report: PhaseReport) => number | undefined])[] = [
  ['a', (report) => report.phases.parse],
  ['b', (report) => partsOf(report).compile],
  ["b'", ({ phases }) => phases.save],
  ['saved, kB', ({ phases }) => (phases.savedBytes === undefined ? undefined : phases.savedBytes / 1000)],
  ["c'", ({ phases }) => phases.load],
  ['c', ({ phases }) => phases.instantiate],
  ['d', ({ phases }) => phases.call],
  ['a+b+c+d', justInTime],
  ["a+b+b'", aheadOfTime],
  ["c'+c+d", fromSaved],
  ['c+d again', ({ phases }) => phases.again],
];

function phaseTable(rows: readonly EngineRow[]): string {
  const lines = rows.map(({ engine, isMetered, report }) => {
    if (typeof report === 'string')
      return `<tr><td>${escaped(engine)}</td><td colspan="${COLUMNS.length + 1}" class="soft" style="text-align:left">${escaped(report)}</td></tr>`;
    const cells = COLUMNS.map(([, of]) => {
      const value = of(report);
      return `<td>${value === undefined ? '' : number(value)}</td>`;
    });
    return `<tr><td>${escaped(report.engine)}</td><td>${isMetered ? 'fuel' : ''}</td>${cells.join('')}</tr>`;
  });
  return `<div class="wide"><table>
<tr><th>engine</th><th></th>${COLUMNS.map(([name]) => `<th>${escaped(name)}</th>`).join('')}</tr>
${lines.join('\n')}
</table></div>`;
}
