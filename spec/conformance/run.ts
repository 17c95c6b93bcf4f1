/**
 * `npm run conformance`: runs the official suite, given as data in DIR, and prints what passed, failed and was skipped.
 * Exit status 0 if nothing failed, 1 if something did, 2 for a usage error.
 */
import { flag, scriptLine, text } from '../script-options.js';
import { missingSuite, runSuite, type SuiteResult } from './suite.js';
import { TIERS } from './tiers.js';

const FAILURES_SHOWN = 200;

function main(): number {
  const { options, args, refuse } = scriptLine({
    name: 'conformance',
    about: 'Runs the official suite. Exit status 1 if something failed.',
    options: {
      json: flag('one object'),
      tier: text('name', `one of ${[...TIERS.keys()].join(', ')}`, 'interpreter'),
      loadOnly: flag('modules are loaded only, and nothing runs'),
      filter: text('text', 'files whose name contains it', ''),
    },
    takes: [['<dir>', 'folder of the suite as `wast2json` writes it']],
  });
  const [directory = ''] = args;
  const missing = missingSuite(directory);
  if (missing !== undefined) refuse(missing);
  const engine = TIERS.get(options.tier);
  if (engine === undefined) refuse(`there is no tier '${options.tier}'; there are: ${[...TIERS.keys()].join(', ')}`);
  const result = runSuite({ directory, engine: options.loadOnly ? undefined : engine, filter: options.filter });
  console.log(options.json ? JSON.stringify(result) : resultText(result));
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

process.exitCode = main();
