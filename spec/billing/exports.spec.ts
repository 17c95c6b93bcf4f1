/** Exports: hledger checks the journal, the sums of every format are those of the statement; estimates and notices. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { hash, utf8 } from '../../src/base/hash.js';
import { type Billing, openBilling } from '../../src/billing/billing.js';
import { BillingError } from '../../src/billing/billing-error.js';
import { budgetNotice } from '../../src/billing/budget.js';
import { estimateFuel } from '../../src/billing/estimate.js';
import { cloudEvents, unytLines } from '../../src/billing/export-events.js';
import { focusCsv } from '../../src/billing/export-focus.js';
import { journalLines } from '../../src/billing/export-journal.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import type { Statement } from '../../src/billing/statement.js';
import { hledgerProgram, NO_HLEDGER } from './hledger.js';
import { prepareReceipts, receiptOf, START, TABLE } from './sample-billing.js';

async function history(): Promise<{ billing: Billing; statement: Statement }> {
  const billing = await openBilling(await openSqlite(':memory:'), { clock: () => START });
  await billing.openTenant('acme', { creditLimit: 1_000n });
  await billing.payIn('acme', 10n ** 12n, 'deposit; one');
  await billing.grant('acme', { id: 'welcome', amount: 10_000n });
  const opened = await billing.lease('acme', { id: 'l', table: TABLE, amount: 10n ** 10n });
  if (!opened.ok) throw new Error(opened.refusal.code);
  for (let i = 0; i < 25; i += 1) {
    const call = opened.lease.begin(5_000);
    if (call.ok) call.finish(receiptOf(100 * i, `input ${i}`), hash(utf8(String(i))));
    if (i % 10 === 0) await opened.lease.settle();
  }
  await opened.lease.close();
  for await (const { id } of billing.lines('acme')) {
    await billing.reverse(id, 'first');
    break;
  }
  const statement = await billing.statement('acme', 'Host, "the" house');
  return { billing, statement: statement! };
}

/** The cells of a CSV as in RFC 4180. */
function cellsOf(csv: string): string[][] {
  return csv
    .trimEnd()
    .split('\r\n')
    .map((line) =>
      [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, a, b]) => a?.replace(/""/g, '"') ?? b ?? ''),
    );
}

/** Units of a decimal text in the table's scale. */
function unitsOf(text: string): bigint {
  return BigInt(text.replace('.', ''));
}

