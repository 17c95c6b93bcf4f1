/** The suite as a whole: which files, in which order, with which engine; and the totals. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ConformanceEngine } from './engine.js';
import { type Expectations, readExpectations } from './expectations.js';
import { readScript } from './script.js';
import { loadFaultOf, type ScriptResult, ScriptRunner } from './script-runner.js';

export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly text: number;
  readonly unexecuted: number;
  readonly files: readonly ScriptResult[];
  readonly skippedFiles: readonly string[];
}

export interface SuiteOptions {
  readonly directory: string;
  /** Makes the engine of one script; without it the suite only loads. */
  readonly engine: (() => ConformanceEngine) | undefined;
  /** Only files whose name contains this. */
  readonly filter: string;
}

/** Why the suite cannot be run from this folder; undefined if it can. */
export function missingSuite(directory: string): string | undefined {
  const { folders } = readExpectations();
  const missing = folders.find((folder) => !existsSync(join(directory, folder)));
  return missing === undefined ? undefined : `there is no folder ${missing} in ${directory}`;
}

export function suiteFiles(directory: string, { folders, files }: Expectations): readonly string[] {
  const inFolders = folders.flatMap((folder) =>
    readdirSync(join(directory, folder))
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => `${folder}/${name}`),
  );
  return [...inFolders, ...files];
}

export function runSuite(options: SuiteOptions): SuiteResult {
  const expectations = readExpectations();
  const skips = new Map(expectations.skippedFiles.map(({ file, reason }) => [file, reason]));
  const results: ScriptResult[] = [];
  const skippedFiles: string[] = [];
  for (const file of suiteFiles(options.directory, expectations)) {
    if (!file.includes(options.filter)) continue;
    const reason = skips.get(file);
    const runner = new ScriptRunner(file, options.engine?.(), expectations);
    const commands = readScript(join(options.directory, file));
    if (reason === undefined) results.push(runner.run(commands));
    else {
      skippedFiles.push(file);
      results.push(skippedFile(file, reason, commands));
    }
  }
  const sum = (count: (result: ScriptResult) => number) => results.reduce((total, result) => total + count(result), 0);
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
    text: sum(({ text }) => text),
    unexecuted: sum(({ unexecuted }) => unexecuted),
    files: results,
    skippedFiles,
  };
}

/** A file may be skipped only for a feature that refuses one of its modules. */
function skippedFile(file: string, reason: string, commands: ReturnType<typeof readScript>): ScriptResult {
  const isRefused = commands.some(
    ({ bytes, module_type }) =>
      bytes !== undefined &&
      module_type !== 'text' &&
      loadFaultOf(new Uint8Array(Buffer.from(bytes, 'base64')))?.code === reason,
  );
  const text = commands.filter(({ module_type }) => module_type === 'text').length;
  return {
    file,
    passed: 0,
    failed: isRefused ? 0 : 1,
    skipped: commands.length - text,
    text,
    unexecuted: 0,
    passedByType: {},
    failures: isRefused
      ? []
      : [{ line: 0, command: 'skips.json', reason: `no module of the file is refused with ${reason}` }],
  };
}
