/**
 * `npm run billing`: the promises of billing at large scale; the specs test them at small scale. Each check prints its
 * figures; the last line counts them.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { median } from '../../bench/time.js';
import { hash, toHex, utf8 } from '../../src/base/hash.js';
import { audit, auditSeed, drawLines, drawsFor } from '../../src/billing/audit.js';
import { openBilling } from '../../src/billing/billing.js';
import { estimateFuel, type UsageSample } from '../../src/billing/estimate.js';
import { UsageSampler } from '../../src/billing/estimate-input.js';
import type { Evidence } from '../../src/billing/evidence.js';
import { unytLines } from '../../src/billing/export-events.js';
import { focusCsv } from '../../src/billing/export-focus.js';
import type { Invoice } from '../../src/billing/invoice.js';
import { price, taxOn } from '../../src/billing/price.js';
import { type PriceTable, priceTableJson } from '../../src/billing/price-table.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import type { Receipt } from '../../src/engine/receipt/receipt.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import { flag, scriptLine, text, whole } from '../script-options.js';
import { EvidenceMap, invoiceOfLines, spendReceipts } from './audited-house.js';
import { checkHistories, type HistoriesFound } from './check-histories.js';
import { makeInvoice } from './check-invoice.js';
import { type DatabaseKind, postgres, sqlite } from './databases.js';
import { fullPostgres, fullSqlite, readOnlySqlite, whyNoDisk } from './full-disk.js';
import { hledgerProgram, NO_HLEDGER } from './hledger.js';
import { runsOf, type ZomeRun, zomesWithOps } from './house-of-zomes.js';
import { killSettlements } from './killed-settlements.js';
import { resumeBatch } from './resumed-batch.js';
import { prepareReceipts, receiptOf, TABLE, tier } from './sample-billing.js';

interface Check {
  readonly about: string;
  /** The findings, for people. @throws Error if a promise is broken */
  run(): Promise<readonly string[]>;
}

const { options, refuse } = scriptLine({
  name: 'billing',
  about:
    'Checks billing in great numbers: a million validations, audits of real zomes, estimates. Exit status 1 if a promise is broken.',
  options: {
    only: text(
      'name',
      'one check: histories, kills, resumed, disks, million, invoice, audit, estimates, focus or unyt',
    ),
    histories: whole('random histories on each database, against a model and hledger', 100_000, 1),
    kills: whole('processes that are killed while they settle, on each database', 200, 1),
    database: text('name', 'histories and kills on one database only: SQLite or PostgreSQL'),
    seed: whole('of the ops and of the lines that are inflated', 20_261_122),
    lines: whole('validations that are billed', 1_000_000, 1_000),
    seeds: whole('audits of the host that inflates lines, of which each is found with 99.9 %', 10_000, 1),
    strict: flag('a time that is missed is a failure; without it, it is only reported'),
    rhai: text('program', "Rhai's rhai-run; without it the agreement script is not run"),
    focusValidator: text('program', "FinOps' focus-validator; without it the export is not checked"),
  },
});

function mustBe(holds: boolean, promise: string): void {
  if (!holds) throw new Error(promise);
}

/** A promise of speed, which depends on the machine and its load. */
function shouldBe(holds: boolean, promise: string): string[] {
  if (options.strict) mustBe(holds, promise);
  return holds ? [] : [`MISSED: ${promise}`];
}

const BATCH = 1_000;
const VALIDATION_US_MAX = 3;
const SETTLED_MIN = 10_000;