describe('billing: exports', () => {
  let billing: Billing;
  let statement: Statement;
  let journal: string;

  before(async () => {
    await prepareReceipts();
    ({ billing, statement } = await history());
    const lines = [];
    for await (const line of journalLines(billing.ledger, 'EUR', 9)) lines.push(line);
    journal = `${lines.join('\n')}\n`;
  });
  after(() => billing.ledger.database.close());

  it('write a journal that hledger accepts, and refuses when changed by one unit', function () {
    const program = hledgerProgram();
    if (program === undefined) {
      if ((process.env['CI'] ?? '') !== '') throw new Error(NO_HLEDGER);
      console.warn(`not run: ${NO_HLEDGER}`);
      this.skip();
    }
    const folder = mkdtempSync(join(tmpdir(), 'assay-journal-'));
    try {
      const path = join(folder, 'bill.journal');
      const check = (text: string) => {
        writeFileSync(path, text);
        return spawnSync(program, ['-f', path, 'check'], { encoding: 'utf8' });
      };
      const accepted = check(journal);
      expect(accepted.stderr).to.equal('');
      expect(accepted.status).to.equal(0);
      const amounts = [...journal.matchAll(/\.(\d{8})(\d) EUR/g)];
      expect(amounts.length).to.be.greaterThan(10);
      for (const { index } of [amounts[0]!, amounts[7]!, amounts.at(-1)!]) {
        const at = index + 9;
        const digit = journal[at] === '9' ? '8' : '9';
        expect(check(journal.slice(0, at) + digit + journal.slice(at + 1)).status).not.to.equal(0);
      }
      writeFileSync(path, journal);
      const balance = execFileSync(program, ['-f', path, 'balance', 'house', '-N'], { encoding: 'utf8' });
      expect(balance).to.match(/EUR +house/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('write journals whose transactions each balance to zero', () => {
    const transactions = journal.split('\n\n').filter((text) => / \* /.test(text) && !text.includes(' = '));
    expect(transactions.length).to.be.greaterThan(8);
    for (const text of transactions) {
      const sums = [...text.matchAll(/ {2}(-?\d+\.\d{9}) EUR/g)].map(([, amount]) => unitsOf(amount!));
      expect(
        sums.reduce((sum, units) => sum + units, 0n),
        text,
      ).to.equal(0n);
    }
  });

  it('write FOCUS rows whose costs sum to the payable amount', () => {
    const [head, ...rows] = cellsOf(focusCsv(statement));
    const column = (name: string) => rows.map((row) => row[head!.indexOf(name)]!);
    expect(rows.every((row) => row.length === head!.length)).to.equal(true);
    const sum = column('BilledCost').reduce((all, cost) => all + unitsOf(cost), 0n);
    expect(sum).to.equal(statement.payable * 10n ** 7n);
    expect(new Set(column('ChargeCategory'))).to.deep.equal(new Set(['Usage', 'Adjustment', 'Tax', 'Credit']));
    expect(new Set(column('InvoiceIssuer'))).to.deep.equal(new Set(['Host, "the" house']));
  });

  it('write events with distinct ids whose amounts sum to the net', () => {
    const events = [...cloudEvents(statement)].map(
      (line) => JSON.parse(line) as { id: string; data: { amount: string } },
    );
    expect(new Set(events.map(({ id }) => id)).size).to.equal(statement.lines.length);
    expect(events.reduce((sum, { data }) => sum + BigInt(data.amount), 0n)).to.equal(statement.net);
    const lines = [...unytLines(statement)].map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.every((line) => Object.values(line).every((value) => typeof value === 'string'))).to.equal(true);
    expect(lines.reduce((sum, { p }) => sum + BigInt(p as string), 0n)).to.equal(statement.net);
    expect(lines[0]!['t']).to.equal(`${START}000`);
  });
});

describe('billing: budgets', () => {
  it('are what the ledger charged in a period, less reversals, and a forecast', async () => {
    let now = Date.UTC(2026, 10, 5);
    const billing = await openBilling(await openSqlite(':memory:'), { clock: () => now });
    await billing.openTenant('acme');
    await billing.payIn('acme', 1_000_000n, 'deposit');
    await billing.grant('acme', { id: 'welcome', amount: 100n });
    const opened = await billing.lease('acme', { id: 'l', table: TABLE, amount: 500_000n, timeout: 10 ** 10 });
    if (!opened.ok) throw new Error(opened.refusal.code);
    for (const [day, fuel] of [
      [6, 1_000],
      [11, 2_000],
    ] as const) {
      now = Date.UTC(2026, 10, day);
      const call = opened.lease.begin(5_000);
      if (!call.ok) throw new Error(call.refusal.code);
      call.finish(receiptOf(fuel), hash(utf8(String(day))));
      await opened.lease.settle();
    }
    // 30 and 60 for the fuel, 7 for each call, and 19 % on the sum.
    const whole = await billing.budget('acme');
    expect(whole).to.deep.include({ spent: 123n, available: 1_000_100n - 123n, perDay: 13n, low: false });
    expect(whole).to.deep.include({ forecast: 246n, exhaustedAt: undefined, until: Date.UTC(2026, 11, 1) });
    expect(await billing.budget('acme', { since: Date.UTC(2026, 10, 7) })).to.include({ spent: 79n });
    expect(await billing.budget('acme', { lowAt: 2_000_000n })).to.include({ low: true });
    const until = Date.UTC(2040, 0, 1);
    expect((await billing.budget('acme', { since: Date.UTC(2026, 10, 10), until })).low).to.equal(false);
    for await (const { id } of billing.lines('acme')) await billing.reverse(id, 'wrong');
    expect(await billing.budget('acme')).to.include({ spent: 0n, forecast: 0n, available: 1_000_100n });
    await billing.ledger.database.close();
  });
});

describe('billing: estimates', () => {
  it('are fuel values seen for inputs of this size, where there are enough', () => {
    const small = Array.from({ length: 30 }, (_, i) => ({ inputBytes: 100, fuel: 1_000 + i }));
    const large = Array.from({ length: 5 }, (_, i) => ({ inputBytes: 10_000, fuel: 90_000 + i }));
    expect(estimateFuel([...small, ...large], { inputBytes: 127 })).to.deep.equal({
      samples: 30,
      basis: 'size',
      median: 1_014,
      p95: 1_028,
      most: 1_029,
      confidence: 967_741,
    });
    expect(estimateFuel([...small, ...large], { inputBytes: 10_000 })).to.include({
      samples: 35,
      basis: 'all',
      most: 90_004,
    });
    expect(() => estimateFuel([], { inputBytes: 1 }))
      .to.throw(BillingError)
      .with.property('code', 'unknown');
  });

  it('are of the same kind of input where there are enough, regardless of size', () => {
    const links = Array.from({ length: 20 }, (_, i) => ({ inputBytes: 100, fuel: 500 + i, kind: 'link' }));
    const posts = Array.from({ length: 40 }, (_, i) => ({
      inputBytes: i < 20 ? 100 : 900,
      fuel: 9_000 + i,
      kind: 'post',
    }));
    const samples = [...links, ...posts];
    expect(estimateFuel(samples, { inputBytes: 100, kind: 'post' })).to.include({
      basis: 'kind and size',
      most: 9_019,
    });
    expect(estimateFuel(samples, { inputBytes: 900, kind: 'link' })).to.include({ basis: 'kind', most: 519 });
    expect(estimateFuel(samples, { inputBytes: 900, kind: 'vote' })).to.include({ basis: 'size', samples: 20 });
    expect(estimateFuel(samples, { inputBytes: 5, kind: 'vote' })).to.include({ basis: 'all', samples: 60 });
  });

  it('have percentiles by the nearest-rank method', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 60 }), (fuels) => {
        const { median, p95 } = estimateFuel(
          fuels.map((fuel) => ({ inputBytes: 1, fuel })),
          { inputBytes: 1 },
        );
        for (const [value, percent] of [
          [median, 50],
          [p95, 95],
        ] as const) {
          const atMost = fuels.filter((fuel) => fuel <= value).length;
          const below = fuels.filter((fuel) => fuel < value).length;
          expect(100 * atMost).to.be.at.least(percent * fuels.length);
          expect(100 * below).to.be.below(percent * fuels.length);
        }
      }),
    );
  });
});

describe('billing: notices', () => {
  const DAY = 86_400_000;
  const facts = {
    available: 1_000n,
    spent: 100n,
    since: START,
    now: START + DAY,
    periodEnd: START + 31 * DAY,
    lowAt: 500n,
  };

  it('forecast the end of the period at the current rate', () => {
    expect(budgetNotice(facts)).to.deep.equal({
      low: false,
      perDay: 100n,
      forecast: 3_000n,
      exhaustedAt: START + 11 * DAY,
    });
    expect(budgetNotice({ ...facts, available: 3_000n })).to.include({ exhaustedAt: undefined });
    expect(budgetNotice({ ...facts, available: 499n })).to.include({ low: true });
    expect(budgetNotice({ ...facts, available: 0n })).to.include({ low: true, exhaustedAt: START + DAY });
    expect(budgetNotice({ ...facts, spent: 0n })).to.include({ perDay: 0n, forecast: 0n, exhaustedAt: undefined });
  });
});
