/**
 * `assay submit --billing`, killed again and again beside its workers, and resumed: in the end each input has one line
 * of results, and each of its receipts one line of the ledger.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { type Billing, openBilling } from '../../src/billing/billing.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import { onEachQueue } from './queues.js';

const INPUTS = 3_000;
const KILLS = 8;
/** Bytes of result lines that a run writes before it is killed. */
const KILL_BYTES = 20_000;
const PAID = 10n ** 15n;
const POST = 'vectors/guests/post/post.wasm';
const ENTRY = 'vectors/guests/entries/post-valid-plain.json';
const PRICES = 'vectors/billing/price-table.json';
/** Number of these kills that also kill a worker: its jobs are run again after their lease expires. */
const WORKER_KILLS = 2;
/** The value in `assay submit`. */
const LEASE_MS = 30_000;
const WORKER = fileURLToPath(new URL('./worker-child.js', import.meta.url));

/** Two workers of different kinds, each restarted when it is killed. */
class Workers {
  readonly #url: string;
  readonly #children: ChildProcess[] = [];
  killed = 0;
  #isEnded = false;

  constructor(url: string) {
    this.#url = url;
    for (const at of [0, 1]) this.#start(at);
  }

  #start(at: number): void {
    const args = [this.#url, at === 0 ? 'auto' : 'interpreter', String(at + 1), String(LEASE_MS)];
    const child = fork(WORKER, args, { stdio: 'ignore' });
    this.#children[at] = child;
    child.once('exit', () => {
      if (!this.#isEnded) this.#start(at);
    });
  }

  kill(): void {
    this.#children[this.killed % this.#children.length].kill('SIGKILL');
    this.killed += 1;
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    await Promise.all(
      this.#children.map(async (child) => {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await ended;
      }),
    );
  }
}

/** @returns the status, or undefined if it was killed after it had written more */
async function submitted(args: readonly string[], results: string, killAfter?: number): Promise<number | undefined> {
  const size = () => (existsSync(results) ? statSync(results).size : 0);
  const before = size();
  const child = spawn(process.execPath, ['dist/src/cli/main.js', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const watch = setInterval(() => {
    if (killAfter !== undefined && size() > before + killAfter) child.kill('SIGKILL');
  }, 2);
  const [status] = (await once(child, 'close')) as [number | null];
  clearInterval(watch);
  if (status !== null && status > 1) throw new Error(`it ended with status ${status}: ${errors}`);
  return status ?? undefined;
}

/** Receipts of the complete lines. */
function receiptsIn(results: string): string[] {
  const lines = readFileSync(results, 'utf8').split('\n').slice(1, -1);
  return lines.flatMap((line) => (JSON.parse(line) as { readonly receipts: readonly string[] }).receipts);
}

async function withLedger<T>(path: string, use: (billing: Billing) => Promise<T>): Promise<T> {
  const billing = await openBilling(await openSqlite(path));
  try {
    return await use(billing);
  } finally {
    await billing.ledger.database.close();
  }
}

async function subjectsIn(ledger: string): Promise<string[]> {
  return await withLedger(ledger, async (billing) => {
    const subjects: string[] = [];
    for await (const { subject } of billing.lines('acme')) subjects.push(toHex(subject));
    return subjects;
  });
}

onEachQueue('assay submit --billing', (kind) => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-fleet-bill-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it(`bills each of ${INPUTS} inputs once, killed up to ${KILLS} times and resumed`, async () => {
    const url = kind.place();
    const [ledger, results, batch] = ['ledger.db', 'results.jsonl', 'entries.jsonl'].map((name) => join(folder, name));
    const entry = JSON.parse(readFileSync(ENTRY, 'utf8')) as object;
    const lines = Array.from({ length: INPUTS }, (_, i) => JSON.stringify({ ...entry, title: `Post number ${i}` }));
    writeFileSync(batch, `${lines.join('\n')}\n`);
    await withLedger(ledger, async (billing) => {
      await billing.openTenant('acme');
      await billing.payIn('acme', PAID, 'deposit');
    });
    // An allowance for some jobs: the others wait for it.
    const billed = ['--billing', ledger, '--prices', PRICES, '--tenant', 'acme', '--allowance', '20000000000'];
    const args = ['submit', POST, '--queue', url, '--batch', batch, '--out', results, '--resume', '--fuel', '1000000'];
    const all = [...args, '--job-inputs', '16', ...billed];
    const workers = new Workers(url);
    let kills = 0;
    let unwritten = 0;
    try {
      while (kills < KILLS && (await submitted(all, results, KILL_BYTES)) === undefined) {
        kills += 1;
        if (workers.killed < WORKER_KILLS) workers.kill();
        unwritten += (await subjectsIn(ledger)).length - receiptsIn(results).length;
      }
      await submitted(all, results);
      const found = receiptsIn(results).sort();
      const paid = await subjectsIn(ledger);
      expect(found).to.have.length(INPUTS);
      expect(paid.sort()).to.deep.equal(found);
      expect(kills, 'kills').to.be.at.least(KILLS / 2);
      expect(workers.killed).to.equal(WORKER_KILLS);
      // Once more: nothing runs, nothing is billed.
      rmSync(results);
      await submitted(all, results);
      expect(receiptsIn(results).sort()).to.deep.equal(found);
      expect(await subjectsIn(ledger)).to.have.length(paid.length);
      console.log(`      ${kind.name}: killed ${kills} times, ${unwritten} lines were billed and not yet written`);
    } finally {
      await workers.end();
    }
  }).timeout(300_000);
});