/** Many validations through a lease, each settled; the ledger is compared with a recount from the receipts. */
async function million(): Promise<readonly string[]> {
  await prepareReceipts();
  const folder = mkdtempSync(join(tmpdir(), 'assay-billing-'));
  try {
    const billing = await openBilling(await openSqlite(join(folder, 'ledger.db')));
    await billing.openTenant('busy');
    await billing.payIn('busy', 10n ** 17n, 'deposit');
    const opened = await billing.lease('busy', { id: 'l', table: TABLE, amount: 10n ** 16n });
    if (!opened.ok) throw new Error(opened.refusal.code);
    const { lease } = opened;
    let [net, volume, fuel] = [0n, 0n, 0n];
    let [metering, settling] = [0, 0];
    for (let at = 0; at < options.lines; at += BATCH) {
      const receipts = Array.from({ length: BATCH }, (_, i) => receiptOf(at + i));
      const requests = receipts.map((_, i) => hash(utf8(`request ${at + i}`)));
      const began = performance.now();
      for (let i = 0; i < BATCH; i += 1) {
        const receipt = receipts[i]!;
        const call = lease.begin(receipt.fuel.limit);
        if (!call.ok) throw new Error(call.refusal.code);
        call.finish(receipt, requests[i]!);
      }
      const met = performance.now();
      await lease.settle();
      metering += met - began;
      settling += performance.now() - met;
      // A recount from the receipts, one after the other.
      for (const receipt of receipts) {
        const priced = price({ kind: 'call', receipt }, TABLE, volume);
        volume += priced.fuel;
        net += priced.amount;
        fuel += BigInt(receipt.fuel.used);
      }
    }
    await lease.close();
    const { balance } = await billing.balance('busy');
    const paid = 10n ** 17n - balance;
    await billing.ledger.database.close();
    const us = (metering * 1_000) / options.lines;
    const each = Math.round((options.lines * 1_000) / settling);
    mustBe(
      paid === net + taxOn(net, TABLE),
      `the ledger took ${paid}, the receipts come to ${net + taxOn(net, TABLE)}`,
    );
    mustBe(volume === fuel, `${volume} units of fuel were priced, the receipts have ${fuel}`);
    const missed = [
      ...shouldBe(
        us <= VALIDATION_US_MAX,
        `billing takes ${us.toFixed(2)} us a validation, at most ${VALIDATION_US_MAX}`,
      ),
      ...shouldBe(each >= SETTLED_MIN, `${each} lines are settled a second, at least ${SETTLED_MIN}`),
    ];
    return [
      ...missed,
      `${options.lines} validations: ${us.toFixed(2)} us each, ${each} lines settled a second`,
      `${paid} units paid, as the receipts say to the unit`,
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const INVOICE_LINES = 100_000;
const INVOICE_S_MAX = 10;
const INVOICE_MB_MAX = 300;

async function invoice(): Promise<readonly string[]> {
  const { lines, seconds, cpuSeconds, peakMegabytes, characters } = await makeInvoice(INVOICE_LINES);
  mustBe(lines === INVOICE_LINES, `the invoice has ${lines} lines`);
  mustBe(cpuSeconds <= INVOICE_S_MAX, `it takes ${cpuSeconds.toFixed(1)} s of a processor, at most ${INVOICE_S_MAX}`);
  mustBe(peakMegabytes <= INVOICE_MB_MAX, `it takes ${peakMegabytes.toFixed(0)} MB, at most ${INVOICE_MB_MAX}`);
  return [
    ...shouldBe(seconds <= INVOICE_S_MAX, `an invoice takes ${seconds.toFixed(2)} s, at most ${INVOICE_S_MAX}`),
    `${lines} lines, ${(characters / 1_000_000).toFixed(0)} MB: ${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)} s of a processor), ${peakMegabytes.toFixed(0)} MB of memory`,
  ];
}

const AUDITED_LINES = 5_000;
/** Enough to find one false line in a hundred with 99 %. */
const TIMED_DRAWS = drawsFor(10_000n, 10_000n);
/** The default number of draws of an audit. */
const DRAWS = drawsFor(10_000n, 1_000n);
const AUDIT_S_MAX = 5;
/** One in this many lines is inflated. */
const INFLATED_EACH = 100;
const FOUND_MIN = 0.99;

function sourceOf(runs: readonly Evidence[], modules: readonly Uint8Array[]): EvidenceMap {
  const source = new EvidenceMap();
  for (const run of runs) source.put(run);
  for (const module of modules) source.putModule(module);
  return source;
}

async function invoiceOf(receipts: readonly Receipt[]): Promise<Invoice> {
  return (await invoiceOfLines((lease) => spendReceipts(lease, receipts, (_, i) => hash(utf8(`request ${i}`)))))
    .invoice;
}

function inflated(run: Evidence): Evidence {
  const { fuel } = run.receipt;
  const parts = { ...fuel.parts, guest: fuel.parts.guest + 1 };
  return { ...run, receipt: { ...run.receipt, fuel: { ...fuel, used: fuel.used + 1, parts } } };
}

async function audits(): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const subject of await zomesWithOps()) {
    const modules = subject.zomes.map(({ wasm }) => wasm);
    const runs = (await runsOf(subject, { count: AUDITED_LINES, seed: options.seed })).slice(0, AUDITED_LINES);
    const honest = runs.map(({ evidence }) => evidence);
    const source = sourceOf(honest, modules);
    const invoice = await invoiceOf(honest.map(({ receipt }) => receipt));
    const began = performance.now();
    const report = await audit(invoice, source, { seed: 'block 1', sample: TIMED_DRAWS });
    const seconds = (performance.now() - began) / 1_000;
    mustBe(report.counts.confirmed === TIMED_DRAWS, `${subject.name}: ${JSON.stringify(report.counts)}`);
    lines.push(...shouldBe(seconds <= AUDIT_S_MAX, `${subject.name}: an audit takes ${seconds.toFixed(2)} s`));
    const forged = honest.map((run, i) => (i % INFLATED_EACH === options.seed % INFLATED_EACH ? inflated(run) : run));
    const false_ = await invoiceOf(forged.map(({ receipt }) => receipt));
    const both = sourceOf([...honest, ...forged], modules);
    const found = await foundIn(false_, both);
    mustBe(found >= FOUND_MIN * options.seeds - 1e-9, `${subject.name}: found in ${found} of ${options.seeds} audits`);
    const distinct = new Set(honest.map(({ receipt }) => toHex(receiptHash(receipt)))).size;
    lines.push(
      `${subject.name}: ${honest.length} lines (${distinct} receipts), ${TIMED_DRAWS} audited in ${seconds.toFixed(2)} s; ` +
        `1 % inflated by a unit: found in ${found} of ${options.seeds} audits of ${DRAWS} lines`,
    );
  }
  mustBe(lines.length > 0, 'there are no zomes at ../shared/zomes (ASSAY_ZOMES names a folder)');
  return lines;
}

/** Number of complete audits; the others use the verdicts of one audit of all lines. */
const WHOLE_AUDITS = 2;

/**
 * Counts the audits in which a false line is found. The verdict on a line does not depend on the other draws, so every
 * line is run once and each seed draws from the verdicts; for the first seeds this is compared with a real audit.
 */
async function foundIn(invoice: Invoice, source: EvidenceMap): Promise<number> {
  const all = await audit(invoice, source, { seed: 'all', sample: 'all' });
  const verdicts = new Map(all.results.map(({ line, verdict }) => [line, verdict]));
  mustBe(verdicts.size === invoice.statement.lines.length, 'every line is run');
  let found = 0;
  for (let number = 0; number < options.seeds; number += 1) {
    const seed = `block ${options.seed} ${number}`;
    const drawn = drawLines(verdicts.size, DRAWS, auditSeed(invoice.hash, seed));
    const made = drawn.map((line) => verdicts.get(line));
    found += made.includes('refuted') ? 1 : 0;
    if (number >= WHOLE_AUDITS) continue;
    const { results } = await audit(invoice, source, { seed });
    mustBe(
      results.every(({ verdict }, i) => verdict === made[i]) && results.length === made.length,
      `audit of ${seed}`,
    );
  }
  return found;
}

const TRAINING = 2_000;
const HELD_OUT = 1_000;
/** Minimum of held-out calls of a size; fewer have no percentile. */
const SAMPLES_MIN = 50;
const RATIO = [0.9, 1.25] as const;

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1]!;
}

