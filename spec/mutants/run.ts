/**
 * `npm run mutants -- [--only NAME]`: plants one fault after the other in a copy of the built code and runs a fast part of the
 * agreement suite on it, in a process of its own. A table and the score; exits with 1 if a mutant survives.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MUTANTS, type Mutant } from './mutants.js';

/** Directed specs first: they end soonest. */
const SPECS = [
  'mutants/calls-after-traps',
  'instrumented/instance',
  'instrumented/nan',
  'instrumented/fuel',
  'execution/fuel',
  'fuzz/fuzz',
].map((name) => `dist/spec/${name}.spec.js`);
const TIME_LIMIT_MS = 90_000;
const AT_ONCE = 2;

interface Verdict {
  readonly mutant: Mutant;
  readonly caught: boolean;
  readonly by: string;
  readonly seconds: number;
}

/** A folder like the project's, with a copy of the built code. */
function makeCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-mutants-'));
  cpSync('dist/src', join(folder, 'dist/src'), { recursive: true });
  cpSync('dist/spec', join(folder, 'dist/spec'), { recursive: true });
  for (const name of ['vectors', 'node_modules', 'package.json']) symlinkSync(resolve(name), join(folder, name));
  return folder;
}

/** The suite in a folder: the title of what failed first, or undefined if all passed. */
function runSuite(folder: string): Promise<string | undefined> {
  return new Promise((done, fail) => {
    const mocha = join('node_modules', 'mocha', 'bin', 'mocha.js');
    const args = [mocha, '--no-config', '--bail', '--timeout', '60000', '--reporter', 'json', ...SPECS];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), TIME_LIMIT_MS);
    child.on('error', fail);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (signal !== null) done('the time limit');
      else if (code === 0) done(undefined);
      else
        done(
          /"failures": \[\s*\{\s*"title": "[^\n]*",\s*"fullTitle": "([^\n]*)"/.exec(out)?.[1] ??
            'a suite that does not load',
        );
    });
  });
}

function plant(folder: string, { name, file, find, replace }: Mutant): () => void {
  const path = join(folder, 'dist/src', file);
  const text = readFileSync(path, 'utf8');
  const count = text.split(find).length - 1;
  if (count !== 1) throw new Error(`${name}: the pattern stands ${count} times in ${file}`);
  writeFileSync(path, text.split(find).join(replace));
  return () => writeFileSync(path, text);
}

async function work(queue: Mutant[], verdicts: Verdict[], folder: string): Promise<void> {
  for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
    const startedMs = performance.now();
    const restore = plant(folder, mutant);
    const by = await runSuite(folder);
    restore();
    const seconds = (performance.now() - startedMs) / 1000;
    verdicts.push({ mutant, caught: by !== undefined, by: by ?? '', seconds });
    const verdict = by === undefined ? 'SURVIVED' : 'caught  ';
    process.stdout.write(`${verdict} ${mutant.name.padEnd(42)} ${seconds.toFixed(1).padStart(5)} s  ${by ?? ''}\n`);
  }
}

const { values } = parseArgs({ options: { only: { type: 'string' }, check: { type: 'boolean' } } });
const chosen = MUTANTS.filter(({ name }) => values.only === undefined || name === values.only);
if (chosen.length === 0) throw new Error(`no mutant is named ${values.only}`);
const folders = Array.from({ length: Math.min(AT_ONCE, chosen.length) }, makeCopy);
try {
  // All patterns are checked before the first suite runs.
  for (const mutant of chosen) plant(folders[0]!, mutant)();
  if (values.check !== true) {
    const unchanged = await runSuite(folders[0]!);
    if (unchanged !== undefined) throw new Error(`without a fault the suite fails at: ${unchanged}`);
    const queue = [...chosen];
    const verdicts: Verdict[] = [];
    await Promise.all(folders.map((folder) => work(queue, verdicts, folder)));
    const caught = verdicts.filter((verdict) => verdict.caught).length;
    process.stdout.write(`${caught} of ${verdicts.length} mutants caught\n`);
    if (caught < verdicts.length) process.exitCode = 1;
  }
} finally {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
