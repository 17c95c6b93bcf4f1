/**
 * `assay validate --batch --billing`, killed again and again, and resumed: in the end each input has one line in the
 * results and one in the ledger.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '../../src/base/hash.js';
import { openBilling } from '../../src/billing/billing.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';

const POST = 'vectors/guests/post/post.wasm';
const ENTRY = 'vectors/guests/entries/post-valid-plain.json';
const PRICES = 'vectors/billing/price-table.json';
const PAID = 10n ** 15n;

export interface ResumedFound {
  readonly kills: number;
  readonly inputs: number;
  /** Inputs that were billed but had no result yet when their process was killed. */
  readonly again: number;
}

/** @throws Error if an input is billed twice or not at all */
export async function resumeBatch({
  inputs,
  kills,
}: {
  readonly inputs: number;
  readonly kills: number;
}): Promise<ResumedFound> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-resume-'));
  const ledger = join(folder, 'ledger.db');
  const results = join(folder, 'results.jsonl');
  try {
    const entry = JSON.parse(readFileSync(ENTRY, 'utf8')) as object;
    const lines = Array.from({ length: inputs }, (_, i) => JSON.stringify({ ...entry, title: `Post number ${i}` }));
    writeFileSync(join(folder, 'entries.jsonl'), `${lines.join('\n')}\n`);
    const opened = await openBilling(await openSqlite(ledger));
    await opened.openTenant('acme');
    await opened.payIn('acme', PAID, 'deposit');
    await opened.ledger.database.close();
    const args = ['validate', POST, '--batch', join(folder, 'entries.jsonl'), '--out', results, '--threads', '1'];
    const billed = ['--fuel', '1000000', '--billing', ledger, '--prices', PRICES, '--tenant', 'acme'];
    const all = [...args, ...billed, '--allowance', '100000000000', '--resume'];
    let killed = 0;
    let again = 0;
    while (killed < kills && (await killedOnce(all, results))) {
      killed += 1;
      again += (await subjectsIn(ledger)).length - receiptsIn(results).length;
    }
    const { status, errors } = await run(all);
    // 1: an entry is Invalid.
    if (status !== 0 && status !== 1) throw new Error(`resumed, it ended with status ${status}: ${errors}`);
    const [found, paid] = [receiptsIn(results).sort(), (await subjectsIn(ledger)).sort()];
    if (found.length !== inputs) throw new Error(`${found.length} results of ${inputs} inputs`);
    if (found.join() !== paid.join()) throw new Error(`${paid.length} lines of the ledger for ${found.length} results`);
    return { kills: killed, inputs, again };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Kills a batch some time after it has written more. @returns false if it ended before */
async function killedOnce(args: readonly string[], results: string): Promise<boolean> {
  const size = () => (existsSync(results) ? statSync(results).size : 0);
  const before = size();
  const child = spawn(process.execPath, ['dist/src/cli/main.js', ...args], { stdio: 'ignore' });
  const watch = setInterval(() => {
    if (size() > before + 1_000) child.kill('SIGKILL');
  }, 5);
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  clearInterval(watch);
  return signal === 'SIGKILL';
}

async function run(args: readonly string[]): Promise<{ readonly status: number | null; readonly errors: string }> {
  const child = spawn(process.execPath, ['dist/src/cli/main.js', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, errors };
}

/** Receipts of the complete lines. */
function receiptsIn(results: string): string[] {
  const lines = readFileSync(results, 'utf8').split('\n').slice(1, -1);
  return lines.flatMap((line) => (JSON.parse(line) as { readonly receipts: readonly string[] }).receipts);
}

async function subjectsIn(ledger: string): Promise<string[]> {
  const billing = await openBilling(await openSqlite(ledger));
  const subjects: string[] = [];
  for await (const { subject } of billing.lines('acme')) subjects.push(toHex(subject));
  await billing.ledger.database.close();
  return subjects;
}
