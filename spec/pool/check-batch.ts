/**
 * A batch of ops that is killed at random and resumed: each op ends up with one line, with the receipt of one thread,
 * in constant memory.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toHex } from '../../src/base/hash.js';
import { decodeBytes } from '../../src/boundary/codec-bytes.js';
import { createEngine } from '../../src/engine/engine.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import { createZomeHost } from '../../src/zome/create-zome-host.js';
import { op } from '../../src/zome/op.js';
import { toZomeJson } from '../../src/zome/zome-json.js';
import { type CheckOptions, type Finding, randomOf } from './check.js';
import { LINKS, OPS } from './pool-guests.js';

const INPUTS = 100_000;
const KILLS = 20;
const RESIDENT_KB_MAX = 300 * 1_024;
const MAIN = 'dist/src/cli/main.js';
const MODULE = 'vectors/guests/links/links.wasm';
/** Milliseconds after which a process that writes nothing is assumed to hang. */
const HANGS_MS = 120_000;

interface Expected {
  readonly line: string;
  readonly receipts: string;
}

async function expectedOf(): Promise<readonly Expected[]> {
  const made = await createZomeHost({ engine: createEngine(), zomes: [LINKS], generation: '0.6' });
  if (!made.ok) throw new Error(made.fault.code);
  const codec = op('0.6');
  return OPS.map((bytes) => {
    const decoded = decodeBytes(codec, bytes);
    if (!decoded.ok) throw new Error('a sample op is invalid');
    // A module on the command line is called alone.
    const receipts = made.host
      .validateOp(bytes, { zome: LINKS.name })
      .calls.map(({ receipt }) => toHex(receiptHash(receipt)));
    return { line: toZomeJson(codec, decoded.value), receipts: receipts.join() };
  });
}

/** The process's peak memory in kB; 0 if unknown. */
function peakKb({ pid }: ChildProcess): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    // The process has ended, or this system has no such file.
    return 0;
  }
}

interface BatchFiles {
  readonly inputs: string;
  readonly out: string;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Runs the batch until it is done, or until it has written and a while has passed. */
async function run(
  { inputs, out }: BatchFiles,
  killAfterMs: number | undefined,
): Promise<{ status: number | null; kb: number; err: string }> {
  const args = [
    'validate',
    MODULE,
    '--batch',
    inputs,
    '--out',
    out,
    '--resume',
    '--threads',
    '2',
    '--generation',
    '0.6',
    '--no-check',
  ];
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<number | null>((resolve) => void child.on('close', resolve));
  const before = sizeOf(out);
  const startMs = performance.now();
  let kb = 0;
  let wroteMs: number | undefined;
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!isOver) {
    await sleep(20);
    kb = Math.max(kb, peakKb(child));
    const now = performance.now();
    if (wroteMs === undefined && sizeOf(out) > before) wroteMs = now;
    if (killAfterMs !== undefined && wroteMs !== undefined && now - wroteMs >= killAfterMs) child.kill('SIGKILL');
    if (wroteMs === undefined && now - startMs > HANGS_MS) child.kill('SIGKILL');
  }
  return { status: await ended, kb, err };
}

export async function checkBatch({ seed, share, showProgress }: CheckOptions): Promise<readonly Finding[]> {
  const count = Math.round(INPUTS * share);
  const kills = Math.max(2, Math.round(KILLS * Math.min(1, share * 4)));
  const random = randomOf(seed);
  const expected = await expectedOf();
  const chosen = Array.from({ length: count }, () => random(expected.length));
  const folder = mkdtempSync(join(tmpdir(), 'assay-batch-check-'));
  try {
    const files = { inputs: join(folder, 'ops.jsonl'), out: join(folder, 'results.jsonl') };
    writeFileSync(files.inputs, chosen.map((i) => `${expected[i]!.line}\n`).join(''));
    let kb = 0;
    let killed = 0;
    for (let i = 0; i < kills; i++) {
      const ran = await run(files, random(800));
      kb = Math.max(kb, ran.kb);
      if (ran.status === null) killed += 1;
      showProgress(`killed ${killed} times, ${sizeOf(files.out)} bytes of results`);
    }
    const last = await run(files, undefined);
    kb = Math.max(kb, last.kb);
    return [...linesFindings(files.out, chosen, expected), ...runFindings(last, kills, killed, kb)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function linesFindings(out: string, chosen: readonly number[], expected: readonly Expected[]): readonly Finding[] {
  const lines = readFileSync(out, 'utf8').trimEnd().split('\n').slice(1);
  const times = new Uint8Array(chosen.length);
  let wrong = 0;
  for (const text of lines) {
    const { index, receipts } = JSON.parse(text) as { readonly index: number; readonly receipts: readonly string[] };
    times[index]! += 1;
    if (receipts.join() !== expected[chosen[index]!]!.receipts) wrong += 1;
  }
  const once = times.reduce((sum, n) => sum + (n === 1 ? 1 : 0), 0);
  return [
    {
      what: `each of ${chosen.length} ops has one line`,
      ok: once === chosen.length && lines.length === once,
      found: `${once} have one`,
    },
    { what: 'each has the receipts of a single thread', ok: wrong === 0, found: `${wrong} have others` },
  ];
}

function runFindings(
  last: { readonly status: number | null; readonly err: string },
  kills: number,
  killed: number,
  kb: number,
): readonly Finding[] {
  const memory = kb === 0 ? 'unknown on this system' : `${Math.round(kb / 1_024)} MB`;
  return [
    {
      what: 'the last run ends by itself',
      ok: last.status !== null && last.err === '',
      found: `status ${last.status} ${last.err}`,
    },
    { what: 'runs were killed', ok: killed >= kills / 2, found: `${killed} of ${kills}` },
    { what: 'memory of a process at most 300 MB', ok: kb <= RESIDENT_KB_MAX, found: memory },
  ];
}
