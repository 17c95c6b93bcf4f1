/**
 * npm run conformance -- DIR [--json] [--tier NAME] [--load-only] [--filter TEXT]
 *
 * Runs the official suite, given as data in DIR, and prints what passed, failed and was skipped. Exit status 0 if nothing failed, 1 if
 * something did, 2 for wrong usage.
 */

import { scriptOptions } from '../script-options.js';
import { missingSuite, runSuite, type SuiteResult } from './suite.js';
import { TIERS } from './tiers.js';

const USAGE = `npm run conformance -- DIR [options]

Runs the official WebAssembly test suite, as JSON in DIR, and prints what passed, failed and was skipped.

  --tier NAME     interpreter (default) or instrumented
  --filter TEXT   files with this in the name
  --load-only     loads the modules and calls nothing
  --json          prints one object

Exit status 0; 1 if something failed; 2 for wrong usage.`;

const FAILURES_SHOWN = 200;

class UsageError extends Error {}

function main(args: readonly string[]): number {
  const { values, positionals } = scriptOptions(USAGE, {
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      tier: { type: 'string', default: 'interpreter' },
      'load-only': { type: 'boolean', default: false },
      filter: { type: 'string', default: '' },
    },
  });
  const [directory, ...rest] = positionals;
  if (directory === undefined || rest.length > 0) throw new UsageError('name one folder: that of the suite');
  const missing = missingSuite(directory);
  if (missing !== undefined) throw new UsageError(missing);
  const engine = TIERS.get(values.tier);
  if (engine === undefined && !values['load-only'])
    throw new UsageError(`unknown tier '${values.tier}'; use one of ${[...TIERS.keys()].join(', ')}`);
  const result = runSuite({ directory, engine: values['load-only'] ? undefined : engine, filter: values.filter });
  console.log(values.json ? JSON.stringify(result) : resultText(result));
  return result.failed === 0 ? 0 : 1;
}

function resultText(result: SuiteResult): string {
  const lines: string[] = [];
  for (const { file, failures } of result.files)
    for (const { line, command, reason } of failures) lines.push(`${file}:${line} ${command}: ${reason}`);
  if (lines.length > FAILURES_SHOWN) lines.splice(FAILURES_SHOWN, lines.length, `... ${lines.length} in all`);
  const byType = new Map<string, number>();
  for (const { passedByType } of result.files)
    for (const [type, count] of Object.entries(passedByType)) byType.set(type, (byType.get(type) ?? 0) + count);
  for (const [type, count] of [...byType].sort()) lines.push(`${String(count).padStart(7)} ${type}`);
  const unexecuted = result.unexecuted > 0 ? `, ${result.unexecuted} not executed` : '';
  lines.push(
    `${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped ` +
      `(${result.skippedFiles.length} whole files)${unexecuted}, ${result.text} in the text format not counted, ` +
      `${result.files.length} files`,
  );
  return lines.join('\n');
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError) && !(error instanceof TypeError)) throw error;
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