function samplesOf(runs: readonly ZomeRun[]): readonly UsageSample[] {
  const sampler = new UsageSampler();
  return runs.map(({ evidence }) => sampler.sample(evidence));
}

function groupedByKind(samples: readonly UsageSample[]): ReadonlyMap<string, readonly UsageSample[]> {
  const groups = new Map<string, UsageSample[]>();
  for (const sample of samples) {
    const kind = sample.kind ?? 'no op';
    groups.set(kind, [...(groups.get(kind) ?? []), sample]);
  }
  return groups;
}

/**
 * Compares predicted 95th percentiles with usage: per kind of op with the measured percentile; call by call, by the
 * 95th percentile of all ratios of predicted to used fuel.
 */
async function estimates(): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const subject of await zomesWithOps()) {
    const past = samplesOf(await runsOf(subject, { count: TRAINING, seed: options.seed, changesMax: 1 }));
    const next = samplesOf(await runsOf(subject, { count: HELD_OUT, seed: options.seed + 1, changesMax: 1 }));
    for (const [kind, used] of [...groupedByKind(next)].sort(([one], [two]) => (one < two ? -1 : 1))) {
      if (used.length < SAMPLES_MIN) continue;
      const comes = percentile(
        used.map(({ fuel }) => fuel),
        0.95,
      );
      const ratio = median(used.map((one) => estimateFuel(past, one).p95)) / comes;
      lines.push(
        `${subject.name}, ${kind}, ${used.length} calls: p95 predicted over the one that came ${ratio.toFixed(3)}`,
      );
      mustBe(ratio >= RATIO[0] && ratio <= RATIO[1], lines.at(-1)!);
    }
    const each = (of: 'median' | 'p95') => next.map((one) => estimateFuel(past, one)[of] / one.fuel);
    const line = (of: 'median' | 'p95') =>
      [0.05, 0.5, 0.95].map((share) => percentile(each(of), share).toFixed(2)).join(', ');
    lines.push(
      `${subject.name}, call by call, predicted over used at p5, p50, p95: p95 ${line('p95')}; median ${line('median')}`,
    );
    for (const of of ['median', 'p95'] as const) {
      const spread = percentile(each(of), 0.95);
      mustBe(spread >= RATIO[0] && spread <= RATIO[1], lines.at(-1)!);
    }
  }
  mustBe(lines.length > 0, 'there are no zomes at ../shared/zomes (ASSAY_ZOMES names a folder)');
  return lines;
}

