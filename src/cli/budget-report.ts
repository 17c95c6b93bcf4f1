/** The report of a check of fuel budgets: for a person, for a machine (JUnit) and for a pull request (Markdown). */
import type { BudgetCheck } from '../profile/budget.js';
import type { Colours } from './console.js';
import { columns, counted, grouped, printable } from './layout.js';

const MOVED_SHOWN = 10;

function signed(change: number): string {
  return change > 0 ? `+${grouped(change)}` : change < 0 ? `-${grouped(-change)}` : '0';
}

function changeOf({ before, after }: { readonly before: number; readonly after: number }): string {
  return signed(after - before);
}

/** Why a case fails, in one line. */
function reason({ before, after, allow }: BudgetCheck): string {
  if (before.outcome !== after.outcome) return `ended ${after.outcome}, not ${before.outcome}`;
  const change = after.fuel - before.fuel;
  return `${grouped(before.fuel)} -> ${grouped(after.fuel)}, ${signed(change)}; it may change by ${grouped(allow)}`;
}

function movedLines({ moved }: BudgetCheck): string[] {
  const rows = moved
    .slice(0, MOVED_SHOWN)
    .map((row) => [changeOf(row), grouped(row.before), grouped(row.after), printable(row.name)]);
  const more = moved.length > MOVED_SHOWN ? [`… ${counted(moved.length - MOVED_SHOWN, 'other function')}`] : [];
  return [...columns(rows, [0, 1, 2]), ...more];
}

export function budgetLines(checks: readonly BudgetCheck[], colours: Colours): string[] {
  const rows = checks.map((check) => [
    check.passes ? { text: 'ok', style: colours.green } : { text: 'changed', style: colours.red },
    grouped(check.after.fuel),
    changeOf({ before: check.before.fuel, after: check.after.fuel }),
    printable(check.name),
  ]);
  const failures = checks.filter(({ passes }) => !passes);
  return [
    ...columns(rows, [1, 2]),
    ...failures.flatMap((check) => [
      '',
      `${colours.bold(printable(check.name))}: ${reason(check)}`,
      ...movedLines(check).map((line) => `  ${line}`),
    ]),
    '',
    failures.length === 0
      ? colours.green(`${counted(checks.length, 'case')} within budget`)
      : colours.red(`${counted(failures.length, 'case')} of ${grouped(checks.length)} changed`),
  ];
}

function xml(text: string): string {
  // XML allows no other control characters.
  const clean = text.replace(/[^\t\n\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
  return clean.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function budgetJunit(checks: readonly BudgetCheck[]): string {
  const failures = checks.filter(({ passes }) => !passes).length;
  const cases = checks.map((check) => {
    const open = `  <testcase classname="fuel budget" name="${xml(check.name)}"`;
    if (check.passes) return `${open}/>`;
    return `${open}>\n    <failure message="${xml(reason(check))}">${xml(movedLines(check).join('\n'))}</failure>\n  </testcase>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="fuel budget" tests="${checks.length}" failures="${failures}">
${cases.join('\n')}
</testsuite>
`;
}

function cell(text: string): string {
  return printable(text).replace(/[\\`*_{}[\]<>|#&]/g, (character) => `\\${character}`);
}

export function budgetMarkdown(checks: readonly BudgetCheck[]): string {
  const failures = checks.filter(({ passes }) => !passes);
  const head =
    failures.length === 0
      ? `Fuel: ${counted(checks.length, 'case')} within budget.`
      : `Fuel: ${counted(failures.length, 'case')} of ${grouped(checks.length)} changed.`;
  const rows = checks
    .filter(({ before, after, passes }) => !passes || before.fuel !== after.fuel)
    .map(
      (check) =>
        `| ${cell(check.name)} | ${grouped(check.before.fuel)} | ${grouped(check.after.fuel)} | ${changeOf({ before: check.before.fuel, after: check.after.fuel })} | ${check.passes ? 'ok' : cell(reason(check))} |`,
    );
  const table =
    rows.length === 0
      ? []
      : ['', '| case | before | after | change | |', '| --- | ---: | ---: | ---: | --- |', ...rows];
  const details = failures.flatMap((check) => [
    '',
    `${cell(check.name)}, by function:`,
    '',
    '| change | before | after | function |',
    '| ---: | ---: | ---: | --- |',
    ...check.moved
      .slice(0, MOVED_SHOWN)
      .map((row) => `| ${changeOf(row)} | ${grouped(row.before)} | ${grouped(row.after)} | ${cell(row.name)} |`),
  ]);
  return `${[head, ...table, ...details].join('\n')}\n`;
}
