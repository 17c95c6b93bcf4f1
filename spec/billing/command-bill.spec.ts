/** `assay bill`: the demo, what a recipient does with an invoice, a ledger on disk, and errors with a next step. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openBilling } from '../../src/billing/billing.js';
import { MOMENT_MAX } from '../../src/billing/document.js';
import { priceTableJson } from '../../src/billing/price-table.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import { assay, type Ran } from '../cli/command-line.js';
import { saidBy } from '../cli/said.js';
import { prepareReceipts, receiptOf, TABLE, tier } from './sample-billing.js';

const runCommand = (...args: readonly string[]): Promise<Ran> => assay(args);
const anyLine = (ran: Ran): Ran => ({ ...ran, out: ran.out.replace(/line \d+/g, 'line N') });

describe('assay bill', () => {
  let folder = '';
  let demo: Ran;
  const place = (name: string) => join(folder, name);
  const expectSaid = saidBy('bill', () => folder);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'assay-bill-spec-'));
    demo = await runCommand('bill', 'demo', '--out', folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('runs a demo whose honest invoice is confirmed and whose forged one is refuted', () => {
    expectSaid('the demo', demo);
    expect(readFileSync(place('invoice.pdf')).subarray(0, 5).toString()).to.equal('%PDF-');
    expect(readFileSync(place('invoice.txt'), 'utf8')).to.match(/^Invoice 1 of Demo Host/);
  });

  it('verifies an invoice, and refuses one with a changed digit', async () => {
    const good = await runCommand('bill', 'verify', place('invoice.json'), '--json');
    expect(good.status).to.equal(0);
    const { key, lines } = JSON.parse(good.out) as { key: string; lines: number };
    expect(lines).to.equal(52);
    expect((await runCommand('bill', 'verify', place('invoice.json'), '--key', key)).status).to.equal(0);
    const other = await runCommand('bill', 'verify', place('invoice.json'), '--key', '0'.repeat(64));
    expectSaid('an invoice of another key', other);
    const text = readFileSync(place('invoice.json'), 'utf8');
    writeFileSync(place('changed.json'), text.replace('"net":"1', '"net":"2'));
    const changed = await runCommand('bill', 'verify', place('changed.json'));
    expectSaid('an invoice that was changed', changed);
    expectSaid('an invoice that holds', await assay(['bill', 'verify', place('invoice.json')], { isTTY: true }));
  });

  it('audits a sample, with the exit status of the worst line', async () => {
    const audit = (invoice: string, evidence: string, ...more: string[]) =>
      runCommand('bill', 'audit', place(invoice), '--evidence', place(evidence), '--seed', 'block 7', ...more);
    const sampled = await audit('invoice.json', 'evidence', '--sample', '10', '--signed');
    expectSaid('an audit of ten lines', sampled);
    const forged = await audit('forged.json', 'forged-evidence', '--sample', 'all', '--json');
    expect(forged.status).to.equal(1);
    expectSaid('an audit of a forged invoice', await audit('forged.json', 'forged-evidence', '--sample', 'all'));
    const report = JSON.parse(forged.out) as { counts: { refuted: number }; results: { billed?: { hash: string } }[] };
    expect(report.counts.refuted).to.equal(1);
    expect(report.results.filter(({ billed }) => billed !== undefined)).to.have.length(1);
    const confident = await audit('invoice.json', 'evidence', '--confidence', '20', '--json');
    expect(JSON.parse(confident.out)).to.include({ drawn: 23, riskPartsPerMillion: '793615' });
    const both = await audit('invoice.json', 'evidence', '--confidence', '99', '--sample', '3');
    expectSaid('a sample and a confidence', both);
    expectSaid('a confidence of 100', await audit('invoice.json', 'evidence', '--confidence', '100'));
    // Without a draw nothing was confirmed.
    const none = await audit('forged.json', 'forged-evidence', '--confidence', '0');
    expectSaid('an audit of nothing', none);
    expectSaid('a sample of none', await audit('forged.json', 'forged-evidence', '--sample', '0'));
    // The drawn lines depend on the hash of the invoice, which contains times.
    expectSaid('evidence that is lost', anyLine(await audit('invoice.json', 'nothing', '--sample', '3')));
    expectSaid('a part of an audit', await audit('invoice.json', 'evidence', '--sample', '4', '--part', '1/2'));
  });

  it('shows invoices in every format', async () => {
    const shown = async (format: string) =>
      (await runCommand('bill', 'show', place('invoice.json'), '--format', format)).out.trim();
    expect(await shown('text')).to.equal(readFileSync(place('invoice.txt'), 'utf8').trim());
    expect(await shown('html')).to.match(/^<!doctype html>/);
    expect(await shown('focus')).to.match(/^AvailabilityZone,BilledCost/);
    expect((await shown('cloudevents')).split('\n')).to.have.length(52);
    expect((await shown('unyt')).split('\n')).to.have.length(52);
    const out = place('shown.txt');
    expectSaid('an invoice to a file', await runCommand('bill', 'show', place('invoice.json'), '--out', out));
    expect(readFileSync(out, 'utf8').trim()).to.equal(await shown('text'));
  });

  it('audits with the same result in several threads', async () => {
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
    const seven = ['--sample', '7', '--threads', '2'];
    expect((await audit(...seven)).out).to.include('of 7 lines confirmed');
    // Each line of the invoice advances one progress line, whichever thread it belongs to; then the progress line is
    // removed.
    const terminal = [
      'bill',
      'audit',
      place('forged.json'),
      '--evidence',
      place('forged-evidence'),
      '--seed',
      'block 7',
    ];
    const { err } = await assay([...terminal, ...seven], { isTTY: true });
    const shown = err.split('\r\u001b[K').slice(1);
    expect(shown.map((text) => /\d of 7 lines, /.test(text))).to.deep.equal([
      ...new Array<boolean>(7).fill(true),
      false,
    ]);
    expect(shown.at(-1)).to.equal('');
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
    expectSaid('evidence that is a file', anyLine(absent));
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
    expectSaid('an estimate from evidence', await runCommand(...args));
    expectSaid('an estimate with prices', await runCommand(...args, '--table', place('table.json')));
    expectSaid('an estimate as a document', { status, out, err: '' });
    // An op contains its own size.
    const op = ['--op', 'vectors/zome/ops/book.json'];
    const ofOp = await runCommand(...args.slice(0, -2), ...op, '--json');
    expect([ofOp.status, ofOp.err]).to.deep.equal([0, '']);
    expect(JSON.parse(ofOp.out)).to.include.keys('median', 'p95', 'basis');
    const both = await runCommand(...args, ...op);
    expectSaid('an estimate of bytes and an op', both);
    expectSaid('no evidence', await runCommand('bill', 'estimate', '0'.repeat(64), 'f', ...args.slice(4)));
    expectSaid('evidence of another export', await runCommand('bill', 'estimate', module, 'f', ...args.slice(4)));
  });

  it('estimates a call by running it, and gives an upper bound', async () => {
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
    expectSaid('a dry run', people);
    expectSaid('a loop has no bound', await runCommand('bill', 'estimate', 'vectors/guests/raw/sieve.wasm', 'primes'));
  });

  it('refuses an estimate without a source', async () => {
    const module = '0'.repeat(64);
    const cases: readonly (readonly [message: string, ...args: string[]])[] = [
      ['a hash of a module needs --evidence', module, 'f'],
      ['a dry run needs the module', module, 'f', '--evidence', '.', '--bytes', '1', '--dry-run'],
      ['an estimate needs the size of the input', module, 'f', '--evidence', '.'],
      ['values, --deps and --fuel need --dry-run', 'm.wasm', 'f', 'i32:1'],
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
      const ran = await runCommand('bill', 'estimate', ...args);
      expect(ran.err).to.include(message);
      expectSaid(`estimate: ${message}`, ran);
    }
  });

  it('checks a price table and prints its hash', async () => {
    writeFileSync(place('table.json'), JSON.stringify(priceTableJson(TABLE), undefined, 2));
    const good = await runCommand('bill', 'prices', place('table.json'));
    expectSaid('a price table', good);
    writeFileSync(place('bad.json'), JSON.stringify({ ...priceTableJson(TABLE), call: 7 }));
    const bad = await runCommand('bill', 'prices', place('bad.json'));
    expectSaid('a price table that is none', bad);
  });

  it('reports how long a budget lasts, with status 1 if it is low or does not last', async () => {
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
    const dated = (ran: Ran) => ({ ...ran, out: ran.out.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z|\d{4}-\d\d-\d\d/g, 'DATE') });
    expectSaid('a budget that is low', dated(low));
    expectSaid('a budget that is not', dated(await budget('--low', '1000000')));
    expectSaid('an unused budget as a document', dated(await budget('--json')));
    // 30 units per thousand of fuel and 7, and 19 % on the sum.
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
    // All of it in the elapsed part of this month: a day costs that much, and almost nothing is left.
    expect(BigInt(perDay!) > spent / 32n).to.equal(true);
    expect([shown.status, exhaustedAt !== null]).to.deep.equal([1, BigInt(forecast!) > left]);
    expect((await budget()).out).to.include('low: less than a day costs is left');
    expectSaid('a budget of nobody', await runCommand('bill', 'budget', ledger, 'nobody'));
    expectSaid('a bound that is none', await budget('--low', 'some'));
    // The usage is stated, once, and verifies.
    writeFileSync(place('house.key'), '7'.repeat(64));
    const [invoice, pdf] = [place('stated.json'), place('stated.pdf')];
    const issue = ['bill', 'statement', ledger, 'acme', '--house', 'Notes Host', '--key-file', place('house.key')];
    const issued = await runCommand(...issue, '--out', invoice);
    expectSaid('a statement', issued);
    expectSaid('a statement holds', await runCommand('bill', 'verify', invoice));
    expectSaid('a statement as PDF', await runCommand('bill', 'show', invoice, '--format', 'pdf', '--out', pdf));
    expect(readFileSync(pdf).subarray(0, 5).toString()).to.equal('%PDF-');
    expectSaid('nothing to state', await runCommand(...issue, '--out', place('none.json')));
  });

  it('keeps a ledger on disk', async () => {
    const ledger = place('ledger.db');
    expectSaid('a tenant', await runCommand('bill', 'tenant', ledger, 'acme', '--credit', '500'));
    expectSaid('a tenant again', await runCommand('bill', 'tenant', ledger, 'acme', '--credit', '500'));
    for (const time of ['once', 'twice'])
      expectSaid(`paid in ${time}`, await runCommand('bill', 'pay-in', ledger, 'acme', '1000', '--id', 'one'));
    expectSaid('an id of another payment', await runCommand('bill', 'pay-in', ledger, 'acme', '7', '--id', 'one'));
    expectSaid('a balance', await runCommand('bill', 'balance', ledger, 'acme'));
    const { out } = await runCommand('bill', 'balance', ledger, 'acme', '--json');
    expect(JSON.parse(out)).to.include({ balance: '1000', creditLimit: '500', available: '1500' });
    const journal = await runCommand('bill', 'journal', ledger, '--currency', 'EUR', '--scale', '2');
    expectSaid('a journal', { ...journal, out: journal.out.replace(/\d{4}-\d\d-\d\d/g, 'DATE') });
    const key = place('key');
    writeFileSync(key, '7'.repeat(64));
    const issue = ['bill', 'statement', ledger, 'acme', '--house', 'H', '--key-file', key, '--out', place('s.json')];
    expectSaid('nothing was used', await runCommand(...issue));
    expectSaid('a balance of nobody', await runCommand('bill', 'balance', ledger, 'nobody'));
    expectSaid('no ledger', await runCommand('bill', 'balance', '/no/such/folder/l.db', 'acme'));
  });
});
