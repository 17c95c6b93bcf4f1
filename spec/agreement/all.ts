/**
 * `npm run agree:all`: the golden receipts and random runs in every available runtime. The runs are generated once,
 * with the results of this Node's interpreter; every row is a separate process that sends them to one node. Can be
 * stopped and restarted: rows that were completed by the same code on the same runs are kept.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { amount, flag, hidden, scriptLine, text, texts, whole } from '../script-options.js';
import { type Corpus, codeHash, corpusIn } from './corpus.js';
import { askRow, type Row } from './matrix-row.js';
import { rowText, tableText, writePage, wrongRows } from './matrix-table.js';
import { findRuntimes, type Runtime } from './runtimes.js';

const { options, refuse } = scriptLine({
  name: 'agree:all',
  about:
    'Golden receipts and random runs in every runtime that can be found or fetched. Stopped and started again it keeps the rows that are done. ' +
    'Exit status 1 if a row disagrees or breaks.',
  options: {
    runs: whole('calls for each row', 20_000, 1),
    seed: whole('of the runs', 1),
    only: texts('text', 'rows whose name contains it, in any case'),
    rows: whole('rows at a time', 2, 1),
    minutes: amount('after which a row stops with what it has reached', 40),
    folder: text(
      'dir',
      'for packages of npm, the runs, the rows that are done and matrix.md (default: a cache folder of the user)',
    ),
    replays: text('dir', 'where replay files of disagreements are written'),
    again: flag('runs completed rows again'),
    write: flag('puts the table into docs/AGREEMENT.md at the end'),
    // For a process that runs one row: its name, the runs, and the code that made them.
    row: hidden('name'),
    corpus: hidden('path'),
    code: hidden('hash'),
  },
});

const folder = resolve(
  options.folder ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'assay', 'agreement'),
);

const CLOSE_MILLISECONDS = 10_000;

/** Minutes after its own time limit at which a hanging row is ended. */
const MINUTES_OVER = 15;

/** Interval at which a row reports its progress. */
const TELL_MILLISECONDS = 15_000;

interface RowMessage {
  readonly calls?: number;
  readonly row?: Row;
}

/** The process of a row: writes its progress, and at the end the row, as lines of JSON. */
async function beRow(name: string, corpus: string): Promise<void> {
  const send = (message: RowMessage) =>
    new Promise((written) => process.stdout.write(`${JSON.stringify(message)}\n`, written));
  if (codeHash() !== options.code) throw new Error('the package was rebuilt in the meantime: start agree:all again');
  const runtime = findRuntimes(folder, 'installed', (one) => one === name).find((one) => one.name === name);
  if (runtime === undefined || 'skipped' in runtime) throw new Error(`there is no row '${name}'`);
  const node = runtime.node();
  let sentMilliseconds = performance.now();
  const onProgress = (calls: number) => {
    if (performance.now() - sentMilliseconds < TELL_MILLISECONDS) return;
    sentMilliseconds = performance.now();
    void send({ calls });
  };
  const replays = options.replays === undefined ? {} : { replayFolder: options.replays };
  const row = await askRow(name, node, { corpus, minutesMax: options.minutes, onProgress, ...replays });
  await send({ row });
  // A browser that hangs must not keep the row waiting.
  await Promise.race([node.close(), setTimeout(CLOSE_MILLISECONDS)]);
  process.exit(0);
}

/** Runs the row in a separate process; there is a row however the process ends. */
function startRow(name: string, code: string, corpus: Corpus): Promise<Row> {
  const args = ['--row', name, '--corpus', corpus.path, '--code', code, '--folder', folder];
  args.push('--minutes', String(options.minutes));
  if (options.replays !== undefined) args.push('--replays', options.replays);
  const begin = performance.now();
  const child = spawn(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const limit = globalThis.setTimeout(() => child.kill(), (options.minutes + MINUTES_OVER) * 60_000);
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

/** The message of the error that was thrown, or the last line. */
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
  // A browser may fail to start on a busy machine.
  if (row.result.startsWith('BROKEN')) row = await startRow(name, code, corpus);
  keep({ code, corpus: corpus.identity, row });
  return row;
}

async function beAll(): Promise<void> {
  process.on('SIGINT', stopRows).on('SIGTERM', stopRows);
  const begin = performance.now();
  const seconds = () => Math.round((performance.now() - begin) / 1000);
  const wanted = (options.only.length === 0 ? [''] : options.only).map((text) => text.toLowerCase());
  const runtimes = findRuntimes(folder, 'install', (name) => wanted.some((text) => name.toLowerCase().includes(text)));
  if (runtimes.length === 0) refuse(`no row has '${options.only.join("' or '")}' in its name`);
  console.log(`${runtimes.length} rows, ${options.rows} at a time; packages and results in ${folder}; ${seconds()} s`);
  const corpus = await corpusIn(folder, options.seed, options.runs);
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
  await Promise.all(Array.from({ length: options.rows }, worker));
  const rows = inOrder();
  if (options.write) writePage(rows);
  const wrong = wrongRows(rows).length;
  console.log(`${tableText(rows)}\n${rows.length} rows, ${wrong} of them disagree or broke, ${seconds()} s`);
  process.exitCode = wrong === 0 ? 0 : 1;
}

if (options.row !== undefined && options.corpus !== undefined) await beRow(options.row, options.corpus);
else await beAll();