/** Version 1.0.0 reads its table of currencies by a path relative to its installation folder. */
function placeOfPackage(program: string): string {
  const code = 'import focus_validator, os; print(os.path.dirname(os.path.dirname(focus_validator.__file__)))';
  return execFileSync(join(dirname(program), 'python'), ['-c', code], { encoding: 'utf8' }).trim();
}

async function focus(): Promise<readonly string[]> {
  const program = options.focusValidator;
  if (program === undefined) return ['not run: --focus-validator names no program'];
  await prepareReceipts();
  const invoice = await invoiceOf(Array.from({ length: 50 }, (_, i) => receiptOf(i * 100)));
  const folder = mkdtempSync(join(tmpdir(), 'assay-focus-'));
  try {
    const file = join(folder, 'focus.csv');
    writeFileSync(file, focusCsv(invoice.statement));
    const args = ['--data-file', file, '--validate-version', '1.0'];
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', cwd: placeOfPackage(program) });
    mustBe(status === 0, `${program} ended with status ${status}: ${stdout.slice(-500)}${stderr.slice(-500)}`);
    mustBe(!/\bfailed\b/i.test(stdout), stdout.slice(-2_000));
    return [`focus-validator accepts ${focusCsv(invoice.statement).split('\n').length - 2} rows`];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Processes that are killed while they settle, on each database. */
async function kills(): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const kind of kindsToRun()) {
    await kind.start();
    try {
      const { kills: count, acknowledged, unheard } = await killSettlements(kind, options.kills);
      lines.push(
        `${kind.name}: ${count} processes killed, ${acknowledged} batches acknowledged and kept, ${unheard} kept unheard; nothing twice`,
      );
    } finally {
      await kind.stop();
    }
  }
  return lines;
}

const RESUMED_INPUTS = 20_000;
const RESUMED_KILLS = 20;

async function resumed(): Promise<readonly string[]> {
  const share = Math.min(options.kills / 200, 1);
  const found = await resumeBatch({
    inputs: Math.ceil(RESUMED_INPUTS * share),
    kills: Math.ceil(RESUMED_KILLS * share),
  });
  return [
    `a batch of ${found.inputs} inputs, killed ${found.kills} times: each billed once, ${found.again} of them run twice`,
  ];
}

async function disks(): Promise<readonly string[]> {
  const reason = whyNoDisk();
  if (reason !== undefined) return [`not run: ${reason}`];
  await prepareReceipts();
  return [
    `SQLite, full: ${await fullSqlite()}`,
    `SQLite, read-only: ${await readOnlySqlite()}`,
    `PostgreSQL, full: ${await fullPostgres()}`,
  ];
}

function kindsToRun({ isInMemory = false } = {}): readonly DatabaseKind[] {
  const { database } = options;
  const kinds = [sqlite(), postgres({ isInMemory })].filter(({ name }) => database === undefined || name === database);
  mustBe(kinds.length > 0, `there is no database ${database}; there are SQLite and PostgreSQL`);
  for (const { missing } of kinds) mustBe(missing === undefined, missing ?? '');
  return kinds;
}

const REPORT_EACH = 10_000;

/** Histories against a model, on each database. */
async function histories(): Promise<readonly string[]> {
  const hledger = hledgerProgram();
  mustBe(hledger !== undefined, NO_HLEDGER);
  const lines: string[] = [];
  for (const kind of kindsToRun({ isInMemory: true })) {
    await kind.start();
    try {
      const began = performance.now();
      const lineOf = (found: HistoriesFound) => {
        const ms = (performance.now() - began) / found.histories;
        return (
          `${kind.name}: ${found.histories} histories in ${ms.toFixed(1)} ms each: ${found.steps} steps, ${found.lines} lines, ` +
          `${found.refused} refusals, ${found.crashes} crashes, ${found.lostReplies} lost replies; hledger accepted ` +
          `${found.accepted} journals and refused ${found.refusedJournals} with a unit too much`
        );
      };
      const progress = (found: HistoriesFound) => {
        if (found.histories % REPORT_EACH === 0) console.log(`  ${lineOf(found)}`);
      };
      const found = await checkHistories(kind, { count: options.histories, seed: options.seed, hledger, progress });
      // An event that never happened was not checked.
      for (const name of ['lines', 'refused', 'crashes', 'lostReplies'] as const)
        mustBe(found[name] * 10 > found.histories, `${kind.name}: only ${found[name]} ${name}`);
      lines.push(lineOf(found));
    } finally {
      await kind.stop();
    }
  }
  return lines;
}

