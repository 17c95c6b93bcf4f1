/** `assay demo`: the main job on real input: the AssemblyScript zome validates a batch of posts. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { toHex } from '../base/hash.js';
import type { ValidateResult } from '../engine/loaded-module.js';
import { receiptHash } from '../engine/receipt/receipt-json.js';
import type { Colours, Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { type Cell, columns, counted, grouped, printable, shortened } from './layout.js';
import { loadModule } from './load-module.js';
import { packageVectors } from './package-folder.js';
import { ENTRIES, entryBytes, verdictRow } from './vectors/entry-vectors.js';
import { readRows, textField, type VectorRow } from './vectors/vector-file.js';
import { causeText, dependencyTexts } from './verdict-report.js';

const GUEST = 'post';
const WHY_LENGTH_MAX = 56;
/** Enough digits of a receipt's hash to compare two runs by eye. */
const RECEIPT_DIGITS = 16;

interface Judged {
  readonly row: VectorRow;
  readonly result: ValidateResult;
}

export function addDemoCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  program
    .command('demo')
    .summary('validate a batch of entries with a real zome')
    .description(
      'Validates the posts of the golden vectors with the AssemblyScript zome and shows verdicts, fuel and receipts.',
    )
    .action(async () => {
      done(await runDemo(console));
    });
}

async function runDemo(console: Console): Promise<ExitStatus> {
  const folder = packageVectors();
  const rows = readRows(join(folder, ENTRIES)).filter((row) => row['guest'] === GUEST);
  const path = join(folder, 'guests', textField(rows[0] ?? {}, 'wasm'));
  const module = await loadModule(path);
  const judged = rows.map((row) => ({ row, result: module.validate(entryBytes(folder, row)) }));
  const { colours } = console;
  console.out(`${counted(rows.length, 'entry', 'entries')} validated by the zome guests/post/post.wasm`);
  console.out(`module ${module.hash}\n`);
  console.out(tableLines(judged, colours).join('\n'));
  const wrong = judged.filter(({ row, result }) => !isExpected(row, result));
  console.out(`\n${summaryLines(judged, wrong, colours).join('\n')}`);
  return wrong.length === 0 ? EXIT.ok : EXIT.invalid;
}

function isExpected(row: VectorRow, result: ValidateResult): boolean {
  return JSON.stringify(verdictRow(result.verdict)) === JSON.stringify(row['expected']);
}

function tableLines(judged: readonly Judged[], colours: Colours): string[] {
  const header = ['entry', 'verdict', 'fuel', 'receipt', 'why'].map((text) => ({ text, style: colours.dim }));
  const rows = judged.map(({ row, result }): Cell[] => [
    textField(row, 'name').slice(GUEST.length + 1),
    verdictCell(result, colours),
    grouped(result.receipt.fuel.used),
    { text: toHex(receiptHash(result.receipt)).slice(0, RECEIPT_DIGITS), style: colours.dim },
    shortened(printable(whyOf(result)), WHY_LENGTH_MAX),
  ]);
  return columns([header, ...rows], [2]);
}

function verdictCell({ verdict }: ValidateResult, colours: Colours): Cell {
  switch (verdict.kind) {
    case 'Valid':
      return { text: 'Valid', style: colours.green };
    case 'Invalid':
      return { text: 'Invalid', style: colours.red };
    case 'UnresolvedDependencies':
      return { text: 'Unresolved', style: colours.yellow };
    case 'NoVerdict':
      return { text: 'no verdict', style: colours.magenta };
  }
}

function whyOf({ verdict }: ValidateResult): string {
  switch (verdict.kind) {
    case 'Valid':
      return '';
    case 'Invalid':
      return verdict.reason;
    case 'UnresolvedDependencies':
      return `needs ${dependencyTexts(verdict.dependencies).join(', ')}`;
    case 'NoVerdict':
      return causeText(verdict.cause);
  }
}

function summaryLines(judged: readonly Judged[], wrong: readonly Judged[], colours: Colours): string[] {
  const count = (kind: string): string => grouped(judged.filter(({ result }) => result.verdict.kind === kind).length);
  const fuel = judged.reduce((sum, { result }) => sum + result.receipt.fuel.used, 0);
  const met = wrong.length === 0;
  const names = wrong.map(({ row }) => textField(row, 'name')).join(', ');
  return [
    `${count('Valid')} Valid, ${count('Invalid')} Invalid, ${count('UnresolvedDependencies')} UnresolvedDependencies, ${count('NoVerdict')} no verdict; ${grouped(fuel)} fuel in all`,
    met ? colours.green('every verdict is the expected one') : colours.red(`not as expected: ${names}`),
    colours.dim('run it on any machine: fuel and receipts are the same to the bit'),
  ];
}
