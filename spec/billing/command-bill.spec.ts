/** `assay bill`: the demo, what a reader of an invoice does with it, a ledger on disk, and errors with a next step. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openBilling } from '../../src/billing/billing.js';
import { MOMENT_MAX } from '../../src/billing/document.js';
import { priceTableJson } from '../../src/billing/price-table.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import { assay, type Ran } from '../cli/command-line.js';
import { prepareReceipts, receiptOf, TABLE, tier } from './sample-billing.js';

const runCommand = (...args: readonly string[]): Promise<Ran> => assay(args);

describe('assay bill', () => {
  let folder = '';
  let demo: Ran;
  const place = (name: string) => join(folder, name);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'assay-bill-spec-'));
    demo = await runCommand('bill', 'demo', '--out', folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('shows a demo whose honest invoice is confirmed and whose forged one is refuted', () => {
    expect(demo.err).to.equal('');
    expect(demo.status).to.equal(0);
    expect(demo.out).to.include('52 of 52 lines confirmed').and.to.include('line 18 refuted: used is');
    expect(readFileSync(place('invoice.pdf')).subarray(0, 5).toString()).to.equal('%PDF-');
    expect(readFileSync(place('invoice.txt'), 'utf8')).to.match(/^Invoice 1 of Demo Host/);
  });

  it('verifies an invoice, and refuses one of which a digit was changed', async () => {
    const good = await runCommand('bill', 'verify', place('invoice.json'), '--json');
    expect(good.status).to.equal(0);
    const { key, lines } = JSON.parse(good.out) as { key: string; lines: number };
    expect(lines).to.equal(52);
    expect((await runCommand('bill', 'verify', place('invoice.json'), '--key', key)).status).to.equal(0);
    const other = await runCommand('bill', 'verify', place('invoice.json'), '--key', '0'.repeat(64));
    expect([other.status, other.err]).to.deep.equal([1, other.err]);
    expect(other.err).to.include('[key]');
    const text = readFileSync(place('invoice.json'), 'utf8');
    writeFileSync(place('changed.json'), text.replace('"net":"1', '"net":"2'));
    const changed = await runCommand('bill', 'verify', place('changed.json'));
    expect(changed.status).to.equal(1);
    expect(changed.err).to.include('[sum]').and.to.include('do not pay it');
  });

  it('audits a sample, with the exit status of the worst line', async () => {
    const audit = (invoice: string, evidence: string, ...more: string[]) =>
      runCommand('bill', 'audit', place(invoice), '--evidence', place(evidence), '--seed', 'block 7', ...more);
    const sampled = await audit('invoice.json', 'evidence', '--sample', '10', '--signed');
    expect(sampled.status).to.equal(0);
    expect(sampled.out).to.include('10 of 10 lines confirmed').and.to.include('if 1.0000 % of the lines were false');
    const forged = await audit('forged.json', 'forged-evidence', '--sample', 'all', '--json');
    expect(forged.status).to.equal(1);
    const report = JSON.parse(forged.out) as { counts: { refuted: number }; results: { billed?: { hash: string } }[] };
    expect(report.counts.refuted).to.equal(1);
    expect(report.results.filter(({ billed }) => billed !== undefined)).to.have.length(1);
    const confident = await audit('invoice.json', 'evidence', '--confidence', '20', '--json');
    expect(JSON.parse(confident.out)).to.include({ drawn: 23, riskPartsPerMillion: '793615' });
    const both = await audit('invoice.json', 'evidence', '--confidence', '99', '--sample', '3');
    expect([both.status, both.err.includes('give one of them')]).to.deep.equal([2, true]);
    expect((await audit('invoice.json', 'evidence', '--confidence', '100')).status).to.equal(2);
    // Nothing was confirmed where nothing was drawn.
    const none = await audit('forged.json', 'forged-evidence', '--confidence', '0');
    expect([none.status, none.out.split('\n')[0]]).to.deep.equal([
      4,
      '0 of 0 lines confirmed, 0 refuted, 0 of changed modules, 0 unverifiable',
    ]);
    expect((await audit('forged.json', 'forged-evidence', '--sample', '0')).err).to.include('from 1, or all');
    const lost = await audit('invoice.json', 'nothing', '--sample', '3');
    expect(lost.status).to.equal(4);
    expect(lost.out).to.include('3 unverifiable');
  });

  it('shows invoices in every format', async () => {
    const shown = async (format: string) =>
      (await runCommand('bill', 'show', place('invoice.json'), '--format', format)).out.trim();
    expect(await shown('text')).to.equal(readFileSync(place('invoice.txt'), 'utf8').trim());
    expect(await shown('html')).to.match(/^<!doctype html>/);
    expect(await shown('focus')).to.match(/^AvailabilityZone,BilledCost/);
    expect((await shown('cloudevents')).split('\n')).to.have.length(52);
    expect((await shown('unyt')).split('\n')).to.have.length(52);
    const pdf = await runCommand('bill', 'show', place('invoice.json'), '--format', 'pdf');
    expect([pdf.status, pdf.err.includes('--out')]).to.deep.equal([2, true]);
  });

  it('audits in threads as in one', async () => {
    const audit = (...more: string[]) =>
      runCommand(
        ...['bill', 'audit', place('forged.json'), '--evidence', place('forged-evidence'), '--seed', 'block 7'],
        ...more,
      );
    const one = await audit('--sample', 'all', '--threads', '1', '--json');
    const three = await audit('--sample', 'all', '--threads', '3', '--json');
    expect([one.status, three.status, three.err]).to.deep.equal([1, 1, '']);
    const document = JSON.parse(three.out) as { drawn: number; results: unknown[]; counts: object };
    expect(document).to.deep.equal(JSON.parse(one.out));
    expect(document.results).to.have.length(document.drawn);
    expect((await audit('--sample', '7', '--threads', '2')).out).to.include('of 7 lines confirmed');
    const absent = await runCommand(
      'bill',
      'audit',
      place('forged.json'),
      '--evidence',
      place('table.json'),
      '--seed',
      's',
      '--threads',
      '2',
    );
    expect(absent.status).to.not.equal(0);
  });

  it('estimates a call from evidence', async () => {
    const shown = await runCommand('bill', 'show', place('invoice.json'), '--format', 'unyt');
    const module = /"m":"([0-9a-f]{64})"/.exec(shown.out)![1]!;
    writeFileSync(place('table.json'), JSON.stringify(priceTableJson(TABLE)));
    const args = ['bill', 'estimate', module, 'validate', '--evidence', place('evidence'), '--bytes', '200'];
    const { status, out } = await runCommand(...args, '--table', place('table.json'), '--json');
    expect(status).to.equal(0);
    const { median, p95, most, mostPrice } = JSON.parse(out) as Record<string, number | string>;
    expect(Number(median) <= Number(p95) && Number(p95) <= Number(most)).to.equal(true);
    expect(mostPrice).to.match(/^\d+$/);
    expect((await runCommand(...args)).out).to.match(/^fuel, from \d+ receipts/);
    // An op says its own size.
    const op = ['--op', 'vectors/zome/ops/book.json'];
    const ofOp = await runCommand(...args.slice(0, -2), ...op, '--json');
    expect([ofOp.status, ofOp.err]).to.deep.equal([0, '']);
    expect(JSON.parse(ofOp.out)).to.include.keys('median', 'p95', 'basis');
    const both = await runCommand(...args, ...op);
    expect([both.status, both.err.includes('give --bytes or --op')]).to.deep.equal([2, true]);
  });

  it('estimates a call by running it, and at most', async () => {
    writeFileSync(place('table.json'), JSON.stringify(priceTableJson(TABLE)));
    const json = async (...args: string[]) => {
      const { status, out, err } = await runCommand('bill', 'estimate', ...args, '--json');
      expect([status, err]).to.deep.equal([0, '']);
      return JSON.parse(out) as { dryRun?: { fuel: number; outcomes: string[]; price?: string }; bound?: object };
    };
    const hash = ['vectors/guests/raw/sha-256.wasm', 'digest_at'];
    const table = ['--table', place('table.json')];
    const called = JSON.parse((await runCommand('call', ...hash, '--json')).out) as Record<string, unknown>;
    const { dryRun, bound } = await json(...hash, '--dry-run', ...table);
    expect(dryRun).to.deep.include({ fuel: (called['fuel'] as { used: number }).used, outcomes: ['returned'] });
    expect(dryRun!.price).to.match(/^\d+$/);
    expect((bound as { fuel: number }).fuel).to.be.at.least(dryRun!.fuel);
    const looping = await json('vectors/guests/raw/sieve.wasm', 'primes');
    expect(looping).to.have.all.keys('bound');
    expect(looping.bound).to.include({ ok: false, by: 'loop', name: 'primes' });
    const op = await json(
      'vectors/guests/post/post.wasm',
      'validate',
      '--op',
      'vectors/zome/ops/book.json',
      '--dry-run',
    );
    expect(op.dryRun!.fuel).to.be.above(0);
    const people = await runCommand('bill', 'estimate', ...hash, '--dry-run', ...table);
    expect(people.out).to.match(
      /^fuel, from a dry run \(returned\)\nthis call +[\d,]+ +[\d.]+ EUR\nfuel, of any call\nmost +[\d,]+ +at most/,
    );
  });

  it('refuses an estimate of nothing', async () => {
    const module = '0'.repeat(64);
    const cases: readonly (readonly [message: string, ...args: string[]])[] = [
      ['a hash of a module needs --evidence', module, 'f'],
      ['a dry run needs the module', module, 'f', '--evidence', '.', '--bytes', '1', '--dry-run'],
      ['an estimate needs the size of the input', module, 'f', '--evidence', '.'],
      ['values, --deps and --fuel are those of a dry run', 'm.wasm', 'f', 'i32:1'],
      ['values and --op cannot be used together', 'm.wasm', 'f', 'i32:1', '--op', 'o.json', '--dry-run'],
      ['does not export a function', 'vectors/guests/raw/sieve.wasm', 'none'],
      [
        'an op is validated by the export validate',
        'vectors/guests/post/post.wasm',
        'f',
        '--op',
        'o.json',
        '--dry-run',
      ],
      ['cannot read', 'absent.wasm', 'f'],
    ];
    for (const [message, ...args] of cases) {
      const { status, err } = await runCommand('bill', 'estimate', ...args);
      expect([status, err.includes(message)], err).to.deep.equal([2, true]);
    }
  });

  it('checks a price table and prints its hash', async () => {
    writeFileSync(place('table.json'), JSON.stringify(priceTableJson(TABLE), undefined, 2));
    const good = await runCommand('bill', 'prices', place('table.json'));
    expect(good.out)
      .to.match(/hash [0-9a-f]{64}/)
      .and.to.include('per 1,000 fuel');
    writeFileSync(place('bad.json'), JSON.stringify({ ...priceTableJson(TABLE), call: 7 }));
    const bad = await runCommand('bill', 'prices', place('bad.json'));
    expect([bad.status, bad.err.includes('$.call')]).to.deep.equal([2, true]);
  });

  it('says how long a budget lasts, with status 1 if it is low or does not last', async () => {
    const ledger = place('budget.db');
    await prepareReceipts();
    const budget = (...more: readonly string[]) => runCommand('bill', 'budget', ledger, 'acme', ...more);
    await runCommand('bill', 'tenant', ledger, 'acme');
    await runCommand('bill', 'pay-in', ledger, 'acme', '1000000', '--id', 'one');
    const unused = await budget();
    expect([unused.status, unused.err]).to.deep.equal([0, '']);
    expect(unused.out)
      .to.match(/^available +1,000,000/)
      .and.to.match(/spent +0 +since \d{4}-\d\d-01/);
    const low = await budget('--low', '1000001');
    expect(low.status).to.equal(1);
    expect(low.out).to.include('low: less than 1,000,001 is left');
    expect((await budget('--low', '1000000')).status).to.equal(0);
    // 30 units a thousand of fuel and 7, and 19 % on the sum.
    const billing = await openBilling(await openSqlite(ledger));
    const table = { ...TABLE, validUntil: MOMENT_MAX, tiers: [tier(0n, 0n, 30n)] };
    const opened = await billing.lease('acme', { id: 'l', table, amount: 999_999n });
    if (!opened.ok) throw new Error(opened.refusal.code);
    const call = opened.lease.begin(28_000_000);
    if (!call.ok) throw new Error(call.refusal.code);
    call.finish(receiptOf(28_000_000), new Uint8Array(32));
    await opened.lease.settle();
    await billing.ledger.database.close();
    const spent = (840_007n * 119n) / 100n;
    const shown = await budget('--json');
    const { since, until, perDay, forecast, exhaustedAt, ...rest } = JSON.parse(shown.out) as Record<string, string>;
    const left = 1_000_000n - spent;
    expect(rest).to.deep.equal({ tenant: 'acme', spent: String(spent), available: String(left), low: true });
    const month = new Date(since!);
    expect([month.getUTCDate(), Date.parse(until!) - month.getTime() >= 28 * 86_400_000]).to.deep.equal([1, true]);
    // All of it in what has passed of this month: a day costs that much, and next to nothing is left.
    expect(BigInt(perDay!) > spent / 32n).to.equal(true);
    expect([shown.status, exhaustedAt !== null]).to.deep.equal([1, BigInt(forecast!) > left]);
    expect((await budget()).out).to.include('low: less than a day costs is left');
    expect((await runCommand('bill', 'budget', ledger, 'nobody')).status).to.equal(2);
    expect((await budget('--low', 'some')).err).to.include('whole number of units');
    // What was used is stated, once, and holds.
    writeFileSync(place('house.key'), '7'.repeat(64));
    const [invoice, pdf] = [place('stated.json'), place('stated.pdf')];
    const issue = ['bill', 'statement', ledger, 'acme', '--house', 'Notes Host', '--key-file', place('house.key')];
    const issued = await runCommand(...issue, '--out', invoice);
    expect([issued.status, issued.err]).to.deep.equal([0, '']);
    expect(issued.out).to.include('statement 1 of acme: 1 line');
    expect((await runCommand('bill', 'verify', invoice)).out).to.match(/^holds: 1 line of acme/);
    expect((await runCommand('bill', 'show', invoice, '--format', 'pdf', '--out', pdf)).status).to.equal(0);
    expect(readFileSync(pdf).subarray(0, 5).toString()).to.equal('%PDF-');
    expect((await runCommand(...issue, '--out', place('none.json'))).out).to.include('used nothing');
  });

  it('keeps a ledger on disk', async () => {
    const ledger = place('ledger.db');
    expect((await runCommand('bill', 'tenant', ledger, 'acme', '--credit', '500')).status).to.equal(0);
    for (const _ of [1, 2]) await runCommand('bill', 'pay-in', ledger, 'acme', '1000', '--id', 'one');
    const { out } = await runCommand('bill', 'balance', ledger, 'acme', '--json');
    expect(JSON.parse(out)).to.include({ balance: '1000', creditLimit: '500', available: '1500' });
    const journal = await runCommand('bill', 'journal', ledger, '--currency', 'EUR', '--scale', '2');
    expect(journal.out).to.include('tenant:acme  -10.00 EUR');
    const key = place('key');
    writeFileSync(key, '7'.repeat(64));
    const issue = ['bill', 'statement', ledger, 'acme', '--house', 'H', '--key-file', key, '--out', place('s.json')];
    expect((await runCommand(...issue)).out).to.include('used nothing');
    const unknown = await runCommand('bill', 'balance', ledger, 'nobody');
    expect([unknown.status, unknown.err]).to.deep.equal([
      2,
      'error: tenant nobody does not exist\nhelp:  check the name\n',
    ]);
    const nowhere = await runCommand('bill', 'balance', '/no/such/folder/l.db', 'acme');
    expect([nowhere.status, nowhere.err.includes('/no/such/folder/l.db')]).to.deep.equal([2, true]);
  });
});
