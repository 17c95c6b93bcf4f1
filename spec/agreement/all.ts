/**
 * `npm run agree:all`: the golden receipts and random runs in every runtime that can be had. The runs are generated once,
 * with what the interpreter of this Node answers; every row is a process of its own that asks one node for them.
 * Can be stopped and started again: rows that were done by the same code on the same runs are kept.
 *
 *     --runs N      calls for each row (default 20000)
 *     --seed N      default 1
 *     --only TEXT   rows whose name has it, in any case; can be repeated
 *     --rows N      rows at a time (default 2)
 *     --minutes N   after which a row stops with what it has (default 40)
 *     --folder DIR  for packages of npm, the runs, the rows that are done and matrix.md (default: a cache folder of the user)
 *     --again       asks rows anew that are done
 *     --replays DIR where replay files of disagreements are written
 *     --write       puts the table into docs/AGREEMENT.md at the end
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { scriptOptions } from '../script-options.js';
import { type Corpus, codeHash, corpusIn } from './corpus.js';
import { askRow, type Row } from './matrix-row.js';
import { rowText, tableText, writePage, wrongRows } from './matrix-table.js';
import { findRuntimes, type Runtime } from './runtimes.js';

const USAGE = `npm run agree:all -- [options]

Runs the golden receipts and random calls in every runtime that is available, a row each.

  --runs N        random calls for each row (default 20000)
  --seed N        seed of the calls (default 1)
  --only TEXT     rows whose name contains it, in any case; can be repeated
  --rows N        rows at a time (default 2)
  --minutes N     stops a row after this time with what it has (default 40)
  --folder DIR    for npm packages, calls and finished rows (default: a cache folder of the user)
  --again         runs finished rows again
  --replays DIR   folder for replay files of disagreements
  --write         writes the table into docs/AGREEMENT.md

Can be stopped and started again. Exit status 0; 1 if a row disagrees or breaks; 2 for wrong usage.`;

const { values: options } = scriptOptions(USAGE, {
  options: {
    runs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true, default: [''] },
    rows: { type: 'string', default: '2' },
    minutes: { type: 'string', default: '40' },
    folder: { type: 'string' },
    replays: { type: 'string' },
    again: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    /** Of a process that is one row: its name, the runs, and the code that made them. */
    row: { type: 'string' },
    corpus: { type: 'string' },
    code: { type: 'string' },
  },
});

const folder = resolve(
  options.folder ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'assay', 'agreement'),
);

const CLOSE_MILLISECONDS = 10_000;

/** Minutes after its own end at which a row that does not end is ended. */
const MINUTES_OVER = 15;

/** How often a row tells how far it is. */
const TELL_MILLISECONDS = 15_000;

interface RowMessage {
  readonly calls?: number;
  readonly row?: Row;
}

/** The process of a row: tells how far it is, and at the end the row, in lines of JSON. */
async function beRow(name: string, corpus: string): Promise<void> {
  const tell = (message: RowMessage) =>
    new Promise((written) => process.stdout.write(`${JSON.stringify(message)}\n`, written));
  if (codeHash() !== options.code) throw new Error('the package was built anew meanwhile: start agree:all again');
  const runtime = findRuntimes(folder, 'installed', (one) => one === name).find((one) => one.name === name);
  if (runtime === undefined || 'skipped' in runtime) throw new Error(`there is no row '${name}'`);
  const node = runtime.node();
  let toldMilliseconds = performance.now();
  const onProgress = (calls: number) => {
    if (performance.now() - toldMilliseconds < TELL_MILLISECONDS) return;
    toldMilliseconds = performance.now();
    void tell({ calls });
  };
  const replays = options.replays === undefined ? {} : { replayFolder: options.replays };
  const row = await askRow(name, node, { corpus, minutesMax: Number(options.minutes), onProgress, ...replays });
  await tell({ row });
  // A browser that does not end keeps nobody waiting.
  await Promise.race([node.close(), setTimeout(CLOSE_MILLISECONDS)]);
  process.exit(0);
}

