/**
 * The tables of docs/FUEL.md, generated from the schedule and the instruction table. `node
 * dist/spec/metering/fuel-table.js` writes them into the page; a spec compares them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { readCalibration } from '../../bench/calibration/data.js';
import { distributionTable } from '../../bench/calibration/distribution.js';
import { toHex } from '../../src/base/hash.js';
import { FUEL_1, type Rate, scheduleText } from '../../src/metering/schedule.js';
import { type CostClass, INSTRUCTIONS } from '../../src/wasm/instructions.js';

const PAGE = new URL('../../../docs/FUEL.md', import.meta.url);
const BEGIN = '<!-- generated: begin -->\n';
const END = '<!-- generated: end -->';

const UNITS: Readonly<Record<string, string>> = {
  memoryFill: 'byte of the length operand',
  memoryCopy: 'byte of the length operand',
  memoryInit: 'byte of the length operand',
  tableFill: 'element of the length operand',
  tableCopy: 'element of the length operand',
  tableInit: 'element of the length operand',
  memoryGrow: 'page, of a growth that happens and of an initial memory',
  tableGrow: 'element, of a growth that happens',
  hostCall: 'byte in and out of a host function on bytes without a rate of its own; 0 for one on values',
  boundaryIn: 'byte into the outermost call',
  boundaryOut: 'byte out of the outermost call',
  table: 'initial element, of each own table',
  global: 'byte of the initialiser with its `end`, of each own global',
  offsetExpression: 'byte of the offset expression with its `end`, of each active segment',
  activeData: 'byte, of each active data segment',
  activeElement: 'element, of each active element segment',
  passive: 'segment that is passive or declarative',
  import: 'import',
  export: 'export',
};

function instructionTable(): string[] {
  const lines = ['| class | fuel | instructions |', '| --- | ---: | --- |'];
  for (const [name, fuel] of Object.entries(FUEL_1.instructions)) {
    const names = INSTRUCTIONS.filter((row) => row.cost === (name as CostClass)).map((row) => `\`${row.name}\``);
    lines.push(`| ${name} | ${fuel} | ${names.join(' ')} |`);
  }
  return lines;
}

function rateLine(name: string, rate: Rate, unit: string): string {
  const { base, a, b } = rate;
  const slope = b === 1 ? `${a} n` : `ceil(${a} n / ${b})`;
  return `| ${name} | ${base === 0 ? slope : `${base} + ${slope}`} | ${unit} |`;
}

function rateTable(): string[] {
  const lines = ['| rate | fuel for n | n counts each |', '| --- | --- | --- |'];
  for (const [name, rate] of Object.entries(FUEL_1.rates)) lines.push(rateLine(name, rate, UNITS[name]!));
  const { base, ...rates } = FUEL_1.instantiate;
  lines.push(`| instantiate: base | ${base} | |`);
  for (const [name, rate] of Object.entries(rates)) lines.push(rateLine(`instantiate: ${name}`, rate, UNITS[name]!));
  lines.push(rateLine('load', FUEL_1.load, 'byte of the module'));
  return lines;
}

/** The generated part of the page. */
export function fuelTables(): string {
  const lines = [
    `Schedule \`${FUEL_1.id}\`, profile \`${FUEL_1.profile}\`, hash \`${toHex(FUEL_1.hash)}\`.`,
    '',
    ...instructionTable(),
    '',
    '| in addition to the class | fuel |',
    '| --- | ---: |',
    `| each value that a branch, call or return carries | ${FUEL_1.carriedValue} |`,
    `| function entry | ${FUEL_1.functionEntry} |`,
    `| each declared local, set to zero at entry | ${FUEL_1.zeroedLocal} |`,
    '',
    ...rateTable(),
    '',
  ];
  return `${lines.join('\n')}`;
}

const TEXT_BEGIN = '<!-- schedule text: begin -->\n';
const TEXT_END = '<!-- schedule text: end -->';

/** The lines of the hashed text that name no instruction, except the first two. */
function otherLines(): string {
  const names = new Set<string>(INSTRUCTIONS.map(({ name }) => name));
  const lines = scheduleText(FUEL_1).split('\n').slice(2);
  return `\`\`\`text\n${lines.filter((line) => !names.has(line.split(' ')[0]!)).join('\n')}\`\`\`\n`;
}

const SPREAD_BEGIN = '<!-- spread: begin -->\n';
const SPREAD_END = '<!-- spread: end -->';

/** From the committed figures: no clock is read. */
function spread(): string {
  return `${distributionTable(readCalibration()).join('\n')}\n`;
}

function between(text: string, begin: string, end: string, part: string): string {
  const [before, rest] = text.split(begin) as [string, string];
  return `${before}${begin}${part}${end}${rest.split(end)[1]}`;
}

/** The page, and the page with its generated part renewed. */
export function fuelPage(): { readonly text: string; readonly wanted: string } {
  const text = readFileSync(PAGE, 'utf8');
  const withTables = between(between(text, BEGIN, END, fuelTables()), TEXT_BEGIN, TEXT_END, otherLines());
  return { text, wanted: between(withTables, SPREAD_BEGIN, SPREAD_END, spread()) };
}

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PAGE, fuelPage().wanted);
