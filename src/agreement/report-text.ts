/** A report as text: lines for a person, a document for a program, JUnit for a build server. */
import { callText, inputOf } from './agreement-call.js';
import type { CheckReport, NodeReport } from './agreement-check.js';
import { replayLines } from './explain-disagreement.js';

const INPUT_DIGITS_MAX = 200;

export function reportLines(report: CheckReport): readonly string[] {
  const { nodes, properties, outcomes, verdicts, worst, replay } = report;
  const width = Math.max(...nodes.map(({ name }) => name.length));
  return [
    ...nodes.map((node) => nodeLine(node, width)),
    '',
    ...properties.map(({ name, checked, failure }) =>
      failure === undefined ? `passed  ${name} (${checked})` : `FAILED  ${name}: ${failure}`,
    ),
    '',
    `${report.calls} inputs: ${countsText(outcomes)}${report.seed === undefined ? '' : `; seed ${report.seed}`}`,
    ...(Object.keys(verdicts).length === 0 ? [] : [`verdicts: ${countsText(verdicts)}`]),
    ...(worst === undefined
      ? []
      : [`most expensive: ${worst.fuel} fuel, ${callText(worst.call)}${inputText(inputOf(worst.call))}`]),
    ...(replay === undefined ? [] : ['', ...replayLines(replay)]),
  ];
}

/** Tiers are shown if a node has run guests in more than one, or in another than its name says. */
function nodeLine({ name, runtime, answers, tiers }: NodeReport, width: number): string {
  const ran = Object.keys(tiers);
  const isTold = ran.length > 1 || (ran.length === 1 && !name.startsWith(ran[0]));
  return `${name.padEnd(width)}  ${answers} results  ${runtime}${isTold ? `, ${countsText(tiers)}` : ''}`;
}

function countsText(counts: Readonly<Record<string, number>>): string {
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return rows.map(([key, count]) => `${count} ${key}`).join(', ');
}

function inputText(input: string): string {
  if (input === '') return '';
  return `: ${input.length > INPUT_DIGITS_MAX ? `${input.slice(0, INPUT_DIGITS_MAX)}…` : input}`;
}

/** A test suite with a case for each property. `name` is the module's. */
export function junitText(name: string, report: CheckReport): string {
  const { properties } = report;
  const failures = properties.filter(({ failure }) => failure !== undefined).length;
  const cases = properties.map(({ name: property, failure }) => {
    const head = `    <testcase classname="${escaped(name)}" name="${escaped(property)}"`;
    if (failure === undefined) return `${head}/>`;
    return `${head}>\n      <failure message="${escaped(failure)}"/>\n    </testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${properties.length}" failures="${failures}">`,
    `  <testsuite name="${escaped(name)}" tests="${properties.length}" failures="${failures}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML does not allow are omitted. */
function escaped(text: string): string {
  const plain = text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, '\ufffd');
  return plain.replace(/[&<>"]/g, (character) => ENTITIES[character]).replace(/\n/g, '&#10;');
}