/** Asks the row in a process of its own; however that ends, there is a row. */
function startRow(name: string, code: string, corpus: Corpus): Promise<Row> {
  const args = ['--row', name, '--corpus', corpus.path, '--code', code, '--folder', folder];
  args.push('--minutes', options.minutes);
  if (options.replays !== undefined) args.push('--replays', options.replays);
  const begin = performance.now();
  const child = spawn(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const limit = globalThis.setTimeout(() => child.kill(), (Number(options.minutes) + MINUTES_OVER) * 60_000);
  let row: Row | undefined;
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2_000);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = JSON.parse(line) as RowMessage;
    row ??= message.row;
    if (message.calls !== undefined) console.log(`  ${name}: ${message.calls} of ${options.runs}`);
  });
  return new Promise((done) => {
    child.on('close', (status, signal) => {
      running.delete(child);
      clearTimeout(limit);
      const seconds = Math.round((performance.now() - begin) / 1000);
      const result = `BROKEN: its process ended with ${signal ?? `status ${status}`}: ${reasonOf(complaint)}`;
      done(row ?? { name, runtime: '', golden: '', calls: 0, seconds, result });
    });
  });
}

/** The message of what was thrown, or the last line. */
function reasonOf(complaint: string): string {
  const lines = complaint.trim().split('\n');
  return lines.find((line) => /^\w*Error: /.test(line)) ?? lines.at(-1) ?? '';
}

const running = new Set<ReturnType<typeof spawn>>();

function stopRows(): void {
  for (const child of running) child.kill();
  process.exit(130);
}

interface KeptRow {
  readonly code: string;
  readonly corpus: string;
  readonly row: Row;
}

function keptPath(name: string): string {
  return join(folder, 'rows', `${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.json`);
}

function keptRow(name: string, code: string, corpus: Corpus): Row | undefined {
  const path = keptPath(name);
  if (options.again || !existsSync(path)) return undefined;
  const kept = JSON.parse(readFileSync(path, 'utf8')) as KeptRow;
  return kept.code === code && kept.corpus === corpus.identity && kept.row.result === 'agrees' ? kept.row : undefined;
}

function keep(kept: KeptRow): void {
  mkdirSync(join(folder, 'rows'), { recursive: true });
  const path = keptPath(kept.row.name);
  writeFileSync(`${path}.part`, JSON.stringify(kept));
  renameSync(`${path}.part`, path);
}

async function rowOf(runtime: Runtime, code: string, corpus: Corpus): Promise<Row> {
  const { name } = runtime;
  if ('skipped' in runtime) {
    return { name, runtime: '', golden: '', calls: 0, seconds: 0, result: `skipped: ${runtime.skipped}` };
  }
  const kept = keptRow(name, code, corpus);
  if (kept !== undefined) return kept;
  let row = await startRow(name, code, corpus);
  // A browser may fail to start on a machine that is busy.
  if (row.result.startsWith('BROKEN')) row = await startRow(name, code, corpus);
  keep({ code, corpus: corpus.identity, row });
  return row;
}

async function beAll(): Promise<void> {
  process.on('SIGINT', stopRows).on('SIGTERM', stopRows);
  const begin = performance.now();
  const seconds = () => Math.round((performance.now() - begin) / 1000);
  const wanted = options.only.map((text) => text.toLowerCase());
  const runtimes = findRuntimes(folder, 'install', (name) => wanted.some((text) => name.toLowerCase().includes(text)));
  console.log(`${runtimes.length} rows, ${options.rows} at a time; packages and results in ${folder}; ${seconds()} s`);
  const corpus = await corpusIn(folder, Number(options.seed), Number(options.runs));
  console.log(`runs ${corpus.isNew ? 'made' : 'kept'}: ${corpus.path}, ${corpus.identity}; ${seconds()} s`);
  const code = codeHash();
  const done = new Map<string, Row>();
  const inOrder = () => runtimes.flatMap(({ name }) => done.get(name) ?? []);
  const waiting = [...runtimes];
  const worker = async () => {
    for (let runtime = waiting.shift(); runtime !== undefined; runtime = waiting.shift()) {
      const row = await rowOf(runtime, code, corpus);
      done.set(row.name, row);
      console.log(rowText(row));
      if (row.result.includes('\n')) console.log(row.result);
      writeFileSync(join(folder, 'matrix.md'), `${tableText(inOrder())}\n`);
    }
  };
  await Promise.all(Array.from({ length: Number(options.rows) }, worker));
  const rows = inOrder();
  if (options.write) writePage(rows);
  const wrong = wrongRows(rows).length;
  console.log(`${tableText(rows)}\n${rows.length} rows, ${wrong} of them disagree or broke, ${seconds()} s`);
  process.exitCode = wrong === 0 ? 0 : 1;
}

if (options.row !== undefined && options.corpus !== undefined) await beRow(options.row, options.corpus);
else await beAll();