/**
 * Unyt's agreement scripts are Rhai: ours, run by Rhai's own program, prices the exported lines, and fails for a
 * changed price.
 */
async function unyt(): Promise<readonly string[]> {
  const program = options.rhai;
  if (program === undefined) return ['not run: --rhai names no program'];
  await prepareReceipts();
  const tables = [
    TABLE,
    { ...TABLE, freeFuel: 5_000n, tiers: [tier(0n, 20n, 33n, 50n, 40n, 10n), tier(40_000n, 7n, 9n)] },
  ];
  const script = readFileSync('vectors/billing/unyt-agreement.rhai', 'utf8');
  const folder = mkdtempSync(join(tmpdir(), 'assay-unyt-'));
  const ended = (proof: readonly string[], table: PriceTable): string => {
    const file = join(folder, 'agreement.rhai');
    const json = (value: unknown) => `parse_json(${JSON.stringify(JSON.stringify(value))})`;
    const parsed = proof.map((line) => json(JSON.parse(line)));
    const given = `const GIVEN = 0; let inputs = #{ work_proof: [${parsed.join(', ')}], price_table: ${json(priceTableJson(table))}, receiver: "host", sources: [] };`;
    writeFileSync(file, `${given}\n${script.replace('return #{', 'print(#{').replace(/\};\s*$/, '});')}`);
    const { stdout, stderr } = spawnSync(program, [file], { encoding: 'utf8' });
    return stdout + stderr;
  };
  try {
    let lines = 0;
    for (const table of tables) {
      const receipts = Array.from({ length: 40 }, (_, i) => receiptOf(i * 137));
      const { invoice } = await invoiceOfLines(
        (lease) => spendReceipts(lease, receipts, (_, i) => hash(utf8(`request ${i}`))),
        table,
      );
      const proof = [...unytLines(invoice.statement)];
      const said = ended(proof, table);
      mustBe(
        said.includes(`"net": "${invoice.statement.net}"`),
        `the agreement says ${said}, not ${invoice.statement.net}`,
      );
      const [first, ...rest] = proof;
      const changed = first!.replace(/"p":"(\d+)"/, (_, units: string) => `"p":"${BigInt(units) + 1n}"`);
      mustBe(ended([changed, ...rest], table).includes('its fuel comes to'), 'one unit too much is not refused');
      mustBe(ended([...proof, proof[3]!], table).includes('comes twice'), 'a repeated line is not refused');
      lines += proof.length;
    }
    return [`the agreement script prices ${lines} lines under 2 tables as the invoices do, and refuses a unit more`];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const CHECKS: Readonly<Record<string, Check>> = {
  histories: { about: 'random histories against a model and hledger', run: histories },
  kills: { about: 'processes that are killed while they settle', run: kills },
  resumed: { about: 'a billed batch that is killed and resumed', run: resumed },
  disks: { about: 'a disk that is full, and one that is read-only', run: disks },
  million: { about: 'validations billed through leases', run: million },
  invoice: { about: 'an invoice of many lines, its time and memory', run: invoice },
  audit: { about: 'audits of real zomes', run: audits },
  estimates: { about: 'estimates on held-out ops of real zomes', run: estimates },
  focus: { about: 'FOCUS export', run: focus },
  unyt: { about: "Unyt's export, priced by an agreement script", run: unyt },
};

const { only } = options;
if (only !== undefined && !Object.hasOwn(CHECKS, only))
  refuse(`there is no check '${only}'; there are ${Object.keys(CHECKS).join(', ')}`);
let failed = 0;
const chosen = Object.entries(CHECKS).filter(([name]) => only === undefined || name === only);
for (const [name, { about, run }] of chosen) {
  console.log(`${name}: ${about}`);
  try {
    for (const line of await run()) console.log(`  ${line}`);
  } catch (error) {
    failed += 1;
    console.log(`  FAILED ${error instanceof Error ? error.message : String(error)}`);
  }
}
console.log(`seed ${options.seed}\n${chosen.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
