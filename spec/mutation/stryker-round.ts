/** One round: Stryker with the drawn mutants of one storey, in a copy of the project, and the result of each. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { LogLevel, type MutantResult, type PartialStrykerOptions } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { keyOf, type ListedMutant } from './listed-mutant.js';
import { MUTATED_FILES } from './mutated-files.js';

/** `no coverage`: no test of the storey reaches it; counts as survived, too. */
export type Result = 'killed' | 'timed out' | 'survived' | 'no coverage';

/** Kept between runs, not committed. */
export const REPORTS = 'reports/mutation';

/**
 * A mutant gets this much more time than the tests take without one; after that it has timed out. Generous, because a
 * busy machine would otherwise kill mutants that survive.
 */
const TIMEOUT_MS = 60_000;
const TIMEOUT_FACTOR = 5;
const DRY_RUN_MINUTES = 30;

/** Excluded from the copy; Stryker itself leaves out dependencies and the history. */
const NOT_COPIED = ['.ci', 'bench/peers', 'coverage', 'dist/package', 'reports'];

export interface RoundOptions {
  readonly specs: readonly string[];
  readonly concurrency: number;
  readonly isVerbose: boolean;
}

/** @throws if the tests fail without a mutant */
export async function runRound(
  mutants: readonly ListedMutant[],
  { specs, concurrency, isVerbose }: RoundOptions,
): Promise<ReadonlyMap<string, Result>> {
  // Only a few random modules, because the specs run once for many a mutant.
  process.env['ASSAY_MODULES'] ??= '4';
  const files = [...new Set(mutants.map(({ file }) => file))].sort();
  process.env[MUTATED_FILES] = files.filter(hasExports).join(',');
  mkdirSync(REPORTS, { recursive: true });
  // Storeys may be measured in parallel.
  const drawn = resolve(REPORTS, `drawn-${process.pid}.json`);
  writeFileSync(drawn, JSON.stringify(mutants.map(({ key }) => key)));
  const options: PartialStrykerOptions & { readonly assaySample: string } = {
    assaySample: drawn,
    mutate: mutants.map(
      ({ file, line, column, endLine, endColumn }) => `${file}:${line}:${column}-${endLine}:${endColumn}`,
    ),
    buildCommand: `node dist/spec/mutation/emit.js ${files.join(' ')}`,
    plugins: ['@stryker-mutator/mocha-runner', resolve('dist/spec/mutation/sample-checker.js')],
    checkers: ['sample'],
    testRunner: 'mocha',
    mochaOptions: {
      spec: specs.map((name) => `dist/spec/${name}`),
      require: ['./dist/spec/mutation/hook-coverage.js'],
      config: '.mocharc.json',
    },
    testRunnerNodeArgs: ['--enable-source-maps'],
    coverageAnalysis: 'perTest',
    ignoreStatic: false,
    ignorePatterns: NOT_COPIED,
    concurrency,
    timeoutMS: TIMEOUT_MS,
    timeoutFactor: TIMEOUT_FACTOR,
    dryRunTimeoutMinutes: DRY_RUN_MINUTES,
    tempDirName: `${REPORTS}/sandbox`,
    cleanTempDir: 'always',
    disableTypeChecks: false,
    reporters: process.stderr.isTTY ? ['progress'] : [],
    logLevel: isVerbose ? LogLevel.Information : LogLevel.Error,
    allowConsoleColors: false,
    warnings: false,
  };
  try {
    const results = await new Stryker(options as PartialStrykerOptions).runMutationTest();
    const keys = new Set(mutants.map(({ key }) => key));
    return new Map(results.flatMap((result) => entryOf(result, keys)));
  } finally {
    rmSync(drawn);
  }
}

/** A file without exports is a program, and would start to run. */
function hasExports(file: string): boolean {
  return /^export /m.test(readFileSync(file, 'utf8'));
}

function entryOf(result: MutantResult, drawn: ReadonlySet<string>): readonly (readonly [string, Result])[] {
  const { start, end } = result.location;
  const fromZero = {
    start: { ...start, line: start.line - 1, column: start.column - 1 },
    end: { ...end, line: end.line - 1, column: end.column - 1 },
  };
  const key = keyOf({ ...result, location: fromZero });
  return drawn.has(key) ? [[key, resultOf(result)]] : [];
}

function resultOf({ status, statusReason }: MutantResult): Result {
  switch (status) {
    case 'Killed':
    // The specs can no longer be loaded, or their process ends: also a failure.
    case 'RuntimeError':
      return 'killed';
    case 'Timeout':
      return 'timed out';
    case 'Survived':
      return 'survived';
    case 'NoCoverage':
      return 'no coverage';
    default:
      throw new Error(`a drawn mutant was not tested: ${status}, ${statusReason}`);
  }
}
