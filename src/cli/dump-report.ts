/** The validation of a dump for a person and for a program: one row or line for each op, then the sums. */

import { toHex } from '../base/hash.js';
import type { Generation } from '../boundary/generation.js';
import type { Verdict } from '../boundary/validation.js';
import { receiptHash } from '../engine/receipt/receipt-json.js';
import { CHAIN_OPS, chainOpName } from '../zome/chain-op.js';
import type { DetectedGeneration } from '../zome/detect-generation.js';
import { hashText } from '../zome/holo-hash.js';
import type { DumpedOpValidation } from '../zome/validate-dump.js';
import { verdictJson } from '../zome/verdict-json.js';
import type { Colours } from './console.js';
import { columns, counted, grouped, shortened } from './layout.js';
import { verdictLines } from './verdict-report.js';

const AUTHOR_CHARACTERS = 13;
const HASH_CHARACTERS = 53;
const FUEL_CHARACTERS = 13;

function longestName(generation: Generation): number {
  return Math.max(...CHAIN_OPS.map(({ type }) => chainOpName(type, generation).length));
}

/** Rows are written one by one, so their widths are known before their contents. */
function row(cells: readonly [string, string, string, string, string], generation: Generation): string {
  const [name, author, hash, fuel, verdict] = cells;
  const fixed = [
    name.padEnd(longestName(generation)),
    author.padEnd(AUTHOR_CHARACTERS),
    hash.padEnd(HASH_CHARACTERS),
    fuel.padStart(FUEL_CHARACTERS),
  ];
  return `${fixed.join('  ')}  ${verdict}`;
}

export function dumpHeadLine(generation: Generation, colours: Colours): string {
  return colours.dim(row(['op', 'author', 'action', 'fuel', 'verdict'], generation));
}

export function dumpOpLine(validation: DumpedOpValidation, generation: Generation, colours: Colours): string {
  const { name, author, action, fuelUsed } = validation;
  const who = shortened(hashText(author), AUTHOR_CHARACTERS);
  return row([name, who, hashText(action), grouped(fuelUsed), verdictText(validation, colours)], generation);
}

function verdictText({ verdict }: DumpedOpValidation, colours: Colours): string {
  return verdictLines({ verdict }, colours)
    .map((line) => line.trim())
    .join(' ');
}

/** The line of `validate --dump --json` for an op. */
export function dumpOpDocument({
  name,
  list,
  author,
  action,
  hash,
  verdict,
  calls,
  fuelUsed,
}: DumpedOpValidation): object {
  return {
    op: name,
    list,
    author: hashText(author),
    action: hashText(action),
    hash: hashText(hash),
    ...verdictJson(verdict),
    fuel: { used: fuelUsed },
    zomes: calls.map(({ zome }) => zome),
    receipts: calls.map(({ receipt }) => toHex(receiptHash(receipt))),
  };
}

export interface DumpSummary {
  readonly ops: number;
  readonly verdicts: Readonly<Record<Verdict['kind'], number>>;
  readonly fuelUsed: number;
  readonly warrants: number;
  readonly duplicates: number;
  readonly generation: DetectedGeneration;
}

/** The last line of `validate --dump --json`. */
export function dumpSummaryDocument({
  ops,
  verdicts,
  fuelUsed,
  warrants,
  duplicates,
  generation,
}: DumpSummary): object {
  const { generation: name, by } = generation;
  const summary = { ops, verdicts, fuel: { used: fuelUsed }, warrants, duplicates, generation: { name, by } };
  return { summary };
}

export function dumpSummaryLines(
  { ops, verdicts, fuelUsed, warrants, duplicates }: DumpSummary,
  colours: Colours,
): string[] {
  const rows: readonly (readonly [string, number, (text: string) => string])[] = [
    ['Valid', verdicts.Valid, colours.green],
    ['Invalid', verdicts.Invalid, colours.red],
    ['UnresolvedDependencies', verdicts.UnresolvedDependencies, colours.yellow],
    ['no verdict', verdicts.NoVerdict, colours.magenta],
  ];
  const shown = rows.filter(([, number]) => number > 0);
  const notes = [
    ...(warrants > 0 ? [`${counted(warrants, 'warrant')} not validated: zomes do not validate them`] : []),
    ...(duplicates > 0 ? [`${counted(duplicates, 'op')} repeated in the dump, validated once`] : []),
  ];
  return [
    '',
    colours.bold(counted(ops, 'op')),
    ...columns(
      [...shown.map(([text, number, style]) => [{ text, style }, grouped(number)]), ['fuel', grouped(fuelUsed)]],
      [1],
    ),
    ...notes.map((note) => colours.dim(note)),
  ];
}
