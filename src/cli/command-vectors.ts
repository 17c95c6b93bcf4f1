/** `assay vectors verify [DIR]`: runs the golden vectors. `assay vectors write DIR` writes the receipts again. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CliError } from './cli-error.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { columns, counted, grouped, printable, shortened } from './layout.js';
import { packageVectors } from './package-folder.js';
import { agreementSuite } from './vectors/agreement-vectors.js';
import { callSuite } from './vectors/call-vectors.js';
import { entrySuite } from './vectors/entry-vectors.js';
import { fuelSuite } from './vectors/fuel-vectors.js';
import { hostBytesSuite } from './vectors/host-bytes-vectors.js';
import { hostPriceSuite } from './vectors/host-price-vectors.js';
import { instructionSuite } from './vectors/instruction-vectors.js';
import { loadSuite } from './vectors/load-vectors.js';
import { receiptSuite } from './vectors/receipt-vectors.js';
import type { SuiteResult, VectorSuite } from './vectors/vector-suite.js';
import { writeReceipts } from './vectors/write-receipts.js';

interface Options {
  readonly json?: boolean;
}

const SUITES: readonly VectorSuite[] = [
  loadSuite,
  instructionSuite,
  fuelSuite,
  callSuite,
  entrySuite,
  receiptSuite,
  agreementSuite,
  hostPriceSuite,
  hostBytesSuite,
];

/** Maximum failures shown of one suite, and characters of each: the first ones are enough for a person. */
const FAILURES_MAX = 10;
const DIFFERENCE_LENGTH_MAX = 600;

export function addVectorsCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  const vectors = program
    .command('vectors')
    .summary('run the golden vectors')
    .description('Golden vectors: calls and load faults with their exact results.');
  vectors
    .command('verify')
    .summary('run every vector and compare')
    .description('Runs all golden vectors. Exit status 0 if all pass, 1 if one fails.')
    .argument('[dir]', 'folder of vectors (default: the vectors of this package)')
    .option('--json', 'print one JSON document')
    .action(async (folder: string | undefined, options: Options) => {
      done(await verify(console, folder ?? packageVectors(), options.json === true));
    });
  vectors
    .command('write')
    .summary('rewrite the receipts')
    .description('Writes DIR/receipts from the guests in DIR. Any difference means that the semantics have changed.')
    .argument('<dir>', 'folder of vectors')
    .action(async (folder: string) => {
      suitesIn(folder);
      const names = await writeReceipts(folder);
      console.out(names.map((name) => `wrote ${join(folder, 'receipts', name)}`).join('\n'));
      done(EXIT.ok);
    });
}

function suitesIn(folder: string): readonly VectorSuite[] {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  const there = isFolder ? SUITES.filter(({ path }) => existsSync(join(folder, path))) : [];
  if (there.length > 0) return there;
  throw new CliError(
    isFolder ? `${printable(folder)} contains no vectors` : `there is no folder ${printable(folder)}`,
    `pass a folder that contains ${SUITES.map(({ path }) => path).join(', ')}`,
  );
}

async function verify(console: Console, folder: string, json: boolean): Promise<ExitStatus> {
  const results: SuiteResult[] = [];
  for (const suite of suitesIn(folder)) results.push(await suite.run(folder));
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, { failures }) => sum + failures.length, 0);
  if (json) console.out(JSON.stringify({ passed, failed, suites: results.map(suiteDocument) }));
  else console.out(verifyLines(console, results, passed, failed).join('\n'));
  return failed === 0 ? EXIT.ok : EXIT.invalid;
}

function suiteDocument({ suite, passed, failures }: SuiteResult): object {
  return { suite, passed, failed: failures.length, failures };
}

function verifyLines({ colours }: Console, results: readonly SuiteResult[], passed: number, failed: number): string[] {
  const rows = results.map(({ suite, passed: met, failures }) => [
    suite,
    { text: `${grouped(met)} passed`, style: colours.green },
    failures.length === 0 ? '' : { text: `${grouped(failures.length)} failed`, style: colours.red },
  ]);
  const details = results.flatMap(({ suite, failures }) => [
    ...failures.slice(0, FAILURES_MAX).map(({ vector, difference }) => {
      return `${colours.red('failed')} ${suite}: ${printable(vector)}\n  ${shortened(printable(difference), DIFFERENCE_LENGTH_MAX)}`;
    }),
    ...(failures.length > FAILURES_MAX ? [`${suite}: ${failures.length - FAILURES_MAX} more`] : []),
  ]);
  const summary = `${counted(passed, 'vector')} passed, ${grouped(failed)} failed`;
  return [
    ...columns(rows, [1, 2]),
    ...(details.length === 0 ? [] : ['', ...details]),
    '',
    failed === 0 ? colours.green(summary) : colours.red(summary),
  ];
}
